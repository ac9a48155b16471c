"""The clock of the installation: once a second, what has become due gets a worker.

Any number may run, on any machines; each takes other rows. What it does is in the database, so
one that dies takes nothing with it.
"""

from __future__ import annotations

import signal
import threading
import time
from typing import TYPE_CHECKING, Final

import structlog

from helpline.service.dispatch import dispatch
from helpline.store.database import Unavailable
from workers.context import parts
from workers.housekeeping import EVERY

if TYPE_CHECKING:
    from helpline.service.parts import Parts

TICK: Final = 1.0
MOST: Final = 500
LONGEST_WAIT: Final = 10.0
"""Seconds between two tries while the database is away."""

_log = structlog.get_logger(__name__)


class Dispatcher:
    """Ticks until it is stopped."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._stop = threading.Event()
        self._next = dict.fromkeys(EVERY, 0.0)
        self._failures = 0

    def stop(self) -> None:
        """End after the tick that is under way."""
        self._stop.set()

    def run(self) -> None:
        """Tick until `stop`. Errors nobody foresaw end the process; its supervisor starts it again."""
        while not self._stop.is_set():
            began = time.monotonic()
            wait = self.tick()
            self._stop.wait(max(0.0, wait - (time.monotonic() - began)))

    def tick(self) -> float:
        """Do what is due and give the seconds until the next tick, counted from the start of this."""
        try:
            taken = dispatch(self._parts, MOST)
        except Unavailable:
            self._failures += 1
            _log.warning("the database does not answer", count=self._failures)
            return float(min(2 ** (self._failures - 1) * TICK, LONGEST_WAIT))
        self._failures = 0
        self._keep_house()
        return 0.0 if taken >= MOST else TICK

    def _keep_house(self) -> None:
        now = time.monotonic()
        due = [task for task, at in self._next.items() if now >= at]
        if not due:
            return
        for task in due:
            self._next[task] = now + EVERY[task]
        # Other dispatchers ask too: once is enough.
        if not self._parts.wake.depth("housekeeping"):
            self._parts.wake.wake("housekeeping", due)


def run() -> None:
    """Tick in this process until SIGTERM or SIGINT."""
    dispatcher = Dispatcher(parts())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: dispatcher.stop())
    _log.info("dispatching")
    dispatcher.run()
