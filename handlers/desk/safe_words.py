"""How the times and the wishes of safe contact are said on pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from handlers.desk.language import _, translated
from helpline.cases.safe_times import EVERY_DAY, SafeTimes

if TYPE_CHECKING:
    from handlers.desk.desk import Here

PARTS: Final[Mapping[str, str]] = {
    "morning": _("in the morning"),
    "afternoon": _("in the afternoon"),
    "evening": _("in the evening"),
    "any": _("at any time of day"),
}
DAYS: Final[Mapping[str, str]] = {
    "6": _("Saturday"),
    "7": _("Sunday"),
    "1": _("Monday"),
    "2": _("Tuesday"),
    "3": _("Wednesday"),
    "4": _("Thursday"),
    "5": _("Friday"),
}
"""In the order of a week here; digits as they are kept."""
CALLERS: Final[Mapping[str, str]] = {
    "any": _("A woman or a man"),
    "woman": _("A woman"),
    "man": _("A man"),
}
LANGUAGES: Final[Mapping[str, str]] = {
    "": _("As on the phone"),
    "bn": _("Bangla"),
    "en": _("English"),
}


def times(here: Here, safe: SafeTimes) -> str:
    """The hours, and the days unless it is every day, in the language of a page."""
    return times_in(here.language, safe)


def times_in(language: str, safe: SafeTimes) -> str:
    """The same in a language."""

    def say(text: str) -> str:
        return translated(language, text)

    if not safe.spans():
        return say(_("at no time"))
    hours = [say(PARTS[part]) if part in PARTS else part for part in safe.window.split()]
    said = ", ".join(hours)
    if set(safe.weekdays) >= set(EVERY_DAY):
        return said
    days = ", ".join(say(name) for day, name in DAYS.items() if day in safe.weekdays)
    return f"{said}; {days}" if days else say(_("at no time"))
