"""What the forms of referrals send besides words: the version of what they change, a day and an hour."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from flask import request

from handlers.desk.days import day_of, hour_of
from helpline.cases.calendar import DHAKA, local
from helpline.service.desk.acting import Stale
from helpline.service.desk.referrals import Refused

FARTHEST: Final = timedelta(days=92)


def version() -> int:
    """The version of what the form was made for.

    Raises:
        Stale: the form has none: nobody knows what its author saw.
    """
    given = request.form.get("version", "")
    if not re.fullmatch("[0-9]{1,9}", given):
        raise Stale("no version")
    return int(given)


def appointment(now: datetime) -> datetime | None:
    """The day and hour of a form in Asia/Dhaka, from today to three months ahead; None for a walk-in.

    Raises:
        Refused: only one of the two, or a day that cannot be.
    """
    day, hour = request.form.get("day", ""), request.form.get("hour", "")
    if not day:
        return None
    try:
        moment = datetime.combine(day_of(day), hour_of(hour or "10:00"))
    except ValueError:
        raise Refused("day") from None
    at = moment.replace(tzinfo=DHAKA)
    if not local(now).date() <= at.date() <= (local(now) + FARTHEST).date():
        raise Refused("day")
    return at
