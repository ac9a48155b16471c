"""A person asks that everything about them be erased: what a machine may do at once, and what it may not.

At once ends what reaches out to her and what opens the door: consents, permits, messages that wait,
open referrals, the secret number, drafts. What cannot be brought back (her words, her number, her
file) a human erases: whoever holds the phone and knows four digits is not surely she.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpline.cases.consents import ConsentTo
from helpline.cases.work import Kind
from helpline.service import consents, work
from helpline.store import events, own
from helpline.store.conversations import close_drafts

if TYPE_CHECKING:
    from helpline.service.visit import Visit


def ask(visit: Visit, person_id: str) -> dict[str, str]:
    """Consent ends now, and the rest is put before somebody who may erase. Asked twice it is one task."""
    case = own.case_of(visit.connection, person_id)
    consents.take_back(visit, person_id, ConsentTo.REGISTRATION)
    close_drafts(visit.connection, caller=visit.caller)
    if case is None:
        return {}
    opened = work.open_item(
        visit.connection,
        kind=Kind.ERASURE,
        subject_id=person_id,
        case_id=case.id,
        district=case.district,
        language=case.language,
        restricted=case.restricted,
        now=visit.now,
        actor=visit.actor,
    )
    if opened:
        events.record(
            visit.connection,
            subject="person",
            subject_id=person_id,
            became="erasure_asked",
            now=visit.now,
            actor=visit.actor,
        )
    return {}
