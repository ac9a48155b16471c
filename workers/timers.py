"""What happens by itself as time passes: each task, how often, and the queue that carries it.

Every task takes what is due from the database, row by row, and may run in any number of processes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import structlog
from rq.timeouts import BaseTimeoutException

from helpline.service import (
    campaigns,
    check_in_ladder,
    permits,
    recycled,
    referral_timers,
    retain,
    sweep,
)
from helpline.service.desk import (
    alarms,
    callbacks,
    calling,
    clock_answers,
    clocks,
    counting,
    desk_sweeps,
    follow_ups,
    presence,
)
from helpline.store.database import Unavailable

if TYPE_CHECKING:
    from helpline.service.parts import Parts

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Timer:
    """A task and the seconds between two runs of it."""

    work: Callable[[Parts], Any]
    every: float


TIMERS: Final[Mapping[str, Mapping[str, Timer]]] = {
    "escalate": {
        "alarms": Timer(alarms.sweep, 5),
        "clocks": Timer(clocks.sweep, 5),
        "answers": Timer(clock_answers.follow, 15),
        "callbacks": Timer(callbacks.sweep, 15),
        "queue": Timer(desk_sweeps.sweep, 15),
        "shifts": Timer(presence.end_shifts, 60),
        "referrals": Timer(referral_timers.sweep, 60),
        "follow_ups": Timer(follow_ups.sweep, 60),
        "check_ins": Timer(check_in_ladder.sweep, 60),
    },
    "housekeeping": {
        "campaigns": Timer(campaigns.sweep, 5),
        "calls": Timer(calling.sweep, 15),
        "sweep": Timer(sweep.sweep, 60),
        "permits": Timer(permits.sweep, 600),
        "phones": Timer(recycled.sweep, 3600),
        "counts": Timer(counting.sweep, 300),
        "bind": Timer(retain.bind, 300),
        "retain": Timer(retain.retain, 3600),
    },
}
"""By queue. What somebody waits for asks nobody outside, so that no slow gateway delays an alarm."""


def run(parts: Parts, queue: str, names: Iterable[str]) -> None:
    """Run the named tasks of a queue; a name that an older or newer version knows is passed over.

    A task that fails stops no other; the first failure is raised at the end.

    Raises:
        helpline.store.database.Unavailable: at once: the others would fail, too.
    """
    failures: list[Exception] = []
    for name in names:
        timer = TIMERS[queue].get(name)
        if timer is None:
            continue
        try:
            timer.work(parts)
        except (Unavailable, BaseTimeoutException):
            raise
        except Exception as failure:  # noqa: BLE001  told when the others have run
            _log.exception("a task failed", task=name)
            failures.append(failure)
    if failures:
        raise failures[0]
