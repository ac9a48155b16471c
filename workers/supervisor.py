"""`helpline run`: every process of an installation, kept running until it is told to end."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from typing import IO, TYPE_CHECKING, Final

import structlog

from helpline.jobs import QUEUES
from helpline.processes import at_birth
from helpline.service.outgoing import IN_FLIGHT
from workers import embedded
from workers.children import Child

if TYPE_CHECKING:
    from collections.abc import Iterable

    from helpline.settings import Settings

COPIES: Final = {"send": 2}
"""Workers on one queue, where one is not enough: an answer should not wait for a slow gateway."""

LOOK: Final = 0.1
_MIGRATION: Final = 600.0

_log = structlog.get_logger(__name__)


class CannotRun(Exception):
    """The processes cannot be started. One line."""


class Supervisor:
    """The processes of one installation on this machine. Uses one thread and no signals of its own."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._environment = os.environ | settings.exports
        self._stopping = False
        self._lock: IO[str] | None = None
        self._redis: Child | None = None
        self.children: list[Child] = []
        """In the order in which they are ended: first who takes work in, last who keeps it."""

    def stop(self) -> None:
        """End everything, soon; safe to call from a signal handler."""
        self._stopping = True

    def run(self) -> None:
        """Start everything, keep it running until `stop`, end everything.

        Raises:
            CannotRun: something that must be there from the start is not.
        """
        try:
            self._lock = self._locked()
            self._start()
            while not self._stopping:
                for child in self.children:
                    child.look()
                time.sleep(LOOK)
        finally:
            self._end()

    def _start(self) -> None:
        if self._settings.own_redis:
            self._start_redis()
        self._migrate()
        for child in self._workforce():
            if self._stopping:
                return
            child.start()
            self.children.insert(-1 if self._redis else len(self.children), child)
        _log.info("running", port=self._settings.port, mode=self._settings.mode)
'''E
true
