"""A case and everything that is written into it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from helpline.store.tables.base import Base, Code, Coded, Ident, Sealed


class CareCase(Base):
    """The long-running file of one person, or of a phone whose owner has not registered."""

    __tablename__ = "care_case"
    __table_args__ = (
        Index("ix_care_case_stage", "stage", "updated_at"),
        Index(
            "ix_care_case_supervisor",
            "supervisor_id",
            postgresql_where=text("supervisor_id IS NOT NULL"),
            sqlite_where=text("supervisor_id IS NOT NULL"),
        ),
        # What a queue hides from most; the whole table grows with the people, these do not.
        Index(
            "ix_care_case_restricted",
            "id",
            postgresql_where=text("restricted <> ''"),
            sqlite_where=text("restricted <> ''"),
        ),
    )
    id: Mapped[Ident] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(9), unique=True)
    person_id: Mapped[Ident | None] = mapped_column(ForeignKey("person.id"), index=True)
    phone_id: Mapped[Ident | None] = mapped_column(ForeignKey("phone.id"), index=True)
    stage: Mapped[Code]
    risk_level: Mapped[Coded]
    """none, low, medium, high, imminent"""
    restricted: Mapped[Coded] = mapped_column(default="")
    """Empty, or why few may see it: gbv, trafficking, suicide, minor."""
    waiting_on: Mapped[Code] = mapped_column(default="us")
    """us, client, agency"""
    owner_id: Mapped[Ident | None] = mapped_column(ForeignKey("staff.id"), index=True)
    supervisor_id: Mapped[Ident | None] = mapped_column(ForeignKey("staff.id"))
    district: Mapped[Coded] = mapped_column(default="", index=True)
    upazila: Mapped[Coded] = mapped_column(default="")
    language: Mapped[Code] = mapped_column(default="bn")
    counsellor: Mapped[Coded] = mapped_column(default="any")
    """Who may work on it, as the client asked: woman, man, any."""
    name: Mapped[Sealed | None]
    closed_why: Mapped[Code] = mapped_column(default="")
    opened_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class ContactWords(Base):
    """What is said on one phone so that only the client understands, and who else answers it."""

    __tablename__ = "contact_words"
    __table_args__ = (UniqueConstraint("owner_id", "phone_id"),)
    id: Mapped[Ident] = mapped_column(primary_key=True)
    owner_id: Mapped[Ident]
    """The person whose permit for this phone it belongs to; the case, where nobody has registered."""
    phone_id: Mapped[Ident] = mapped_column(ForeignKey("phone.id"), index=True)
    words: Mapped[Sealed]
    """Cover topic, safe word, danger phrase, who else answers."""
    written_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class Note(Base):
    """Words a member of staff wrote into a case. Never changed: a correction is another note."""

    __tablename__ = "note"
    id: Mapped[Ident] = mapped_column(primary_key=True)
    case_id: Mapped[Ident] = mapped_column(ForeignKey("care_case.id"), index=True)
    author_id: Mapped[Ident] = mapped_column(ForeignKey("staff.id"))
    words: Mapped[Sealed]
    corrects_id: Mapped[Ident | None] = mapped_column(ForeignKey("note.id"))
    written_at: Mapped[datetime]


class Contact(Base):
    """One interaction with a client outside the automatic menus, and how it ended."""

    __tablename__ = "contact"
    id: Mapped[Ident] = mapped_column(primary_key=True)
    case_id: Mapped[Ident | None] = mapped_column(ForeignKey("care_case.id"), index=True)
    item_id: Mapped[Ident | None] = mapped_column(ForeignKey("work_item.id"), index=True)
    phone_id: Mapped[Ident | None] = mapped_column(ForeignKey("phone.id"), index=True)
    staff_id: Mapped[Ident | None] = mapped_column(ForeignKey("staff.id"))
    channel: Mapped[Code]
    """call, sms, walk_in"""
    direction: Mapped[Code]
    """in, out"""
    disposition: Mapped[Coded]
    seconds: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime]


class Assessment(Base):
    """Answers to one versioned set of questions. A later one stands beside it, never over it."""

    __tablename__ = "assessment"
    id: Mapped[Ident] = mapped_column(primary_key=True)
    case_id: Mapped[Ident] = mapped_column(ForeignKey("care_case.id"), index=True)
    instrument: Mapped[Code]
    """The question set with its version: `needs-1`, `risk-1`."""
    answers: Mapped[Sealed]
    staff_id: Mapped[Ident | None] = mapped_column(ForeignKey("staff.id"))
    """Who asked; none when the person answered on the phone by themselves."""
    office: Mapped[str] = mapped_column(String(80), default="")
    """The organisation they worked for on that day; empty: the helpline itself, or nobody asked."""
    taken_at: Mapped[datetime] = mapped_column(index=True)


class CaseTrade(Base):
    """What work somebody did abroad, as last said when needs were assessed: found by trade, and counted."""

    __tablename__ = "case_trade"
    __table_args__ = (Index("ix_case_trade_told", "trade", "told_at"),)
    case_id: Mapped[Ident] = mapped_column(ForeignKey("care_case.id"), primary_key=True)
    trade: Mapped[Coded] = mapped_column(primary_key=True)
    """An answer to the question of that name in `helpline.cases.needs`."""
    certificate: Mapped[Coded] = mapped_column(default="")
    """yes, no, or empty: not said."""
    told_at: Mapped[datetime]


class WageClaim(Base):
    """Pay that is owed to somebody from work in one country, as they reckon it."""

    __tablename__ = "wage_claim"
    __table_args__ = (UniqueConstraint("case_id", "country"),)
    id: Mapped[Ident] = mapped_column(primary_key=True)
    case_id: Mapped[Ident] = mapped_column(ForeignKey("care_case.id"))
    country: Mapped[Coded]
    months: Mapped[Coded]
    """For how many months, in digits."""
    amount: Mapped[Sealed]
    """In whole taka, in digits."""
    employer: Mapped[Sealed]
    agency: Mapped[Sealed]
    """As the client calls them; may be nothing."""
    staff_id: Mapped[Ident] = mapped_column(ForeignKey("staff.id"))
    told_at: Mapped[datetime] = mapped_column(index=True)
    updated_at: Mapped[datetime]


class PlanStep(Base):
    """One service or step in the plan of a case."""

    __tablename__ = "plan_step"
    id: Mapped[Ident] = mapped_column(primary_key=True)
    case_id: Mapped[Ident] = mapped_column(ForeignKey("care_case.id"), index=True)
    service: Mapped[Coded]
    care_of: Mapped[Coded] = mapped_column(default="")
    """Whom it is for: empty for the client; else child, elder, disabled or kin of the household."""
    dependant_id: Mapped[Ident | None]
    """Which of those who are looked after; they may be taken out, and the step stays."""
    goal: Mapped[Sealed]
    due_on: Mapped[date | None]
    state: Mapped[Code]
    """planned, done, waived"""
    why: Mapped[Code] = mapped_column(default="")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Approval(Base):
    """A supervisor is asked to agree: to a plan, to a closure, to telling the police, to a file taken away."""

    __tablename__ = "approval"
    id: Mapped[Ident] = mapped_column(primary_key=True)
    case_id: Mapped[Ident | None] = mapped_column(ForeignKey("care_case.id"), index=True)
    """None for a file of counts."""
    what: Mapped[Code]
    detail: Mapped[Code] = mapped_column(default="")
    state: Mapped[Code]
    """pending, approved, rejected"""
    words: Mapped[Sealed]
    asked_by: Mapped[Ident] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime]
    decided_by: Mapped[Ident | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]


class Appointment(Base):
    """A time and a place that were agreed with a client."""

    __tablename__ = "appointment"
    id: Mapped[Ident] = mapped_column(primary_key=True)
    case_id: Mapped[Ident] = mapped_column(ForeignKey("care_case.id"), index=True)
    what: Mapped[Coded]
    place: Mapped[str] = mapped_column(String(80), default="")
    """The key of a centre, or empty: by phone."""
    session: Mapped[Coded] = mapped_column(default="alone")
    """alone, family, group. A group at one place and time is one session, in however many cases it stands."""
    came: Mapped[int | None]
    """How many came to a group, by number only: who else was there stands in no case."""
    begins_at: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[Code]
    """planned, kept, missed, cancelled"""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class FollowUp(Base):
    """A duty to look after somebody again; messages that serve it are reminders."""

    __tablename__ = "follow_up"
    __table_args__ = (
        Index("ix_follow_up_due", "state", "due_at"),
        Index(
            "ix_follow_up_next",
            "next_at",
            postgresql_where=text("next_at IS NOT NULL"),
            sqlite_where=text("next_at IS NOT NULL"),
        ),
    )
    id: Mapped[Ident] = mapped_column(primary_key=True)
    case_id: Mapped[Ident] = mapped_column(ForeignKey("care_case.id"), index=True)
    kind: Mapped[Code]
    """check_in, after_risk, debrief, after_service, other; month_3, month_6, month_12 invite by themselves"""
    staff_id: Mapped[Ident | None] = mapped_column(ForeignKey("staff.id"), index=True)
    """With whom a debriefing is held; it is somebody else's to hold."""
    due_at: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[Code]
    outcome: Mapped[Code] = mapped_column(default="")
    step: Mapped[Code] = mapped_column(default="")
    """How far a check-in got by itself: invited, invited_again, call; empty for what staff do from the start."""
    next_at: Mapped[datetime | None]
    """When the next step of a check-in is due; none once no step follows."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Transfer(Base):
    """A case is to get another owner, who must agree."""

    __tablename__ = "transfer"
    id: Mapped[Ident] = mapped_column(primary_key=True)
    case_id: Mapped[Ident] = mapped_column(ForeignKey("care_case.id"), index=True)
    from_id: Mapped[Ident | None] = mapped_column(ForeignKey("staff.id"))
    to_id: Mapped[Ident] = mapped_column(ForeignKey("staff.id"), index=True)
    words: Mapped[Sealed]
    state: Mapped[Code]
    """requested, accepted, rejected"""
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class StaffText(Base):
    """An SMS that staff wrote by hand: who, and what was said against it. The text itself is the message's."""

    __tablename__ = "staff_text"
    message_id: Mapped[Ident] = mapped_column(ForeignKey("message.id"), primary_key=True)
    case_id: Mapped[Ident | None] = mapped_column(ForeignKey("care_case.id"), index=True)
    staff_id: Mapped[Ident] = mapped_column(ForeignKey("staff.id"))
    warnings: Mapped[str] = mapped_column(String(200), default="")
    """Codes of the wording check that the author overrode."""
    reason: Mapped[Sealed | None]


class Correction(Base):
    """Something a person told us that turned out to be wrong, and what is right."""

    __tablename__ = "correction"
    id: Mapped[Ident] = mapped_column(primary_key=True)
    person_id: Mapped[Ident] = mapped_column(ForeignKey("person.id"), index=True)
    column: Mapped[Code]
    was: Mapped[Sealed]
    became: Mapped[Sealed]
    staff_id: Mapped[Ident | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]


class Merge(Base):
    """Two registrations turned out to be one person; `gone` lives on in `kept`."""

    __tablename__ = "merge"
    id: Mapped[Ident] = mapped_column(primary_key=True)
    kept_id: Mapped[Ident] = mapped_column(ForeignKey("person.id"), index=True)
    gone_id: Mapped[Ident] = mapped_column(ForeignKey("person.id"), unique=True)
    staff_id: Mapped[Ident] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
