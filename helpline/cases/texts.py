"""The texts that go out by SMS, by name. All are NEUTRAL: none says what it is about or from whom.

What a text shows besides its own words is a reference number, a day, the number to dial, or a
service point the caller has just asked for. Values are put in by `helpline.flow.layout.fill_in`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from helpline.flow.words import _

SCREEN: Final = "screen"
"""A screen of the dialogue, laid out for SMS: its text travels as the value `text`."""

TEXTS: Final[Mapping[str, str]] = {
    SCREEN: "{text}",
    "confirmation": _("Thank you. Your number is {reference}. Please keep it."),
    "slot_day_before": _("Please remember tomorrow, {window}. To change it, dial {code}."),
    "slot_two_hours": _("Please remember today, {window}. To change it, dial {code}."),
    "follow_up": _("How are you? When you are free, dial {code}."),
    "centre": _("When you have time this month, dial {code}."),
    "staff_page": _("Desk: work is waiting. Code {code}. Reply OK {code}"),
    "staff_answered": _("Thank you. The work is yours now."),
    "staff_too_late": _("Thank you. Somebody else has taken it."),
    "service_point": _("{centre}. {address} {phone}"),
    "service_point_confirm": _("{centre}. {address} {phone} Call {line} (free) first to be sure."),
    "service_point_unsure": _("{centre}. {address} {phone} This is not confirmed yet."),
}

BUSY: Final = _("Sorry, it does not work just now. Please call {line}, it is free.")
"""What a caller sees when we cannot reach our own record."""

BUSY_WITHOUT_NUMBER: Final = _(
    "Sorry, it does not work just now. Please dial again a little later."
)
