"""Which task works by SMS, begun with which words, and what is not safe there.

An SMS stays in the phone it was written on, so what must not be read by others is not asked for:
those who write get the code to dial, or a person, in words that name nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class BySms:
    """How a flow is reached by SMS: what is written, one message after the other.

    `unsafe` is what leads to the part of it that is left to the code, and `instead` the screen that
    says so; both empty where all of it may be written.
    """

    begin: tuple[str, ...]
    unsafe: tuple[str, ...] = ()
    instead: str = ""


BY_SMS: Final[Mapping[str, BySms]] = {
    "home": BySms(("help",)),
    # the secret digits are not asked for: they would stay in the phone
    "registration": BySms(("register",)),
    "counselling": BySms(("counselling",)),
    "centres": BySms(("centre",)),
    "callback": BySms(("call",)),
    "numbers": BySms(("numbers",)),
    "language": BySms(("language",)),
    "information": BySms(("info",)),
    "more": BySms(("help", "9")),
    "needs": BySms(("needs",)),
    "talk": BySms(("আমি আর বাঁচতে চাই না",)),
    # a wish to be left alone needs no proof, the end of a registration does
    "stop": BySms(("help", "8"), ("help", "8", "2"), "stop.by_phone"),
    # that something is wrong may be written, that somebody is hurt not
    "complaint": BySms(("complaint",), ("complaint", "4"), "complaint.by_phone"),
    "crisis_centre": BySms(("help", "9", "2"), ("complaint", "4"), "complaint.by_phone"),
    "on_behalf": BySms(("refer",), ("refer", "1", "jessore", "1"), "on_behalf.by_phone"),
    # whatever stands behind the secret digits, and how one is
    "dates": BySms(("dates",), ("dates",), "dates.by_phone"),
    "matters": BySms(("matters",), ("matters",), "matters.by_phone"),
    "kept": BySms(("data",), ("data",), "kept.by_phone"),
    "family": BySms(("family",), ("family",), "family.by_phone"),
    "safe_contact": BySms(("rules",), ("rules",), "safe_contact.by_phone"),
    "opinion": BySms(("rules",), ("rules",), "safe_contact.by_phone"),
    "renewal": BySms(("dates",), ("dates",), "dates.by_phone"),
    "check_in": BySms(("howami",), ("howami",), "check_in.by_phone"),
}
"""By flow."""
