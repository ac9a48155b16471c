"""The duties of check-ins that go on by themselves: those that are due, whose they are, what is allowed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select, update

from helpline.cases.calendar import CHECK_INS
from helpline.cases.safe_times import SafeTimes
from helpline.store.tables import CareCase, FollowUp, Person, PersonPhone, Phone

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

_KINDS = tuple(CHECK_INS)


@dataclass(frozen=True, slots=True)
class Reach:
    """One phone of a person, with what it may be used for."""

    phone_id: str
    sms: bool
    call: bool
    times: SafeTimes


def take_due(connection: Connection, *, now: datetime, most: int) -> list[Row[Any]]:
    """Duties whose next step is due, locked: no other process gets them."""
    return list(
        connection.execute(
            select(
                FollowUp.id,
                FollowUp.case_id,
                FollowUp.kind,
                FollowUp.state,
                FollowUp.step,
                FollowUp.due_at,
            )
            .where(FollowUp.next_at <= now, FollowUp.state.in_(("planned", "due")))
            .order_by(FollowUp.next_at)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
    )


def move(connection: Connection, duty: Row[Any], *, now: datetime, **columns: Any) -> bool:
    """Change a duty; False when it has left the state in which it was read."""
    done = connection.execute(
        update(FollowUp)
        .where(FollowUp.id == duty.id, FollowUp.state == duty.state)
        .values(updated_at=now, **columns)
    )
    return done.rowcount == 1


def of_person(
    connection: Connection, person_id: str, states: Collection[str], *, case_id: str | None = None
) -> list[Row[Any]]:
    """A person's check-in duties in these states, locked; with `case_id` those of one case."""
    whose = CareCase.person_id == person_id if case_id is None else FollowUp.case_id == case_id
    return list(
        connection.execute(
            select(
                FollowUp.id,
                FollowUp.case_id,
                FollowUp.kind,
                FollowUp.state,
                FollowUp.step,
                FollowUp.due_at,
            )
            .join(CareCase, CareCase.id == FollowUp.case_id)
            .where(whose, FollowUp.kind.in_(_KINDS), FollowUp.state.in_(list(states)))
            .order_by(FollowUp.due_at)
            .with_for_update(of=FollowUp)
        )
    )


def kinds_of_case(connection: Connection, case_id: str) -> set[str]:
    """The check-ins that a case has, whatever became of them; cancelled ones are left out."""
    rows = connection.execute(
        select(FollowUp.kind).where(
            FollowUp.case_id == case_id,
            FollowUp.kind.in_(_KINDS),
            FollowUp.state != "cancelled",
        )
    )
    return {row.kind for row in rows}


def registered_at(connection: Connection, person_id: str) -> datetime | None:
    """When a person registered; none when they have taken that back."""
    return connection.execute(
        select(Person.created_at).where(Person.id == person_id, Person.withdrawn_at.is_(None))
    ).scalar_one_or_none()


def reach(connection: Connection, person_id: str, now: datetime) -> list[Reach]:
    """The phones of a person that may be written to or called today, the last confirmed first."""
    rows = connection.execute(
        select(
            PersonPhone.phone_id,
            PersonPhone.sms,
            PersonPhone.call,
            PersonPhone.window,
            PersonPhone.weekdays,
        )
        .join(Phone, Phone.id == PersonPhone.phone_id)
        .where(
            PersonPhone.person_id == person_id,
            PersonPhone.ended_at.is_(None),
            PersonPhone.expires_at > now,
            Phone.stopped_at.is_(None),
            Phone.unsafe_at.is_(None),
            or_(PersonPhone.sms, PersonPhone.call),
        )
        .order_by(PersonPhone.confirmed_at.desc(), PersonPhone.phone_id)
    )
    return [
        Reach(row.phone_id, row.sms, row.call, SafeTimes(row.window, row.weekdays)) for row in rows
    ]


def people_of_phone(connection: Connection, phone_id: str) -> list[str]:
    """The people who use a phone as their own or as one of the family's."""
    rows = connection.execute(
        select(PersonPhone.person_id).where(
            and_(PersonPhone.phone_id == phone_id, PersonPhone.ended_at.is_(None))
        )
    )
    return [row.person_id for row in rows]
