"""Questions about files: somebody wants to take away what a second person must agree to."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from helpline.store.tables import Approval, Staff

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row


def by_id(connection: Connection, approval_id: str, what: str) -> Row[Any] | None:
    """One question of a kind."""
    return connection.execute(
        select(Approval.__table__).where(Approval.id == approval_id, Approval.what == what)
    ).one_or_none()


def recent(connection: Connection, what: str, *, since: datetime) -> list[Row[Any]]:
    """The questions of a kind since a moment, the latest first, with the name of who asked."""
    return list(
        connection.execute(
            select(Approval.__table__, Staff.name)
            .join(Staff, Staff.id == Approval.asked_by)
            .where(Approval.what == what, Approval.asked_at >= since)
            .order_by(Approval.asked_at.desc(), Approval.id)
        )
    )
