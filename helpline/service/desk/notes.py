"""Notes and contacts: what staff write down. A note is never changed; a correction is another note."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from helpline.service.desk import access, audit
from helpline.service.desk.acting import NotAllowed
from helpline.service.desk.cases import Blocked
from helpline.service.desk.note_rows import keep
from helpline.store.desk import case_rows, people_rows
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from helpline.service.desk.acting import Acting

LONGEST: Final = 10_000
"""Letters of a note."""
CHANNELS: Final = ("call", "sms", "walk_in")
DIRECTIONS: Final = ("in", "out")
DISPOSITIONS: Final = (
    "talked",
    "no_answer",
    "busy",
    "switched_off",
    "wrong_person",
    "not_convenient",
    "refused",
)


def write(deed: Acting, case_id: str, words: str, *, corrects: str = "") -> str:
    """Put a note into a case; gives its id.

    Raises:
        Blocked: `empty` or `too_long`.
        NotAllowed: the note it corrects is not of this case.
    """
    case = access.find_case(deed, case_id)
    words = words.strip()
    if not words:
        raise Blocked("empty")
    if len(words) > LONGEST:
        raise Blocked("too_long")
    if corrects:
        earlier = case_rows.one(deed.connection, "note", corrects)
        if earlier is None or earlier.case_id != case.id:
            raise NotAllowed(corrects)
    ident = keep(deed, case.id, words, corrects=corrects)
    audit.note(deed, "note", "note", ident, case_id=case.id)
    return ident


def contact(
    deed: Acting,
    case_id: str,
    *,
    channel: str,
    direction: str,
    disposition: str,
    minutes: int = 0,
    phone_id: str = "",
    words: str = "",
) -> str:
    """Write down a conversation that no machine saw; gives its id. `words` become a note.

    Raises:
        Blocked: `no_such_value`.
        NotAllowed: the phone is not of this case.
    """
    case = access.find_case(deed, case_id)
    if (
        channel not in CHANNELS
        or direction not in DIRECTIONS
        or disposition not in DISPOSITIONS
        or not 0 <= minutes <= 24 * 60
    ):
        raise Blocked("no_such_value")
    phones = {phone.id for phone in people_rows.phones(deed.connection, case)}
    if phone_id and phone_id not in phones:
        raise NotAllowed(phone_id)
    ident = new_ident()
    case_rows.add(
        deed.connection,
        "contact",
        id=ident,
        case_id=case.id,
        item_id=None,
        phone_id=phone_id or None,
        staff_id=deed.who.id,
        channel=channel,
        direction=direction,
        disposition=disposition,
        seconds=minutes * 60,
        at=deed.now,
    )
    deed.record("contact", ident, became=disposition, why=f"{channel}_{direction}")
    if words.strip():
        write(deed, case_id, words)
    audit.note(deed, "contact", "contact", ident, case_id=case.id, detail=disposition)
    return ident
