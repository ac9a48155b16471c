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
    """One process of the group. `name` says what it is for in log lines."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        patience: float,
    ) -> None:
        self.name = name
        self.patience = patience
        """Seconds it gets to end by itself before it is killed."""
        self._command = command
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._start_at = 0.0
        self._wait = FIRST_WAIT

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self._process.pid if self._process else None

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
        """Notice its end, and start it again when it has waited long enough."""
        now = time.monotonic()
        if self._process is None:
            if now >= self._start_at:
                self.start()
            return
        status = self._process.poll()
        if status is None:
            return
        self._sweep_up()
        self._wait = (
            FIRST_WAIT
            if now - self._started_at > SETTLED
            else min(self._wait * 2, LONGEST_WAIT)
        )
        self._start_at = now + self._wait
        _log.error("ended", child=self.name, pid=self._process.pid, status=status, seconds=self._wait)
        self._process = None

    def ask_to_end(self) -> None:
        """Ask it to finish what it is doing and end."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)

    def ended(self) -> bool:
        """Whether it is gone."""
        return self._process is None or self._process.poll() is not None

    def end(self) -> None:
        """Kill what is left of it and of the processes it started."""
        if self._process is None:
            return
        killed = self._process.poll() is None
        self._sweep_up()
        status = self._process.wait()
        _log.info("stopped", child=self.name, pid=self._process.pid, status=status)
        if killed:
            _log.warning("killed", child=self.name, pid=self._process.pid, seconds=self.patience)
        self._process = None

    def _sweep_up(self) -> None:
        if self._process:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
