"""What a secret number opens: one load for each kind of thing that is shown behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from helpline.cases.consents import ConsentTo
from helpline.cases.dates import Dates
from helpline.cases.own import Dependant, Ended, Family, Kept, Matters, Opened, Rules, SentTo
from helpline.cases.stages import stage_of
from helpline.data.stages import load_stages
from helpline.service import consents, opinions
from helpline.service.feedback import OFFERED
from helpline.service.pins import dates
from helpline.store import own, safe_contact

if TYPE_CHECKING:
    from helpline.service.visit import Visit

OFFICES: Final = 5
"""Shown at a time."""
LONG_AGO: Final = timedelta(days=180)
"""What an office was asked before that is not shown any more."""
_MAY_SAY: Final = frozenset({"accepted", "attended", "not_attended", "completed"})


def load(visit: Visit, what: str, person_id: str) -> Opened:
    """What a screen asks for, of a person; all the same empty when nobody was opened.

    Raises:
        KeyError: no screen may ask for this.
    """
    empty, opening = LOADS[what]
    return opening(visit, person_id) if person_id else empty


def matters(visit: Visit, person_id: str) -> Matters:
    """The stage of a case, the offices a person was sent to, and what they may be asked about."""
    connection = visit.connection
    case = own.case_of(connection, person_id)
    services = own.under_way(connection, case.id) if case else ()
    stage = (
        stage_of(load_stages(), case.stage, services, restricted=bool(case.restricted))
        if case
        else None
    )
    sent = own.offices(connection, person_id, since=visit.now - LONG_AGO, most=OFFICES)
    return Matters(
        person_id,
        stage,
        tuple(
            SentTo(
                row.id,
                row.kind,
                row.state,
                row.appointment_at or row.sent_at,
                bool(row.client_says) or row.state not in _MAY_SAY,
            )
            for row in sent
        ),
        tuple(
            Ended(row.id, row.subject_id)
            for row in own.asked(connection, person_id, since=visit.now - OFFERED)
        ),
    )


def kept(visit: Visit, person_id: str) -> Kept:
    """What somebody told us of themselves, by code."""
    row = own.person(visit.connection, person_id)
    if row is None:
        return Kept()
    return Kept(
        person_id,
        {
            "district": row.district,
            "upazila": row.upazila or "",
            "country": row.country,
            "returned": row.returned,
            "need": row.need,
            "papers": row.identity_kind or "",
        },
    )


def family(visit: Visit, person_id: str) -> Family:
    """Whom somebody told us of. Nobody sees here what another member of the household told."""
    rows = own.dependants(visit.connection, [person_id])
    return Family(
        person_id, tuple(Dependant(row.id, row.relation, row.age, row.need) for row in rows)
    )


def rules(visit: Visit, person_id: str) -> Rules:
    """What a person allows on this phone; the phone has been heard of again."""
    phone_id = visit.phone_id()
    link = safe_contact.link(visit.connection, person_id=person_id, phone_id=phone_id)
    if link is None:
        return Rules()
    stands = link.expires_at > visit.now
    return Rules(
        person_id,
        sms=stands and link.sms,
        call=stands and link.call,
        window=link.window,
        weekdays=link.weekdays,
        sole=link.sole,
        news=consents.stands(visit.connection, person_id, ConsentTo.NEWS),
        opinion=opinions.offered(visit.connection, person_id),
    )


LOADS: Final[Mapping[str, tuple[Opened, Callable[[Visit, str], Opened]]]] = {
    "dates": (Dates(), dates),
    "matters": (Matters(), matters),
    "kept": (Kept(), kept),
    "family": (Family(), family),
    "rules": (Rules(), rules),
}
"""By what a screen `needs`: what a wrong number shows, and what a right one loads."""
