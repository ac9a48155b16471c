"""The audit trail: every move of every thing, written in the transaction that moves it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import insert

from helpline.store.idents import new_ident
from helpline.store.prepared import Prepared
from helpline.store.tables import Event

if TYPE_CHECKING:
    from sqlalchemy import Connection

_EVENT = Prepared(insert(Event))


def record_moves(
    connection: Connection,
    *,
    subject: str,
    was: str,
    moves: Iterable[tuple[str, str, str]],
    now: datetime,
    actor: str,
) -> None:
    """Write many moves of one kind of thing at once: (subject id, became, why)."""
    rows = [
        {
            "id": new_ident(),
            "subject": subject,
            "subject_id": ident,
            "was": was,
            "became": became,
            "why": why,
            "actor": actor,
            "at": now,
        }
        for ident, became, why in moves
    ]
    if rows:
        connection.execute(insert(Event), rows)


def record(
    connection: Connection,
    *,
    subject: str,
    subject_id: str,
    became: str,
    now: datetime,
    was: str = "",
    why: str = "",
    actor: str = "system",
) -> None:
    """Write that `subject` moved from `was` to `became`. `why` and `actor` are codes, never words of a caller."""
    _EVENT.run(
        connection,
        id=new_ident(),
        subject=subject,
        subject_id=subject_id,
        was=was,
        became=became,
        why=why,
        actor=actor,
        at=now,
    )
