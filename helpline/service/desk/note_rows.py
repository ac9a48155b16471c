"""A note as it is kept: its words sealed. Also of what is written beside something else that staff do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpline.store.desk import case_rows
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from helpline.service.desk.acting import Acting


def keep(deed: Acting, case_id: str, words: str, *, corrects: str = "") -> str:
    """Keep a note in a case; its id. Whether this member may write there was asked before."""
    ident = new_ident()
    case_rows.add(
        deed.connection,
        "note",
        id=ident,
        case_id=case_id,
        author_id=deed.who.id,
        words=deed.parts.ring.seal(words, "note.words", ident),
        corrects_id=corrects or None,
        written_at=deed.now,
    )
    return ident


def beside(deed: Acting, case_id: str, words: str) -> None:
    """Keep as a note what was written down with a step of danger or of an escalation."""
    deed.record("note", keep(deed, case_id, words), became="written")
