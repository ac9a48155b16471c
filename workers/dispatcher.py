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
from workers.timers import TIMERS
from workers.timers import run as run_timers

if TYPE_CHECKING:
    from helpline.service.parts import Parts

TICK: Final = 1.0
MOST: Final = 500
URGENT: Final = "escalate"
"""The queue whose tasks the dispatcher does itself while there is no Redis to carry them."""
LONGEST_WAIT: Final = 10.0
"""Seconds between two tries while the database is away."""

_log = structlog.get_logger(__name__)


class Dispatcher:
    """Ticks until it is stopped."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._stop = threading.Event()
        self._next = {(queue, name): 0.0 for queue, tasks in TIMERS.items() for name in tasks}
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
        self._ask_for_tasks()
        return 0.0 if taken >= MOST else TICK

    def _ask_for_tasks(self) -> None:
        now = time.monotonic()
        for queue, tasks in TIMERS.items():
            due = [name for name in tasks if now >= self._next[queue, name]]
            # Other dispatchers ask too: what waits already is enough.
            if due and not self._parts.wake.depth(queue):
                self._next |= {(queue, name): now + tasks[name].every for name in due}
                if not self._parts.wake.wake(queue, due) and queue == URGENT:
                    self._do_it_here(due)

    def _do_it_here(self, tasks: list[str]) -> None:
        """Without Redis nobody else would: clocks and alarms go on."""
        try:
            run_timers(self._parts, URGENT, tasks)
        except Unavailable:
            _log.warning("the database does not answer", task=URGENT)
        except Exception as failure:  # noqa: BLE001  it is tried again, and texts go on meanwhile
            _log.error("tasks failed", task=URGENT, reason=type(failure).__name__)


def run() -> None:
    """Tick in this process until SIGTERM or SIGINT."""
    dispatcher = Dispatcher(parts())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: dispatcher.stop())
    _log.info("dispatching")
    dispatcher.run()
