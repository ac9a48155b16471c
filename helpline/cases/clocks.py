"""Promises with a time: how long each may take, and how its clock warns, misses, pauses and stops.

A clock counts working time, unless it is `wall`: danger to a person, a promise made to a client and
a referral wait for nobody's opening hours. One that was missed runs on until the thing is done, with
its limit anew, so that it tells again; it ends as `missed`, never as `hit`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from helpline.cases.states import SLA, IllegalMove, may_move, move
from helpline.cases.work import Priority


class Promised(StrEnum):
    """What a clock is about."""

    CLAIM = "claim"
    """Somebody takes the item."""
    FIRST_RESPONSE = "first_response"
    """The client is spoken or written to."""
    NEXT_RESPONSE = "next_response"
    """The client wrote again and is answered."""
    RESOLUTION = "resolution"
    """The item is done."""
    REFERRAL_RESPONSE = "referral_response"
    """The office that a client was referred to says yes or no."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How long something may take, in seconds of working time or on the wall."""

    seconds: int
    wall: bool = False


_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_WORKING_DAY: Final = 8 * _HOUR
_DAY: Final = 24 * _HOUR

LIMITS: Final[Mapping[Promised, Mapping[Priority, Limit]]] = {
    Promised.CLAIM: {
        Priority.IMMINENT: Limit(2 * _MINUTE, wall=True),
        Priority.HIGH: Limit(_HOUR),
        Priority.NORMAL: Limit(3 * _HOUR),
        Priority.LOW: Limit(_WORKING_DAY),
    },
    Promised.FIRST_RESPONSE: {
        Priority.IMMINENT: Limit(10 * _MINUTE, wall=True),
        Priority.HIGH: Limit(4 * _HOUR),
        Priority.NORMAL: Limit(_WORKING_DAY),
        Priority.LOW: Limit(3 * _WORKING_DAY),
    },
    Promised.NEXT_RESPONSE: {
        Priority.IMMINENT: Limit(5 * _MINUTE, wall=True),
        Priority.HIGH: Limit(2 * _HOUR),
        Priority.NORMAL: Limit(4 * _HOUR),
        Priority.LOW: Limit(_WORKING_DAY),
    },
    Promised.RESOLUTION: {
        Priority.IMMINENT: Limit(_DAY, wall=True),
        Priority.HIGH: Limit(3 * _WORKING_DAY),
        Priority.NORMAL: Limit(10 * _WORKING_DAY),
        Priority.LOW: Limit(20 * _WORKING_DAY),
    },
    Promised.REFERRAL_RESPONSE: {
        Priority.IMMINENT: Limit(_DAY, wall=True),
        Priority.HIGH: Limit(_DAY, wall=True),
        Priority.NORMAL: Limit(3 * _DAY, wall=True),
        Priority.LOW: Limit(14 * _DAY, wall=True),
    },
}
"""Three hours to take a normal item and one for an urgent one are Primero's; two minutes for danger is
our protocol for a risk of suicide; 24 hours, 72 hours and two weeks are IASC's for referrals. The rest
is ours: no source names them, so a programme may well change them here."""

REFERRAL_PRIORITIES: Final[Mapping[str, Priority]] = {
    "emergency": Priority.HIGH,
    "urgent": Priority.NORMAL,
    "normal": Priority.LOW,
}
"""The three of a referral, as rows of the limits."""

WARNED: Final = 4
"""A clock warns when a fourth of its limit is left."""

RUNNING: Final = frozenset({"active", "warned", "active_with_misses"})
OVER: Final = frozenset({"hit", "missed"})


class Hours(Protocol):
    """What counts time: `helpline.cases.hours.WorkingHours`, or the wall."""

    def add(self, moment: datetime, seconds: float) -> datetime:
        """The moment when so much time has passed."""

    def between(self, begins: datetime, ends: datetime) -> int:
        """Seconds of it between two moments; 0 when the second is earlier."""


