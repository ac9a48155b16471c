"""Campaigns: one text to many phones whose owners asked for news, and how fast a gateway may send them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Float, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from helpline.store.tables.base import Base, Code, Ident, Sealed


class Campaign(Base):
    """A text to everybody of a segment who wants news: its words, who agreed to it, how far it is.

    `districts`, `needs`, `languages` and `sexes` are codes with spaces between them; empty: all.
    """

    __tablename__ = "campaign"
    id: Mapped[Ident] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(80))
    """For the desk only."""
    text_bn: Mapped[str] = mapped_column(String(480))
    text_en: Mapped[str] = mapped_column(String(480))
    districts: Mapped[str] = mapped_column(String(600))
    needs: Mapped[str] = mapped_column(String(120))
    languages: Mapped[str] = mapped_column(String(20))
    sexes: Mapped[str] = mapped_column(String(40))
    reason: Mapped[Sealed | None]
    """Why the text goes although it is not neutral; then only to phones that are somebody's alone."""
    state: Mapped[Code]
    """draft, submitted, approved, running, paused, done, cancelled"""
    valid_until: Mapped[datetime]
    """What has not gone by then is skipped."""
    expected: Mapped[int]
    """Phones when it was submitted."""
    enrolled: Mapped[int]
    """Phones that have a message so far."""
    reached: Mapped[str] = mapped_column(String(32))
    """The last phone that was looked at: whoever enrols goes on behind it."""
    written_by: Mapped[Ident] = mapped_column(ForeignKey("staff.id"))
    """Who changed it last."""
    submitted_by: Mapped[Ident | None] = mapped_column(ForeignKey("staff.id"))
    approved_by: Mapped[Ident | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    enrolled_at: Mapped[datetime | None]
    """When everybody was enrolled."""
    ended_at: Mapped[datetime | None]
    version: Mapped[int]


class Pace(Base):
    """Until when the texts of campaigns have used up what one gateway may send."""

    __tablename__ = "pace"
    gateway: Mapped[Code] = mapped_column(primary_key=True)
    free_at: Mapped[float] = mapped_column(Float)
    """Seconds since 1970."""
