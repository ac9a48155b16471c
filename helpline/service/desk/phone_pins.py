"""The PIN of those who work by phone: without it nobody is put through to a client."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.calendar import local
from helpline.service.desk.passwords import matches
from helpline.store import people

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from helpline.service.parts import Parts

TRIES_A_DAY: Final = 5
_LONGEST: Final = 12


def proved(parts: Parts, connection: Connection, staff: Row[Any], pin: str, now: datetime) -> bool:
    """Whether this is the PIN of a member of staff; after five wrong ones a day nothing is."""
    who, today = parts.ring.fingerprint("staff_pin", staff.id), local(now).date()
    if people.pin_tries(connection, caller=who, day=today) >= TRIES_A_DAY:
        return False
    if pin.isascii() and pin.isdigit() and len(pin) <= _LONGEST and matches(staff.pin, pin):
        return True
    people.count_pin_try(connection, caller=who, day=today)
    return False
