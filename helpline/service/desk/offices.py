"""What an office sees of a referral and answers: through its link without an account, or logged in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.referral_rules import OFFICE_MAY, Field, chosen_fields
from helpline.cases.safe_times import SafeTimes
from helpline.service.desk import audit
from helpline.service.desk.acting import NotAllowed
from helpline.service.referral_answers import Answer, log_office, office_answers
from helpline.service.referral_posting import link_key
from helpline.store import people
from helpline.store.desk import files, providers, referral_sides, referrals
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import Connection, Row

    from helpline.service.desk.acting import Acting
    from helpline.service.parts import Parts

WRONG_LINKS: Final = 30
"""Links that open nothing, from one address in ten minutes; a right one opens all the same."""
ANSWERS: Final = 30
"""Answers about one referral in an hour; more is no office."""
_WHILE: Final = timedelta(minutes=10)
_SAME_VISIT: Final = timedelta(minutes=5)


class TooMany(Exception):
    """So many tries that something is wrong: later again."""


class NoSuchLink(Exception):
    """The link is wrong, or over. Nobody can tell which."""


@dataclass(frozen=True, slots=True)
class Safe:
    """When and how a client may be contacted, as she said when she registered."""

    call: bool
    sms: bool
    times: SafeTimes
    sole: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """A referral as its office sees it: the fields the client agreed to, and what can be answered."""

    row: Row[Any]
    provider: Row[Any]
    fields: dict[str, Any]
    may: tuple[str, ...]


def shared(parts: Parts, connection: Connection, row: Row[Any]) -> dict[str, Any]:
    """Of the fields that were agreed to those that are known, read now: codes, words and `Safe`."""
    fields = chosen_fields(row.shared.split())
    values = {Field.REFERENCE: row.reference, **known(parts, connection, row.case_id, fields)}
    if Field.NEED in fields:
        values[Field.NEED] = parts.ring.unseal_text(row.words, "referral.words", row.id)
    values[Field.FUNDING] = row.funding
    return {field: values[field] for field in fields if values.get(field)}


def known(
    parts: Parts, connection: Connection, case_id: str, fields: Iterable[str]
) -> dict[str, Any]:
    """What is known of a client, out of these fields: nothing else is even opened."""
    case = files.by_id(connection, case_id)
    if case is None:
        raise LookupError(case_id)
    person = referral_sides.person(connection, case.person_id) if case.person_id else None
    links = referral_sides.phone_links(connection, case.person_id) if person else ()
    now = parts.clock()
    safe = [(each.phone_id, _safe(connection, each, now)) for each in links]
    # a number is what an office calls: never one that is not hers any more, or may not ring;
    # and what is safe is said of the phone whose number is told
    rings = next((each for each in safe if each[1].call), None)
    phone_id = (rings[0] if rings else None) if case.person_id else case.phone_id
    contact = rings or next(iter(safe), None)
    read: dict[str, Callable[[], Any]] = {
        Field.NAME: lambda: _first_name(parts, case),
        Field.SEX: lambda: person.sex if person else "",
        Field.DISTRICT: lambda: case.district,
        Field.CONTACT: lambda: contact[1] if contact else None,
        Field.PHONE: lambda: _number(parts, connection, phone_id),
    }
    values = {field: read[field]() for field in fields if field in read}
    return {field: value for field, value in values.items() if value}


def _safe(connection: Connection, link: Row[Any], now: datetime) -> Safe:
    """What has run out, was stopped or is not safe any more is not allowed to an office either."""
    stands = link.expires_at > now and not any(people.marks(connection, link.phone_id))
    times = SafeTimes(link.window, link.weekdays)
    return Safe(stands and link.call, stands and link.sms, times, link.sole)


def by_link(parts: Parts, token: str, source: str) -> Seen:
    """What a link opens. `source` is where the request came from, to count wrong ones.

    Raises:
        NoSuchLink: it is wrong or over.
        TooMany: and so were many others from there.
    """
    with parts.database.transaction() as connection:
        found = _open(parts, connection, token)
        if found:
            now, actor = parts.clock(), f"partner:{found.provider.id}"
            if not referral_sides.viewed(connection, found.row.id, actor, now - _SAME_VISIT):
                log_office(
                    parts, connection, found.row, "office_view", "link", now=now, actor=actor
                )
            return found
        too_many = _count_wrong(parts, connection, source)
    if too_many:
        raise TooMany
    raise NoSuchLink


def answer_link(parts: Parts, token: str, source: str, answer: Answer) -> None:
    """Do what an office answers through its link.

    Raises:
        NoSuchLink, TooMany: as `by_link`; too many answers.
        NotNow: the referral's state does not allow this answer.
    """
    with parts.database.transaction() as connection:
        found = _open(parts, connection, token, lock=True)
        if found is None:
            too_many = _count_wrong(parts, connection, source)
        else:
            now, actor = parts.clock(), f"partner:{found.provider.id}"
            an_hour_ago = now - timedelta(hours=1)
            if referral_sides.answers_by(connection, found.row.id, actor, an_hour_ago) > ANSWERS:
                raise TooMany
            after, posted = office_answers(
                parts, connection, found.row, answer, now=now, actor=actor
            )
            log_office(
                parts, connection, after, f"office_{answer.what}", "link", now=now, actor=actor
            )
    if found is None:
        raise TooMany if too_many else NoSuchLink
    if posted:
        parts.wake.wake("send", posted)


def listed(deed: Acting) -> list[Row[Any]]:
    """The referrals of the organisation of a member who works for one."""
    offices = providers.of_organisation(deed.connection, deed.who.organisation)
    rows = referrals.of_providers(deed.connection, [each.id for each in offices])
    audit.note(deed, "office_list", "staff", deed.who.id)
    return list(rows)


def seen(deed: Acting, referral_id: str, *, lock: bool = False) -> Seen:
    """One referral of the member's own organisation.

    Raises:
        NotAllowed: it does not exist, or came to somebody else.
    """
    row = referrals.by_id(deed.connection, referral_id, lock=lock)
    offices = {
        each.id: each for each in providers.of_organisation(deed.connection, deed.who.organisation)
    }
    if row is None or row.provider_id not in offices or row.state not in (*OFFICE_MAY, "completed"):
        raise NotAllowed(referral_id)
    audit.note(deed, "office_view", "referral", row.id, case_id=row.case_id)
    return _seen(deed.parts, deed.connection, row, offices[row.provider_id])


def answer(deed: Acting, referral_id: str, said: Answer) -> None:
    """Do what a member of an office answers.

    Raises:
        NotAllowed: it is not theirs.
        NotNow: its state does not allow this answer.
    """
    found = seen(deed, referral_id, lock=True)
    _row, posted = office_answers(
        deed.parts, deed.connection, found.row, said, now=deed.now, actor=deed.who.id
    )
    deed.posted += posted
    audit.note(deed, f"office_{said.what}", "referral", referral_id, case_id=found.row.case_id)


def _open(parts: Parts, connection: Connection, token: str, *, lock: bool = False) -> Seen | None:
    row = referrals.by_link(connection, link_key(parts, token), lock=lock)
    if row is None or row.link_ends_at is None or row.link_ends_at <= parts.clock():
        return None
    if row.state not in (*OFFICE_MAY, "completed", "declined"):
        return None
    provider = providers.by_id(connection, row.provider_id)
    if provider is None or provider.status != "enlisted":
        return None
    return _seen(parts, connection, row, provider)


def _seen(parts: Parts, connection: Connection, row: Row[Any], provider: Row[Any]) -> Seen:
    may = OFFICE_MAY.get(row.state, ())
    over = row.state in ("declined", "completed")
    fields = {str(Field.REFERENCE): row.reference} if over else shared(parts, connection, row)
    return Seen(row, provider, fields, may)


def _first_name(parts: Parts, case: Row[Any]) -> str:
    name = parts.ring.unseal_text(case.name, "care_case.name", case.id) if case.name else ""
    return next(iter(name.split()), "")


def _number(parts: Parts, connection: Connection, phone_id: str | None) -> str:
    sealed = referral_sides.number_of(connection, phone_id) if phone_id else None
    return parts.ring.unseal_text(sealed, "phone.number", phone_id or "") if sealed else ""


def _count_wrong(parts: Parts, connection: Connection, source: str) -> bool:
    """Count one more wrong link; True when there were too many, which are not counted any more."""
    now = parts.clock()
    who = parts.ring.fingerprint("referral_link_from", source)
    if referral_sides.tries(connection, who, now - _WHILE) >= WRONG_LINKS:
        return True
    referral_sides.count_try(connection, new_ident(), who, now)
    return False
