"""The duty to ask somebody how they are 3, 6 and 12 months after registering: promised, answered, ended.

What a duty leads to by itself as time passes stands in `helpline.service.check_in_ladder`.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.calendar import CHECK_INS, local, months_after
from helpline.cases.check_ins import EARLY, LATE, Step, moment_of
from helpline.cases.safe_times import ANY_TIME
from helpline.cases.states import FOLLOW_UP, move
from helpline.cases.work import Kind
from helpline.service import work
from helpline.service.messages import cancelled
from helpline.store import events, outbox, reminders
from helpline.store.desk import case_rows
from helpline.store.desk import check_ins as rows
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from helpline.cases.safe_times import SafeTimes

ANSWERED: Final = "answered"
"""The outcome of a check-in that the person answered, on the phone or to staff."""


def plan(
    connection: Connection,
    *,
    case_id: str,
    since: datetime,
    times: SafeTimes,
    now: datetime,
    actor: str,
) -> None:
    """Promise the check-ins that lie ahead of a case, counted from the registration at `since`."""
    there = rows.kinds_of_case(connection, case_id)
    for kind, months in CHECK_INS.items():
        day = months_after(local(since).date(), months)
        due_at = moment_of(Step.INVITED, day, times)
        if kind in there or due_at <= now:
            continue
        ident = new_ident()
        case_rows.add(
            connection,
            "follow_up",
            id=ident,
            case_id=case_id,
            kind=kind,
            due_at=due_at,
            state="planned",
            outcome="",
            step="",
            next_at=due_at,
            created_at=now,
            updated_at=now,
        )
        _record(connection, ident, "", "planned", kind, now, actor)


def plan_again(
    connection: Connection, *, case_id: str, person_id: str, now: datetime, actor: str = "system"
) -> None:
    """Promise what still lies ahead: a case goes on after it was closed, or somebody agreed again."""
    since = rows.registered_at(connection, person_id)
    phones = rows.reach(connection, person_id, now)
    if since is not None:
        times = phones[0].times if phones else ANY_TIME
        plan(connection, case_id=case_id, since=since, times=times, now=now, actor=actor)


def answered(connection: Connection, *, person_id: str, now: datetime, actor: str) -> int:
    """Somebody checked in: the duty this was for is done, and nobody is asked again for it.

    That is one that is due, one whose day is near, and one that was missed not long ago. Gives how
    many were done.
    """
    done = 0
    for duty in rows.of_person(connection, person_id, ("planned", "due", "missed")):
        was = duty.state
        near = {"planned": duty.due_at - now <= EARLY, "missed": now - duty.due_at <= LATE}
        if not near.get(was, True):
            continue
        for becomes in ("due", "done") if was == "planned" else ("done",):
            _record(connection, duty.id, was, move(FOLLOW_UP, was, becomes), ANSWERED, now, actor)
            was = becomes
        if rows.move(connection, duty, now=now, state="done", outcome=ANSWERED, next_at=None):
            done += 1
        settle(connection, duty.id, ANSWERED, now=now, actor=actor)
    return done


def end_of_person(
    connection: Connection, *, person_id: str, why: str, now: datetime, actor: str
) -> None:
    """Nobody is asked any more: consent, or the wish for reminders, was taken back."""
    for duty in rows.of_person(connection, person_id, ("planned", "due")):
        _cancel(connection, duty, why, now, actor)


def end_of_case(
    connection: Connection, *, case_id: str, why: str, now: datetime, actor: str
) -> None:
    """Nobody is asked any more for a case that is closed, whatever the reason."""
    for duty in rows.of_person(connection, "", ("planned", "due"), case_id=case_id):
        _cancel(connection, duty, why, now, actor)


def end_of_phone(
    connection: Connection, *, phone_id: str, why: str, now: datetime, actor: str
) -> None:
    """A phone is to be left alone: what is under way ends for whoever cannot be reached otherwise.

    Check-ins of later months stay: each asks on its own day what is allowed then.
    """
    for person_id in rows.people_of_phone(connection, phone_id):
        if any(each.phone_id != phone_id for each in rows.reach(connection, person_id, now)):
            continue
        for duty in rows.of_person(connection, person_id, ("due",)):
            _cancel(connection, duty, why, now, actor)


def settle(
    connection: Connection, duty_id: str, outcome: str, *, now: datetime, actor: str
) -> None:
    """End what serves a duty that is over: invitations that wait, and the work about it."""
    reminders.cancel_subject(connection, subject_id=duty_id, now=now)
    waiting = outbox.cancel_subject(connection, subject_id=duty_id, why=outcome, now=now)
    cancelled(connection, waiting, why=outcome, now=now, actor=actor)
    work.settle(
        connection,
        kind=Kind.FOLLOW_UP,
        subject_id=duty_id,
        outcome=outcome,
        now=now,
        actor=actor,
    )


def _cancel(connection: Connection, duty: Any, why: str, now: datetime, actor: str) -> None:
    becomes = move(FOLLOW_UP, duty.state, "cancelled")
    if rows.move(connection, duty, now=now, state=becomes, next_at=None):
        _record(connection, duty.id, duty.state, becomes, why, now, actor)
        settle(connection, duty.id, becomes, now=now, actor=actor)


def _record(
    connection: Connection, ident: str, was: str, became: str, why: str, now: datetime, actor: str
) -> None:
    events.record(
        connection,
        subject="follow_up",
        subject_id=ident,
        was=was,
        became=became,
        why=why,
        now=now,
        actor=actor,
    )
