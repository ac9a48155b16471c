"""The rows of the helpline's calendar, of the rota and of who is there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, exists, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from helpline.store.tables import ClosedNow, Duty, Holiday, OpenHours, Shift, Staff

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row


def weekly(connection: Connection) -> Sequence[Row[Any]]:
    """The opening hours by weekday and time."""
    return connection.execute(
        select(OpenHours.__table__).order_by(OpenHours.weekday, OpenHours.begins)
    ).all()


def add_interval(connection: Connection, **columns: Any) -> None:
    """Write opening hours of one weekday."""
    connection.execute(insert(OpenHours).values(**columns))


def drop_interval(connection: Connection, ident: str) -> bool:
    """Take opening hours away; False when they are gone."""
    return connection.execute(delete(OpenHours).where(OpenHours.id == ident)).rowcount == 1


def holidays(connection: Connection, *, since: date) -> Sequence[Row[Any]]:
    """The holidays from a day on."""
    return connection.execute(
        select(Holiday.__table__).where(Holiday.day >= since).order_by(Holiday.day)
    ).all()


def add_holiday(connection: Connection, **columns: Any) -> bool:
    """Write a holiday; False when that day is one already."""
    added = connection.execute(
        upsert(Holiday)
        .values(**columns)
        .on_conflict_do_nothing(index_elements=[Holiday.day])
        .returning(Holiday.day)
    )
    return added.one_or_none() is not None


def drop_holiday(connection: Connection, day: date) -> bool:
    """Take a holiday away; False when it is gone."""
    return connection.execute(delete(Holiday).where(Holiday.day == day)).rowcount == 1


def closures(connection: Connection, *, since: datetime) -> Sequence[Row[Any]]:
    """Closed for now: what ends after a moment, the last first."""
    return connection.execute(
        select(ClosedNow.__table__)
        .where(ClosedNow.ends_at > since)
        .order_by(ClosedNow.begins_at.desc())
    ).all()


def add_closure(connection: Connection, **columns: Any) -> None:
    """Write that the helpline is closed for now."""
    connection.execute(insert(ClosedNow).values(**columns))


def end_closures(connection: Connection, now: datetime) -> int:
    """Open again: every closure that runs ends now. How many did."""
    return connection.execute(
        update(ClosedNow)
        .where(ClosedNow.begins_at <= now, ClosedNow.ends_at > now)
        .values(ends_at=now)
    ).rowcount


def shifts(connection: Connection, *, today: date) -> Sequence[Row[Any]]:
    """The shifts of active staff that run today or later, with the sex of whose they are."""
    return connection.execute(
        select(Shift.__table__, Staff.sex, Staff.name)
        .join(Staff, Staff.id == Shift.staff_id)
        .where(Staff.state == "active", or_(Shift.until_day.is_(None), Shift.until_day >= today))
        .order_by(Shift.weekday, Shift.begins, Shift.rank)
    ).all()


def add_shift(connection: Connection, **columns: Any) -> None:
    """Write a shift."""
    connection.execute(insert(Shift).values(**columns))


def end_shift(connection: Connection, ident: str, *, last: date) -> bool:
    """A shift runs for the last time on `last`; one that would not have begun by then is taken away."""
    gone = connection.execute(delete(Shift).where(Shift.id == ident, Shift.from_day > last))
    ended = connection.execute(
        update(Shift)
        .where(Shift.id == ident, or_(Shift.until_day.is_(None), Shift.until_day > last))
        .values(until_day=last)
    )
    return gone.rowcount + ended.rowcount == 1


def duty_of(connection: Connection, staff_id: str) -> Row[Any] | None:
    """The duty of somebody who is there."""
    return connection.execute(
        select(Duty.__table__)
        .where(Duty.staff_id == staff_id, Duty.ended_at.is_(None))
        .order_by(Duty.began_at)
        .limit(1)
    ).one_or_none()


def begin_duty(connection: Connection, **columns: Any) -> None:
    """Write that somebody is there."""
    connection.execute(insert(Duty).values(**columns))


def end_duty(connection: Connection, staff_id: str, now: datetime) -> int:
    """Somebody goes."""
    return connection.execute(
        update(Duty).where(Duty.staff_id == staff_id, Duty.ended_at.is_(None)).values(ended_at=now)
    ).rowcount


def end_late_duties(connection: Connection, now: datetime) -> list[tuple[str, str]]:
    """End every duty whose time is over, or whose account was suspended: (duty, staff)."""
    suspended = exists().where(Staff.id == Duty.staff_id, Staff.state != "active")
    rows = connection.execute(
        update(Duty)
        .where(Duty.ended_at.is_(None), or_(Duty.until_at <= now, suspended))
        .values(ended_at=now)
        .returning(Duty.id, Duty.staff_id)
    )
    return [(row.id, row.staff_id) for row in rows]


def on_duty(connection: Connection, now: datetime) -> Sequence[Row[Any]]:
    """The accounts of those who are there, with since when and until when."""
    return connection.execute(
        select(
            Staff.__table__,
            func.min(Duty.began_at).label("here_since"),
            func.max(Duty.until_at).label("here_until"),
        )
        .join(Duty, and_(Duty.staff_id == Staff.id, Duty.ended_at.is_(None), Duty.until_at > now))
        .where(Staff.state == "active")
        .group_by(*Staff.__table__.columns)
        .order_by(func.min(Duty.began_at), Staff.id)
    ).all()


def active_staff(connection: Connection) -> Sequence[Row[Any]]:
    """Every account that works."""
    return connection.execute(
        select(Staff.__table__).where(Staff.state == "active").order_by(Staff.username)
    ).all()
