"""Persons and their phones, as staff look at them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, union, update

from helpline.store.tables import (
    CareCase,
    Contact,
    Correction,
    IncomingText,
    Merge,
    Person,
    PersonPhone,
    Phone,
    WorkItem,
)

if TYPE_CHECKING:
    from sqlalchemy import CompoundSelect, Connection, Row


def by_id(connection: Connection, person_id: str | None) -> Row[Any] | None:
    """One person."""
    return connection.execute(select(Person.__table__).where(Person.id == person_id)).one_or_none()


_LINKED = (
    Phone.id,
    Phone.fingerprint,
    Phone.number,
    Phone.language,
    Phone.stopped_at,
    Phone.unsafe_at,
    Phone.heard_at,
    PersonPhone.person_id,
    PersonPhone.relation,
    PersonPhone.sole,
    PersonPhone.sms,
    PersonPhone.call,
    PersonPhone.signal,
    PersonPhone.message,
    PersonPhone.detailed,
    PersonPhone.window,
    PersonPhone.weekdays,
    PersonPhone.caller,
    PersonPhone.language.label("wished_language"),
    PersonPhone.confirmed_at,
    PersonPhone.expires_at,
    PersonPhone.recheck_on,
    PersonPhone.ended_at,
)


def phones(connection: Connection, case: Row[Any]) -> list[Row[Any]]:
    """The phones of a case with what is allowed on each; those nobody uses any more come last.

    A phone whose owner did not register has no permissions: those columns are none.
    """
    if case.person_id:
        return list(
            connection.execute(
                select(*_LINKED)
                .join(PersonPhone, PersonPhone.phone_id == Phone.id)
                .where(PersonPhone.person_id == case.person_id)
                .order_by(PersonPhone.ended_at.is_not(None), PersonPhone.confirmed_at.desc())
            )
        )
    return list(
        connection.execute(
            select(*_LINKED)
            .outerjoin(PersonPhone, PersonPhone.phone_id == "")
            .where(Phone.id == case.phone_id)
        )
    )


def permit(
    connection: Connection,
    *,
    person_id: str,
    phone_id: str,
    confirmed: datetime,
    **columns: Any,
) -> bool:
    """Change what a person allows on a phone; False when it was confirmed anew meanwhile."""
    done = connection.execute(
        update(PersonPhone)
        .where(
            PersonPhone.person_id == person_id,
            PersonPhone.phone_id == phone_id,
            PersonPhone.confirmed_at == confirmed,
            PersonPhone.ended_at.is_(None),
        )
        .values(**columns)
    )
    return done.rowcount == 1


def last_text(connection: Connection, phone_id: str) -> datetime | None:
    """When this phone last sent words of its own."""
    return connection.execute(
        select(IncomingText.received_at)
        .where(IncomingText.phone_id == phone_id)
        .order_by(IncomingText.received_at.desc())
        .limit(1)
    ).scalar_one_or_none()


def cases_of_phone(connection: Connection, fingerprint: bytes) -> list[Row[Any]]:
    """The cases that a phone leads to: its own, its persons', those of work about it."""
    phone = select(Phone.id).where(Phone.fingerprint == fingerprint).scalar_subquery()
    persons = select(PersonPhone.person_id).where(PersonPhone.phone_id == phone)
    found: CompoundSelect[Any] = (
        union(  # three looks into three indexes; with OR every case would be read
            select(CareCase.id).where(CareCase.phone_id == phone),
            select(CareCase.id).where(CareCase.person_id.in_(persons)),
            select(WorkItem.case_id).where(WorkItem.phone_id == phone),
        )
    )
    return list(
        connection.execute(
            select(CareCase.__table__)
            .where(CareCase.id.in_(found))
            .order_by(CareCase.opened_at.desc())
            .limit(50)
        )
    )


def opened_by_typing(connection: Connection, phone_id: str) -> set[str]:
    """The cases that were opened for a visitor, with this phone as the number that staff typed."""
    rows = connection.execute(
        select(CareCase.id)
        .join(Contact, Contact.case_id == CareCase.id)
        .where(
            Contact.phone_id == phone_id,
            Contact.channel == "walk_in",
            Contact.at == CareCase.opened_at,
        )
    )
    return {row.id for row in rows}


def correct(
    connection: Connection, person_id: str, column: str, *, was: str | None, becomes: str | None
) -> bool:
    """Change one coded answer of a person; False when it is not `was` any more."""
    target = Person.__table__.c[column]
    known = target.is_(None) if was is None else target == was
    done = connection.execute(
        update(Person).where(Person.id == person_id, known).values({column: becomes})
    )
    return done.rowcount == 1


def change_papers(
    connection: Connection,
    person_id: str,
    *,
    kind: str | None,
    identity: bytes | None,
    key: bytes | None,
) -> None:
    """Write which identity document a person has given the number of, or that they gave none."""
    connection.execute(
        update(Person)
        .where(Person.id == person_id)
        .values(identity_kind=kind, identity=identity, identity_key=key)
    )


def add_correction(connection: Connection, **columns: Any) -> None:
    """Keep what was written before, sealed."""
    connection.execute(insert(Correction).values(**columns))


def corrections(connection: Connection, person_id: str) -> list[Row[Any]]:
    """Everything that was corrected about a person, in order."""
    return list(
        connection.execute(
            select(Correction.__table__)
            .where(Correction.person_id == person_id)
            .order_by(Correction.at)
        )
    )


def merged_into(connection: Connection, person_id: str) -> list[str]:
    """The persons who turned out to be this one, and those who had turned out to be them."""
    found, fresh = [person_id], [person_id]
    while fresh:
        rows = connection.execute(select(Merge.gone_id).where(Merge.kept_id.in_(fresh)))
        fresh = [row.gone_id for row in rows if row.gone_id not in found]
        found += fresh
    return found


def kept_as(connection: Connection, person_id: str) -> str:
    """Who a person turned out to be; themselves when nobody else."""
    while True:
        kept = connection.execute(
            select(Merge.kept_id).where(Merge.gone_id == person_id)
        ).scalar_one_or_none()
        if kept is None:
            return person_id
        person_id = kept
