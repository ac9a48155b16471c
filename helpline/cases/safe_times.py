"""When it is safe to reach somebody: on which days of the week, in which hours, Asia/Dhaka.

A window is written as people say it: the name of a part of the day, or hours of one's own, more
than one parted by spaces: `morning 18:30-20:00`. Days are digits from 1 (Monday) to 7 (Sunday).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from helpline.cases.calendar import DHAKA, SILENT, WINDOWS, Span, local

EVERY_DAY: Final = "1234567"
WEEKEND: Final = "56"
"""Friday and Saturday."""
WORKING_DAYS: Final = "12347"
LONGEST: Final = 40
"""Letters of a window as it is written down."""
_HOURS: Final = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)-([01]?\d|2[0-3])[:.]([0-5]\d)")
_AHEAD: Final = 9
"""Days looked at for the next safe time: a week, and a night on either side."""


@dataclass(frozen=True, slots=True)
class SafeTimes:
    """The times at which a phone may be reached."""

    window: str = "any"
    weekdays: str = EVERY_DAY

    def spans(self) -> tuple[Span, ...]:
        """The hours of a day; a window that nobody can read holds no time at all."""
        return spans_of(self.window) or ()

    def hold(self, moment: datetime) -> bool:
        """Whether `moment` is safe."""
        here = local(moment)
        return str(here.isoweekday()) in self.weekdays and any(
            span.holds(here.time()) for span in self.spans()
        )


ANY_TIME: Final = SafeTimes()


def spans_of(window: str) -> tuple[Span, ...] | None:
    """The hours a window names; None when it is not written as windows are."""
    found = [_span(part) for part in window.split()]
    known = tuple(span for span in found if span is not None)
    return known if known and len(known) == len(found) else None


def written(window: str) -> str | None:
    """A window as it is kept, whatever was typed between the parts; None when it cannot be read.

    Hours that end before they begin are no window: nobody means a whole night by a slip.
    """
    parts = " ".join(window.replace(",", " ").replace("–", "-").split())
    parts = re.sub(r"\s*-\s*", "-", parts)
    if spans_of(parts) is None:
        return None
    tidied = " ".join(_tidied(part) for part in parts.split())
    return tidied if len(tidied) <= LONGEST else None


def days_written(days: str) -> str | None:
    """Days as they are kept: each once, in order; None when there is none, or one that is no day."""
    if not days or not set(days) <= set(EVERY_DAY):
        return None
    return "".join(sorted(set(days)))


def narrower(one: SafeTimes, other: SafeTimes) -> SafeTimes:
    """The times both allow, as far as they can be written down; else those of `one` on common days."""
    days = "".join(day for day in one.weekdays if day in other.weekdays)
    if not days:
        return SafeTimes("00:00-00:01", one.weekdays)  # in the silent hours: never
    common = [
        f"{begins:%H:%M}-{ends:%H:%M}"
        for a in one.spans()
        for b in other.spans()
        if (begins := max(a.begins, b.begins)) < (ends := min(a.ends, b.ends))
    ]
    window = " ".join(common) or "00:00-00:01"
    return SafeTimes(window if len(window) <= LONGEST else one.window, days)


def next_safe(moment: datetime, times: SafeTimes, quiet: Span) -> datetime | None:
    """`moment` if it is safe and neither quiet nor silent, else when it next is; None if it never is."""
    if _fits(moment, times, quiet):
        return moment
    edges = sorted(
        edge
        for days in range(_AHEAD)
        for edge in _edges(moment, days, times, quiet)
        if edge > moment
    )
    return next((edge for edge in edges if _fits(edge, times, quiet)), None)


def _fits(moment: datetime, times: SafeTimes, quiet: Span) -> bool:
    at = local(moment).time()
    return times.hold(moment) and not quiet.holds(at) and not SILENT.holds(at)


def _edges(moment: datetime, days: int, times: SafeTimes, quiet: Span) -> list[datetime]:
    """The moments of one day at which something may begin to be safe."""
    day = local(moment).date() + timedelta(days)
    starts = {time(0), quiet.ends, SILENT.ends, *(span.begins for span in times.spans())}
    return [datetime.combine(day, start, tzinfo=DHAKA) for start in starts]


def _span(part: str) -> Span | None:
    if part in WINDOWS:
        return WINDOWS[part]
    hours = _HOURS.fullmatch(part)
    if hours is None:
        return None
    begins, ends = time(int(hours[1]), int(hours[2])), time(int(hours[3]), int(hours[4]))
    return Span(begins, ends) if begins < ends else None


def _tidied(part: str) -> str:
    span = _span(part)
    if part in WINDOWS or span is None:
        return part
    return f"{span.begins:%H:%M}-{span.ends:%H:%M}"
