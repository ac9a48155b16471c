"""Keeping what somebody said on the phone that they need, and putting it before a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from helpline.cases.needs import INSTRUMENTS, suggestions
from helpline.cases.work import Kind, Priority
from helpline.service import work
from helpline.service.check_ins import said_before
from helpline.service.contact import file_here
from helpline.service.desk.assessments import Taken
from helpline.store import events
from helpline.store.desk import files, items
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from helpline.cases.effects import ScreenNeeds
    from helpline.cases.questions import Answers
    from helpline.service.visit import Visit


def screened(visit: Visit, said: ScreenNeeds) -> dict[str, str]:
    """Keep the answers as an assessment of the case of this phone, and open work about them.

    One case has one such piece of work: what is said later raises it, and opens it again when it
    was done. Nothing is decided, promised or read back.
    """
    answers = INSTRUMENTS[said.instrument].understood({code: [to] for code, to in said.answers})
    if not answers:
        return {}
    case = file_here(visit)
    payload = msgspec.json.encode(Taken({code: list(given) for code, given in answers.items()}))
    if said_before(visit, case.id, said.instrument, payload):
        return {}
    ident = new_ident()
    files.add_assessment(
        visit.connection,
        id=ident,
        case_id=case.id,
        instrument=said.instrument,
        answers=visit.parts.ring.seal(payload, "assessment.answers", ident),
        staff_id=None,
        taken_at=visit.now,
    )
    events.record(
        visit.connection,
        subject="assessment",
        subject_id=ident,
        became="taken",
        why=said.instrument,
        now=visit.now,
        actor=visit.actor,
    )
    _open(visit, case.id, priority_of(said.instrument, answers))
    return {}


def priority_of(instrument: str, answers: Answers) -> Priority:
    """How soon a person is to look: sooner when somebody may not be safe, well or housed."""
    suggested = suggestions(answers)
    if "high_priority" in suggested or INSTRUMENTS[instrument].distressed(answers):
        return Priority.HIGH
    return Priority.NORMAL if suggested else Priority.LOW


def _open(visit: Visit, case_id: str, priority: Priority) -> None:
    case = files.by_id(visit.connection, case_id)
    if case is None:
        raise LookupError(case_id)
    opened = work.open_item(
        visit.connection,
        kind=Kind.NEEDS,
        subject_id=case_id,
        case_id=case_id,
        phone_id=visit.phone_id(),
        district=case.district,
        language=visit.language,
        counsellor=case.counsellor,
        restricted=case.restricted,
        priority=priority,
        now=visit.now,
        actor=visit.actor,
    )
    if opened:
        return
    work.reopen(
        visit.connection, kind=Kind.NEEDS, subject_id=case_id, now=visit.now, actor=visit.actor
    )
    if hastened := items.hasten(
        visit.connection, kind=Kind.NEEDS, subject_id=case_id, priority=int(priority)
    ):
        events.record(
            visit.connection,
            subject="work_item",
            subject_id=hastened.id,
            was=hastened.state,
            became=hastened.state,
            why="hastened",
            now=visit.now,
            actor=visit.actor,
        )
