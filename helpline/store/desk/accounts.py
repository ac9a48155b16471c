"""Accounts of staff and their log-ins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, insert, select, update

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


def by_username(connection: Connection, username: str) -> Row[Any] | None:
    """An account by the name it logs in with."""
    return connection.execute(
        select(Staff.__table__).where(Staff.username == username)
    ).one_or_none()


def by_invitation(connection: Connection, invitation: bytes) -> Row[Any] | None:
    """The account that an invitation is for."""
    return connection.execute(
        select(Staff.__table__).where(Staff.invitation == invitation)
    ).one_or_none()


def number_taken(connection: Connection, number_key: bytes, *, but_by: str = "") -> bool:
    """Whether somebody else has this telephone number."""
    found = select(Staff.id).where(Staff.number_key == number_key, Staff.id != but_by)
    return connection.execute(found).first() is not None


def everybody(connection: Connection) -> Sequence[Row[Any]]:
    """All accounts: those that may log in first, by username."""
    order = case({"active": 0, "invited": 1}, value=Staff.state, else_=2)
    return connection.execute(select(Staff.__table__).order_by(order, Staff.username)).all()


def change(connection: Connection, staff_id: str, was: datetime, **columns: Any) -> bool:
    """Change an account that nobody changed since `was`; False when somebody did."""
    done = connection.execute(
        update(Staff).where(Staff.id == staff_id, Staff.updated_at == was).values(**columns)
    )
    return done.rowcount == 1


def enrol(connection: Connection, invitation: bytes, **columns: Any) -> bool:
    """Use up an invitation; False when it is gone, or the account suspended."""
    done = connection.execute(
        update(Staff)
        .where(Staff.invitation == invitation, Staff.state != "suspended")
        .values(**columns, invitation=None)
    )
    return done.rowcount == 1


def use_code(connection: Connection, staff_id: str, step: int) -> bool:
    """Let a code of this time step count; False when it, or a later one, has counted before."""
    done = connection.execute(
        update(Staff).where(Staff.id == staff_id, Staff.totp_used < step).values(totp_used=step)
    )
    return done.rowcount == 1


def set_password(connection: Connection, staff_id: str, password: str) -> None:
    """Keep another hash of a password."""
    connection.execute(update(Staff).where(Staff.id == staff_id).values(password=password))


def set_pin(connection: Connection, staff_id: str, pin: str) -> None:
    """Keep the hash of the PIN with which somebody works by telephone."""
    connection.execute(update(Staff).where(Staff.id == staff_id).values(pin=pin))


def set_language(connection: Connection, staff_id: str, language: str) -> None:
    """The language of the pages somebody reads."""
    connection.execute(update(Staff).where(Staff.id == staff_id).values(language=language))


def open_sessions(connection: Connection, staff_id: str, since: datetime) -> list[Row[Any]]:
    """Log-ins of one person that have not ended, the newest first; opened after `since`."""
    wanted = (
        StaffSession.staff_id == staff_id,
        StaffSession.ended_at.is_(None),
        StaffSession.opened_at > since,
        StaffSession.proved_at.is_not(None),
    )
    found = (
        select(StaffSession.id, StaffSession.opened_at, StaffSession.seen_at)
        .where(*wanted)
        .order_by(StaffSession.opened_at.desc())
    )
    return list(connection.execute(found))


def end_sessions(
    connection: Connection,
    staff_id: str,
    *,
    why: str,
    now: datetime,
    but: str = "",
    only: str = "",
) -> int:
    """End the log-ins of one person: all of them, all `but` one, or `only` one; how many."""
    wanted = [
        StaffSession.staff_id == staff_id,
        StaffSession.ended_at.is_(None),
        StaffSession.id != but,
    ]
    if only:
        wanted.append(StaffSession.id == only)
    done = connection.execute(
        update(StaffSession).where(*wanted).values(ended_at=now, ended_why=why)
    )
    return done.rowcount
