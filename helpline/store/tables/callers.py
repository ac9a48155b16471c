"""What callers said and were answered: phones, people, requests, the outbox, sessions, facts."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Float, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from helpline.store.tables.base import Base, Code, Coded, Fingerprint, Ident, Sealed


class Phone(Base):
    """A phone number that something was asked from: a contact point, never an identity."""

    __tablename__ = "phone"
    id: Mapped[Ident] = mapped_column(primary_key=True)
    fingerprint: Mapped[Fingerprint] = mapped_column(unique=True)
    number: Mapped[Sealed]
    language: Mapped[Code]
    stopped_at: Mapped[datetime | None]
    unsafe_at: Mapped[datetime | None]
    heard_at: Mapped[datetime]
    created_at: Mapped[datetime]


class Person(Base):
    """A returnee, or a member of a returnee's family, who registered."""

    __tablename__ = "person"
    id: Mapped[Ident] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(9), unique=True)
    registration_key: Mapped[Fingerprint] = mapped_column(unique=True)
    for_whom: Mapped[Coded]
    sex: Mapped[Coded]
    age: Mapped[Coded | None]
    district: Mapped[Coded]
    upazila: Mapped[Coded | None]
    country: Mapped[Coded]
    returned: Mapped[Coded]
    reason: Mapped[Coded]
    need: Mapped[Coded]
    identity_kind: Mapped[Coded | None]
    identity: Mapped[Sealed | None]
    identity_key: Mapped[Fingerprint | None] = mapped_column(unique=True)
    office: Mapped[str] = mapped_column(String(80), default="")
    """The organisation of the member of staff who registered them; empty: the helpline itself, or by phone."""
    created_at: Mapped[datetime] = mapped_column(index=True)
    withdrawn_at: Mapped[datetime | None]


class ShredKey(Base):
    """Half of the key to what is sealed about one person, case or phone: without this row nothing opens.

    Kept out of the backups of everything else: to delete it is to destroy their copies, too.
    """

    __tablename__ = "shred_key"
    owner: Mapped[Ident] = mapped_column(primary_key=True)
    secret: Mapped[str] = mapped_column(String(64))


class PersonPhone(Base):
    """What one person allows on one phone: the permit that every message to it must pass."""

    __tablename__ = "person_phone"
    person_id: Mapped[Ident] = mapped_column(ForeignKey("person.id"), primary_key=True)
    phone_id: Mapped[Ident] = mapped_column(ForeignKey("phone.id"), primary_key=True, index=True)
    relation: Mapped[Coded]
    sole: Mapped[bool]
    sms: Mapped[bool]
    call: Mapped[bool]
    signal: Mapped[bool] = mapped_column(default=False)
    """May it ring once, as a sign to dial us."""
    message: Mapped[bool] = mapped_column(default=False)
    """May a message be left with whoever, or whatever, answers."""
    detailed: Mapped[bool] = mapped_column(default=False)
    """May a text say what it is about."""
    window: Mapped[Coded]
    """When it is safe: names of parts of the day, or hours such as 18:30-20:00."""
    weekdays: Mapped[Coded] = mapped_column(default="1234567")
    """On which days: digits from 1 (Monday) to 7."""
    caller: Mapped[Coded] = mapped_column(default="any")
    """Who shall call: woman, man, any."""
    language: Mapped[Coded] = mapped_column(default="")
    """In which language; empty: as the phone."""
    pin_key: Mapped[Fingerprint | None]
    code_key: Mapped[Fingerprint | None]
    """Of the code that staff gave for a new secret number; it never opens anything."""
    code_until: Mapped[datetime | None]
    code_tries: Mapped[int] = mapped_column(default=0)
    """Digits tried on this phone since the code was given, that opened nothing."""
    confirmed_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    """Nothing is allowed from then on, until it is said anew."""
    recheck_on: Mapped[date | None]
    """When to ask whether all this still holds."""
    ended_at: Mapped[datetime | None]


class PinTry(Base):
    """Secret numbers tried from one phone on one day (Asia/Dhaka)."""

    __tablename__ = "pin_try"
    caller: Mapped[Fingerprint] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    tries: Mapped[int]


class Consent(Base):
    """The ledger: what a person said to one purpose, in which words, to whom; a refusal is a row too.

    Rows are added, never changed, but for the moment at which a consent is taken back. A consent
    stands while it is given and not taken back.
    """

    __tablename__ = "consent"
    id: Mapped[Ident] = mapped_column(primary_key=True)
    person_id: Mapped[Ident] = mapped_column(ForeignKey("person.id"), index=True)
    purpose: Mapped[Code]
    given: Mapped[bool]
    text_version: Mapped[Code]
    language: Mapped[Code]
    channel: Mapped[Code]
    recorded_by: Mapped[Code]
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[Code | None]


