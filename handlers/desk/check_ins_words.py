"""What check-ins and the short screening of needs are called on the pages of the desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from handlers.desk.language import _

DIMENSIONS: Final[Mapping[str, str]] = {
    "economic": _("Money and work"),
    "social": _("Home and services"),
    "psychosocial": _("People and peace of mind"),
}
TASKS: Final[Mapping[str, str]] = {
    "review_plan": _("Look at the plan again together"),
    "offer_counselling": _("Offer counselling"),
    "debt_referral": _("Refer for help with the debt"),
}
"""What low scores suggest. People decide."""
SERVICES: Final[Mapping[str, str]] = {
    "offer_counselling": "counselling",
    "debt_referral": "debt",
}
"""The service a suggestion would be referred to."""
SCORES: Final[Mapping[str, str]] = {
    "low": _("Low"),
    "ok": _("Not low"),
    "none": _("Too few answers"),
}
STEPS: Final[Mapping[str, str]] = {
    "invited": _("invited by SMS"),
    "invited_again": _("invited by SMS once more"),
    "call": _("staff are to call"),
    "answered": _("the client answered"),
    "no_answer": _("nobody was reached"),
    "she_contacts_us": _("nothing more is allowed: the client contacts us"),
    "no_consent": _("the client did not agree to it"),
    "asked_already": _("another one is under way"),
    "case_closed": _("the case is closed"),
    "stopped": _("the phone wants no messages"),
    "unsafe": _("somebody else may hold the phone"),
    "reminders_stopped": _("the client wants no reminders"),
    "follow_up_ended": _("the client took back consent to it"),
    "withdrawn": _("the client took consent back"),
}
"""Why a promised check-in went on, or ended."""
