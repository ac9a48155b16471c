"""What the reports count, over which time, and how counts become figures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from helpline.cases.suppression import FEWEST


class Measure(StrEnum):
    """What happened on a day. Behind the name: what the counts are split by, and whose day it is."""

    REGISTERED = "registered"
    """People, on the day they registered: sex, country, need, returned, reason, channel, language, and
    whose office registered them."""
    PROMISE = "promise"
    """Promised calls and talks, on the day promised: kept, tried or broken."""
    WAITED = "waited"
    """Items of clients, on the day they ended: priority and how long until a human answered."""
    WOMAN = "woman"
    """Talks of those who asked for a woman, on the day they ended: given to a woman or not."""
    CLOCK = "clock"
    """Clocks, on the day they started: which, and hit, missed or running."""
    ESCALATED = "escalated"
    """Escalations, on their day: to whom."""
    PAGED = "paged"
    """Pages of people on call, on their day: how long until they answered, or that nobody did."""
    REVIEWED = "reviewed"
    """Reviews of risk, on the day they ended: with what outcome."""
    STAGE = "stage"
    """Cases as they stood at the end of the day: at which stage."""
    STAGED = "staged"
    """Cases that left a stage, on that day: which, and after how long."""
    CLOSED = "closed"
    """Cases, on the day they were closed: why."""
    COUNSELLING = "counselling"
    """Requests for counselling, on the day they were made: what became of them, who was asked for."""
    REFERRED = "referred"
    """Referrals, on the day they were sent: state, service, outcome, who confirmed, who pays, score."""
    GAP = "gap"
    """Services that were not there, on the day it was noted: place and service, why, who would have paid."""
    FOLLOW_UP = "follow_up"
    """Follow-ups, on the day they were due: what became of them."""
    CHECKED_IN = "checked_in"
    """Check-ins, on the day they were answered: which version, which dimension, and whether it was low."""
    ASSESSED = "assessed"
    """Assessments of needs, on the day they were made: by whose office, or by phone."""
    COMPLAINT = "complaint"
    """Complaints about our own service, on their day: answered or not."""
    FEEDBACK = "feedback"
    """What persons said of a service on the phone, on the day they said it: the mark, and of what."""
    WAGES = "wages"
    """Unpaid pay, on the day it was told: claims by country, and how much of it, in thousands of taka."""
    SESSION = "session"
    """Appointments that took place, on their day: alone, with the family or in a group, which counts
    once for all cases in which it stands; and how many came to groups."""
    VOICE = "voice"
    """Opinions, on the first day of the quarter in which they were said: version, question and answer."""
    MERGED = "merged"
    """People who turned out to be registered twice, on the day it was found."""
    TRADE = "trade"
    """Open cases as they stood at the end of the day: what work somebody did abroad. One may have several."""
    RESTRICTED = "restricted"
    """Restricted cases as they stood at the end of the day: why. Taken away only with a second person's word."""


LATER: Final = 100
"""Days after which the outcome of what began on a day is no longer counted anew."""

RECOUNTED: Final[Mapping[Measure, int]] = dict.fromkeys(
    (
        Measure.CLOCK,
        Measure.COUNSELLING,
        Measure.REFERRED,
        Measure.FOLLOW_UP,
        Measure.COMPLAINT,
        Measure.SESSION,
        Measure.WAGES,
        Measure.VOICE,
    ),
    LATER,
)
"""How many days back a measure changes; the others are settled when the next day is over."""

STOCK: Final = frozenset({Measure.STAGE, Measure.TRADE, Measure.RESTRICTED})
"""Not what happened on a day but what there was at its end."""


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """Three months of a year: the time of every report, so that no two of them overlap."""

    year: int
    number: int

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number * 3 - 2, 1)

    @property
    def after(self) -> date:
        """The first day that is not in it."""
        return self.next().first

    @property
    def months(self) -> tuple[date, date, date]:
        """The first days of its months."""
        first = self.first
        return first, first.replace(month=first.month + 1), first.replace(month=first.month + 2)

    def next(self) -> Quarter:
        """The one that follows."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    def before(self) -> Quarter:
        """The one that came before."""
        return Quarter(self.year - (self.number == 1), (self.number - 2) % 4 + 1)

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"


def quarter_of(day: date) -> Quarter:
    """The quarter a day lies in."""
    return Quarter(day.year, (day.month + 2) // 3)


def read_quarter(text: str) -> Quarter | None:
    """A quarter as it is written, `2026-Q4`; none when it is not one."""
    found = re.fullmatch(r"(20[0-9]{2})-Q([1-4])", text)
    return Quarter(int(found[1]), int(found[2])) if found else None


_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
STEPS: Final = (
    *(minutes * _MINUTE for minutes in (1, 2, 5, 10, 15, 20, 30, 45)),
    *(hours * _HOUR for hours in (1, 2, 3, 4, 6, 8, 12, 18, 24, 36, 48)),
    *(days * _DAY for days in (3, 5, 7, 14, 30, 60, 90, 180, 365)),
)
"""Seconds: waiting times are counted as at most so long, so that no single one is kept."""
LONGER: Final = "longer"


def step(time: timedelta) -> str:
    """The step of `STEPS` in which a time lies, in seconds, or `longer`. A negative time is none at all."""
    seconds = time.total_seconds()
    return next((str(limit) for limit in STEPS if seconds <= limit), LONGER)


def quantile(counts: Mapping[str, int], part: float) -> str:
    """The step within which `part` (0 to 1) of all lie; empty when there are too few to say."""
    total = sum(counts.values())
    if total < FEWEST:
        return ""
    reached = 0
    for limit in (*map(str, STEPS), LONGER):
        reached += counts.get(limit, 0)
        if reached >= part * total:
            return limit
    raise ValueError("counted by steps that are none")