_ASKED_FOR = "state IN ('requested', 'queued', 'claimed', 'callback_scheduled', 'in_session')"


class CounsellingRequest(Base):
    """Somebody asked for a counsellor. `slot_at` is the start of the time asked for."""

    __tablename__ = "counselling_request"
    __table_args__ = (
        Index(
            "ix_counselling_request_open",
            "slot_at",
            postgresql_where=text(_ASKED_FOR),
            sqlite_where=text(_ASKED_FOR),
        ),
    )
    id: Mapped[Ident] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(9), unique=True)
    phone_id: Mapped[Ident] = mapped_column(ForeignKey("phone.id"), index=True)
    person_id: Mapped[Ident | None] = mapped_column(ForeignKey("person.id"), index=True)
    topic: Mapped[Coded]
    counsellor: Mapped[Coded]
    channel: Mapped[Code]
    sms: Mapped[bool]
    slot_at: Mapped[datetime]
    slot_ends_at: Mapped[datetime]
    state: Mapped[Code]
    dedupe_key: Mapped[str] = mapped_column(String(96), unique=True)
    created_at: Mapped[datetime] = mapped_column(index=True)
    updated_at: Mapped[datetime]


class Callback(Base):
    """Somebody is to be called: the promise, when it may be kept, and how often it was tried."""

    __tablename__ = "callback"
    __table_args__ = (
        Index(
            "ix_callback_waiting",
            "slot_at",
            postgresql_where=text("state IN ('requested', 'scheduled', 'due', 'held')"),
            sqlite_where=text("state IN ('requested', 'scheduled', 'due', 'held')"),
        ),
        Index(
            "ix_callback_open",
            "state",
            postgresql_where=text("state NOT IN ('completed', 'cancelled', 'expired')"),
            sqlite_where=text("state NOT IN ('completed', 'cancelled', 'expired')"),
        ),
    )
    id: Mapped[Ident] = mapped_column(primary_key=True)
    phone_id: Mapped[Ident] = mapped_column(ForeignKey("phone.id"), index=True)
    about: Mapped[Coded]
    attempts: Mapped[int] = mapped_column(default=0)
    slot_at: Mapped[datetime]
    slot_ends_at: Mapped[datetime]
    state: Mapped[Code]
    dedupe_key: Mapped[str] = mapped_column(String(96), unique=True)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Reminder(Base):
    """A message that is to be sent at a later time; when due, the message gets the reminder's own id."""

    __tablename__ = "reminder"
    __table_args__ = (
        Index(
            "ix_reminder_due",
            "due_at",
            postgresql_where=text("state = 'scheduled'"),
            sqlite_where=text("state = 'scheduled'"),
        ),
        Index("ix_reminder_subject", "subject_id"),
        Index("ix_reminder_person", "person_id"),
    )
    id: Mapped[Ident] = mapped_column(primary_key=True)
    person_id: Mapped[Ident | None] = mapped_column(ForeignKey("person.id"))
    phone_id: Mapped[Ident] = mapped_column(ForeignKey("phone.id"), index=True)
    kind: Mapped[Code]
    subject_id: Mapped[Ident]
    due_at: Mapped[datetime]
    stale_at: Mapped[datetime]
    state: Mapped[Code]
    dedupe_key: Mapped[str] = mapped_column(String(96), unique=True)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Message(Base):
    """The outbox: one SMS to one phone, from asked-for to delivered. Never deleted while undecided."""

    __tablename__ = "message"
    __table_args__ = (
        Index(
            "ix_message_undecided",
            "updated_at",
            postgresql_where=text("state IN ('ambiguous', 'parked', 'unconfirmed')"),
            sqlite_where=text("state IN ('ambiguous', 'parked', 'unconfirmed')"),
        ),
        Index(
            "ix_message_waiting",
            "due_at",
            postgresql_where=text("state = 'queued' AND purpose <> 'news'"),
            sqlite_where=text("state = 'queued' AND purpose <> 'news'"),
        ),
        Index(
            "ix_message_news",
            "subject_id",
            "due_at",
            postgresql_where=text("state = 'queued' AND purpose = 'news'"),
            sqlite_where=text("state = 'queued' AND purpose = 'news'"),
        ),
        Index("ix_message_subject", "subject_id", "state"),
        Index("ix_message_person", "person_id"),
        Index(
            "ix_message_sending",
            "claimed_at",
            postgresql_where=text("state = 'sending'"),
            sqlite_where=text("state = 'sending'"),
        ),
        Index("ix_message_external", "gateway", "external_id"),
    )
    id: Mapped[Ident] = mapped_column(primary_key=True)
    phone_id: Mapped[Ident] = mapped_column(ForeignKey("phone.id"), index=True)
    person_id: Mapped[Ident | None] = mapped_column(ForeignKey("person.id"))
    subject_id: Mapped[Ident | None]
    purpose: Mapped[Code]
    template: Mapped[Code]
    language: Mapped[Code]
    values: Mapped[Sealed]
    state: Mapped[Code]
    trouble: Mapped[Code] = mapped_column(default="")
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    dedupe_key: Mapped[str] = mapped_column(String(96), unique=True)
    gateway: Mapped[Code] = mapped_column(default="")
    external_id: Mapped[str] = mapped_column(String(120), default="")
    attempts: Mapped[int] = mapped_column(default=0)
    woken_at: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Receipt(Base):
    """What a gateway said about a message, as it said it. Parked until the message is known."""

    __tablename__ = "receipt"
    __table_args__ = (UniqueConstraint("gateway", "external_id", "status"),)
    id: Mapped[Ident] = mapped_column(primary_key=True)
    gateway: Mapped[Code]
    external_id: Mapped[str] = mapped_column(String(120))
    status: Mapped[str] = mapped_column(String(60))
    reason: Mapped[str] = mapped_column(String(60))
    received_at: Mapped[datetime]
    joined_at: Mapped[datetime | None]


