"""What the codes of a case are called on its pages, and how its days and numbers are shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from babel.dates import format_date, format_datetime

from handlers.desk.language import _
from helpline.cases.calendar import local
from helpline.cases.work import Kind

if TYPE_CHECKING:
    from datetime import date, datetime

    from handlers.desk.desk import Here

STAGES: Final[Mapping[str, str]] = {
    "new": _("New"),
    "assigned": _("Assigned"),
    "assessment": _("Assessment"),
    "support_ongoing": _("Support ongoing"),
    "support_completed": _("Support completed"),
    "closed": _("Closed"),
}
RISKS: Final[Mapping[str, str]] = {
    "none": _("No known risk"),
    "low": _("Low risk"),
    "medium": _("Medium risk"),
    "high": _("High risk"),
    "imminent": _("Imminent danger"),
}
RESTRICTED: Final[Mapping[str, str]] = {
    "": _("Not restricted"),
    "gbv": _("Violence against women"),
    "trafficking": _("Trafficking"),
    "suicide": _("Danger of suicide"),
    "minor": _("Under 18"),
}
WAITING: Final[Mapping[str, str]] = {
    "us": _("Waiting for us"),
    "client": _("Waiting for the client"),
    "agency": _("Waiting for another office"),
}
COUNSELLORS: Final[Mapping[str, str]] = {
    "any": _("No wish about the counsellor"),
    "woman": _("Wants a woman"),
    "man": _("Wants a man"),
}
LANGUAGES: Final[Mapping[str, str]] = {"bn": _("Bangla"), "en": _("English")}
KINDS: Final[Mapping[str, str]] = {
    Kind.COUNSELLING: _("Counselling request"),
    Kind.CALLBACK: _("Call-back"),
    Kind.MISSED_CALL: _("Missed call"),
    Kind.TEXT: _("Incoming message"),
    Kind.RISK_REVIEW: _("Risk review"),
    Kind.COMPLAINT: _("Complaint"),
    Kind.REFERRAL: _("Referral"),
    Kind.UNREACHABLE: _("Could not be reached"),
    Kind.UNDECIDED: _("Message of unknown fate"),
    Kind.STALE_FACT: _("Out-of-date fact"),
    Kind.FOLLOW_UP: _("Follow-up"),
    Kind.APPROVAL: _("Approval"),
    Kind.TRANSFER: _("Transfer"),
    Kind.BREACH: _("Broken promise"),
    Kind.OTHER: _("Other work"),
}


def named(here: Here, names: Mapping[str, str], code: str) -> str:
    """What a code is called in the language of the page; one without a name as it stands."""
    return here.say(names[code]) if code in names else code


def when(here: Here, moment: datetime | None) -> str:
    """A moment in Dhaka: `3 Dec 2026, 10:00`; empty for none."""
    if moment is None:
        return ""
    return format_datetime(local(moment), "d MMM y, HH:mm", locale=here.language)


def day(here: Here, on: date | None) -> str:
    """A day: `3 Dec 2026`; empty for none."""
    return format_date(on, "d MMM y", locale=here.language) if on else ""


def district(here: Here, code: str) -> str:
    """The name of a district; empty where it is not known."""
    found = here.parts.places.district(code)
    return found.name.in_language(here.language) if found else code


def upazila(here: Here, key: str) -> str:
    """The name of an upazila; empty where it is not known."""
    found = here.parts.places.upazila(key)
    return found.name.in_language(here.language) if found else key
