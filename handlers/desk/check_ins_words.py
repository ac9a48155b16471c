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
