"""When to call somebody again who was not reached: at another time of day, where it is safe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from helpline.cases.calendar import QUIET, SILENT, WINDOWS, Slot, Span, local

if TYPE_CHECKING:
    from helpline.cases.hours import WorkingHours
    from helpline.cases.safe_times import SafeTimes

MOST: Final = 3
"""Attempts before a supervisor decides."""
APART: Final = timedelta(hours=2)
"""The least time between two attempts: a phone that was busy now may be free this evening."""
_STEP: Final = timedelta(minutes=15)
_SHORTEST: Final = timedelta(minutes=30)
"""Of a slot: in less somebody can hardly be found who makes the call."""


def part_of_day(moment: datetime) -> str:
    """The part of the day in which `moment` lies, as people in Bangladesh divide it."""
    at = local(moment).time()
    if at < WINDOWS["morning"].ends:
        return "morning"
    return "afternoon" if at < WINDOWS["afternoon"].ends else "evening"


def safe_at(moment: datetime, safe: SafeTimes, quiet: Span = QUIET) -> bool:
    """Whether a phone may ring at `moment`: in its safe times and outside the quiet hours."""
    at = local(moment).time()
    return safe.hold(moment) and not quiet.holds(at) and not SILENT.holds(at)


def next_attempt(
    tried: Sequence[datetime],
    *,
    now: datetime,
    until: datetime,
    safe: SafeTimes,
    hours: WorkingHours,
    quiet: Span = QUIET,
    most: int = MOST,
) -> Slot | None:
    """The next time to call, or none when a person has to decide.

    A part of the day that was not tried yet comes before one that was; where only tried parts are
    left, it is the one tried longest ago, and never again on the same day.

    Args:
        tried: the moments of the attempts so far.
        now: the moment of asking; no slot begins sooner than two hours after it.
        until: the promise ends then; no slot begins later.
        safe: the times at which this phone may ring.
        hours: when the helpline is open.
        quiet: the configured quiet hours.
        most: how many attempts are made in all.
    """
    if len(tried) >= most:
        return None
    latest = {part_of_day(at): at for at in sorted(tried)}
    days = {(part_of_day(at), local(at).date()) for at in tried}
    free = [
        slot
        for slot in _slots(now + APART, until, safe, hours, quiet)
        if (part_of_day(slot.begins), local(slot.begins).date()) not in days
    ]
    fresh = next((slot for slot in free if part_of_day(slot.begins) not in latest), None)
    if fresh or not free:
        return fresh
    return min(free, key=lambda slot: (latest[part_of_day(slot.begins)], slot.begins))


def _slots(
    earliest: datetime, until: datetime, safe: SafeTimes, hours: WorkingHours, quiet: Span
) -> Iterator[Slot]:
    """Every stretch of time in one part of one day in which a call may be made, in order."""
    begins: datetime | None = None
    at = _rounded(earliest)
    while at < until:
        fits = safe_at(at, safe, quiet) and hours.open_at(at)
        same = begins is not None and part_of_day(begins) == part_of_day(at)
        if begins is not None and not (fits and same):
            if at - begins >= _SHORTEST:
                yield Slot(begins, at)
            begins = None
        if fits and begins is None:
            begins = at
        at += _STEP
    if begins is not None and at - begins >= _SHORTEST:
        yield Slot(begins, at)


def _rounded(moment: datetime) -> datetime:
    """The first quarter of an hour at or after `moment`."""
    cut = moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)
    return cut if cut == moment else cut + _STEP
