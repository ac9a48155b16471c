"""A new secret number, for whoever was given a code for it by staff and types it where the old one is asked.

A code opens nothing. It is bound to one person on one phone, is looked at only where digits opened
nobody's matters, and what is shown to everybody else is the same as without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from helpline.cases.own import Renewal
from helpline.store import events, pin_codes, safe_contact

if TYPE_CHECKING:
    from helpline.cases.effects import RenewPin
    from helpline.service.visit import Visit
    from helpline.store.sealing import KeyRing

RENEWAL: Final = "renewal"
"""What the screens that ask for a new secret number need."""


def pin_key(ring: KeyRing, caller: bytes, pin: str) -> bytes:
    """The fingerprint of a secret number on a phone; the same digits elsewhere differ."""
    return ring.fingerprint("pin", f"{caller.hex()}:{pin}")


def code_key(ring: KeyRing, caller: bytes, code: str) -> bytes:
    """The fingerprint of a code on a phone: of the same digits as a secret number it is another."""
    return ring.fingerprint("pin_code", f"{caller.hex()}:{code}")


def meant_for(visit: Visit, code: str) -> str:
    """Who may choose a new secret number with these digits; empty for nobody."""
    key = code_key(visit.parts.ring, visit.caller, code)
    return pin_codes.meant_for(visit.connection, caller=visit.caller, code_key=key, now=visit.now)


def renewal(visit: Visit, code: str) -> Renewal:
    """What the screens look at: empty for everybody without a code."""
    person_id = meant_for(visit, code)
    return Renewal(person_id, code) if person_id else Renewal()


def renew(visit: Visit, wish: RenewPin) -> dict[str, str]:
    """Let the new secret number take the place of the old one, on this phone and no other.

    Who says the same as once at registration, with the old digits, is nobody known any more.
    """
    done = pin_codes.renew(
        visit.connection,
        person_id=wish.person_id,
        phone_id=visit.phone_id(),
        pin_key=pin_key(visit.parts.ring, visit.caller, wish.pin),
    )
    if not done:
        return {}
    ring = visit.parts.ring
    safe_contact.forget_key(
        visit.connection,
        person_id=wish.person_id,
        nobody=ring.fingerprint("renewed", wish.person_id),
    )
    events.record(
        visit.connection,
        subject="person",
        subject_id=wish.person_id,
        became="pin_renewed",
        now=visit.now,
        actor=visit.actor,
    )
    return {}