class Wall:
    """Every hour counts."""

    def add(self, moment: datetime, seconds: float) -> datetime:
        return moment + timedelta(seconds=seconds)

    def between(self, begins: datetime, ends: datetime) -> int:
        return max(0, (ends - begins) // timedelta(seconds=1))


WALL: Final = Wall()


@dataclass(frozen=True, slots=True)
class Clock:
    """One promise. While it stands still or is over nothing has to happen: `next_at` is empty.

    `left` is what was left of `limit` when it last began to run, at `started_at`, or was paused.
    """

    state: str
    wall: bool
    limit: int
    left: int
    started_at: datetime
    paused_at: datetime | None = None
    warn_at: datetime | None = None
    due_at: datetime | None = None
    misses: int = 0

    @property
    def next_at(self) -> datetime | None:
        """When something has to happen with it."""
        return self.warn_at or self.due_at

    @property
    def runs(self) -> bool:
        """Whether its time passes."""
        return self.state in RUNNING and self.paused_at is None

    def hours(self, working: Hours) -> Hours:
        """What its time is counted in."""
        return WALL if self.wall else working


def limit(kind: Promised, priority: int) -> Limit:
    """How long something of this priority may take."""
    return LIMITS[kind][Priority(priority)]


def begin(allowed: Limit, at: datetime, working: Hours) -> Clock:
    """A clock that begins to run."""
    fresh = Clock("active", allowed.wall, allowed.seconds, allowed.seconds, at)
    return _running(fresh, allowed.seconds, at, working)


def warn(clock: Clock) -> Clock:
    """Little is left of its time.

    Raises:
        IllegalMove: it does not run, or has warned already.
    """
    _must_run(clock, "warn")
    return replace(clock, state=move(SLA, clock.state, "warned"), warn_at=None)


def miss(clock: Clock, allowed: Limit, at: datetime, working: Hours) -> Clock:
    """Its time is over and the thing not done: it is remembered, and the clock runs on.

    Raises:
        IllegalMove: it does not run.
    """
    _must_run(clock, "miss")
    missed = replace(
        clock,
        state=move(SLA, move(SLA, clock.state, "missed"), "active_with_misses"),
        wall=allowed.wall,
        limit=allowed.seconds,
        misses=clock.misses + 1,
    )
    return _running(missed, allowed.seconds, at, working)


def stop(clock: Clock, at: datetime, working: Hours) -> Clock:
    """The thing is done: in time, or not.

    Raises:
        IllegalMove: it is over already.
    """
    return replace(
        clock,
        state=move(SLA, clock.state, "missed" if clock.misses else "hit"),
        left=_left(clock, at, working),
        paused_at=None,
        warn_at=None,
        due_at=None,
    )


def pause(clock: Clock, at: datetime, working: Hours) -> Clock:
    """It is not for us to act: what is left of the time is kept.

    Raises:
        IllegalMove: it does not run.
    """
    _must_run(clock, "pause")
    left = _left(clock, at, working)
    return replace(clock, left=left, paused_at=at, warn_at=None, due_at=None)


def resume(clock: Clock, at: datetime, working: Hours) -> Clock:
    """It is for us again: the time that was left runs.

    Raises:
        IllegalMove: it is not paused.
    """
    if clock.paused_at is None or clock.state not in RUNNING:
        raise IllegalMove(f"a clock that is {clock.state} does not stand still")
    return _running(clock, clock.left, at, working)


def restart(clock: Clock, allowed: Limit, at: datetime, working: Hours) -> Clock:
    """The whole time once more: the client wrote again, or the thing is to be done again.

    Misses are not forgotten.
    """
    wanted = "active_with_misses" if clock.misses else "active"
    fresh = replace(
        clock, state=move(SLA, clock.state, wanted), wall=allowed.wall, limit=allowed.seconds
    )
    return _running(fresh, allowed.seconds, at, working)


def may(clock: Clock, event: str) -> bool:
    """Whether one of `warn`, `miss`, `stop`, `pause`, `resume` may happen to it; `restart` always may."""
    match event:
        case "warn":
            return clock.runs and may_move(SLA, clock.state, "warned")
        case "miss" | "pause":
            return clock.runs
        case "resume":
            return clock.state in RUNNING and clock.paused_at is not None
        case "stop":
            return clock.state in RUNNING
        case _:
            return True


def _running(clock: Clock, left: int, at: datetime, working: Hours) -> Clock:
    """The clock with so much time left from `at` on."""
    hours = clock.hours(working)
    before = max(0, left - clock.limit // WARNED)
    return replace(
        clock,
        left=left,
        started_at=at,
        paused_at=None,
        warn_at=hours.add(at, before) if clock.state == "active" else None,
        due_at=hours.add(at, left),
    )


def _left(clock: Clock, at: datetime, working: Hours) -> int:
    if clock.paused_at is not None:
        return clock.left
    return max(0, clock.left - clock.hours(working).between(clock.started_at, at))


def _must_run(clock: Clock, event: str) -> None:
    if not clock.runs:
        raise IllegalMove(f"a clock that is {clock.state} cannot {event}")
