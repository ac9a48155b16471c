"""The rows of cases: looked up by person or phone, opened, moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, exists, insert, literal, or_, select

from helpline.store.prepared import Prepared
from helpline.store.tables import CareCase, CounsellingRequest, Person

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

_ADD = Prepared(insert(CareCase))
_OF_PERSON = Prepared(
    select(CareCase.id)
    .where(CareCase.person_id == bindparam("person"), CareCase.stage != "closed")
    .order_by(CareCase.opened_at)
    .limit(1)
)
_OF_PHONE = Prepared(
    select(CareCase.id)
    .where(
        CareCase.phone_id == bindparam("phone"),
        CareCase.person_id.is_(None),
        CareCase.stage != "closed",
    )
    .order_by(CareCase.opened_at)
    .limit(1)
)
_WHERE = Prepared(select(Person.district, Person.upazila).where(Person.id == bindparam("person")))
_TAKEN = Prepared(
    select(literal(1).label("taken")).where(
        or_(
            *(
                exists().where(table.reference == bindparam("wanted"))
                for table in (CareCase, CounsellingRequest, Person)
            )
        )
    )
)


def add(connection: Connection, **columns: Any) -> None:
    """Write a case."""
    _ADD.run(connection, **columns)


def open_case(connection: Connection, *, person_id: str | None, phone_id: str) -> str:
    """The id of the case that stands open for a person, or for a phone nobody registered from."""
    row = (
        _OF_PERSON.row(connection, person=person_id)
        if person_id
        else _OF_PHONE.row(connection, phone=phone_id)
    )
    return str(row[0]) if row else ""


def place_of(connection: Connection, person_id: str) -> tuple[str, str]:
    """District and upazila of a person; empty where unknown."""
    row = _WHERE.row(connection, person=person_id)
    return (row[0], row[1] or "") if row else ("", "")


def reference_taken(connection: Connection, reference: str) -> bool:
    """Whether a case, a request or a person has this reference number."""
    return _TAKEN.row(connection, wanted=reference) is not None


def by_id(connection: Connection, case_id: str) -> Row[Any] | None:
    """One case."""
    return connection.execute(
        select(CareCase.__table__).where(CareCase.id == case_id)
    ).one_or_none()
