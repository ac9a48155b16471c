"""The rows of the desk's queue."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from helpline.store.prepared import Prepared
from helpline.store.tables import WorkItem

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

_ADD = Prepared(
    upsert(WorkItem)
    .on_conflict_do_nothing(index_elements=[WorkItem.kind, WorkItem.subject_id])
    .returning(WorkItem.id)
)
_SETTLE = Prepared(
    update(WorkItem)
    .where(
        WorkItem.kind == bindparam("of_kind"),
        WorkItem.subject_id == bindparam("subject"),
        WorkItem.state != "done",
    )
    .values(
        state="done",
        outcome=bindparam("how"),
        done_at=bindparam("at"),
        version=WorkItem.version + 1,
    )
    .returning(WorkItem.id)
)


def add(connection: Connection, **columns: Any) -> bool:
    """Write an item; False when there is one of this kind about this subject already."""
    return _ADD.row(connection, **columns) is not None


def settle(
    connection: Connection, *, kind: str, subject_id: str, outcome: str, now: datetime
) -> str:
    """End the item of a kind about a subject; its id, or nothing when there was none to end."""
    row = _SETTLE.row(connection, of_kind=kind, subject=subject_id, how=outcome, at=now)
    return str(row[0]) if row else ""


def about(connection: Connection, *, kind: str, subject_id: str) -> Row[Any] | None:
    """The item of a kind about a subject."""
    return connection.execute(
        select(WorkItem.__table__).where(WorkItem.kind == kind, WorkItem.subject_id == subject_id)
    ).one_or_none()


def by_id(connection: Connection, item_id: str) -> Row[Any] | None:
    """One item."""
    return connection.execute(
        select(WorkItem.__table__).where(WorkItem.id == item_id)
    ).one_or_none()
