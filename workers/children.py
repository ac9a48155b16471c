"""A process that is kept running: started, looked at, started again with patience, ended."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import structlog

from helpline.processes import at_birth

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FIRST_WAIT: Final = 0.5
LONGEST_WAIT: Final = 30.0
SETTLED: Final = 30.0
"""Seconds after which a process counts as healthy: its next start waits the shortest time again."""

_log = structlog.get_logger(__name__)


class Child:
    """One process of the group.

    `name` says in log lines what it is for; with `once` it is done when it has succeeded.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        once: bool = False,
    ) -> None:
        self.name = name
        self._command = command
        self._environment = environment
        self._once = once
        self._process: subprocess.Popen[bytes] | None = None
        self._done = False
        self._started_at = 0.0
        self._start_at = 0.0
        self._wait = FIRST_WAIT / 2

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return None if self.ended or self._process is None else self._process.pid

    @property
    def ended(self) -> bool:
        """Whether it does not run at this moment."""
        return self._process is None or self._process.poll() is not None

    def start(self) -> None:
        """Start it, in a process group of its own: Ctrl+C reaches only the supervisor."""
        self._process = subprocess.Popen(
            self._command,
            env=dict(self._environment),
            stdin=subprocess.DEVNULL,
            process_group=0,
            preexec_fn=at_birth(),  # noqa: PLW1509  the supervisor has one thread
        )
        self._started_at = time.monotonic()
        _log.info("started", child=self.name, pid=self._process.pid)

    def look(self) -> None:
        """Notice its end, and start it again once it has waited long enough."""
        if self._done or not self.ended:
            return
        if self._process is not None:
            self._note_end(self._process)
        elif time.monotonic() >= self._start_at:
            self.start()

    def ask_to_end(self) -> None:
        """Ask it to finish what it is doing and end."""
        if self._process is not None and not self.ended:
            self._process.send_signal(signal.SIGTERM)

    def end(self) -> None:
        """Kill what is left of it, and of the processes it started."""
        if self._process is None:
            return
        outcome = "stopped" if self.ended else "killed"
        _kill_group(self._process.pid)
        status = self._process.wait()
        _log.info(outcome, child=self.name, pid=self._process.pid, status=status)
        self._process, self._done = None, True

    def _note_end(self, process: subprocess.Popen[bytes]) -> None:
        _kill_group(process.pid)
        now = time.monotonic()
        self._process = None
        if self._once and process.returncode == 0:
            self._done = True
            _log.info("done", child=self.name, pid=process.pid)
            return
        settled = now - self._started_at > SETTLED
        self._wait = FIRST_WAIT if settled else min(self._wait * 2, LONGEST_WAIT)
        self._start_at = now + self._wait
        _log.error(
            "ended", child=self.name, pid=process.pid, status=process.returncode, seconds=self._wait
        )


def _kill_group(leader: int) -> None:
    """Whatever a child had started goes with it."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
