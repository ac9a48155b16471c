"""Words that a caller sent by SMS, for the one who has the item about them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from helpline.cases.states import INCOMING_TEXT, may_move
from helpline.service.desk import audit
from helpline.store import events
from helpline.store.desk import items

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from helpline.service.desk.acting import Acting


def words_of(deed: Acting, item: Row[Any]) -> str | None:
    """What the caller wrote, for who may see the item; the reading is noted. None when it is gone."""
    text = items.text(deed.connection, item.subject_id)
    if text is None:
        return None
    audit.note(deed, "read", "incoming_text", text.id, case_id=item.case_id)
    return deed.parts.ring.unseal_text(text.words, "incoming_text.words", text.id)


def mark_read(connection: Connection, text_id: str, *, why: str, now: datetime, actor: str) -> None:
    """Somebody read a text, and what came of it; nothing happens when the subject is no open text."""
    text = items.text(connection, text_id)
    if text is None or not may_move(INCOMING_TEXT, text.state, "read"):
        return
    if items.turn_text(connection, text_id, was=text.state, becomes="read"):
        events.record(
            connection,
            subject="incoming_text",
            subject_id=text_id,
            was=text.state,
            became="read",
            why=why,
            now=now,
            actor=actor,
        )
