"""The safe-contact card: what is allowed on which phone; and the words of each, in `contact_words`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.calendar import DHAKA, local
from helpline.cases.permits import expiry
from helpline.cases.roles import Right
from helpline.cases.safe_times import EVERY_DAY, SafeTimes, days_written, written
from helpline.service.desk import access, audit, contact_words, phone_marks
from helpline.service.desk.acting import NotAllowed, Stale
from helpline.service.desk.cases import Blocked
from helpline.service.desk.contact_words import Written
from helpline.service.permits import asked_anew
from helpline.service.unsafe import hush
from helpline.store import people
from helpline.store.desk import files, people_rows

if TYPE_CHECKING:
    from sqlalchemy import Row

    from helpline.service.desk.acting import Acting

RELATIONS: Final = ("own", "family", "neighbour", "unknown")
CALLERS: Final = ("any", "woman", "man")
LANGUAGES: Final = ("", "bn", "en")


@dataclass(frozen=True, slots=True)
class PhoneCard:
    """One phone of a case. Without a person behind it nothing is allowed, for nothing is known."""

    id: str
    masked: str
    known: bool
    relation: str
    sole: bool
    sms: bool
    call: bool
    signal: bool
    message: bool
    detailed: bool
    times: SafeTimes
    caller: str
    language: str
    confirmed_at: datetime | None
    expires_at: datetime | None
    recheck_on: date | None
    expired: bool
    """What was allowed is so no more: nothing is sent until it is said anew."""
    recheck: bool
    """The day has come to ask whether it still holds."""
    ended: bool
    stopped_at: datetime | None
    unsafe_at: datetime | None
    words: Written
    """What to say on it, and who else answers it."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a client said is allowed on a phone, as a form or a conversation gives it."""

    relation: str
    sole: bool
    sms: bool
    call: bool
    signal: bool = False
    message: bool = False
    detailed: bool = False
    window: str = "any"
    """Names of parts of the day, or hours; see `helpline.cases.safe_times`."""
    weekdays: str = EVERY_DAY
    caller: str = "any"
    language: str = ""
    recheck_on: date | None = None
    until: date | None = None
    """The last day on which it holds; none: as long as a permit lives."""


def phones(deed: Acting, case: Row[Any]) -> list[PhoneCard]:
    """The phones of a case with what is allowed on each and what is said on it, numbers masked."""
    known = contact_words.of_case(deed, case)
    found = people_rows.phones(deed.connection, case)
    marks = {row.id: phone_marks.shown(deed, case, row) for row in found}
    return [
        PhoneCard(
            id=row.id,
            masked=masked(deed.parts.ring.unseal_text(row.number, "phone.number", row.id)),
            known=row.person_id is not None,
            relation=row.relation or "unknown",
            sole=bool(row.sole),
            sms=bool(row.sms),
            call=bool(row.call),
            signal=bool(row.signal),
            message=bool(row.message),
            detailed=bool(row.detailed),
            times=SafeTimes(row.window or "any", row.weekdays or EVERY_DAY),
            caller=row.caller or "any",
            language=row.wished_language or "",
            confirmed_at=row.confirmed_at,
            expires_at=row.expires_at,
            recheck_on=row.recheck_on,
            expired=row.expires_at is not None and row.expires_at <= deed.now,
            recheck=row.recheck_on is not None and row.recheck_on <= local(deed.now).date(),
            ended=row.ended_at is not None,
            stopped_at=marks[row.id].stopped_at,
            unsafe_at=marks[row.id].unsafe_at,
            words=known.get(row.id, Written()),
        )
        for row in found
    ]


def masked(number: str) -> str:
    """A number as pages show it: its first four characters, dots, its last three."""
    if len(number) < 8:  # noqa: PLR2004  of a short one this would tell all
        return "•" * len(number)
    return f"{number[:4]}•••••{number[-3:]}"


