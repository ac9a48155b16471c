"""A new secret number for a client who forgot hers: a code that staff say, and that opens nothing.

Whoever holds the phone may know her name, her village and her case number. So a member of staff says
how they know whom they speak with, and what is given works once, on that phone, for half an hour.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from helpline.flow.answers import tried_first
from helpline.service.desk import access, audit, contact_words
from helpline.service.desk.acting import NotAllowed, Stale
from helpline.service.desk.cases import Blocked
from helpline.service.desk.contact_words import Written
from helpline.service.renewing import code_key, pin_key
from helpline.store import pin_codes
from helpline.store.desk import people_rows

if TYPE_CHECKING:
    from sqlalchemy import Row

    from helpline.service.desk.acting import Acting

LIVES: Final = timedelta(minutes=30)
REASONS: Final = ("by_safe_word", "by_papers", "by_voice", "by_answers")
"""How staff know whom they speak with."""


@dataclass(frozen=True, slots=True)
class Code:
    """What is said to the client, now or never again."""

    digits: str
    until: datetime


def may_allow(deed: Acting, case: Row[Any]) -> bool:
    """Whether this member may let the client of a case choose a new secret number.

    Of a restricted case only whoever has it, or its named supervisor; and nobody who broke glass.
    """
    if case.restricted and deed.who.id not in (case.owner_id, case.supervisor_id):
        return False
    return case.id not in deed.through_glass


def allow(deed: Acting, case_id: str, phone_id: str, reason: str) -> Code:
    """Let the client of a case choose a new secret number on one phone; a code given before ends.

    The old number opens until the new one is chosen, and her other phones are told nothing.

    Raises:
        Blocked: `no_reason`, `no_safe_word` (none is written down for this phone), `owner_only`,
            `closed`, `no_consent`, `unsafe` or `ended`.
        NotAllowed: the phone is not of this case, or nobody registered from it.
        Stale: it stopped being the client's meanwhile.
    """
    case = access.find_case(deed, case_id)
    if not may_allow(deed, case):
        raise Blocked("owner_only")
    if case.stage == "closed":
        raise Blocked("closed")
    phone = _phone(deed, case, phone_id)
    if phone.ended_at is not None:
        raise Blocked("ended")
    if phone.unsafe_at is not None:
        raise Blocked("unsafe")
    if reason not in REASONS:
        raise Blocked("no_reason")
    known = contact_words.of_case(deed, case).get(phone_id, Written())
    if reason == "by_safe_word" and not known.card.safe_word:
        raise Blocked("no_safe_word")
    digits, until = _fresh(deed, phone), deed.now + LIVES
    given = pin_codes.give(
        deed.connection,
        person_id=case.person_id,
        phone_id=phone_id,
        code_key=code_key(deed.parts.ring, phone.fingerprint, digits),
        until=until,
    )
    if not given:
        raise Stale(phone_id)
    deed.record("person", case.person_id, became="pin_allowed", why=reason)
    audit.note(deed, "new_pin", "phone", phone_id, case_id=case.id, detail=reason)
    return Code(digits, until)


def _phone(deed: Acting, case: Row[Any], phone_id: str) -> Row[Any]:
    person = people_rows.by_id(deed.connection, case.person_id)
    if person is None:
        raise NotAllowed(phone_id)
    if person.withdrawn_at is not None:
        raise Blocked("no_consent")
    for phone in people_rows.phones(deed.connection, case):
        if phone.id == phone_id:
            return phone
    raise NotAllowed(phone_id)


def _fresh(deed: Acting, phone: Row[Any]) -> str:
    """Four digits as a secret number has them, that open nothing on this phone."""
    ring = deed.parts.ring
    while True:
        digits = f"{secrets.randbelow(10**4):04}"
        if not tried_first(digits) and not pin_codes.opens_already(
            deed.connection,
            phone_id=phone.id,
            pin_key=pin_key(ring, phone.fingerprint, digits),
            code_key=code_key(ring, phone.fingerprint, digits),
        ):
            return digits
