"""The ledger of consents: rows are added; the only change is the moment one is taken back."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, exists, insert, literal_column, or_, select, update
from sqlalchemy.orm import aliased

from helpline.store.prepared import Prepared
from helpline.store.tables import Consent

if TYPE_CHECKING:
    from typing import TypeAlias

    from sqlalchemy import ColumnElement, Connection, Row
    from sqlalchemy.orm import InstrumentedAttribute

    Of: TypeAlias = ColumnElement[Any] | InstrumentedAttribute[Any]
    """A column with the id of a person."""

_GIVEN = Consent.given.is_(True)
_LIVE = (_GIVEN, Consent.withdrawn_at.is_(None))
_ADD = Prepared(insert(Consent))
_STANDS = Prepared(
    select(Consent.text_version)
    .where(
        Consent.person_id == bindparam("person"), Consent.purpose == bindparam("purpose"), *_LIVE
    )
    .limit(literal_column("1"))
)
_TAKE_BACK = Prepared(
    update(Consent)
    .where(
        Consent.person_id == bindparam("person"),
        or_(Consent.purpose == bindparam("only"), Consent.purpose.like(bindparam("pattern"))),
        *_LIVE,
    )
    .values(withdrawn_at=bindparam("at"), withdrawn_by=bindparam("by"))
)


def add(connection: Connection, **columns: Any) -> None:
    """Write one line of the ledger."""
    _ADD.run(connection, **columns, withdrawn_at=None, withdrawn_by=None)


def text_that_stands(connection: Connection, *, person_id: str, purpose: str) -> str:
    """The version of the words of a consent that stands; empty when none does."""
    row = _STANDS.row(connection, person=person_id, purpose=purpose)
    return str(row[0]) if row else ""


def stands(person: Of, purpose: str) -> ColumnElement[bool]:
    """That a consent to one purpose stands, for the person whose id is in a column: for queries."""
    line = aliased(Consent)
    return exists().where(
        line.person_id == person,
        line.purpose == purpose,
        line.given.is_(True),
        line.withdrawn_at.is_(None),
    )


def refused(person: Of, purpose: str) -> ColumnElement[bool]:
    """That a person said no to a purpose or took it back, and has not agreed to it since."""
    line = aliased(Consent)
    asked = exists().where(line.person_id == person, line.purpose == purpose)
    return asked & ~stands(person, purpose)


def take_back(
    connection: Connection, *, person_id: str, purpose: str, at: datetime, by: str
) -> bool:
    """End what stands of a purpose, and what hangs below it; an empty one ends all. False if nothing stood."""
    pattern = f"{purpose}:%" if purpose else "%"
    return bool(
        _TAKE_BACK.run(connection, person=person_id, only=purpose, pattern=pattern, at=at, by=by)
    )


def of_person(connection: Connection, person_id: str) -> list[Row[Any]]:
    """The ledger of a person, the newest line first."""
    return list(
        connection.execute(
            select(Consent.__table__)
            .where(Consent.person_id == person_id)
            .order_by(Consent.given_at.desc(), Consent.id.desc())
        )
    )