def permit(
    deed: Acting,
    case_id: str,
    phone_id: str,
    *,
    confirmed: datetime,
    said: Allowed,
) -> None:
    """Write down what the client said is allowed on a phone; it holds from now.

    Raises:
        Blocked: `no_such_value`, `no_such_time` (hours that cannot be read), `no_day`,
            `no_such_day` (it would end before today).
        NotAllowed: the phone is not of this case, or nobody registered from it.
        Stale: it was confirmed anew meanwhile.
    """
    case = access.find_case(deed, case_id)
    window, weekdays = _times(said)
    if (
        said.relation not in RELATIONS
        or said.caller not in CALLERS
        or said.language not in LANGUAGES
    ):
        raise Blocked("no_such_value")
    expires_at = _expiry(said, deed.now)
    if not case.person_id or _phone(deed, case, phone_id).person_id is None:
        raise NotAllowed(phone_id)
    done = people_rows.permit(
        deed.connection,
        person_id=case.person_id,
        phone_id=phone_id,
        confirmed=confirmed,
        relation=said.relation,
        sole=said.sole,
        sms=said.sms,
        call=said.call,
        signal=said.signal,
        message=said.message,
        detailed=said.detailed,
        window=window,
        weekdays=weekdays,
        caller=said.caller,
        language=said.language,
        recheck_on=said.recheck_on,
        confirmed_at=deed.now,
        expires_at=expires_at,
    )
    if not done:
        raise Stale(phone_id)
    if said.language:
        people.speak(deed.connection, phone_id=phone_id, language=said.language)
    if said.caller != "any":
        files.keep_wish(deed.connection, case_id=case.id, counsellor=said.caller)
    became = f"sms_{'yes' if said.sms else 'no'}_call_{'yes' if said.call else 'no'}"
    deed.record("person", case.person_id, became="permit_changed", why=became)
    asked_anew(deed.connection, case.person_id, phone_id, now=deed.now, actor=deed.who.id)
    audit.note(
        deed, "permit", "phone", phone_id, case_id=case.id, detail=f"{became} {window} {weekdays}"
    )


def mark_unsafe(deed: Acting, case_id: str, phone_id: str) -> None:
    """Somebody else may hold a phone: what waits for it is cancelled, nothing more goes there.

    Raises:
        NotAllowed: the phone is not of this case.
    """
    case = access.find_case(deed, case_id)
    phone = _phone(deed, case, phone_id)
    marks = phone_marks.shown(deed, case, phone)
    people.mark(
        deed.connection,
        phone_id=phone.id,
        stopped=marks.stopped_at or deed.now,
        unsafe=marks.unsafe_at or deed.now,
    )
    hush(deed.connection, phone_id=phone.id, now=deed.now, actor=deed.who.id)
    deed.record("phone", phone.id, became="unsafe", why="staff")
    audit.note(deed, "unsafe", "phone", phone.id, case_id=case.id)


def show_number(deed: Acting, case_id: str, phone_id: str) -> str:
    """A number in full; that it was shown is written down.

    Raises:
        NotAllowed: the phone is not of this case, or this member sees no numbers.
    """
    case = access.find_case(deed, case_id)
    if not deed.who.may(Right.UNMASK):
        raise NotAllowed(phone_id)
    phone = _phone(deed, case, phone_id)
    audit.note(deed, "unmask", "phone", phone.id, case_id=case.id)
    return deed.parts.ring.unseal_text(phone.number, "phone.number", phone.id)


def _times(said: Allowed) -> tuple[str, str]:
    window, weekdays = written(said.window), days_written(said.weekdays)
    if window is None:
        raise Blocked("no_such_time")
    if weekdays is None:
        raise Blocked("no_day")
    return window, weekdays


def _expiry(said: Allowed, now: datetime) -> datetime:
    """The end of the last day, and never later than a permit lives."""
    if said.until is None:
        return expiry(now)
    if said.until < local(now).date():
        raise Blocked("no_such_day")
    ends = datetime.combine(said.until + timedelta(days=1), time(), tzinfo=DHAKA)
    return min(ends, expiry(now))


def _phone(deed: Acting, case: Row[Any], phone_id: str) -> Row[Any]:
    for phone in people_rows.phones(deed.connection, case):
        if phone.id == phone_id:
            return phone
    raise NotAllowed(phone_id)
