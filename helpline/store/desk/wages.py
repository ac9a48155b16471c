"""Pay that is owed to clients, one claim a case and country."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from helpline.store.tables import WageClaim

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row


def of_case(connection: Connection, case_id: str) -> list[Row[Any]]:
    """The claims of a case, in the order in which they were told."""
    return list(
        connection.execute(
            select(WageClaim.__table__)
            .where(WageClaim.case_id == case_id)
            .order_by(WageClaim.told_at, WageClaim.id)
        )
    )


def add(connection: Connection, **columns: Any) -> bool:
    """Write a claim; False when somebody just wrote one of the same case and country."""
    row = connection.execute(
        upsert(WageClaim)
        .values(**columns)
        .on_conflict_do_nothing(index_elements=[WageClaim.case_id, WageClaim.country])
        .returning(WageClaim.id)
    ).one_or_none()
    return row is not None


def change(connection: Connection, ident: str, was: datetime, **columns: Any) -> bool:
    """Write columns of a claim; False when it is not as it `was` written any more, or was taken out."""
    done = connection.execute(
        update(WageClaim)
        .where(WageClaim.id == ident, WageClaim.updated_at == was)
        .values(**columns)
    )
    return done.rowcount == 1


def remove(connection: Connection, ident: str, case_id: str) -> bool:
    """Take a claim out of its case; False when it is not there (any more)."""
    done = connection.execute(
        delete(WageClaim).where(WageClaim.id == ident, WageClaim.case_id == case_id)
    )
    return done.rowcount == 1


def move(connection: Connection, *, becomes: str, was: str) -> None:
    """The claims of one case go to another that is kept in its place, but for countries it has."""
    known = select(WageClaim.country).where(WageClaim.case_id == becomes)
    connection.execute(
        update(WageClaim)
        .where(WageClaim.case_id == was, WageClaim.country.not_in(known))
        .values(case_id=becomes)
        .execution_options(synchronize_session=False)
    )
