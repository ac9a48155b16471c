"""Check-ins by themselves: when somebody is invited, and what follows when nobody answers.

An invitation, a second one at another time of day, then a call by staff. Each step needs the
permission of that day; where none is left, she contacts us, and that is written down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from helpline.cases.calendar import DHAKA, QUIET, local

if TYPE_CHECKING:
    from helpline.cases.safe_times import SafeTimes

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


_FIRST: Final = time(10)
_SECOND: Final = time(17)
"""The hours looked for, as near as the safe time allows."""
_APART: Final = timedelta(hours=3)
"""So far apart two invitations are at different times of day."""
_GRID: Final = timedelta(minutes=15)
_ROOM: Final = timedelta(minutes=45)
"""What is sent so long before the end of the safe time still comes within it."""
_DAYS: Final = 7


def moment_of(step: Step, day: date, times: SafeTimes) -> datetime:
    """When a step is taken: on `day`, or the first safe day after it; the second invitation later in the day.

    Where no time at all is safe it is ten o'clock, and the gate lets nothing out.
    """
    for ahead in range(_DAYS):
        if safe := _safe_on(day + timedelta(days=ahead), times):
            first = _nearest(safe, _FIRST)
            if step is not Step.AGAIN:
                return first
            apart = [each for each in safe if each - first >= _APART]
            return _nearest(apart, _SECOND) if apart else safe[-1]
    return datetime.combine(day, _FIRST, tzinfo=DHAKA)


def after(step: Step, now: datetime, times: SafeTimes) -> datetime:
    """When the answer to a step that is taken now has been waited for."""
    if step is Step.CALL:
        return now + WAITS[step]
    following = Step.AGAIN if step is Step.INVITED else Step.CALL
    return moment_of(following, local(now + WAITS[step]).date(), times)


def _safe_on(day: date, times: SafeTimes) -> list[datetime]:
    """The quarters of an hour of a day that are safe, those with room first of all."""
    begins = datetime.combine(day, time(0), tzinfo=DHAKA)
    quarters = (begins + number * _GRID for number in range(timedelta(days=1) // _GRID))
    safe = [at for at in quarters if _is_safe(at, times)]
    return [at for at in safe if _is_safe(at + _ROOM, times)] or safe


def _is_safe(at: datetime, times: SafeTimes) -> bool:
    return not QUIET.holds(at.time()) and times.hold(at)


def _nearest(moments: list[datetime], to: time) -> datetime:
    """Of several moments of a day the one nearest to a time of day."""
    return min(moments, key=lambda at: abs(at - datetime.combine(at.date(), to, tzinfo=DHAKA)))
