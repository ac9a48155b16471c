"""Secret numbers: what they open, and how often they may be tried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from helpline.cases.calendar import local
from helpline.cases.dates import DateKind, Dates, Upcoming
from helpline.store import people, reminders, requests
from helpline.store.desk import referral_sides

if TYPE_CHECKING:
    from helpline.service.visit import Visit

TRIES_A_DAY: Final = 5
SHOWN: Final = 5
"""Dates shown at a time."""


def pin_key(visit: Visit, pin: str) -> bytes:
    """The fingerprint of a secret number on this phone; the same digits elsewhere differ."""
    return visit.parts.ring.fingerprint("pin", f"{visit.caller.hex()}:{pin}")


def dates(visit: Visit, pin: str) -> Dates:
    """What a secret number opens. Wrong, unknown and too often tried give the same empty answer."""
    visit.begin()
    today = local(visit.now).date()
    connection = visit.connection
    if people.pin_tries(connection, caller=visit.caller, day=today) >= TRIES_A_DAY:
        return Dates()
    person_id = people.opened_by(connection, caller=visit.caller, pin_key=pin_key(visit, pin))
    if not person_id:
        people.count_pin_try(connection, caller=visit.caller, day=today)
        return Dates()
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
