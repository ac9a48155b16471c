"""What the codes of the calendar and the rota are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from handlers.desk.case_words import day, named, when
from handlers.desk.language import _

__all__ = ["day", "named", "when"]

WEEKDAYS: Final = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)
WEEK: Final = (5, 6, 0, 1, 2, 3, 4)
"""The weekdays in the order in which a week is read here: from Saturday on."""
REASONS: Final[Mapping[str, str]] = {
    "staff_shortage": _("Too few of us are here"),
    "no_capacity": _("More calls than we can take"),
    "emergency": _("Emergency"),
    "other": _("Another reason"),
}
WHY_CLOSED: Final[Mapping[str, str]] = {
    **REASONS,
    "holiday": _("Holiday"),
    "outside_hours": _("Outside the opening hours"),
}
WRONG: Final[Mapping[str, str]] = {
    "overlaps": _("These hours overlap with others that are there already."),
    "no_weekday": _("Choose at least one weekday."),
    "no_time": _("Enter the times as hours and minutes, like 09:30."),
    "no_day": _("Enter a date."),
    "no_name": _("Enter the name in Bangla and in English."),
    "is_one": _("That day is a holiday already."),
    "no_reason": _("Choose a reason."),
    "not_then": _("Enter a time that lies ahead, at most a month from now."),
    "ends_before": _("The last day lies before the first."),
    "nobody": _("Choose a person."),
}
FIXED: Final = _("fixed by date")
"""As the file of fixed holidays says where their dates come from."""
