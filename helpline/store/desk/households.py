"""Households: which registered persons belong together, one household a person at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from helpline.store.tables import Dependant, Household, HouseholdMember

if TYPE_CHECKING:
    from sqlalchemy import Connection

_JOINED = HouseholdMember.state == "joined"


def of_person(connection: Connection, person_id: str) -> str:
    """The household a person belongs to; empty when to none."""
    found = connection.execute(
        select(HouseholdMember.household_id).where(HouseholdMember.person_id == person_id, _JOINED)
    ).scalar_one_or_none()
    return found or ""


def members(connection: Connection, household_id: str) -> list[str]:
    """The persons of a household, in the order in which they came."""
    return list(
        connection.execute(
            select(HouseholdMember.person_id)
            .where(HouseholdMember.household_id == household_id, _JOINED)
            .order_by(HouseholdMember.joined_at, HouseholdMember.id)
        ).scalars()
    )


def open_new(connection: Connection, ident: str, now: datetime) -> None:
    """Write a household that nobody belongs to yet."""
    connection.execute(insert(Household).values(id=ident, opened_at=now))


def join(
    connection: Connection, *, ident: str, household_id: str, person_id: str, now: datetime
) -> bool:
    """A person belongs to a household from now on; False when they belong to one already."""
    row = connection.execute(
        upsert(HouseholdMember)
        .values(
            id=ident,
            household_id=household_id,
            person_id=person_id,
            state="joined",
            joined_at=now,
            left_at=None,
        )
        .on_conflict_do_nothing(index_elements=[HouseholdMember.person_id], index_where=_JOINED)
        .returning(HouseholdMember.id)
    ).one_or_none()
    return row is not None


def leave(connection: Connection, person_ids: Sequence[str], now: datetime) -> list[str]:
    """Persons belong to no household any more; the ids of the memberships that ended."""
    return list(
        connection.execute(
            update(HouseholdMember)
            .where(HouseholdMember.person_id.in_(person_ids), _JOINED)
            .values(state="left", left_at=now)
            .returning(HouseholdMember.id)
        ).scalars()
    )


def move_person(connection: Connection, *, kept: str, gone: str, now: datetime) -> None:
    """What a person told of a family goes to the one they turned out to be; so does their place in it."""
    connection.execute(update(Dependant).where(Dependant.person_id == gone).values(person_id=kept))
    if of_person(connection, kept):
        leave(connection, [gone], now)
    else:
        connection.execute(
            update(HouseholdMember)
            .where(HouseholdMember.person_id == gone, _JOINED)
            .values(person_id=kept)
        )
