"""The desk's queue, its clocks, its alarms and its calls."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from helpline.store.tables.base import Base, Code, Coded, Fingerprint, Ident


class WorkItem(Base):
    """One thing for the staff to do: about a request, a call, a text, a referral, a fact that went stale."""

    __tablename__ = "work_item"
    __table_args__ = (
        UniqueConstraint("kind", "subject_id"),
        Index(
            "ix_work_item_open",
            "priority",
            "promised_at",
            postgresql_where=text("state <> 'done'"),
            sqlite_where=text("state <> 'done'"),
        ),
        Index(
            "ix_work_item_owner",
            "owner_id",
            postgresql_where=text("state = 'claimed'"),
            sqlite_where=text("state = 'claimed'"),
        ),
        Index("ix_work_item_promised", "promised_at"),
        Index("ix_work_item_done", "done_at"),
        Index(
            "ix_work_item_complaint",
            "opened_at",
            postgresql_where=text("kind = 'complaint'"),
            sqlite_where=text("kind = 'complaint'"),
        ),
    )
    id: Mapped[Ident] = mapped_column(primary_key=True)
    kind: Mapped[Code]
    subject_id: Mapped[Ident]
    case_id: Mapped[Ident | None] = mapped_column(ForeignKey("care_case.id"), index=True)
    phone_id: Mapped[Ident | None] = mapped_column(ForeignKey("phone.id"), index=True)
    district: Mapped[Coded] = mapped_column(default="")
    language: Mapped[Code] = mapped_column(default="bn")
    counsellor: Mapped[Coded] = mapped_column(default="any")
    specialty: Mapped[Code] = mapped_column(default="")
    restricted: Mapped[Coded] = mapped_column(default="")
    priority: Mapped[int]
    """0 imminent, 1 high, 2 normal, 3 low"""
    level: Mapped[int] = mapped_column(default=0)
    """0 worker, 1 supervisor, 2 specialist, 3 another agency"""
    offered_at: Mapped[datetime]
    """Not in anybody's queue before: the start of the window in which the client may be called."""
    promised_at: Mapped[datetime]
    """Until when the client was told that something happens."""
    state: Mapped[Code]
    """open, claimed, done"""
    owner_id: Mapped[Ident | None] = mapped_column(ForeignKey("staff.id"))
    claimed_at: Mapped[datetime | None]
    outcome: Mapped[Code] = mapped_column(default="")
    opened_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class SlaClock(Base):
    """A promise with a time: when it warns, when it is missed, whether it stands still."""

    __tablename__ = "sla_clock"
    __table_args__ = (
        UniqueConstraint("subject_id", "kind"),
        Index(
            "ix_sla_clock_due",
            "next_at",
            postgresql_where=text("next_at IS NOT NULL"),
            sqlite_where=text("next_at IS NOT NULL"),
        ),
        Index(
            "ix_sla_clock_paused",
            "case_id",
            postgresql_where=text("paused_at IS NOT NULL"),
            sqlite_where=text("paused_at IS NOT NULL"),
        ),
    )
    id: Mapped[Ident] = mapped_column(primary_key=True)
    kind: Mapped[Code]
    """claim, first_response, next_response, resolution, referral_response"""
    subject_id: Mapped[Ident]
    """The work item, case or referral it runs for."""
    item_id: Mapped[Ident | None] = mapped_column(ForeignKey("work_item.id"), index=True)
    case_id: Mapped[Ident | None] = mapped_column(ForeignKey("care_case.id"), index=True)
    state: Mapped[Code]
    """active, warned, hit, missed, active_with_misses"""
    wall: Mapped[bool]
    """Counts every hour, not only those in which the helpline is open."""
    limit: Mapped[int]
    """Seconds of (working) time that are allowed."""
    left: Mapped[int]
    """Seconds that were left when it last started or paused."""
    started_at: Mapped[datetime] = mapped_column(index=True)
    paused_at: Mapped[datetime | None]
    warn_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None]
    """When something has to happen with it; none while it stands still or is over."""
    misses: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime]


class Escalation(Base):
    """Somebody, or a clock, raised an item: to a supervisor, a specialist, another agency."""

    __tablename__ = "escalation"
    id: Mapped[Ident] = mapped_column(primary_key=True)
    item_id: Mapped[Ident] = mapped_column(ForeignKey("work_item.id"), index=True)
    case_id: Mapped[Ident | None] = mapped_column(ForeignKey("care_case.id"), index=True)
    to: Mapped[Code]
    """supervisor, psychologist, legal, agency"""
    why: Mapped[Code]
    by: Mapped[Code]
    """The id of a member of staff, or `system`."""
    priority_was: Mapped[int]
    level_was: Mapped[int]
    owner_was: Mapped[Ident | None]
    at: Mapped[datetime] = mapped_column(index=True)


