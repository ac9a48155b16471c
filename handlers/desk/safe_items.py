"""Items about safe contact: what is safe is to be asked anew, and somebody asks for another person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.desk import queue_words as words
from helpline.cases.work import Kind
from helpline.service.desk import texts
from helpline.store.desk import items

if TYPE_CHECKING:
    from sqlalchemy import Row

    from handlers.desk.desk import Desk, Here
    from helpline.service.desk.acting import Acting

SHOWN_DIGITS = 3


def furnish(desk: Desk) -> None:
    """The panels of these items."""
    desk.item_panel(Kind.SAFE_CONTACT, "queue/safe_contact.html", _safe_contact)
    desk.item_panel(Kind.ON_BEHALF, "queue/on_behalf.html", _on_behalf)


def _safe_contact(_here: Here, _deed: Acting, _row: Row[Any]) -> dict[str, Any]:
    return {"words": words}


def _on_behalf(_here: Here, deed: Acting, row: Row[Any]) -> dict[str, Any]:
    """Of the number only its end leaves the record: nobody is to dial it."""
    number = texts.words_of(deed, row) or ""
    return {
        "text": items.text(deed.connection, row.subject_id),
        "number": number[-SHOWN_DIGITS:],
        "words": words,
        "mine": row.owner_id == deed.who.id,
    }
