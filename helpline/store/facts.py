"""When dated facts were last checked, and by whom."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from helpline.cases.hotlines import Check
from helpline.store.tables import FactCheck

if TYPE_CHECKING:
    from sqlalchemy import Connection


def record_check(connection: Connection, check: Check) -> None:
    """Keep this check as the last one of its fact, in the caller's transaction."""
    values = asdict(check)
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    connection.execute(
        dialect.insert(FactCheck)
        .values(values)
        .on_conflict_do_update(
            index_elements=[FactCheck.fact],
            set_={name: value for name, value in values.items() if name != "fact"},
        )
    )


def all_checks(connection: Connection) -> tuple[Check, ...]:
    """The last check of every fact that was ever checked, by name."""
    rows = connection.execute(
        select(
            FactCheck.fact,
            FactCheck.outcome,
            FactCheck.verified_at,
            FactCheck.verified_by,
            FactCheck.expires_at,
        ).order_by(FactCheck.fact)
    )
    return tuple(Check(*row) for row in rows)
