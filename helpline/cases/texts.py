"""The texts that go out by SMS, by name, and their class.

A NEUTRAL text says neither what it is about nor from whom: besides its own words it shows a
reference number, a day, the number to dial. A DETAILED one may name a place or a service; it needs
the permit, or goes to whoever has just asked for it. Values are put in by
`helpline.flow.layout.fill_in`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from helpline.cases.permits import Detail
from helpline.flow.words import _

NEWS: Final = "news"
"""The text of a campaign as it was agreed to: it travels as the value `text`."""
NEWS_DETAILED: Final = "news_detailed"
"""The same of a campaign that is not neutral."""
SCREEN: Final = "screen"
"""A screen of the dialogue, laid out for SMS: its text travels as the value `text`."""

TEXTS: Final[Mapping[str, str]] = {
    SCREEN: "{text}",
    NEWS: "{text}",
    NEWS_DETAILED: "{text}",
    "confirmation": _("Thank you. Your number is {reference}. Please keep it."),
    "slot_day_before": _("Please remember tomorrow, {window}. To change it, dial {code}."),
    "slot_two_hours": _("Please remember today, {window}. To change it, dial {code}."),
    "appointment": _("Please remember tomorrow. To tell us something, dial {code}."),
    "follow_up": _("How are you? When you are free, dial {code}."),
    "check_in": _("How are you? When you are free, dial {code}."),
    "centre": _("When you have time this month, dial {code}."),
    "feedback": _("When you have a minute, please dial {code}."),
    "staff_page": _("Desk: work is waiting. Code {code}. Reply OK {code}"),
    "staff_answered": _("Thank you. The work is yours now."),
    "staff_too_late": _("Thank you. Somebody else has taken it."),
    "service_point": _("{centre}. {address} {phone}"),
    "service_point_confirm": _("{centre}. {address} {phone} Call {line} (free) first to be sure."),
    "service_point_unsure": _("{centre}. {address} {phone} This is not confirmed yet."),
}

DETAILED: Final = frozenset(
    {"service_point", "service_point_confirm", "service_point_unsure", NEWS_DETAILED}
)
"""All other texts are NEUTRAL."""


def detail_of(name: str) -> Detail:
    """The class of a text; what is not listed is held to the stricter one."""
    return Detail.DETAILED if name in DETAILED else Detail.NEUTRAL


BUSY: Final = _("Sorry, it does not work just now. Please call {line}, it is free.")
"""What a caller sees when we cannot reach our own record."""

BUSY_WITHOUT_NUMBER: Final = _(
    "Sorry, it does not work just now. Please dial again a little later."
)
