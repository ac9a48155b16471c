"""Bring a database to the newest form of the tables. Safe to start twice at once.

After changing `tables.py`, write the next migration, read it, and run the tests:

    python -c "from helpline.store.migrate import draft; draft('What changes.')" && ruff format helpline

Until the first release the first migration is written anew instead: remove `migrations/versions/0001_*`
and draft it again with the message "Every table.".
"""

from __future__ import annotations

import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from helpline.store.database import Limits, connect
from helpline.store.desk import log

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

_SCRIPTS = Path(__file__).with_name("migrations")
_PATIENT = Limits(statement=0, lock=60, idle=0, sqlite_lock=60, connections=1)
"""A migration may take long, and waits for the one that another process has begun."""

_LOCK = 0x48454C50
"""The number of our advisory lock in PostgreSQL: `HELP`."""


def upgrade(url: str) -> None:
    """Run every migration that the database at this URL has not had yet, in one transaction.

    Raises:
        BadDatabase, Unavailable: as `helpline.store.database` says.
    """
    with _transaction(url) as connection:
        command.upgrade(_config(connection), "head")
        log.keep(connection)  # here, because a migration of SQLite may make the table anew


def current(url: str) -> str | None:
    """Give the newest migration the database has had; none for an empty database."""
    with closing(connect(url, _PATIENT)) as database, database.reading() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """Give the newest migration there is."""
    return ScriptDirectory(_SCRIPTS).get_current_head() or ""


def draft(message: str) -> None:
    """Write the migration from the last one to the tables as they are; for developers."""
    number = len(list(_SCRIPTS.glob("versions/*.py"))) + 1
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/draft.db"
        upgrade(url)
        with _transaction(url) as connection:
            config = _config(connection, batch=number > 1)
            command.revision(config, message, autogenerate=True, rev_id=f"{number:04}")
    (written,) = _SCRIPTS.glob(f"versions/{number:04}_*.py")
    lines = written.read_text().splitlines(keepends=True)
    written.write_text("".join(line for line in lines if "# ###" not in line))


@contextmanager
def _transaction(url: str) -> Iterator[Connection]:
    with closing(connect(url, _PATIENT)) as database, database.transaction() as connection:
        if database.dialect == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        yield connection


def _config(connection: Connection, *, batch: bool = False) -> Config:
    config = Config(attributes={"connection": connection, "batch": batch})
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    return config
