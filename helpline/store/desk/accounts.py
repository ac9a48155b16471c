"""Accounts of staff and their log-ins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from helpline.store.tables import Staff, StaffSession

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A log-in that has not ended, with the row of whose it is."""

    session_id: str
    opened_at: datetime
    seen_at: datetime
    proved_at: datetime | None
    staff: Row[Any]


def add_staff(connection: Connection, **columns: Any) -> None:
    """Write an account."""
    connection.execute(insert(Staff).values(**columns))


def by_id(connection: Connection, staff_id: str) -> Row[Any] | None:
    """An account by its id."""
    return connection.execute(select(Staff.__table__).where(Staff.id == staff_id)).one_or_none()


def open_session(connection: Connection, **columns: Any) -> None:
    """Write a log-in."""
    connection.execute(insert(StaffSession).values(**columns))


def logged_in(connection: Connection, token: bytes) -> LoggedIn | None:
    """The log-in with this fingerprint, if it has not ended and the account is active."""
    row = connection.execute(
        select(
            StaffSession.id,
            StaffSession.opened_at,
            StaffSession.seen_at,
            StaffSession.proved_at,
            StaffSession.staff_id,
        ).where(StaffSession.token == token, StaffSession.ended_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    staff = by_id(connection, row.staff_id)
    if staff is None or staff.state != "active":
        return None
    return LoggedIn(row.id, row.opened_at, row.seen_at, row.proved_at, staff)


def seen(connection: Connection, session_id: str, now: datetime) -> None:
    """Note that a log-in is in use."""
    connection.execute(
        update(StaffSession).where(StaffSession.id == session_id).values(seen_at=now)
    )
