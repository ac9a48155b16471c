"""What the two sides of a referral may be told and have said, and who tried what did not open."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, func, insert, select

from helpline.cases.consents import ConsentTo
from helpline.store.tables import (
    Audit,
    CareCase,
    Consent,
    Event,
    LoginTry,
    Person,
    PersonPhone,
    Phone,
    Referral,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row


def to_be_confirmed(connection: Connection, person_id: str, most: int) -> Sequence[Any]:
    """Referrals of a person about which an office has said something and the client has not."""
    return connection.execute(
        select(Referral.id, Referral.appointment_at, Referral.sent_at)
        .join(CareCase, CareCase.id == Referral.case_id)
        .where(
            CareCase.person_id == person_id,
            Referral.client_says == "",
            Referral.state.in_(("accepted", "attended", "not_attended", "completed")),
        )
        .order_by(Referral.sent_at)
        .limit(most)
    ).all()


def belongs_to(connection: Connection, referral_id: str, person_id: str) -> bool:
    """Whether a referral is about this person."""
    return bool(
        connection.scalar(
            select(
                exists().where(
                    Referral.id == referral_id,
                    CareCase.id == Referral.case_id,
                    CareCase.person_id == person_id,
                )
            )
        )
    )


def phone_links(connection: Connection, person_id: str) -> Sequence[Row[Any]]:
    """What a person allows on each phone, the one that was confirmed last first."""
    return connection.execute(
        select(PersonPhone.__table__)
        .where(PersonPhone.person_id == person_id, PersonPhone.ended_at.is_(None))
        .order_by(PersonPhone.confirmed_at.desc())
    ).all()


def wants_no_reminders(connection: Connection, person_id: str) -> bool:
    """Whether a person has said that no more reminders shall come, and not agreed to follow-up since."""
    since = exists().where(
        Consent.person_id == person_id,
        Consent.purpose == ConsentTo.FOLLOW_UP,
        Consent.given.is_(True),
        Consent.given_at > Event.at,
    )
    return bool(
        connection.scalar(
            select(
                exists().where(
                    Event.subject == "person",
                    Event.subject_id == person_id,
                    Event.became == "reminders_stopped",
                    ~since,
                )
            )
        )
    )


def person(connection: Connection, person_id: str) -> Row[Any] | None:
    """A person who has not withdrawn."""
    return connection.execute(
        select(Person.__table__).where(Person.id == person_id, Person.withdrawn_at.is_(None))
    ).one_or_none()


def number_of(connection: Connection, phone_id: str) -> bytes | None:
    """The sealed number of a phone that may be contacted at all."""
    return connection.scalar(
        select(Phone.number).where(Phone.id == phone_id, Phone.unsafe_at.is_(None))
    )


def tries(connection: Connection, who: bytes, since: datetime) -> int:
    """How many wrong links or codes came from somewhere since a moment."""
    found = connection.scalar(
        select(func.count()).select_from(LoginTry).where(LoginTry.who == who, LoginTry.at > since)
    )
    return int(found or 0)


def count_try(connection: Connection, ident: str, who: bytes, now: datetime) -> None:
    """One more wrong link or code."""
    connection.execute(insert(LoginTry).values(id=ident, who=who, at=now))


def viewed(connection: Connection, referral_id: str, actor: str, since: datetime) -> bool:
    """Whether it is in the log already that an office looked at a referral."""
    return bool(
        connection.scalar(
            select(
                exists().where(
                    Audit.subject_id == referral_id, Audit.actor == actor, Audit.at > since
                )
            )
        )
    )


def answers_by(connection: Connection, referral_id: str, actor: str, since: datetime) -> int:
    """How much an office has said about a referral since a moment."""
    found = connection.scalar(
        select(func.count())
        .select_from(Event)
        .where(
            Event.subject == "referral",
            Event.subject_id == referral_id,
            Event.actor == actor,
            Event.at > since,
        )
    )
    return int(found or 0)
