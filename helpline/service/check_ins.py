"""Keeping what somebody answered about how they are, and what low scores ask for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from helpline.cases.instruments import Result, score
from helpline.cases.work import Kind
from helpline.data.load import load_instrument
from helpline.service import check_in_duties, work
from helpline.service.contact import file_here
from helpline.service.files import File, file_of
from helpline.service.risk import raise_risk
from helpline.store import events
from helpline.store.desk import files
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from helpline.cases.effects import CheckIn
    from helpline.service.parts import Parts
    from helpline.service.visit import Visit

SAID_AGAIN: Final = timedelta(days=7)
"""As long as a broken-off conversation goes on: the same answers within it were said once."""


def keep(visit: Visit, said: CheckIn) -> dict[str, str]:
    """Keep a set of answers, sealed. Low scores open a task; distress calls a person at once.

    They belong to whom a secret number named, else to the case of this phone.
    """
    if not said.answers:
        return {}
    case = _case(visit, said.person_id)
    instrument = load_instrument(said.instrument)
    answers = instrument.understood(dict(said.answers))
    payload = msgspec.json.encode(answers)
    if said_before(visit, case.id, instrument.key, payload):
        return {}
    found = score(instrument, answers)
    add(
        visit.parts,
        visit.connection,
        case_id=case.id,
        instrument=instrument.key,
        payload=payload,
        found=found,
        phone_id=visit.phone_id(),
        staff_id=None,
        now=visit.now,
        actor=visit.actor,
    )
    return {}


def _case(visit: Visit, person_id: str) -> File:
    if not person_id:
        return file_here(visit)
    return file_of(
        visit.connection,
        person_id=person_id,
        phone_id=visit.phone_id(),
        language=visit.sms_language(),
        now=visit.now,
        actor=visit.actor,
    )


def said_before(visit: Visit, case_id: str, instrument: str, payload: bytes) -> bool:
    """Whether this phone gave exactly these answers in the same conversation: a step back, a redial."""
    last = files.last_answers(
        visit.connection, case_id=case_id, instrument=instrument, since=visit.now - SAID_AGAIN
    )
    if last is None or not last[1]:
        return False
    return visit.parts.ring.unseal(last[1], "assessment.answers", last[0]) == payload


def add(
    parts: Parts,
    connection: Connection,
    *,
    case_id: str,
    instrument: str,
    payload: bytes,
    found: Result,
    phone_id: str | None,
    staff_id: str | None,
    now: datetime,
    actor: str,
    office: str = "",
) -> str:
    """Write a check-in into a case and do what its result asks for; gives the id of the assessment.

    `office` is the organisation of the member of staff who asked. The duty it answers is done. A low
    score opens a task for a person, distress raises the danger: neither closes anything.

    Raises:
        LookupError: there is no such case.
    """
    ident = new_ident()
    files.add_assessment(
        connection,
        id=ident,
        case_id=case_id,
        instrument=instrument,
        answers=parts.ring.seal(payload, "assessment.answers", ident),
        staff_id=staff_id,
        office=office,
        taken_at=now,
    )
    events.record(
        connection,
        subject="case",
        subject_id=case_id,
        became="checked_in",
        why=instrument,
        now=now,
        actor=actor,
    )
    case = files.by_id(connection, case_id)
    if case is None:
        raise LookupError(case_id)
    if case.person_id:
        check_in_duties.answered(connection, person_id=case.person_id, now=now, actor=actor)
    if found.distress:
        raise_risk(parts, connection, case_id=case_id, why="answers", now=now, actor=actor)
    if found.tasks:
        work.open_item(
            connection,
            kind=Kind.CHECK_IN,
            subject_id=ident,
            case_id=case_id,
            phone_id=phone_id or case.phone_id,
            district=case.district,
            language=case.language,
            counsellor=case.counsellor,
            restricted=case.restricted,
            now=now,
            actor=actor,
        )
    return ident
