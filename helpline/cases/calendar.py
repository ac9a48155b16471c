"""Time as the people of Bangladesh live it: windows of the day, quiet hours, slots, follow-ups.

Every rule is evaluated in Asia/Dhaka, whatever zone the machine is in.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from helpline.flow.words import Label

DHAKA: Final = ZoneInfo("Asia/Dhaka")


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the day, from `begins` up to but not including `ends`, Asia/Dhaka."""

    begins: time
    ends: time

    def holds(self, moment: time) -> bool:
        """Whether `moment` lies in it; a span may pass midnight."""
        if self.begins <= self.ends:
            return self.begins <= moment < self.ends
        return moment >= self.begins or moment < self.ends


QUIET: Final = Span(time(21), time(8))
"""Nothing goes out by itself in these hours unless the settings say otherwise."""

SILENT: Final = Span(time(0), time(6))
"""No setting shortens this one: BTRC's hours without promotional messages."""

WINDOWS: Final[Mapping[str, Span]] = {
    "morning": Span(time(9), time(12)),
    "afternoon": Span(time(12), time(16)),
    "evening": Span(time(16), time(20)),
    "any": Span(time(8), time(21)),
}
"""The times of day a caller may name as safe or convenient."""

FOLLOW_UPS: Final = (7, 30)
"""Days after registration when we ask how things are; later on it is a check-in."""

CHECK_INS: Final[Mapping[str, int]] = {"month_3": 3, "month_6": 6, "month_12": 12}
"""Months after registration when somebody is invited to a check-in, by the kind of the duty."""

LATEST: Final[Mapping[str, timedelta]] = {
    "follow_up": timedelta(days=3),
    "centre": timedelta(days=3),
    "feedback": timedelta(days=3),
    "check_in": timedelta(days=3),
    "appointment": timedelta(hours=10),
    "slot_day_before": timedelta(hours=20),
    "slot_two_hours": timedelta(minutes=90),
}
"""How long after its time a reminder is still worth sending; after that it is skipped."""

MONTH: Final = timedelta(days=30)

_MONTHS: Final = (
    ("জানুয়ারি", "January"),
    ("ফেব্রুয়ারি", "February"),
    ("মার্চ", "March"),
    ("এপ্রিল", "April"),
    ("মে", "May"),
    ("জুন", "June"),
    ("জুলাই", "July"),
    ("আগস্ট", "August"),
    ("সেপ্টেম্বর", "September"),
    ("অক্টোবর", "October"),
    ("নভেম্বর", "November"),
    ("ডিসেম্বর", "December"),
)
_WEEKDAYS: Final = (
    ("সোম", "Shom", "Mon"),
    ("মঙ্গল", "Mongol", "Tue"),
    ("বুধ", "Budh", "Wed"),
    ("বৃহস্পতি", "Brihoshpoti", "Thu"),
    ("শুক্র", "Shukro", "Fri"),
    ("শনি", "Shoni", "Sat"),
    ("রবি", "Robi", "Sun"),
)
_WINDOW_NAMES: Final[Mapping[str, tuple[str, str, str]]] = {
    "morning": ("সকাল", "shokal", "morning"),
    "afternoon": ("দুপুর", "dupur", "afternoon"),
    "evening": ("বিকাল", "bikal", "evening"),
    "any": ("যেকোনো সময়", "jekono shomoy", "any time"),
}


def local(moment: datetime) -> datetime:
    """`moment` in Asia/Dhaka."""
    return moment.astimezone(DHAKA)


def spoken_day(moment: datetime | date) -> Label:
    """The day as people say it: `শুক্র 4 ডিসেম্বর`."""
    day = local(moment).date() if isinstance(moment, datetime) else moment
    weekday, month = _WEEKDAYS[day.weekday()], _MONTHS[day.month - 1]
    return Label(
        f"{weekday[0]} {day.day} {month[0]}",
        f"{weekday[1]} {day.day} {month[1]}",
        f"{weekday[2]} {day.day} {month[1]}",
    )


def spoken_window(moment: datetime) -> Label:
    """The part of the day `moment` lies in: সকাল, দুপুর, বিকাল."""
    at = local(moment).time()
    name = next(
        (name for name in ("morning", "afternoon", "evening") if WINDOWS[name].holds(at)), "any"
    )
    return Label(*_WINDOW_NAMES[name])


def window_name(window: str) -> Label:
    """A window of `WINDOWS` by name."""
    return Label(*_WINDOW_NAMES[window])


@dataclass(frozen=True, slots=True)
class Slot:
    """A time somebody may be expected, called or reminded of."""

    begins: datetime
    ends: datetime


def slot(day: date, window: str) -> Slot:
    """The `window` of `day`, Asia/Dhaka."""
    span = WINDOWS[window]
    return Slot(
        datetime.combine(day, span.begins, tzinfo=DHAKA),
        datetime.combine(day, span.ends, tzinfo=DHAKA),
    )


def months_after(day: date, months: int) -> date:
    """The same day some months later; the last of the month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def open_windows(day: date, now: datetime) -> tuple[str, ...]:
    """The windows of `day` that still have an hour to run."""
    return tuple(
        name
        for name in ("morning", "afternoon", "evening")
        if slot(day, name).ends - now > timedelta(hours=1)
    )


def open_days(now: datetime, days: int = 7) -> tuple[date, ...]:
    """The next `days` days on which a window is open, today first when it still is."""
    today = local(now).date()
    return tuple(
        day for day in (today + timedelta(n) for n in range(days + 1)) if open_windows(day, now)
    )[:days]


def next_slot(now: datetime, window: str = "any") -> Slot:
    """The first `window` that is open now or opens next."""
    today = local(now).date()
    first = slot(today, window)
    return first if first.ends - now > timedelta(hours=1) else slot(today + timedelta(1), window)


def next_in(span: Span, now: datetime) -> datetime:
    """`now` if it lies in `span`, else the next moment `span` begins."""
    here = local(now)
    if span.holds(here.time()):
        return now
    begins = datetime.combine(here.date(), span.begins, tzinfo=DHAKA)
    return begins if begins > here else begins + timedelta(days=1)
