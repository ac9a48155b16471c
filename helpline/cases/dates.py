"""What may be shown of a person's dates once the secret number was right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DateKind(StrEnum):
    """What a date is for. Screens and messages never say it; staff pages do."""

    COUNSELLING = "counselling"
    FOLLOW_UP = "follow_up"
    CENTRE = "centre"
    SERVICE = "service"
    """An office that a client was sent to; once there, one digit says whether it helped."""


@dataclass(frozen=True, slots=True)
class Upcoming:
    """One date that lies ahead. `subject_id` is what it belongs to."""

    subject_id: str
    kind: DateKind
    at: datetime


@dataclass(frozen=True, slots=True)
class Dates:
    """The answer to a secret number: whose dates, which ones.

    `person_id` is empty when the number did not match, was tried too often today, or nobody
    registered from this phone: the caller cannot tell which.
    """

    person_id: str = ""
    upcoming: tuple[Upcoming, ...] = ()
