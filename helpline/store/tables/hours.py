"""When the helpline is open and who is there."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from helpline.store.tables.base import Base, Code, Ident


class OpenHours(Base):
    """The helpline is open from `begins` to `ends` every `weekday` (Monday 0); a day may have several."""

    __tablename__ = "open_hours"
    id: Mapped[Ident] = mapped_column(primary_key=True)
    weekday: Mapped[int]
    begins: Mapped[time]
    ends: Mapped[time]


class Holiday(Base):
    """A day on which the helpline is closed, with where its date comes from."""

    __tablename__ = "holiday"
    day: Mapped[date] = mapped_column(primary_key=True)
    name_bn: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    source: Mapped[str] = mapped_column(String(200), default="")


class ClosedNow(Base):
    """The helpline is closed although its hours say otherwise: staff shortage, no capacity, emergency."""

    __tablename__ = "closed_now"
    id: Mapped[Ident] = mapped_column(primary_key=True)
    why: Mapped[Code]
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    staff_id: Mapped[Ident] = mapped_column(ForeignKey("staff.id"))


class Shift(Base):
    """The weekly rota: who is to be there, or on call, every `weekday` (Monday 0)."""

    __tablename__ = "shift"
    id: Mapped[Ident] = mapped_column(primary_key=True)
    staff_id: Mapped[Ident] = mapped_column(ForeignKey("staff.id"), index=True)
    weekday: Mapped[int]
    begins: Mapped[time]
    ends: Mapped[time]
    """At or before `begins`: the shift passes midnight."""
    on_call: Mapped[bool] = mapped_column(default=False)
    """Not at the desk, but to be paged; the ladder goes by `rank`, lowest first."""
    rank: Mapped[int] = mapped_column(default=0)
    from_day: Mapped[date]
    until_day: Mapped[date | None]


class Duty(Base):
    """Somebody is really there: began, and went."""

    __tablename__ = "duty"
    __table_args__ = (Index("ix_duty_open", "ended_at", "staff_id"),)
    id: Mapped[Ident] = mapped_column(primary_key=True)
    staff_id: Mapped[Ident] = mapped_column(ForeignKey("staff.id"))
    began_at: Mapped[datetime]
    until_at: Mapped[datetime]
    """When it ends by itself."""
    ended_at: Mapped[datetime | None]
