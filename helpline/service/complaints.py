"""Complaints: a supervisor's work from the first moment, named by a number one can ask after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpline.cases import references
from helpline.cases.work import Kind, Priority
from helpline.service import work
from helpline.service.contact import file_here
from helpline.store import events
from helpline.store.desk import files
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from helpline.cases.effects import Complain
    from helpline.service.visit import Visit

URGENT = frozenset({"treatment"})
"""What somebody may be hurt by: it waits for nobody's turn."""


def complain(visit: Visit, wish: Complain) -> dict[str, str]:
    """Write a complaint down and put it before a supervisor. Gives `reference`, that of the case.

    What it is about stands in the event whose subject it is; whether one may call, in the time in
    which it is offered: a caller who will come back by themselves is offered at once and not called.
    """
    ident = new_ident()
    case = file_here(visit)
    events.record(
        visit.connection,
        subject="complaint",
        subject_id=ident,
        became="made",
        why=f"{wish.about}_{'call' if wish.call else 'no_call'}",
        now=visit.now,
        actor=visit.actor,
    )
    work.open_item(
        visit.connection,
        kind=Kind.COMPLAINT,
        subject_id=ident,
        case_id=case.id,
        phone_id=visit.phone_id(),
        district=case.district,
        language=visit.language,
        priority=Priority.HIGH if wish.about in URGENT else None,
        offered_at=max(visit.now, wish.slot_at) if wish.call else None,
        promised_at=wish.slot_ends_at if wish.call else None,
        now=visit.now,
        actor=visit.actor,
    )
    row = files.by_id(visit.connection, case.id)
    return {"reference": references.spoken(row.reference) if row else ""}
