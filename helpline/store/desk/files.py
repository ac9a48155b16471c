"""The rows of cases: looked up by person or phone, opened, moved."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, exists, insert, literal, or_, select, union, update

from helpline.store.prepared import Prepared
from helpline.store.tables import Assessment, CareCase, CounsellingRequest, Merge, Person, WorkItem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import CompoundSelect, Connection, Row

_ADD = Prepared(insert(CareCase))
_WISH = Prepared(
    update(CareCase)
    .where(CareCase.id == bindparam("case"))
    .values(counsellor=bindparam("wish"), version=CareCase.version + 1)
)
_ASSESSMENT = Prepared(insert(Assessment))
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


def open_to_all(connection: Connection, phone_id: str) -> str:
    """The id of the case that stands open for a phone, of nobody who registered, and not restricted."""
    found = (
        select(CareCase.id)
        .where(
            CareCase.phone_id == phone_id,
            CareCase.person_id.is_(None),
            CareCase.stage != "closed",
            CareCase.restricted == "",
        )
        .order_by(CareCase.opened_at)
        .limit(1)
    )
    return str(connection.execute(found).scalar() or "")


def keep_wish(connection: Connection, *, case_id: str, counsellor: str) -> None:
    """From now on whoever works on a case must be a woman, or a man, as the client asked."""
    _WISH.run(connection, case=case_id, wish=counsellor)


def add_assessment(connection: Connection, *, office: str = "", **columns: Any) -> None:
    """Write the answers to a set of questions; `office` is the organisation of the member who asked."""
    _ASSESSMENT.run(connection, office=office, **columns)


def last_answers(
    connection: Connection, *, case_id: str, instrument: str, since: datetime
) -> tuple[str, bytes] | None:
    """What somebody last answered by phone to a set of questions since a moment: (id, sealed answers)."""
    row = connection.execute(
        select(Assessment.id, Assessment.answers)
        .where(
            Assessment.case_id == case_id,
            Assessment.instrument == instrument,
            Assessment.staff_id.is_(None),
            Assessment.taken_at >= since,
        )
        .order_by(Assessment.taken_at.desc(), Assessment.id.desc())
        .limit(1)
    ).one_or_none()
    return (row.id, row.answers) if row else None


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


def change(
    connection: Connection, case_id: str, version: int, *, now: datetime, **columns: Any
) -> bool:
    """Write columns of a case that still has this version; False when somebody was faster."""
    done = connection.execute(
        update(CareCase)
        .where(CareCase.id == case_id, CareCase.version == version)
        .values(version=version + 1, updated_at=now, **columns)
    )
    return done.rowcount == 1


def wait_for(connection: Connection, case_id: str, waits: str, *, was: str, now: datetime) -> bool:
    """Note whom a case waits for from now on; False when it does not wait for `was`, or is closed."""
    done = connection.execute(
        update(CareCase)
        .where(CareCase.id == case_id, CareCase.waiting_on == was, CareCase.stage != "closed")
        .values(waiting_on=waits, version=CareCase.version + 1, updated_at=now)
    )
    return done.rowcount == 1


def of_person(connection: Connection, person_ids: Sequence[str]) -> list[Row[Any]]:
    """Every case of these persons, the newest first."""
    return list(
        connection.execute(
            select(CareCase.__table__)
            .where(CareCase.person_id.in_(person_ids))
            .order_by(CareCase.opened_at.desc())
        )
    )


def with_reference(connection: Connection, reference: str) -> list[Row[Any]]:
    """The cases that a reference number leads to: its own, its person's, its request's."""
    person = select(Person.id).where(Person.reference == reference)
    kept = (
        select(Merge.kept_id)
        .join(Person, Person.id == Merge.gone_id)
        .where(Person.reference == reference)
    )
    asked = (
        select(WorkItem.case_id)
        .join(CounsellingRequest, CounsellingRequest.id == WorkItem.subject_id)
        .where(CounsellingRequest.reference == reference, WorkItem.kind == "counselling")
    )
    found: CompoundSelect[Any] = union(  # each by its index; with OR every case would be read
        select(CareCase.id).where(CareCase.reference == reference),
        select(CareCase.id).where(CareCase.person_id.in_(person)),
        select(CareCase.id).where(CareCase.person_id.in_(kept)),
        asked,
    )
    return list(
        connection.execute(
            select(CareCase.__table__)
            .where(CareCase.id.in_(found))
            .order_by(CareCase.opened_at.desc())
        )
    )
