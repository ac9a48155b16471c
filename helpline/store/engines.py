"""Engines: how SQLite and PostgreSQL are opened so that nothing is lost and nobody waits long."""

from __future__ import annotations

import os
import select
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError

if TYPE_CHECKING:
    from sqlalchemy import URL, Engine

READING = {"helpline_reading": True}
"""The execution option of a transaction that will not write."""


class BadDatabase(ValueError):
    """`HELPLINE_DATABASE_URL` cannot be used. One line, without the password."""


@dataclass(frozen=True)
class Limits:
    """How long anything may wait, in seconds, and how many connections one process may hold."""

    connect: int = 2
    """To open a connection to PostgreSQL; below 2 the client library takes 2."""
    pool: float = 1.5
    """For a connection that another thread of this process holds."""
    statement: float = 3.0
    lock: float = 1.5
    idle: float = 10.0
    """PostgreSQL ends a transaction that does nothing for so long."""
    silence: float = 5.0
    """PostgreSQL's host may leave sent bytes without acknowledgement for so long (Linux, TCP)."""
    recycle: float = 1800.0
    """The age at which a connection is replaced."""
    sqlite_lock: float = 10.0
    """SQLite: for the one writer to finish."""
    connections: int = 2


DEFAULT_LIMITS = Limits()


def build(url: str, limits: Limits) -> Engine:
    """Make the engine for a URL, as `helpline.store.database.connect` says."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise BadDatabase("HELPLINE_DATABASE_URL is not a URL") from None
    kind = parsed.drivername.partition("+")[0]
    if kind == "sqlite":
        return _sqlite(parsed.set(drivername="sqlite+pysqlite"), limits)
    if kind in ("postgresql", "postgres"):
        return _postgresql(parsed.set(drivername="postgresql+psycopg"), limits)
    raise BadDatabase("HELPLINE_DATABASE_URL must begin with sqlite:/// or postgresql://")


def _sqlite(url: URL, limits: Limits) -> Engine:
    if not url.database or url.database == ":memory:":
        raise BadDatabase("HELPLINE_DATABASE_URL: SQLite needs a file")
    path = Path(url.database)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    os.fchmod(file, 0o600)
    os.close(file)
    arguments: dict[str, Any] = {"isolation_level": None, "timeout": limits.sqlite_lock}
    if hasattr(sqlite3, "LEGACY_TRANSACTION_CONTROL"):
        # From Python 3.12 on `isolation_level` counts only in this mode, which may stop being the
        # default; without it sqlite3 would begin transactions itself, and late.
        arguments["autocommit"] = sqlite3.LEGACY_TRANSACTION_CONTROL
    engine = create_engine(url, connect_args=arguments, **_pool(limits))
    event.listen(engine, "connect", _tune_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _tune_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    reading = READING.items() <= connection.get_execution_options().items()
    # A deferred transaction that starts to write after another one has cannot wait: it fails.
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _postgresql(url: URL, limits: Limits) -> Engine:
    query = dict(url.query)
    asked = query.pop("options", "")
    ours = {
        "statement_timeout": limits.statement,
        "lock_timeout": limits.lock,
        "idle_in_transaction_session_timeout": limits.idle,
    }
    options = " ".join(f"-c {name}={round(seconds * 1000)}" for name, seconds in ours.items())
    arguments = {
        "autocommit": True,  # no transaction but those that `_begin` begins
        "application_name": "helpline",
        "connect_timeout": limits.connect,
        # `prepared` prepares by itself; psycopg would forget all of it at every rollback.
        "prepare_threshold": None,
        "tcp_user_timeout": round(limits.silence * 1000),
        "options": f"-c timezone=UTC {options} {asked}".strip(),
    }
    kept = {name: value for name, value in arguments.items() if name not in query}
    try:
        engine = create_engine(
            url.set(query=query),
            connect_args=kept,
            use_native_hstore=False,
            pool_reset_on_return=None,  # `used_up` looks, which costs less than a rollback
            **_pool(limits),
        )
    except ModuleNotFoundError:
        raise BadDatabase("HELPLINE_DATABASE_URL: PostgreSQL needs the extra `postgres`") from None
    event.listen(engine, "checkout", _refuse_used_up)
    # Not the event "begin": an engine that listens to one pays for it at every connect.
    engine.dialect.do_begin = _begin  # type: ignore[method-assign,assignment]
    return engine


def _begin(connection: Any) -> None:
    connection.execute("BEGIN")


_IDLE = 0
"""`PQTRANS_IDLE` of libpq; the driver, an extra, is not imported here."""


def used_up(connection: Any) -> bool:
    """Whether a connection was left in the middle of something, or the server closed it.

    Of the second, its socket has something to read although we asked nothing.
    """
    if connection.closed or connection.pgconn.transaction_status != _IDLE:
        return True
    ready = select.poll()
    ready.register(connection.fileno(), select.POLLIN)
    return bool(ready.poll(0))


def _refuse_used_up(connection: Any, _record: object, _fairy: object) -> None:
    if used_up(connection):
        raise DisconnectionError


def _pool(limits: Limits) -> dict[str, Any]:
    return {
        "hide_parameters": True,
        "max_overflow": 0,
        "pool_recycle": limits.recycle,
        "pool_size": limits.connections,
        "pool_timeout": limits.pool,
        "pool_use_lifo": True,
    }