class Session(Base):
    """One conversation: where the caller stands and what was said, sealed, pinned to a menu revision."""

    __tablename__ = "session"
    __table_args__ = (
        UniqueConstraint("gateway", "external_id"),
        Index(
            "ix_session_unfinished",
            "caller",
            "touched_at",
            postgresql_where=text("unfinished"),
            sqlite_where=text("unfinished = 1"),
        ),
    )
    id: Mapped[Ident] = mapped_column(primary_key=True)
    gateway: Mapped[Code]
    external_id: Mapped[str] = mapped_column(String(120))
    caller: Mapped[Fingerprint]
    step: Mapped[int]
    state: Mapped[Sealed]
    unfinished: Mapped[bool]
    opened_at: Mapped[datetime]
    touched_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]


class Inbox(Base):
    """Everything a gateway delivered, once, with the reply it got: a second delivery gets the same."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("gateway", "kind", "external_id"),
        Index(
            "ix_inbox_sender",
            "sender",
            postgresql_where=text("sender IS NOT NULL"),
            sqlite_where=text("sender IS NOT NULL"),
        ),
    )
    id: Mapped[Ident] = mapped_column(primary_key=True)
    gateway: Mapped[Code]
    kind: Mapped[Code]
    external_id: Mapped[str] = mapped_column(String(160))
    sender: Mapped[Fingerprint | None]
    """The phone it came from; none of a voice gateway, and none once the reply is emptied."""
    reply: Mapped[Sealed]
    received_at: Mapped[datetime] = mapped_column(index=True)


class IncomingText(Base):
    """Free words from a caller, kept for a human to read."""

    __tablename__ = "incoming_text"
    __table_args__ = (
        Index(
            "ix_incoming_text_open",
            "received_at",
            postgresql_where=text("state = 'open'"),
            sqlite_where=text("state = 'open'"),
        ),
    )
    id: Mapped[Ident] = mapped_column(primary_key=True)
    phone_id: Mapped[Ident] = mapped_column(ForeignKey("phone.id"), index=True)
    words: Mapped[Sealed]
    state: Mapped[Code]
    received_at: Mapped[datetime] = mapped_column(index=True)


class Event(Base):
    """One move of one thing from state to state: the audit trail, written in the same transaction."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_subject", "subject_id", "subject"),)
    id: Mapped[Ident] = mapped_column(primary_key=True)
    subject: Mapped[Code]
    subject_id: Mapped[Ident]
    was: Mapped[Code]
    became: Mapped[Code]
    why: Mapped[Code]
    actor: Mapped[Code]
    at: Mapped[datetime]


class Centre(Base):
    """A service point that staff entered or imported, with where the entry comes from."""

    __tablename__ = "centre"
    id: Mapped[Ident] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[Code] = mapped_column(index=True)
    name_bn: Mapped[str] = mapped_column(String(120))
    name_latn: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    district: Mapped[Code] = mapped_column(index=True)
    upazila: Mapped[Code | None]
    catchment: Mapped[str] = mapped_column(String(400))
    address_bn: Mapped[str] = mapped_column(String(200))
    address_en: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str] = mapped_column(String(20))
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    source: Mapped[str] = mapped_column(String(200))
    source_date: Mapped[date | None]
    verified_at: Mapped[date | None]
    verified_by: Mapped[str] = mapped_column(String(80))
    expires_at: Mapped[date | None]
    updated_at: Mapped[datetime]


class FactCheck(Base):
    """The last time somebody checked a dated fact (a hotline, an amount) by calling or reading."""

    __tablename__ = "fact_check"
    fact: Mapped[str] = mapped_column(String(80), primary_key=True)
    outcome: Mapped[Code]
    verified_at: Mapped[date]
    verified_by: Mapped[str] = mapped_column(String(80))
    expires_at: Mapped[date]
