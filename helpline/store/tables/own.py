"""What persons tell behind the secret number: who belongs to them, and how a service was."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from helpline.store.tables.base import Base, Code, Coded, Ident


class Household(Base):
    """Persons of one family who registered each for themselves, as far as staff know that they do."""

    __tablename__ = "household"
    id: Mapped[Ident] = mapped_column(primary_key=True)
    opened_at: Mapped[datetime]


class HouseholdMember(Base):
    """A person belongs to a household; to one at a time."""

    __tablename__ = "household_member"
    __table_args__ = (
        Index(
            "ix_household_member_joined",
            "person_id",
            unique=True,
            postgresql_where=text("state = 'joined'"),
            sqlite_where=text("state = 'joined'"),
        ),
    )
    id: Mapped[Ident] = mapped_column(primary_key=True)
    household_id: Mapped[Ident] = mapped_column(ForeignKey("household.id"), index=True)
    person_id: Mapped[Ident] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[Code]
    """joined, left"""
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]


class Dependant(Base):
    """Somebody a person looks after, in codes: no name, no number, nobody's registration."""

    __tablename__ = "dependant"
    id: Mapped[Ident] = mapped_column(primary_key=True)
    person_id: Mapped[Ident] = mapped_column(ForeignKey("person.id"), index=True)
    """Who told of them."""
    relation: Mapped[Coded]
    age: Mapped[Coded]
    need: Mapped[Coded]
    state: Mapped[Code]
    """named, removed"""
    told_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Opinion(Base):
    """One answer to a question of opinion. Nothing says whose: no person, case, phone, moment or other answer."""

    __tablename__ = "opinion"
    id: Mapped[Ident] = mapped_column(primary_key=True)
    """By chance: what was answered together does not stand together."""
    instrument: Mapped[Code]
    question: Mapped[Code]
    said: Mapped[Coded]
    district: Mapped[Coded] = mapped_column(default="")
    quarter: Mapped[date] = mapped_column(index=True)
    """The first day of the quarter in which it was said."""


class Feedback(Base):
    """A person is asked once how a service was, in one digit; the mark is counted, never shown with a name."""

    __tablename__ = "feedback"
    id: Mapped[Ident] = mapped_column(primary_key=True)
    case_id: Mapped[Ident] = mapped_column(ForeignKey("care_case.id"), index=True)
    person_id: Mapped[Ident] = mapped_column(ForeignKey("person.id"), index=True)
    about: Mapped[Code]
    """referral, counselling, callback"""
    subject_id: Mapped[Ident] = mapped_column(unique=True)
    state: Mapped[Code]
    """asked, answered, skipped"""
    said: Mapped[Coded] = mapped_column(default="")
    """very_good, good, fair, bad"""
    asked_at: Mapped[datetime] = mapped_column(index=True)
    answered_at: Mapped[datetime | None] = mapped_column(index=True)
