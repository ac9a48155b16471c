"""Counselling requests: asked for once, moved or cancelled with everything that hangs on them."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from helpline.cases import references
from helpline.cases.states import COUNSELLING, may_move
from helpline.cases.work import Kind
from helpline.service import schedule, work
from helpline.service.files import file_of
from helpline.service.messages import cancelled
from helpline.store import events, outbox, people, reminders, requests
from helpline.store.desk import files
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from helpline.cases.effects import CancelDate, MoveDate, RequestCounselling
    from helpline.service.visit import Visit


def request(visit: Visit, wish: RequestCounselling) -> dict[str, str]:
    """Write a request and plan its reminders. Gives `reference`; the same wish gets the same one."""
    phone_id = visit.phone_id()  # its row stays locked: two wishes of one phone come one by one
    if reference := requests.counselling_reference(
        visit.connection, phone_id=phone_id, topic=wish.topic, slot_at=wish.slot_at
    ):
        return {"reference": references.spoken(reference)}
    ident, reference = new_ident(), _fresh_reference(visit)
    person_id = people.only_person(visit.connection, phone_id)
    requests.add_counselling(
        visit.connection,
        id=ident,
        reference=reference,
        phone_id=phone_id,
        person_id=person_id,
        topic=wish.topic,
        counsellor=wish.counsellor,
        channel=wish.channel,
        sms=wish.sms,
        slot_at=wish.slot_at,
        slot_ends_at=wish.slot_ends_at,
        state="requested",
        dedupe_key=f"counselling:{ident}",
        created_at=visit.now,
        updated_at=visit.now,
    )
    _record(visit, ident, was="", became="requested")
    _queue(visit, wish, ident, person_id)
    if wish.sms:
        schedule.of_slot(
            visit.connection,
            request_id=ident,
            person_id=person_id,
            phone_id=phone_id,
            begins=wish.slot_at,
            now=visit.now,
        )
    return {"reference": references.spoken(reference)}


def _queue(visit: Visit, wish: RequestCounselling, ident: str, person_id: str | None) -> None:
    phone_id = visit.phone_id()
    case = file_of(
        visit.connection,
        person_id=person_id,
        phone_id=phone_id,
        language=visit.sms_language(),
        counsellor=wish.counsellor,
        now=visit.now,
        actor=visit.actor,
    )
    if wish.counsellor != "any":  # an older case knew nothing of it, and more work may follow
        files.keep_wish(visit.connection, case_id=case.id, counsellor=wish.counsellor)
    work.open_item(
        visit.connection,
        kind=Kind.COUNSELLING,
        subject_id=ident,
        case_id=case.id,
        phone_id=phone_id,
        district=case.district,
        language=visit.language,
        counsellor=wish.counsellor,
        offered_at=max(visit.now, wish.slot_at),
        promised_at=wish.slot_ends_at,
        now=visit.now,
        actor=visit.actor,
    )


def move(visit: Visit, wish: MoveDate) -> dict[str, str]:
    """Move a slot, or a reminder of the person's own, to another time."""
    found = requests.slot_of(visit.connection, wish.subject_id)
    if found is None:
        return _move_reminder(visit, wish)
    if found.person_id != wish.person_id:
        return {}
    moved = requests.move_slot(
        visit.connection,
        request_id=wish.subject_id,
        was=found.state,
        slot_at=wish.slot_at,
        slot_ends_at=wish.slot_ends_at,
        now=visit.now,
    )
    if moved:
        _drop_messages(visit, wish.subject_id, "moved")
        _record(visit, wish.subject_id, was=found.state, became=found.state, why="moved")
        _plan_again(visit, wish.subject_id, found, wish.slot_at)
        work.postpone(
            visit.connection,
            kind=Kind.COUNSELLING,
            subject_id=wish.subject_id,
            offered_at=max(visit.now, wish.slot_at),
            promised_at=wish.slot_ends_at,
            now=visit.now,
            actor=visit.actor,
        )
    return {}


def cancel(visit: Visit, wish: CancelDate) -> dict[str, str]:
    """Withdraw a request: its reminders and waiting messages go with it."""
    found = requests.slot_of(visit.connection, wish.subject_id)
    if found is None or found.person_id != wish.person_id:
        return {}
    if may_move(COUNSELLING, found.state, "withdrawn") and requests.turn_counselling(
        visit.connection,
        request_id=wish.subject_id,
        was=found.state,
        becomes="withdrawn",
        now=visit.now,
    ):
        _drop_messages(visit, wish.subject_id, "withdrawn")
        _record(visit, wish.subject_id, was=found.state, became="withdrawn")
        work.settle(
            visit.connection,
            kind=Kind.COUNSELLING,
            subject_id=wish.subject_id,
            outcome="withdrawn",
            now=visit.now,
            actor=visit.actor,
        )
    return {}


def _plan_again(visit: Visit, request_id: str, found: requests.Slot, begins: datetime) -> None:
    if found.sms:
        schedule.of_slot(
            visit.connection,
            request_id=request_id,
            person_id=found.person_id,
            phone_id=found.phone_id,
            begins=begins,
            now=visit.now,
        )


def _move_reminder(visit: Visit, wish: MoveDate) -> dict[str, str]:
    reminders.move(
        visit.connection,
        reminder_id=wish.subject_id,
        person_id=wish.person_id,
        due_at=wish.slot_at,
        stale_at=wish.slot_ends_at,
        now=visit.now,
    )
    return {}


def _drop_messages(visit: Visit, request_id: str, why: str) -> None:
    reminders.cancel_subject(visit.connection, subject_id=request_id, now=visit.now)
    waiting = outbox.cancel_subject(visit.connection, subject_id=request_id, why=why, now=visit.now)
    cancelled(visit.connection, waiting, why=why, now=visit.now, actor=visit.actor)


def _record(visit: Visit, request_id: str, *, was: str, became: str, why: str = "") -> None:
    events.record(
        visit.connection,
        subject="counselling_request",
        subject_id=request_id,
        was=was,
        became=became,
        why=why,
        now=visit.now,
        actor=visit.actor,
    )


def _fresh_reference(visit: Visit) -> str:
    while True:
        reference = references.make(secrets.randbelow(10**8))
        if not requests.reference_taken(visit.connection, reference):
            return reference
