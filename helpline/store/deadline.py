"""A limit on how long one process waits for the database in all, whatever the database does.

PostgreSQL's own limits are kept by the server: one that has stopped answering keeps none of them,
and the client library then waits for ever. Here a thread that sleeps until it is needed closes
the connection under the waiting one, which is told that the connection broke.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from helpline.store.database import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helpline.store.database import Database

_FOREVER = float("inf")


class Deadline:
    """The limit for one database, for a process that serves one request at a time."""

    def __init__(self, database: Database, seconds: float) -> None:
        self._seconds = seconds
        self._ends = _FOREVER
        self._sockets: set[int] = set()
        self._watched = threading.Lock()
        if database.dialect == "postgresql":
            database.watcher = self
            threading.Thread(target=self._watch, daemon=True).start()

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Within the block, the database fails with `Unavailable` once the time is over."""
        self._ends = time.monotonic() + self._seconds
        try:
            yield
        finally:
            self._ends = _FOREVER

    def taken(self, descriptor: int) -> None:
        """Watch a connection that is in use from now on.

        Raises:
            Unavailable: the time is over already.
        """
        if time.monotonic() > self._ends:
            raise Unavailable("the time for this request is over")
        self._sockets.add(descriptor)

    def given_back(self, descriptor: int) -> None:
        """Watch it no longer: the descriptor may soon be somebody else's."""
        with self._watched:
            self._sockets.discard(descriptor)

    def _watch(self) -> None:
        while True:
            time.sleep(self._seconds / 8)
            with self._watched:
                if time.monotonic() > self._ends:
                    while self._sockets:
                        _break(self._sockets.pop())


def _break(descriptor: int) -> None:
    """End both directions of a connection; the descriptor stays its owner's to close."""
    with suppress(OSError), socket.socket(fileno=os.dup(descriptor)) as ours:
        ours.shutdown(socket.SHUT_RDWR)
