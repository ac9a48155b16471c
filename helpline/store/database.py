"""The database: transactions that commit as a whole or not at all, and three ways they can fail."""

from __future__ import annotations

import sqlite3
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Protocol

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from helpline.store.current import CURRENT, Current
from helpline.store.engines import DEFAULT_LIMITS, READING, BadDatabase, Limits, build, used_up

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection, Engine

__all__ = ["BadDatabase", "Busy", "Database", "Limits", "Unavailable", "Undecided", "connect"]


class Unavailable(Exception):
    """The database cannot be reached or stopped answering; nothing was written (but see `Undecided`)."""


class Busy(Unavailable):
    """Somebody else held the rows for too long, and nothing was written: worth another try."""


class Undecided(Unavailable):
    """The connection broke during the commit: all was written or nothing, nobody can tell."""


_A_SILENCE = 1.0
"""Seconds: a connection that breaks sooner was closed, and the next one may well open."""
_LONGEST_SILENCE = 2.0


_KEPT: Final = 60.0
"""Seconds after which a kept connection goes through the pool, which replaces the old ones."""


class Watcher(Protocol):
    """Whoever limits how long connections to PostgreSQL may be in use."""

    def taken(self, descriptor: int) -> None:
        """Note a connection that is in use from now on, by its socket; may raise `Unavailable`."""

    def given_back(self, descriptor: int) -> None:
        """Forget it."""


class Database:
    """An engine, and transactions that commit as a whole or not at all.

    On PostgreSQL one connection stays at hand between transactions: to take it out of the pool and
    to put it back costs as much as sending a statement.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.dialect = engine.dialect.name
        """`sqlite` or `postgresql`."""
        self.watcher: Watcher | None = None
        self._keeps = self.dialect == "postgresql"
        self._reader = engine if self._keeps else engine.execution_options(**READING)
        self._kept: list[Connection] = []
        self._kept_until = 0.0
        self._closed = False
        self._silent_until = 0.0

    def transaction(self, *, late: bool = False) -> AbstractContextManager[Connection]:
        """Open a transaction for writing: commit at the end of the block, roll back on any exception.

        With `late` it is for the block to begin it (`connection.begin()`), and each statement before
        that counts by itself: whoever looks once and then writes everything in one statement saves
        the round trips of BEGIN and COMMIT. SQLite knows no such statements and begins at once.

        Raises:
            Busy, Undecided, Unavailable: instead of the driver's own errors.
        """
        return self._inside(self.engine, late=late and self._keeps)

    def reading(self) -> AbstractContextManager[Connection]:
        """Open a transaction that only reads: on SQLite it does not wait for the writer.

        Raises:
            Busy, Undecided, Unavailable: instead of the driver's own errors.
        """
        return self._inside(self._reader)

    def dispose_after_fork(self) -> None:
        """Call in a child process before its first transaction: the parent keeps its connections."""
        self._kept.clear()
        self.engine.dispose(close=False)

    def close(self) -> None:
        """Close every connection, those in use as soon as they are given back."""
        self._closed = True
        while (kept := self._from_hand()) is not None:
            kept.close()
        self.engine.dispose()

    @contextmanager
    def _inside(self, engine: Engine, *, late: bool = False) -> Iterator[Connection]:
        connection = self._connected(engine)
        descriptor = _socket(connection) if self.watcher else -1
        began = time.monotonic()
        try:
            if self.watcher:
                self.watcher.taken(descriptor)
            if not late:
                connection.begin()
            outer = CURRENT.set(Current(connection))
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            finally:
                CURRENT.reset(outer)
            _commit(connection)
        except DBAPIError as error:
            if error.connection_invalidated and time.monotonic() - began > _A_SILENCE:
                self._note_silence(began)
            if late and error.connection_invalidated:
                raise Undecided("the connection broke, and a statement may have counted") from error
            _translate(error)
            raise
        finally:
            if self.watcher:
                self.watcher.given_back(descriptor)
            self._give_back(connection)

    def _connected(self, engine: Engine) -> Connection:
        """Connect; after a silent server, answer at once for as long as the silence had lasted."""
        began = time.monotonic()
        if began < self._silent_until:
            raise Unavailable("the database did not answer a moment ago")
        while (connection := self._from_hand()) is not None:
            if began < self._kept_until and not used_up(connection.connection.driver_connection):
                return connection
            connection.close()
        self._kept_until = began + _KEPT
        try:
            return engine.connect()
        except PoolTimeout as error:
            raise Busy("every connection of this process is in use") from error
        except DBAPIError as error:
            self._note_silence(began)
            _translate(error)
            raise

    def _from_hand(self) -> Connection | None:
        try:  # another thread may take it between a look and a grasp
            return self._kept.pop()
        except IndexError:
            return None

    def _give_back(self, connection: Connection) -> None:
        if self._closed and not connection.invalidated:
            connection.detach()  # the pool it came from is gone, and would leave it open
        elif self._keeps and not self._kept and not connection.invalidated:
            self._kept.append(connection)
            return
        connection.close()

    def _note_silence(self, began: float) -> None:
        """Whoever comes next is answered at once, for as long as this one waited (two seconds at most)."""
        ended = time.monotonic()
        self._silent_until = ended + min(ended - began, _LONGEST_SILENCE)


def connect(url: str, limits: Limits = DEFAULT_LIMITS) -> Database:
    """Prepare the database at a URL; PostgreSQL is not contacted before the first transaction.

    `sqlite:///relative.db`, `sqlite:////absolute.db`, or `postgresql://user:password@host/name`
    (with any parameter of libpq, several hosts among them).

    Raises:
        BadDatabase: if the URL is neither, or the driver for PostgreSQL is not installed.
        OSError: if the SQLite file cannot be created.
    """
    return Database(build(url, limits))


def _socket(connection: Connection) -> int:
    driver: Any = connection.connection.driver_connection
    descriptor: int = driver.fileno()
    return descriptor


def _commit(connection: Connection) -> None:
    try:
        connection.commit()
    except DBAPIError as error:
        if error.connection_invalidated:
            raise Undecided("the connection broke during the commit") from error
        raise


_BUSY = ("55P03", "57014", "40001", "40P01", sqlite3.SQLITE_BUSY)
"""lock_not_available, query_canceled, serialization_failure and deadlock_detected of PostgreSQL."""


def _translate(error: DBAPIError) -> None:
    """Raise what callers tell apart; return when the error is none of these."""
    if not (error.connection_invalidated or isinstance(error, (OperationalError, InterfaceError))):
        return
    extended = getattr(error.orig, "sqlite_errorcode", None)
    code = getattr(error.orig, "sqlstate", None) if extended is None else extended & 0xFF
    if code in _BUSY:
        raise Busy("another transaction was in the way") from error
    if code != sqlite3.SQLITE_ERROR:  # which is a mistake in the statement
        raise Unavailable("the database does not answer") from error
