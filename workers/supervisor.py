"""`helpline run`: every process of an installation, kept running until it is told to end."""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import time
from typing import IO, TYPE_CHECKING, Final

import structlog

from helpline.jobs import QUEUES, RqWaker
from workers import embedded
from workers.children import Child

if TYPE_CHECKING:
    from collections.abc import Sequence

    from helpline.settings import Settings

COPIES: Final = {"send": 2}
"""Workers on one queue, where one is not enough: an answer should not wait behind a slow gateway."""

LOOK: Final = 0.1
"""Seconds between two looks at the children."""

_WEB, _CLOCK, _WORKERS, _REDIS = range(4)
"""The order of ending: first what takes work in, last what carries it."""
_PATIENCE: Final = {_WEB: 12.0, _CLOCK: 10.0, _WORKERS: 25.0, _REDIS: 10.0}
_MIGRATION: Final = 300.0

_log = structlog.get_logger(__name__)


class CannotRun(Exception):
    """The processes cannot be started. One line."""


class Supervisor:
    """The processes of one installation on this machine.

    Must run in the main thread: on Linux a child ends when the thread that started it does.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._environment = os.environ | settings.exports
        self._stopping = False
        self._lock: IO[str] | None = None
        self._stages: dict[int, list[Child]] = {stage: [] for stage in _PATIENCE}

    @property
    def children(self) -> list[Child]:
        """Every process, in the order in which they are ended."""
        return [child for stage in self._stages.values() for child in stage]

    def stop(self) -> None:
        """End everything soon; safe to call in a signal handler."""
        self._stopping = True

    def run(self) -> None:
        """Start everything, keep it running until `stop`, end everything.

        Raises:
            CannotRun: something that must be there from the start is not.
        """
        try:
            self._start()
            while not self._stopping:
                for child in self.children:
                    child.look()
                time.sleep(LOOK)
        finally:
            self._end()

    def _start(self) -> None:
        self._lock = self._locked()
        if self._settings.own_redis:
            self._start_redis()
        elif RqWaker(self._settings.redis_url).state() == "evicts":
            raise CannotRun("HELPLINE_REDIS_URL: its maxmemory-policy must be noeviction")
        self._migrate()
        self._add(_WEB, "web", "web")
        self._add(_CLOCK, "dispatcher", "dispatch")
        for queue in QUEUES:
            for number in range(COPIES.get(queue, 1)):
                self._add(_WORKERS, f"{queue}-{number + 1}", "worker", queue)
        _log.info("running", mode=self._settings.mode, port=self._settings.port)

    def _start_redis(self) -> None:
        try:
            command = embedded.command(self._settings.folder)
        except (embedded.NoServer, OSError) as error:
            raise CannotRun(str(error)) from error
        self._start_child(Child("redis", command, self._environment), _REDIS)
        if not embedded.wait_until_ready(self._settings.redis_url):
            raise CannotRun(f"our own Redis does not start: see {self._settings.folder.redis}")

    def _migrate(self) -> None:
        """Wait for the first try; while the database is away it is tried again beside the others.

        So a machine that starts before its database answers its callers from the first second.
        """
        child = Child("migrate", _helpline("migrate"), self._environment, once=True)
        self._start_child(child, _CLOCK)
        ends = time.monotonic() + _MIGRATION
        while not (child.ended or self._stopping) and time.monotonic() < ends:
            time.sleep(LOOK / 5)

    def _add(self, stage: int, name: str, *arguments: str) -> None:
        if not self._stopping:
            self._start_child(Child(name, _helpline(*arguments), self._environment), stage)

    def _start_child(self, child: Child, stage: int) -> None:
        self._stages[stage].append(child)
        child.start()

    def _end(self) -> None:
        for stage, patience in _PATIENCE.items():
            children = self._stages[stage]
            for child in children:
                child.ask_to_end()
            ends = time.monotonic() + patience
            while time.monotonic() < ends and not all(child.ended for child in children):
                time.sleep(LOOK / 5)
            for child in children:
                child.end()
        if self._lock:
            self._lock.close()
        _log.info("ended")

    def _locked(self) -> IO[str]:
        """Hold the data folder: two servers on one append-only file would destroy it."""
        file = (self._settings.folder.path / "lock").open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            raise CannotRun(f"already running on {self._settings.folder.path}") from None
        return file


def run(settings: Settings) -> None:
    """Run the installation in this process until SIGTERM, SIGINT or SIGHUP.

    Raises:
        CannotRun: as `Supervisor.run`.
    """
    supervisor = Supervisor(settings)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: supervisor.stop())
    supervisor.run()


def _helpline(*arguments: str) -> Sequence[str]:
    # -P: the folder we happen to be started in is no place to import from.
    return (sys.executable, "-P", "-m", "helpline", *arguments)
