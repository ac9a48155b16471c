"""The times a caller may be offered: windows of days on which somebody is there to keep the promise."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from helpline.cases import calendar
from helpline.cases.calendar import Slot, local, slot

if TYPE_CHECKING:
    from helpline.cases.hours import WorkingHours

WORTH: Final = 30 * 60
"""Seconds of working time a window needs to be offered."""
AHEAD: Final = 60
"""Days that are looked through for open ones."""


def open_windows(hours: WorkingHours, day: date, now: datetime) -> tuple[str, ...]:
    """The windows of `day` that still have an hour to run, and in which the helpline is open."""
    return tuple(
        name for name in calendar.open_windows(day, now) if _worked(hours, slot(day, name), now)
    )


def open_days(hours: WorkingHours, now: datetime, days: int = 7) -> tuple[date, ...]:
    """The next `days` days on which a window is open; the plain ones when nobody knows of any."""
    today = local(now).date()
    found: list[date] = []
    for day in (today + timedelta(days=n) for n in range(AHEAD)):
        if len(found) == days:
            break
        if open_windows(hours, day, now):
            found.append(day)
    return tuple(found) or calendar.open_days(now, days)


def next_slot(hours: WorkingHours, now: datetime, window: str = "any") -> Slot:
    """The first `window` that still has an hour to run and in which the helpline is open."""
    first = calendar.next_slot(now, window)
    day = local(first.begins).date()
    for each in (slot(day + timedelta(days=n), window) for n in range(AHEAD)):
        if _worked(hours, each, now):
            return each
    return first


def answered_at(hours: WorkingHours, chosen: Slot, now: datetime) -> datetime:
    """When somebody is first there in a slot: what a caller may be told of it."""
    begins = max(chosen.begins, now)
    opens = hours.next_opening(begins)
    return opens if opens is not None and opens < chosen.ends else begins


def _worked(hours: WorkingHours, each: Slot, now: datetime) -> bool:
    return hours.between(max(each.begins, now), each.ends) >= WORTH
