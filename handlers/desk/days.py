"""Days and hours as people type them: as a browser's own field sends them, or day, month and year by hand."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Final

_BY_HAND: Final = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})")
_HOUR: Final = re.compile(r"(\d{1,2})[:.](\d{2})")


def day_of(typed: str) -> date:
    """A day: 2026-11-24, or 24-11-2026 with dashes, strokes, dots or blanks, in any digits.

    Raises:
        ValueError: it is none.
    """
    said = typed.strip()
    if found := _BY_HAND.fullmatch(said):
        day, month, year = (int(part) for part in found.groups())
        return date(year, month, day)
    return date.fromisoformat(said)


def hour_of(typed: str) -> time:
    """An hour of the day: 09:30, 9:30 or 9.30, in any digits.

    Raises:
        ValueError: it is none.
    """
    said = typed.strip()
    if found := _HOUR.fullmatch(said):
        hour, minute = (int(part) for part in found.groups())
        return time(hour, minute)
    return time.fromisoformat(said).replace(tzinfo=None)


def moment_of(typed: str) -> datetime:
    """A day and an hour, without a zone: 2026-11-24T09:30, or 24-11-2026 9:30.

    Raises:
        ValueError: it is none.
    """
    said = typed.strip()
    day, _blank, hour = said.replace("T", " ").rpartition(" ")
    if _BY_HAND.fullmatch(day.strip()):
        return datetime.combine(day_of(day), hour_of(hour))
    return datetime.fromisoformat(said).replace(tzinfo=None)
