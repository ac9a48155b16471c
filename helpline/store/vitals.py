"""How the installation is: few numbers, all found through small indexes, none about a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, func, literal_column, select, text

from helpline.store.tables import Message, Moment, Reminder

if TYPE_CHECKING:
    from helpline.store.database import Database

NEWEST_MIGRATION: Final = max(
    path.name.partition("_")[0]
    for path in (Path(__file__).with_name("migrations") / "versions").glob("[0-9]*.py")
)
"""What `helpline.store.migrate.head` says, without importing Alembic into every web process."""


@dataclass(frozen=True, slots=True)
class Vitals:
    """One look at the record."""

    migrated: bool
    """Whether the tables are those this program was written for."""
    waiting: int
    """Messages that are due and not yet with a worker; those of campaigns, which wait their turn, aside."""
    lag: float
    """Seconds the oldest of them has been due; 0 when none is."""
    sending: int
    due_reminders: int


@dataclass(frozen=True, slots=True)
class Undecided:
    """Messages that wait for a person or a receipt. Counting them reads the whole table."""

    ambiguous: int
    parked: int


def look(database: Database, now: datetime) -> Vitals:
    """Take the numbers of this moment.

    Raises:
        helpline.store.database.Unavailable: the database cannot be reached.
    """
    with database.reading() as connection:
        has_tables = connection.scalar(_HAS_TABLES[database.dialect])
        if not has_tables or connection.scalar(_MIGRATION) != NEWEST_MIGRATION:
            return Vitals(migrated=False, waiting=0, lag=0.0, sending=0, due_reminders=0)
        waiting, oldest = connection.execute(_WAITING, {"now": now}).one()
        return Vitals(
            migrated=True,
            waiting=waiting,
            lag=max(0.0, (now - oldest).total_seconds()) if oldest else 0.0,
            sending=connection.scalar(_SENDING) or 0,
            due_reminders=connection.scalar(_DUE, {"now": now}) or 0,
        )


def undecided(database: Database) -> Undecided:
    """Count what nobody can decide without a receipt or a person; as `look` raises."""
    with database.reading() as connection:
        counted: dict[str, int] = {row[0]: row[1] for row in connection.execute(_UNDECIDED)}
    return Undecided(counted.get("ambiguous", 0), counted.get("parked", 0))


_HAS_TABLES: Final = {
    "sqlite": text("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"),
    "postgresql": text("SELECT to_regclass('alembic_version')"),
}
_MIGRATION: Final = text("SELECT version_num FROM alembic_version")

# States are written out, not bound: only then are the partial indexes used.
_WAITING: Final = select(func.count(), func.min(Message.due_at)).where(
    Message.state == literal_column("'queued'"),
    Message.purpose != literal_column("'news'"),
    Message.due_at <= bindparam("now", type_=Moment()),
)
_SENDING: Final = select(func.count()).where(Message.state == literal_column("'sending'"))
_DUE: Final = select(func.count()).where(
    Reminder.state == literal_column("'scheduled'"),
    Reminder.due_at <= bindparam("now", type_=Moment()),
)
_UNDECIDED: Final = (
    select(Message.state, func.count())
    .where(Message.state.in_(("ambiguous", "parked")))
    .group_by(Message.state)
)
