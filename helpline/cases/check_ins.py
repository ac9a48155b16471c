"""Check-ins by themselves: when somebody is invited, and what follows when nobody answers.

An invitation, a second one at another time of day, then a call by staff. Each step needs the
permission of that day; where none is left, she contacts us, and that is written down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from helpline.cases.calendar import DHAKA, local

REMINDER: Final = "check_in"
"""The kind of the reminders that invite, and the name of their text."""
EARLY: Final = timedelta(days=14)
"""A check-in so long before its day is that check-in: nobody is invited a second time."""
LATE: Final = timedelta(days=45)
"""So long after its day an answer still counts for a check-in that was missed."""


class Step(StrEnum):
    """How far a check-in got by itself."""

    INVITED = "invited"
    AGAIN = "invited_again"
    CALL = "call"


WAITS: Final[Mapping[Step, timedelta]] = {
    Step.INVITED: timedelta(days=7),
    Step.AGAIN: timedelta(days=7),
    Step.CALL: timedelta(days=3),
}
"""How long each step waits for an answer. Our own choice: no source names a number."""


class Unreached(StrEnum):
    """Why a check-in that was missed went no further."""

    SHE_CONTACTS_US = "she_contacts_us"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class Allowed:
    """What somebody allows today: their consent to follow-up, and what one of their phones may get."""

    consent: bool = False
    sms: bool = False
    call: bool = False


def next_step(step: str, allowed: Allowed) -> Step | None:
    """What follows `step` (empty before the first one); none when we may do nothing more."""
    if not allowed.consent or step == Step.CALL:
        return None
    if allowed.sms and step == "":
        return Step.INVITED
    if allowed.sms and step == Step.INVITED:
        return Step.AGAIN
    return Step.CALL if allowed.call else None


_HOURS: Final[Mapping[str, tuple[int, int]]] = {
    "morning": (10, 11),
    "afternoon": (12, 15),
    "evening": (16, 19),
    "any": (10, 17),
}
"""By safe time: when the first invitation goes, and at which other time the second."""


def moment_of(step: Step, day: date, window: str) -> datetime:
    """When a step is taken on `day`: within the safe time, the second invitation later than the first."""
    first, second = _HOURS.get(window, _HOURS["any"])
    return datetime.combine(day, time(second if step is Step.AGAIN else first), tzinfo=DHAKA)


def after(step: Step, now: datetime, window: str) -> datetime:
    """When the answer to a step that is taken now has been waited for."""
    if step is Step.CALL:
        return now + WAITS[step]
    following = Step.AGAIN if step is Step.INVITED else Step.CALL
    return moment_of(following, local(now + WAITS[step]).date(), window)