class Alarm(Base):
    """One person being paged about one item; whoever does not answer in time is followed by the next."""

    __tablename__ = "alarm"
    __table_args__ = (
        UniqueConstraint("item_id", "round", "staff_id"),
        Index(
            "ix_alarm_open",
            "answer_by",
            postgresql_where=text("state = 'paging'"),
            sqlite_where=text("state = 'paging'"),
        ),
    )
    id: Mapped[Ident] = mapped_column(primary_key=True)
    item_id: Mapped[Ident] = mapped_column(ForeignKey("work_item.id"), index=True)
    round: Mapped[int]
    staff_id: Mapped[Ident] = mapped_column(ForeignKey("staff.id"))
    code: Mapped[Fingerprint | None] = mapped_column(index=True)
    """The short number that acknowledges it from a phone."""
    state: Mapped[Code]
    """paging, acknowledged, passed_on, ended"""
    paged_at: Mapped[datetime] = mapped_column(index=True)
    answer_by: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class RiskFlag(Base):
    """One sign that somebody may be in danger, from when it was raised until a person had looked at it."""

    __tablename__ = "risk_flag"
    id: Mapped[Ident] = mapped_column(primary_key=True)
    item_id: Mapped[Ident] = mapped_column(ForeignKey("work_item.id"), index=True)
    case_id: Mapped[Ident] = mapped_column(ForeignKey("care_case.id"), index=True)
    sign: Mapped[Coded]
    """How it was noticed: text, answers, voice, said_so, somebody_else_says, risk_level, other."""
    topics: Mapped[Coded] = mapped_column(default="")
    """What a text may speak of, with spaces between: captive, child, self_harm, violence."""
    about_another: Mapped[bool] = mapped_column(default=False)
    raised_by: Mapped[Code]
    """The id of a member of staff, `system`, or whoever else acted."""
    raised_at: Mapped[datetime] = mapped_column(index=True)
    outcome: Mapped[Code] = mapped_column(default="")
    """Empty while it waits; `form`, or why no form could be gone through."""
    level: Mapped[Coded] = mapped_column(default="")
    """What a person found: none, low, high, imminent; empty where nobody could."""
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[Ident | None] = mapped_column(ForeignKey("staff.id"))


class Call(Base):
    """One conversation by voice, with a leg for everybody in it."""

    __tablename__ = "call"
    __table_args__ = (Index("ix_call_state", "state", "updated_at"),)
    id: Mapped[Ident] = mapped_column(primary_key=True)
    gateway: Mapped[Code]
    direction: Mapped[Code]
    """in, out"""
    purpose: Mapped[Code]
    """callback, hotline, missed, page, dial_back"""
    item_id: Mapped[Ident | None] = mapped_column(ForeignKey("work_item.id"), index=True)
    callback_id: Mapped[Ident | None] = mapped_column(ForeignKey("callback.id"))
    case_id: Mapped[Ident | None] = mapped_column(ForeignKey("care_case.id"), index=True)
    phone_id: Mapped[Ident | None] = mapped_column(ForeignKey("phone.id"), index=True)
    staff_id: Mapped[Ident | None] = mapped_column(ForeignKey("staff.id"))
    room: Mapped[str] = mapped_column(String(80), default="")
    """The gateway's conference or queue in which its legs meet."""
    state: Mapped[Code]
    began_at: Mapped[datetime]
    connected_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[Code] = mapped_column(default="")
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class CallLeg(Base):
    """One side of a call, by the gateway's id."""

    __tablename__ = "call_leg"
    __table_args__ = (
        UniqueConstraint("gateway", "external_id"),
        Index("ix_call_leg_state", "state", "updated_at"),
    )
    id: Mapped[Ident] = mapped_column(primary_key=True)
    call_id: Mapped[Ident] = mapped_column(ForeignKey("call.id"), index=True)
    gateway: Mapped[Code]
    external_id: Mapped[str] = mapped_column(String(120))
    role: Mapped[Code]
    """client, staff, specialist"""
    staff_id: Mapped[Ident | None] = mapped_column(ForeignKey("staff.id"))
    state: Mapped[Code]
    updated_at: Mapped[datetime]


class DayCount(Base):
    """How often something happened on one day (Asia/Dhaka), for reports that must not read every row.

    The sums of a quarter stand beside it, under its first day and a name of their own.
    """

    __tablename__ = "day_count"
    measure: Mapped[Code] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    district: Mapped[Code] = mapped_column(primary_key=True)
    by: Mapped[Code] = mapped_column(primary_key=True)
    """The second dimension and its value, `sex:woman`, or empty."""
    count: Mapped[int]
