"""Who provides which service, whom we sent there, and what came of it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from helpline.store.tables.base import Base, Code, Coded, Fingerprint, Ident, Sealed


class Provider(Base):
    """An office that takes referrals. Only an enlisted one may be sent a client."""

    __tablename__ = "provider"
    id: Mapped[Ident] = mapped_column(primary_key=True)
    name_bn: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    kind: Mapped[Code]
    """government, ngo, private"""
    services: Mapped[str] = mapped_column(String(300))
    """Codes of `helpline.cases.services`, with spaces between them; likewise the districts."""
    districts: Mapped[str] = mapped_column(String(600), default="")
    """Empty: all of them."""
    status: Mapped[Code]
    """proposed, enlisted, suspended"""
    criteria: Mapped[str] = mapped_column(String(300), default="")
    centre_key: Mapped[str] = mapped_column(String(80), default="")
    focal_name: Mapped[Sealed | None]
    focal_number: Mapped[Sealed | None]
    focal_key: Mapped[Fingerprint | None] = mapped_column(index=True)
    source: Mapped[str] = mapped_column(String(200), default="")
    verified_at: Mapped[date | None]
    updated_at: Mapped[datetime]


class Referral(Base):
    """A client is directed to another service, with consent to just these fields, until both sides say how it ended."""

    __tablename__ = "referral"
    __table_args__ = (Index("ix_referral_answer", "state", "answer_by"),)
    id: Mapped[Ident] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(9), unique=True)
    case_id: Mapped[Ident] = mapped_column(ForeignKey("care_case.id"), index=True)
    provider_id: Mapped[Ident] = mapped_column(ForeignKey("provider.id"), index=True)
    service: Mapped[Coded]
    priority: Mapped[Code]
    """emergency (answer in 24 hours), urgent (72 hours), normal (two weeks)"""
    shared: Mapped[str] = mapped_column(String(200))
    """Codes of the fields the client agreed to share, with spaces between them."""
    words: Mapped[Sealed]
    """What the office is told, in the worker's words."""
    funding: Mapped[Coded] = mapped_column(default="unclear")
    """Who pays: project, own, government, partner, unclear."""
    guide: Mapped[Code] = mapped_column(default="")
    """The version of the guideline that was followed."""
    asked: Mapped[str] = mapped_column(String(300), default="")
    """Codes of its points that were seen to, with spaces between them."""
    left_out: Mapped[Code] = mapped_column(default="")
    """Why some of them were not; empty when all were."""
    consent_version: Mapped[Code] = mapped_column(default="")
    consent_by: Mapped[Code] = mapped_column(default="")
    """How it was given: voice, sms, ussd, paper."""
    consent_at: Mapped[datetime | None]
    state: Mapped[Code]
    link: Mapped[Fingerprint | None] = mapped_column(unique=True)
    code: Mapped[Fingerprint | None] = mapped_column(index=True)
    link_ends_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None] = mapped_column(index=True)
    answer_by: Mapped[datetime | None]
    reminded: Mapped[int] = mapped_column(default=0)
    """How many steps of waiting without an answer were taken."""
    appointment_at: Mapped[datetime | None]
    office_says: Mapped[Code] = mapped_column(default="")
    client_says: Mapped[Coded] = mapped_column(default="")
    """What each side says of the service: attended, completed, not_attended."""
    why: Mapped[Coded] = mapped_column(default="")
    outcome: Mapped[Coded] = mapped_column(default="")
    score: Mapped[int | None]
    staff_id: Mapped[Ident] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class ServiceGap(Base):
    """A service somebody needed and nobody offers there."""

    __tablename__ = "service_gap"
    id: Mapped[Ident] = mapped_column(primary_key=True)
    case_id: Mapped[Ident] = mapped_column(ForeignKey("care_case.id"), index=True)
    service: Mapped[Coded]
    district: Mapped[Coded] = mapped_column(index=True)
    upazila: Mapped[Coded] = mapped_column(default="")
    why: Mapped[Code]
    """no_provider, declined, too_far, too_expensive, not_eligible"""
    funding: Mapped[Coded] = mapped_column(default="unclear")
    """Who would have paid, as in a referral."""
    staff_id: Mapped[Ident | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(index=True)
