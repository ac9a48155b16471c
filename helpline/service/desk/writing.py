"""An SMS that staff write by hand: may it go, is it neutral, and into the outbox with everything else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec

from helpline.cases.calendar import SILENT, WINDOWS, Span, local, next_in
from helpline.cases.permits import Purpose
from helpline.cases.texts import SCREEN
from helpline.cases.wording import REFUSED, codes, warnings
from helpline.flow.lettering import clean, compose, segments
from helpline.service.desk import access, audit, phone_marks
from helpline.service.desk.acting import NotAllowed
from helpline.service.desk.cases import Blocked
from helpline.service.desk.contact_words import on_phone
from helpline.service.wrong_numbers import retired
from helpline.store import outbox
from helpline.store.desk import case_rows, people_rows
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Row

    from helpline.flow.lettering import Segments
    from helpline.service.desk.acting import Acting

LONGEST: Final = 480
"""Letters of one text."""
LIVES: Final = timedelta(days=2)
ANSWERED_WITHIN: Final = timedelta(hours=24)
"""Who wrote to us without registering may be answered so long: that is the only permission there is."""
AT_ONCE: Final = timedelta(hours=1)
"""Whoever wrote so lately is awake, and looking at the phone."""


class NotNeutral(Exception):
    """The text says too much: `warnings` are codes with words. A reason lets it go, unless `refused`."""

    def __init__(self, found: list[str]) -> None:
        super().__init__(" ".join(codes(found)))
        self.warnings = found
        self.refused = bool(REFUSED & set(codes(found)))


@dataclass(frozen=True, slots=True)
class Way:
    """One phone of a case, and whether a text may go there: `why_not` is a code, empty when it may."""

    phone_id: str
    number: str
    """In full; pages mask it."""
    relation: str
    sole: bool
    purpose: Purpose
    person_id: str | None
    window: str
    why_not: str
    since: datetime | None = None
    """When this phone last wrote words of its own."""


def ways(deed: Acting, case: Row[Any]) -> list[Way]:
    """The phones of a case, those to which a text may go first."""
    found = [_way(deed, case, phone) for phone in people_rows.phones(deed.connection, case)]
    return sorted(found, key=lambda way: bool(way.why_not))


def send_text(
    deed: Acting,
    case_id: str,
    words: str,
    language: str,
    reason: str = "",
    *,
    phone_id: str = "",
) -> str:
    """Put a text to the client into the outbox; gives the id of the message.

    Whether it really goes is decided once more when it is sent.

    Raises:
        Blocked: `empty`, `too_long`, `no_such_value`, or why no text may go to this phone.
        NotNeutral: it says too much and no reason was given; or it is in the wrong script, or names a
            number that nobody may be given: then no reason counts.
        NotAllowed: the phone is not of this case.
    """
    case = access.find_case(deed, case_id)
    words = clean(words).strip()
    if language not in ("bn", "en"):
        raise Blocked("no_such_value")
    if not words:
        raise Blocked("empty")
    if len(words) > LONGEST:
        raise Blocked("too_long")
    way = _chosen(ways(deed, case), phone_id)
    found = told(deed, case, words, language, way.phone_id)
    reason = reason.strip()
    if found and (not reason or REFUSED & set(codes(found))):
        raise NotNeutral(found)
    ident = _post(deed, case, way, words, language)
    case_rows.add(
        deed.connection,
        "staff_text",
        message_id=ident,
        case_id=case.id,
        staff_id=deed.who.id,
        warnings=" ".join(codes(found)),
        reason=deed.parts.ring.seal(reason, "staff_text.reason", ident) if found else None,
    )
    audit.note(deed, "text", "message", ident, case_id=case.id, detail=" ".join(codes(found)))
    return ident


def told(deed: Acting, case: Row[Any], words: str, language: str, phone_id: str = "") -> list[str]:
    """What in a text to the client of a case is not neutral or not right, as `wording.warnings` says it.

    Without `phone_id` it is for the phone to which a text may go first.
    """
    phone_id = phone_id or next((way.phone_id for way in ways(deed, case)), "")
    card = on_phone(deed, case, phone_id)
    return warnings(
        clean(words).strip(),
        language,
        names=names(deed, case),
        retired=retired(deed.parts),
        signs=(card.safe_word, card.danger),
    )


def cost(words: str) -> Segments:
    """What a text costs as an SMS, counted as it will be sent."""
    return segments(compose(clean(words).strip()))


def names(deed: Acting, case: Row[Any]) -> Iterable[str]:
    """What the person of a case is called, as far as staff wrote it down."""
    if not case.name:
        return ()
    return (deed.parts.ring.unseal_text(case.name, "care_case.name", case.id),)


def _way(deed: Acting, case: Row[Any], phone: Row[Any]) -> Way:
    since = people_rows.last_text(deed.connection, phone.id)
    known = phone.person_id is not None
    marks = phone_marks.shown(deed, case, phone)
    why_not = ""
    if marks.unsafe_at:
        why_not = "unsafe"
    elif marks.stopped_at:
        why_not = "stopped"
    elif known and phone.ended_at:
        why_not = "ended"
    elif known and phone.expires_at <= deed.now:
        why_not = "expired"
    elif known and not phone.sms:
        why_not = "no_permit"
    elif not known and (since is None or deed.now - since > ANSWERED_WITHIN):
        why_not = "nothing_known"
    return Way(
        phone_id=phone.id,
        number=deed.parts.ring.unseal_text(phone.number, "phone.number", phone.id),
        relation=phone.relation or "",
        sole=bool(phone.sole),
        purpose=Purpose.PERSON if known else Purpose.REPLY,
        person_id=case.person_id,
        window=phone.window or "any",
        why_not=why_not,
        since=since,
    )


def _chosen(found: list[Way], phone_id: str) -> Way:
    way = next((each for each in found if phone_id in ("", each.phone_id)), None)
    if way is None:
        if phone_id:
            raise NotAllowed(phone_id)
        raise Blocked("no_phone")
    if way.why_not:
        raise Blocked(way.why_not)
    return way


def _post(deed: Acting, case: Row[Any], way: Way, words: str, language: str) -> str:
    ident = new_ident()
    due = _due(deed, way)
    values = msgspec.json.encode({"text": words})
    outbox.post(
        deed.connection,
        id=ident,
        phone_id=way.phone_id,
        person_id=way.person_id,
        subject_id=case.id,
        purpose=way.purpose,
        template=SCREEN,
        language=language,
        values=deed.parts.ring.seal(values, "message.values", ident),
        due_at=due,
        expires_at=due + LIVES,
        dedupe_key=f"staff:{ident}",
        created_at=deed.now,
        updated_at=deed.now,
    )
    deed.record("message", ident, became="queued", why="staff")
    if due <= deed.now:
        deed.posted.append(ident)
    return ident


def _due(deed: Acting, way: Way) -> datetime:
    """Answers pass the gate at any hour, so here they wait for the day unless the client just wrote."""
    if way.purpose is not Purpose.REPLY or (way.since and deed.now - way.since <= AT_ONCE):
        return deed.now
    at = deed.now
    for span in (deed.parts.quiet, SILENT):
        if span.holds(local(at).time()):
            at = next_in(Span(span.ends, span.begins), at)
    return next_in(WINDOWS["any"], at)
