"""Codes that let one person, on one phone, choose a new secret number."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, or_, select, update

from helpline.store.prepared import Prepared
from helpline.store.tables import Person, PersonPhone, Phone

if TYPE_CHECKING:
    from sqlalchemy import Connection

MOST_TRIES: Final = 5
"""Digits that open nothing, after which a code is worth nothing either."""

_PHONE = select(Phone.id).where(Phone.fingerprint == bindparam("caller")).scalar_subquery()
_HERS = (PersonPhone.person_id == bindparam("person"), PersonPhone.phone_id == bindparam("phone"))
_MEANT = Prepared(
    select(PersonPhone.person_id)
    .join(Phone, Phone.id == PersonPhone.phone_id)
    .join(Person, Person.id == PersonPhone.person_id)
    .where(
        Phone.fingerprint == bindparam("caller"),
        Phone.unsafe_at.is_(None),
        PersonPhone.code_key == bindparam("code_key"),
        PersonPhone.code_until > bindparam("now"),
        PersonPhone.code_tries < bindparam("most"),
        PersonPhone.ended_at.is_(None),
        Person.withdrawn_at.is_(None),
    )
)
_TRIED = Prepared(
    update(PersonPhone)
    .where(PersonPhone.phone_id == _PHONE, PersonPhone.code_key.is_not(None))
    .values(code_tries=PersonPhone.code_tries + 1)
)
_RENEW = Prepared(
    update(PersonPhone)
    .where(*_HERS, PersonPhone.code_key.is_not(None), PersonPhone.ended_at.is_(None))
    .values(pin_key=bindparam("becomes"), code_key=None, code_until=None, code_tries=0)
)


def meant_for(connection: Connection, *, caller: bytes, code_key: bytes, now: datetime) -> str:
    """For whom a code was given on this phone, while it may be used; empty when for nobody."""
    row = _MEANT.row(connection, caller=caller, code_key=code_key, now=now, most=MOST_TRIES)
    return str(row[0]) if row else ""


def count_try(connection: Connection, caller: bytes) -> None:
    """Digits that open nothing were typed on this phone: one try less for every code given on it."""
    _TRIED.run(connection, caller=caller)


def renew(connection: Connection, *, person_id: str, phone_id: str, pin_key: bytes) -> bool:
    """Let a new secret number take the place of the old one; the code is used up.

    False when there was no code.
    """
    return _RENEW.run(connection, person=person_id, phone=phone_id, becomes=pin_key) == 1


def give(
    connection: Connection, *, person_id: str, phone_id: str, code_key: bytes, until: datetime
) -> bool:
    """Write a code down; one that was given before ends. False when the phone is not theirs any more."""
    done = connection.execute(
        update(PersonPhone)
        .where(
            PersonPhone.person_id == person_id,
            PersonPhone.phone_id == phone_id,
            PersonPhone.ended_at.is_(None),
        )
        .values(code_key=code_key, code_until=until, code_tries=0)
    )
    return done.rowcount == 1


def opens_already(
    connection: Connection, *, phone_id: str, pin_key: bytes, code_key: bytes
) -> bool:
    """Whether digits are somebody's secret number on a phone, or a code given on it."""
    rows: Any = connection.execute(
        select(PersonPhone.person_id).where(
            PersonPhone.phone_id == phone_id,
            or_(PersonPhone.pin_key == pin_key, PersonPhone.code_key == code_key),
        )
    )
    return rows.first() is not None
