"""Receipts: kept as the gateway said them, joined to their message when both are there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, delete, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from helpline.store.idents import new_ident
from helpline.store.prepared import Prepared
from helpline.store.tables import Message, Receipt

if TYPE_CHECKING:
    from sqlalchemy import Connection

_ADD = Prepared(upsert(Receipt).on_conflict_do_nothing().returning(Receipt.id))
_MESSAGE = Prepared(
    select(Message.id, Message.state)
    .where(Message.gateway == bindparam("gateway"), Message.external_id == bindparam("external_id"))
    .with_for_update()
)
_OURS = Prepared(
    select(Message.id, Message.state).where(Message.id == bindparam("message")).with_for_update()
)
_FORWARD = Prepared(
    update(Message)
    .where(Message.id == bindparam("message"), Message.state == bindparam("was"))
    .values(
        state=bindparam("becomes"),
        trouble=bindparam("why"),
        updated_at=bindparam("now"),
        # a receipt that names our own id may come before the worker has recorded its send
        gateway=bindparam("by_gateway"),
        external_id=func.coalesce(
            func.nullif(Message.external_id, literal_column("''")), bindparam("their_id")
        ),
        sent_at=func.coalesce(Message.sent_at, bindparam("now", type_=Message.sent_at.type)),
    )
)
_JOINED = Prepared(
    update(Receipt)
    .where(
        Receipt.gateway == bindparam("of_gateway"),
        Receipt.external_id == bindparam("of_external_id"),
        Receipt.joined_at.is_(None),
    )
    .values(joined_at=bindparam("now"))
)
_STRAYS = Prepared(
    select(Receipt.external_id)
    .join(
        Message,
        and_(
            Message.gateway == Receipt.gateway,
            Message.external_id == Receipt.external_id,
        ),
    )
    .where(Receipt.gateway == bindparam("of_gateway"), Receipt.joined_at.is_(None))
    .distinct()
)
_FORGET = Prepared(delete(Receipt).where(Receipt.received_at < bindparam("before")))


def add(
    connection: Connection,
    *,
    gateway: str,
    external_id: str,
    status: str,
    reason: str,
    now: datetime,
) -> bool:
    """Keep a receipt; False when the same one came before."""
    row = _ADD.row(
        connection,
        id=new_ident(),
        gateway=gateway,
        external_id=external_id,
        status=status,
        reason=reason,
        received_at=now,
        joined_at=None,
    )
    return row is not None


def message_of(
    connection: Connection, *, gateway: str, external_id: str, message_id: str
) -> tuple[str, str] | None:
    """The message a receipt is about, locked: (id, state)."""
    row = _MESSAGE.row(connection, gateway=gateway, external_id=external_id)
    if row is None and message_id:
        row = _OURS.row(connection, message=message_id)
    return (row[0], row[1]) if row else None


def forward(
    connection: Connection,
    *,
    message_id: str,
    gateway: str,
    external_id: str,
    was: str,
    becomes: str,
    why: str,
    now: datetime,
) -> bool:
    """Move a message on, and note by which name its gateway knows it; False when it moved meanwhile."""
    moved = _FORWARD.run(
        connection,
        message=message_id,
        by_gateway=gateway,
        their_id=external_id,
        was=was,
        becomes=becomes,
        why=why,
        now=now,
    )
    return moved == 1


def joined(connection: Connection, *, gateway: str, external_id: str, now: datetime) -> None:
    """Note that the receipts of a message have been used."""
    _JOINED.run(connection, of_gateway=gateway, of_external_id=external_id, now=now)


def parked(
    connection: Connection, *, gateway: str, external_ids: Sequence[str]
) -> list[tuple[str, str, str]]:
    """Receipts that came before their message was recorded: (external id, status, reason)."""
    rows = connection.execute(
        select(Receipt.external_id, Receipt.status, Receipt.reason)
        .where(
            Receipt.gateway == gateway,
            Receipt.external_id.in_(external_ids),
            Receipt.joined_at.is_(None),
        )
        .order_by(Receipt.received_at)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def strays(connection: Connection, *, gateway: str) -> list[str]:
    """Receipts still parked although their message is recorded: their external ids."""
    return [row[0] for row in _STRAYS.rows(connection, of_gateway=gateway)]


def forget(connection: Connection, *, before: datetime) -> int:
    """Delete receipts that are too old to matter."""
    return _FORGET.run(connection, before=before)
