"""`helpline run`: every process of an installation, kept running until it is told to end."""

from __future__ import annotations

import fcntl
import gc
import importlib
import os
import signal
import sys
import time
from contextlib import closing
from typing import IO, TYPE_CHECKING, Final

import structlog

from helpline import cli, wiring
from helpline.jobs import QUEUES, RqWaker
from helpline.processes import CannotRun
from helpline.store.database import Unavailable
from helpline.store.migrate import upgrade
from workers import embedded
from workers.children import SIGNALS, Child

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpline.settings import Settings

COPIES: Final = {"send": 2}
"""Workers on one queue, where one is not enough: an answer should not wait behind a slow gateway."""

LOOK: Final = 0.05
"""Seconds between two looks at the children."""

PRELOADED: Final = (
    *("handlers.serve", "handlers.app", "menus"),
    *(
        "workers.worker",
        "workers.dispatcher",
        "workers.send",
        "workers.remind",
        "workers.bulk",
        "workers.escalate",
    ),
    *("twilio.rest", "africastalking.SMS"),
)
"""What the children are going to import, by name: most of it is not the library's to know."""

_WEB, _CLOCK, _WORKERS, _REDIS = range(4)
"""The order of ending: first what takes work in, last what carries it."""
_PATIENCE: Final = {_WEB: 12.0, _CLOCK: 10.0, _WORKERS: 25.0, _REDIS: 10.0}
"""Seconds the processes of a stage get to end by themselves."""

_log = structlog.get_logger(__name__)


class Supervisor:
    """The processes of one installation on this machine.

    Must run in the main thread: on Linux a child ends when the thread that started it does.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
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
        os.environ.update(self._settings.exports)
        if self._settings.own_redis:
            self._start_redis()
        else:
            self._check_redis()
        self._preload()
        self._migrate()
        self._add(_WEB, "web", "web")
        self._add(_CLOCK, "dispatcher", "dispatch")
        for queue in QUEUES:
            for number in range(COPIES.get(queue, 1)):
                self._add(_WORKERS, f"{queue}-{number + 1}", "worker", queue)
        if self._settings.own_redis and not embedded.wait_until_ready(self._settings.redis_url):
            raise CannotRun(f"our own Redis does not start: see {self._settings.folder.redis}")
        _log.info("running", mode=self._settings.mode, port=self._settings.port)

    def _start_redis(self) -> None:
        try:
            program, configuration = embedded.command(self._settings.folder)
        except OSError as error:
            raise CannotRun(str(error)) from error

        def live() -> int:
            os.execv(program, (program, configuration))  # noqa: S606  our own program

        self._start_child(_REDIS, Child("redis", live))

    def _check_redis(self) -> None:
        with closing(RqWaker(self._settings.redis_url)) as waker:
            if waker.state() == "evicts":
                raise CannotRun("HELPLINE_REDIS_URL: its maxmemory-policy must be noeviction")

    def _preload(self) -> None:
        """Import once what every child needs; build nothing that a fork must not share."""
        for name in PRELOADED:
            importlib.import_module(name)
        wiring.load_data()
        gc.collect()
        gc.freeze()  # else the collector would write into the shared memory, and unshare it

    def _migrate(self) -> None:
        """While the database is away, try again beside the others.

        So a machine that starts before its database answers its callers from the first second.
        """
        try:
            upgrade(self._settings.database_url)
        except Unavailable:
            _log.warning("the database does not answer")
            self._add(_CLOCK, "migrate", "migrate", once=True)

    def _add(self, stage: int, name: str, *arguments: str, once: bool = False) -> None:
        if not self._stopping:
            self._start_child(stage, Child(name, self._command(*arguments), once=once))

    def _command(self, *arguments: str) -> Callable[[], int]:
        def live() -> int:
            if self._lock:
                self._lock.close()  # ours stays held
            if sys.platform == "darwin":  # its own libraries do not survive a fork without exec
                os.execv(sys.executable, (sys.executable, "-P", "-m", "helpline", *arguments))  # noqa: S606
            sys.argv = ["helpline", *arguments]
            cli.main(list(arguments), standalone_mode=True)
            return 0

        return live

    def _start_child(self, stage: int, child: Child) -> None:
        self._stages[stage].append(child)
        child.start()

    def _end(self) -> None:
        for stage, patience in _PATIENCE.items():
            children = self._stages[stage]
            for child in children:
                child.ask_to_end()
            ends = time.monotonic() + patience
            while time.monotonic() < ends and not all(child.ended for child in children):
                time.sleep(LOOK)
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
    for number in SIGNALS:
        signal.signal(number, lambda *_: supervisor.stop())
    supervisor.run()
