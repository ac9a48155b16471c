"""Jobs of the queue `escalate`: clocks, alarms, calls that are due. Somebody waits for each of them."""

from __future__ import annotations

from workers import timers
from workers.context import parts
from workers.job import job


@job
def escalate(tasks: list[str]) -> None:
    """Do the named tasks."""
    timers.run(parts(), "escalate", tasks)
