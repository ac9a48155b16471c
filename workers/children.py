"""A process that is kept running: forked, looked at, forked again with patience, ended.

Forked, not started anew: what the supervisor has imported is there at once, in memory that all
processes share. Eight interpreters that import the same libraries take 8 s and 700 MiB where
eight forks take 0.1 s and a third of that.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import structlog

from helpline.processes import at_birth, call_it

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST_WAIT: Final = 0.5
LONGEST_WAIT: Final = 30.0
SETTLED: Final = 30.0
"""Seconds after which a process counts as healthy: its next start waits the shortest time again."""

SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

_log = structlog.get_logger(__name__)


class Child:
    """One process of the group, which must be started by the only thread of its parent.

    `name` says in log lines what it is for, `live` is its whole life and gives the exit status;
    with `once` it is done when it has succeeded.
    """

    def __init__(self, name: str, live: Callable[[], int], *, once: bool = False) -> None:
        self.name = name
        self.pid: int | None = None
        """Its process id while it runs."""
        self._live = live
        self._once = once
        self._done = False
        self._started_at = 0.0
        self._start_at = 0.0
        self._wait = 0.0

    @property
    def ended(self) -> bool:
        """Whether it does not run at this moment."""
        if self.pid is not None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._note_end(pid, os.waitstatus_to_exitcode(status))
        return self.pid is None

    def start(self) -> None:
        """Start it, in a process group of its own: Ctrl+C reaches only the supervisor."""
        prepare = at_birth()
        # A signal that came before the child has its own handlers would be lost in ours.
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        try:
            pid = os.fork()
            if not pid:
                self._be_born(prepare)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        self.pid = pid
        self._started_at = time.monotonic()
        _log.info("started", child=self.name, pid=pid)

    def look(self) -> None:
        """Notice its end, and start it again once it has waited long enough."""
        if self.ended and not self._done and time.monotonic() >= self._start_at:
            self.start()

    def ask_to_end(self) -> None:
        """Ask it to finish what it is doing and end."""
        self._done = True
        if not self.ended and self.pid is not None:
            os.kill(self.pid, signal.SIGTERM)

    def end(self) -> None:
        """Kill it, with whatever it started, if it has not ended by itself."""
        if self.ended or self.pid is None:
            return
        _log.warning("killed", child=self.name, pid=self.pid)
        _kill_group(self.pid)
        os.waitpid(self.pid, 0)
        self.pid = None

    def _be_born(self, prepare: Callable[[], None]) -> None:
        """Live in the forked process and never return from it."""
        status = 1
        try:
            os.setpgid(0, 0)
            for number in SIGNALS:
                signal.signal(number, signal.SIG_DFL)
            prepare()
            call_it(f"h-{self.name}")
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            status = self._live()
        except SystemExit as leaving:
            status = leaving.code if isinstance(leaving.code, int) else int(bool(leaving.code))
        except BaseException as error:  # noqa: BLE001  the last frame of this process
            sys.excepthook(type(error), error, error.__traceback__)
        finally:
            sys.stdout.flush()
            os._exit(status)

    def _note_end(self, pid: int, status: int) -> None:
        _kill_group(pid)
        self.pid = None
        if self._done or (self._once and status == 0):
            self._done = True
            _log.info("ended", child=self.name, pid=pid, status=status)
            return
        now = time.monotonic()
        settled = now - self._started_at > SETTLED
        self._wait = FIRST_WAIT if settled else min(max(self._wait * 2, FIRST_WAIT), LONGEST_WAIT)
        self._start_at = now + self._wait
        _log.error("died", child=self.name, pid=pid, status=status, seconds=self._wait)


def _kill_group(leader: int) -> None:
    """Whatever a child had started goes with it."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
