"""Keeping what somebody answered about how they are, and what low scores ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from helpline.cases.instruments import score
from helpline.cases.work import Kind
from helpline.data.load import load_instrument
from helpline.service import work
from helpline.service.contact import file_here
from helpline.service.risk import raise_risk
from helpline.store import events
from helpline.store.desk import files
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from helpline.cases.effects import CheckIn
    from helpline.service.visit import Visit


def keep(visit: Visit, said: CheckIn) -> dict[str, str]:
    """Keep a set of answers, sealed. Low scores open a task; distress calls a person at once."""
    if not said.answers:
        return {}
    answers, ident = dict(said.answers), new_ident()
    case = file_here(visit)
    files.add_assessment(
        visit.connection,
        id=ident,
        case_id=case.id,
        instrument=said.instrument,
        answers=visit.parts.ring.seal(msgspec.json.encode(answers), "assessment.answers", ident),
        staff_id=None,
        taken_at=visit.now,
    )
    events.record(
        visit.connection,
        subject="case",
        subject_id=case.id,
        became="checked_in",
        why=said.instrument,
        now=visit.now,
        actor=visit.actor,
    )
    result = score(load_instrument(said.instrument), answers)
    if result.distress:
        raise_risk(visit.parts, visit.connection, case_id=case.id, why="answers", now=visit.now)
    if result.tasks:
        work.open_item(
            visit.connection,
            kind=Kind.OTHER,
            subject_id=ident,
            case_id=case.id,
            phone_id=visit.phone_id(),
            district=case.district,
            language=visit.language,
            now=visit.now,
            actor=visit.actor,
        )
    return {}
