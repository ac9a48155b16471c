"""Jobs of the queue `housekeeping`: what nobody waits for. Doing it twice, or later, does no harm."""

from __future__ import annotations

from workers import timers
from workers.context import parts
from workers.job import job


@job
def housekeep(tasks: list[str]) -> None:
    """Do the named tasks."""
    timers.run(parts(), "housekeeping", tasks)
