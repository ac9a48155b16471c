"""Jobs of the queue `housekeeping`: what nobody waits for. Doing it twice, or later, does no harm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from helpline.service import retain as retention
from helpline.service import sweep as sweeping
from workers.context import parts
from workers.job import job

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def sweep() -> None:
    """Find what got stuck, and say so."""
    sweeping.sweep(parts())


def retain() -> None:
    """Forget what has been kept for long enough."""
    retention.retain(parts())


TASKS: Final[Mapping[str, Callable[[], None]]] = {"sweep": sweep, "retain": retain}

EVERY: Final[Mapping[str, float]] = {"sweep": 60.0, "retain": 3600.0}
"""Seconds between two runs of each task."""


@job
def housekeep(tasks: list[str]) -> None:
    """Do the named tasks; a name that an older or newer version knows is passed over."""
    for name in tasks:
        if name in TASKS:
            TASKS[name]()
