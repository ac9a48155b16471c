"""Forgetting: what has served its purpose is emptied or deleted."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, bindparam, delete, func, literal_column, update

from helpline.store.prepared import Prepared
from helpline.store.tables import Inbox, Message, PinTry, Session

if TYPE_CHECKING:
    from sqlalchemy import Connection

_FINAL: list[ColumnElement[str]] = [
    literal_column(f"'{state}'")
    for state in (
        "sent",
        "delivered",
        "failed",
        "refused",
        "skipped",
        "cancelled",
        "opted_out",
        "unconfirmed",
    )
]
_REPLIES = Prepared(
    update(Inbox)
    .where(Inbox.received_at < bindparam("before"), func.length(Inbox.reply) > literal_column("0"))
    .values(reply=bindparam("nothing"))
)
_SESSIONS = Prepared(delete(Session).where(Session.touched_at < bindparam("before")))
_VALUES = Prepared(
    update(Message)
    .where(
        Message.updated_at < bindparam("before"),
        Message.state.in_(_FINAL),
        func.length(Message.values) > literal_column("0"),
    )
    .values(values=bindparam("nothing"))
)
_TRIES = Prepared(delete(PinTry).where(PinTry.day < bindparam("before")))


def empty_replies(connection: Connection, before: datetime) -> int:
    """Empty the stored replies of old deliveries; that they came is kept, so none counts twice."""
    return _REPLIES.run(connection, before=before, nothing=b"")


def delete_sessions(connection: Connection, before: datetime) -> int:
    """Delete conversations nobody will go on with."""
    return _SESSIONS.run(connection, before=before)


def empty_messages(connection: Connection, before: datetime) -> int:
    """Empty the values of settled messages; what became of them is kept."""
    return _VALUES.run(connection, before=before, nothing=b"")


def delete_pin_tries(connection: Connection, before: date) -> int:
    """Delete the counts of days gone by."""
    return _TRIES.run(connection, before=before)
