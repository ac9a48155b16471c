"""Who works here, what they may do, and the log of what they did."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from helpline.store.tables.base import Base, Code, Coded, Fingerprint, Ident, Sealed


class Staff(Base):
    """Somebody who works at the desk, or by phone for it."""

    __tablename__ = "staff"
    id: Mapped[Ident] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[Sealed]
    number: Mapped[Sealed | None]
    number_key: Mapped[Fingerprint | None] = mapped_column(unique=True)
    sex: Mapped[Coded]
    role: Mapped[Code]
    languages: Mapped[str] = mapped_column(String(40), default="bn")
    """Codes with spaces between them, like the two that follow."""
    skills: Mapped[str] = mapped_column(String(80), default="")
    districts: Mapped[str] = mapped_column(String(600), default="")
    """Empty: all of them."""
    organisation: Mapped[str] = mapped_column(String(80), default="")
    supervisor_id: Mapped[Ident | None] = mapped_column(ForeignKey("staff.id"))
    password: Mapped[str] = mapped_column(String(200), default="")
    """As argon2 writes it; empty until the person has chosen one."""
    invitation: Mapped[Fingerprint | None] = mapped_column(unique=True)
    totp: Mapped[Sealed | None]
    totp_used: Mapped[int] = mapped_column(BigInteger, default=0)
    """The last time step that was accepted: a code counts once."""
    pin: Mapped[str] = mapped_column(String(200), default="")
    """For those who work by phone, as argon2 writes it."""
    language: Mapped[Code] = mapped_column(default="bn")
    state: Mapped[Code]
    """invited, active, suspended"""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class StaffSession(Base):
    """One log-in. Ending the row ends it everywhere at once."""

    __tablename__ = "staff_session"
    id: Mapped[Ident] = mapped_column(primary_key=True)
    token: Mapped[Fingerprint] = mapped_column(unique=True)
    staff_id: Mapped[Ident] = mapped_column(ForeignKey("staff.id"), index=True)
    opened_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    proved_at: Mapped[datetime | None]
    """When the second factor was shown; until then the session opens nothing but that page."""
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[Code] = mapped_column(default="")


class LoginTry(Base):
    """One failed log-in. `who` is the fingerprint of an account with the address it came from."""

    __tablename__ = "login_try"
    id: Mapped[Ident] = mapped_column(primary_key=True)
    who: Mapped[Fingerprint] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(index=True)


class Audit(Base):
    """What a member of staff did or read. Rows are only ever added; each holds the digest of the one before."""

    __tablename__ = "audit"
    number: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime]
    actor: Mapped[Code] = mapped_column(index=True)
    action: Mapped[Code]
    subject: Mapped[Code]
    subject_id: Mapped[str] = mapped_column(String(40), index=True)
    case_id: Mapped[Ident | None] = mapped_column(index=True)
    detail: Mapped[str] = mapped_column(String(300), default="")
    """Codes and numbers, never words of a person."""
    digest: Mapped[str] = mapped_column(String(64))


class BreakGlass(Base):
    """Somebody opened a restricted case that is not theirs, for an hour, and why."""

    __tablename__ = "break_glass"
    id: Mapped[Ident] = mapped_column(primary_key=True)
    case_id: Mapped[Ident] = mapped_column(ForeignKey("care_case.id"), index=True)
    staff_id: Mapped[Ident] = mapped_column(ForeignKey("staff.id"))
    reason: Mapped[Sealed]
    granted_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reviewed_by: Mapped[Ident | None] = mapped_column(ForeignKey("staff.id"))
    reviewed_at: Mapped[datetime | None]
    verdict: Mapped[Code] = mapped_column(default="")
