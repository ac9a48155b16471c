"""Secret numbers: what they open, and how often they may be tried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from helpline.cases.calendar import local
from helpline.cases.dates import DateKind, Dates, Upcoming
from helpline.service import renewing
from helpline.store import people, pin_codes, reminders, requests
from helpline.store.desk import referral_sides

if TYPE_CHECKING:
    from helpline.service.visit import Visit

TRIES_A_DAY: Final = 5
SHOWN: Final = 5
"""Dates shown at a time."""


def pin_key(visit: Visit, pin: str) -> bytes:
    """The fingerprint of a secret number on this phone; the same digits elsewhere differ."""
    return renewing.pin_key(visit.parts.ring, visit.caller, pin)


def opened(visit: Visit, pin: str) -> str:
    """Whose secret number this is; empty for a wrong one, an unknown phone, and too many tries today.

    A code for a new secret number opens nothing, and is no wrong one. Its own tries count on where
    those of the day are used up: she may have lost them before she asked for it.
    """
    visit.begin()
    today = local(visit.now).date()
    tries = people.pin_tries(visit.connection, caller=visit.caller, day=today)
    key = pin_key(visit, pin)
    if tries < TRIES_A_DAY and (
        person_id := people.opened_by(visit.connection, caller=visit.caller, pin_key=key)
    ):
        visit.phone_id()  # whose it is has been proved: the phone has not gone silent
        return person_id
    if not renewing.meant_for(visit, pin):
        if tries < TRIES_A_DAY:
            people.count_pin_try(visit.connection, caller=visit.caller, day=today)
        pin_codes.count_try(visit.connection, visit.caller)
    return ""


def dates(visit: Visit, person_id: str) -> Dates:
    """The dates of a person whose secret number was right, the next one first."""
    connection = visit.connection
    slots = [
        Upcoming(ident, DateKind.COUNSELLING, at)
        for ident, at in requests.slots_ahead(connection, person_id=person_id, now=visit.now)
    ]
    own = [
        Upcoming(ident, DateKind(kind), at)
        for ident, kind, at in reminders.ahead(
            connection, person_id=person_id, now=visit.now, most=SHOWN
        )
    ]
    sent = [
        Upcoming(row.id, DateKind.SERVICE, row.appointment_at or row.sent_at)
        for row in referral_sides.to_be_confirmed(connection, person_id, SHOWN)
    ]
    ahead = sorted([*slots, *own, *sent], key=lambda each: each.at)
    return Dates(person_id, tuple(ahead[:SHOWN]))
