"""The timeline of a case: every contact, text, call, note and move, opened and with who did it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec

from helpline.cases.texts import TEXTS
from helpline.flow.layout import fill_in
from helpline.i18n import translator
from helpline.service.desk.cases import staff_names
from helpline.store.desk import people_rows, timeline
from helpline.store.sealing import Unsealable

if TYPE_CHECKING:
    from sqlalchemy import Row

    from helpline.service.desk.acting import Acting
    from helpline.store.sealing import KeyRing

SIZE: Final = 30
"""Entries of one page."""
_STAFF: Final = {
    "note": "author_id",
    "contact": "staff_id",
    "assessment": "staff_id",
    "call": "staff_id",
    "escalation": "by",
    "event": "actor",
}
"""The column that says who did it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. What the codes in `row` are called, pages know."""

    table: str
    id: str
    at: datetime
    row: Row[Any]
    who: str = ""
    """The member of staff by name; empty for callers and machines."""
    whom: str = ""
    """Who was called, where this is a step of an alarm."""
    words: str | None = None
    """What was written or said; none when it was deleted since."""
    warnings: str = ""
    """Codes of the wording check that the author of a text overrode."""


def page(deed: Acting, case: Row[Any], number: int = 1) -> tuple[list[Entry], bool]:
    """One page, the newest first, and whether there are older entries. The first page is 1."""
    connection = deed.connection
    phones = people_rows.phones(connection, case)
    found = timeline.page(
        connection,
        case,
        phone_ids=[phone.id for phone in phones],
        own=[phone.id for phone in phones if phone.sole],
        offset=(number - 1) * SIZE,
        most=SIZE + 1,
    )
    shown = found[:SIZE]
    by_table: dict[str, list[str]] = {}
    for each in shown:
        by_table.setdefault(each.table, []).append(each.id)
    rows = {table: timeline.rows(connection, table, idents) for table, idents in by_table.items()}
    texts = timeline.staff_texts(connection, by_table.get("message", ()))
    names = staff_names(
        deed.parts.ring, connection, [*_actors(rows), *(text.staff_id for text in texts.values())]
    )
    entries = [
        _entry(deed.parts.ring, each, rows[each.table][each.id], names, texts) for each in shown
    ]
    return entries, len(found) > SIZE


def text_of(ring: KeyRing, message: Row[Any]) -> str | None:
    """A message in words, as it is or was sent; none when they were deleted since."""
    try:
        sealed = ring.unseal(message.values, "message.values", message.id)
        values = msgspec.json.decode(sealed, type=dict[str, str])
    except (Unsealable, msgspec.DecodeError):
        return None
    template = TEXTS.get(message.template)
    if template is None or (message.template == "screen" and "text" not in values):
        return None
    language = "en" if message.language == "en" else "bn"
    return fill_in(translator(language)(template), values, language)


def _entry(
    ring: KeyRing,
    moment: timeline.Moment,
    row: Row[Any],
    names: Mapping[str, str],
    texts: Mapping[str, Row[Any]],
) -> Entry:
    who = names.get(getattr(row, _STAFF[moment.table]) or "", "") if moment.table in _STAFF else ""
    whom = names.get(row.why, "") if _is_alarm(moment.table, row) else ""
    words: str | None = ""
    warnings = ""
    if moment.table == "note":
        words = _opened(ring, row.words, "note.words", row.id)
    elif moment.table == "incoming_text":
        words = _opened(ring, row.words, "incoming_text.words", row.id)
    elif moment.table == "message":
        words = text_of(ring, row)
        if by_hand := texts.get(row.id):
            who, warnings = names.get(by_hand.staff_id, ""), by_hand.warnings
    return Entry(moment.table, moment.id, moment.at, row, who, whom, words, warnings)


def _opened(ring: KeyRing, sealed: bytes, column: str, ident: str) -> str | None:
    try:
        return ring.unseal_text(sealed, column, ident) or None
    except Unsealable:
        return None


def _actors(rows: Mapping[str, Mapping[str, Row[Any]]]) -> list[str]:
    found = [
        getattr(row, _STAFF[table])
        for table, of_table in rows.items()
        if table in _STAFF
        for row in of_table.values()
    ]
    called = [row.why for row in rows.get("event", {}).values() if _is_alarm("event", row)]
    return [each for each in (*found, *called) if each]


def _is_alarm(table: str, row: Row[Any]) -> bool:
    return table == "event" and row.subject == "alarm"
