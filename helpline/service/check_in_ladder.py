"""What a check-in leads to by itself: an invitation, a second one, a call by staff, or an honest end."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.calendar import LATEST, local
from helpline.cases.check_ins import REMINDER, Allowed, Step, Unreached, after, next_step
from helpline.cases.consents import ConsentTo
from helpline.cases.safe_times import next_safe
from helpline.cases.states import FOLLOW_UP, move
from helpline.cases.work import PROMISES, Kind
from helpline.service import consents, work
from helpline.service.desk import escalation
from helpline.store import events, reminders
from helpline.store.desk import case_work, files, items
from helpline.store.desk import check_ins as rows
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from helpline.cases.calendar import Span
    from helpline.cases.safe_times import SafeTimes
    from helpline.service.parts import Parts
    from helpline.store.desk.check_ins import Reach

_AT_ONCE: Final = 200
_ACTOR: Final = "dispatcher"


def sweep(parts: Parts) -> int:
    """Take the next step of every check-in whose time has come; gives how many moved.

    Any number of processes may do this at once, and again: each step is written with the moment of
    the next one. Whoever answers, withdraws or is closed meanwhile is not asked.

    Raises:
        helpline.store.database.Unavailable: nothing was written.
    """
    now = parts.clock()
    with parts.database.transaction() as connection:
        due = rows.take_due(connection, now=now, most=_AT_ONCE)
        for duty in due:
            _go_on(connection, duty, now, parts.quiet)
    return len(due)


def _go_on(connection: Connection, duty: Any, now: datetime, quiet: Span) -> None:
    case = files.by_id(connection, duty.case_id)
    if case is None or case.stage == "closed" or not case.person_id:
        _change(connection, duty, "cancelled", "case_closed", now)
        return
    consent = consents.stands(connection, case.person_id, ConsentTo.FOLLOW_UP)
    if duty.state == "planned" and not consent:
        _change(connection, duty, "cancelled", "no_consent", now)
        return
    if duty.state == "planned" and _another_is_due(connection, case.person_id, duty.id):
        _change(connection, duty, "cancelled", "asked_already", now)
        return
    safe = {
        each: at
        for each in rows.reach(connection, case.person_id, now)
        if (at := next_safe(now, each.times, quiet)) is not None
    }
    writable = next((each for each in safe if each.sms), None)
    callable_ = next((each for each in safe if each.call), None)
    allowed = Allowed(consent, sms=writable is not None, call=callable_ is not None)
    step = next_step(duty.step, allowed)
    if step is None:
        _miss(connection, duty, now)
    elif step is Step.CALL and callable_:
        _take(connection, duty, step, callable_.times, now)
        _give_to_staff(connection, duty, case, callable_, safe[callable_], now)
    elif writable and safe[writable] > now:
        rows.move(connection, duty, now=now, next_at=safe[writable])
    elif writable:
        _take(connection, duty, step, writable.times, now)
        _invite(connection, duty, step, case.person_id, writable, now)


def _another_is_due(connection: Connection, person_id: str, duty_id: str) -> bool:
    """Whether the person is being asked already, as somebody may who was registered twice."""
    return any(each.id != duty_id for each in rows.of_person(connection, person_id, ("due",)))


def _take(connection: Connection, duty: Any, step: Step, times: SafeTimes, now: datetime) -> None:
    becomes = move(FOLLOW_UP, duty.state, "due") if duty.state == "planned" else duty.state
    rows.move(connection, duty, now=now, state=becomes, step=step, next_at=after(step, now, times))
    _record(connection, duty, becomes, step, now)


def _invite(
    connection: Connection, duty: Any, step: Step, person_id: str, phone: Reach, now: datetime
) -> None:
    reminders.add(
        connection,
        id=new_ident(),
        person_id=person_id,
        phone_id=phone.phone_id,
        kind=REMINDER,
        subject_id=duty.id,
        due_at=now,
        stale_at=now + LATEST[REMINDER],
        dedupe_key=f"check_in:{duty.id}:{step}:{local(now).date().isoformat()}",
        created_at=now,
        updated_at=now,
    )


def _give_to_staff(
    connection: Connection, duty: Any, case: Any, phone: Reach, offered: datetime, now: datetime
) -> None:
    """Somebody is to call, from when it is safe; whoever has the case gets it at once."""
    item = work.open_item(
        connection,
        kind=Kind.FOLLOW_UP,
        subject_id=duty.id,
        case_id=case.id,
        phone_id=phone.phone_id,
        district=case.district,
        language=case.language,
        counsellor=case.counsellor,
        restricted=case.restricted,
        offered_at=offered,
        promised_at=offered + PROMISES[Kind.FOLLOW_UP].within,
        now=now,
    )
    if item and case.owner_id:
        case_work.give_item(connection, item, staff_id=case.owner_id, now=now)
        events.record(
            connection,
            subject="work_item",
            subject_id=item,
            was="open",
            became="claimed",
            why="owner",
            now=now,
        )


def _miss(connection: Connection, duty: Any, now: datetime) -> None:
    """Nobody answered, or nothing more is allowed: missed, and it is said which."""
    why = Unreached.NO_ANSWER if duty.step == Step.CALL else Unreached.SHE_CONTACTS_US
    if duty.state == "planned":
        _record(connection, duty, move(FOLLOW_UP, "planned", "due"), why, now)
    move(FOLLOW_UP, "due", "missed")
    rows.move(connection, duty, now=now, state="missed", outcome=why, next_at=None)
    events.record(
        connection,
        subject="follow_up",
        subject_id=duty.id,
        was="due",
        became="missed",
        why=why,
        now=now,
        actor=_ACTOR,
    )
    item = items.about(connection, kind=Kind.FOLLOW_UP, subject_id=duty.id)
    if item is not None and item.state != "done":
        escalation.escalate(None, connection, item.id, "supervisor", "follow_up_missed", now=now)


def _change(connection: Connection, duty: Any, becomes: str, why: str, now: datetime) -> None:
    rows.move(connection, duty, now=now, state=move(FOLLOW_UP, duty.state, becomes), next_at=None)
    _record(connection, duty, becomes, why, now)


def _record(connection: Connection, duty: Any, became: str, why: str, now: datetime) -> None:
    events.record(
        connection,
        subject="follow_up",
        subject_id=duty.id,
        was=duty.state,
        became=became,
        why=why,
        now=now,
        actor=_ACTOR,
    )
