"""Follow-ups: the duty to look after somebody again, which becomes work when its day comes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.roles import Right
from helpline.cases.states import FOLLOW_UP, move
from helpline.cases.work import Kind, Priority
from helpline.service import check_in_duties, work
from helpline.service.desk import access, audit, escalation
from helpline.service.desk.acting import NotAllowed, Stale
from helpline.service.desk.cases import Blocked, subject
from helpline.service.risk import raise_risk
from helpline.store import events
from helpline.store.desk import case_rows, case_work, files, items
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from helpline.service.desk.acting import Acting
    from helpline.service.parts import Parts

KINDS: Final = ("check_in", "after_risk", "debrief", "after_service", "other")
OUTCOMES: Final = ("well", "needs_more", "not_reached", "no_longer_wanted")
LATE: Final = timedelta(days=3)
"""A follow-up that was due so long ago, and not done, was missed: a supervisor is told."""
_AT_ONCE: Final = 200


def plan(deed: Acting, case_id: str, *, kind: str, due_at: datetime) -> str:
    """Promise to look after somebody again; gives the id.

    Raises:
        Blocked: `no_such_value`, or `in_the_past`.
    """
    case = access.find_case(deed, case_id)
    if kind not in KINDS:
        raise Blocked("no_such_value")
    if due_at <= deed.now:
        raise Blocked("in_the_past")
    ident = promise(
        deed.connection,
        case_id=case.id,
        kind=kind,
        due_at=due_at,
        now=deed.now,
        actor=deed.who.id,
    )
    audit.note(deed, "follow_up", "follow_up", ident, case_id=case.id, detail=kind)
    return ident


def promise(
    connection: Connection, *, case_id: str, kind: str, due_at: datetime, now: datetime, actor: str
) -> str:
    """Write a duty that somebody, or a rule, takes on; gives its id."""
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
        created_at=now,
        updated_at=now,
    )
    events.record(
        connection,
        subject="follow_up",
        subject_id=ident,
        became="planned",
        why=kind,
        now=now,
        actor=actor,
    )
    return ident


def turn(deed: Acting, follow_up_id: str, *, was: str, becomes: str, outcome: str = "") -> None:
    """A follow-up was done (with what came of it), waived or cancelled; its work ends with it.

    Raises:
        Blocked: `no_outcome` when it is done without saying what came of it; `supervisor_only` when
            one after danger is to be left out.
        NotAllowed: a debriefing, which is `helpline.service.desk.debriefs`'s.
        Stale: somebody was faster.
        helpline.cases.states.IllegalMove: it does not lead there.
    """
    found, case = subject(deed, "follow_up", follow_up_id)
    move(FOLLOW_UP, was, becomes)
    _guard(deed, found, becomes)
    if becomes == "done" and outcome not in OUTCOMES:
        raise Blocked("no_outcome")
    outcome = outcome if becomes == "done" else ""
    if not case_rows.turn(
        deed.connection,
        "follow_up",
        found.id,
        was=was,
        becomes=becomes,
        outcome=outcome,
        next_at=None,
        updated_at=deed.now,
    ):
        raise Stale(found.id)
    deed.record("follow_up", found.id, was=was, became=becomes, why=outcome)
    check_in_duties.settle(
        deed.connection, found.id, outcome or becomes, now=deed.now, actor=deed.who.id
    )
    if found.kind == "after_risk" and outcome == "not_reached":
        # not reached after danger is a sign of its own, never the end of it
        raise_risk(
            deed.parts,
            deed.connection,
            case_id=case.id,
            why="not_reached",
            now=deed.now,
            actor=deed.who.id,
        )
    audit.note(deed, becomes, "follow_up", found.id, case_id=case.id, detail=outcome)


def _guard(deed: Acting, found: Row[Any], becomes: str) -> None:
    if found.staff_id:
        raise NotAllowed(found.id)
    left_out = becomes in ("waived", "cancelled")
    if found.kind == "after_risk" and left_out and not deed.who.may(Right.SUPERVISE):
        raise Blocked("supervisor_only")


def sweep(parts: Parts) -> int:
    """Make work of the follow-ups whose time has come, and raise those nobody did.

    Returns:
        How many moved; any number of processes may do this at once.

    Raises:
        helpline.store.database.Unavailable: nothing was written.
    """
    now = parts.clock()
    with parts.database.transaction() as connection:
        due = case_work.follow_ups_due(connection, before=now, most=_AT_ONCE)
        for follow_up in due:
            _fall_due(connection, follow_up, now)
        missed = case_work.follow_ups_missed(connection, before=now - LATE, now=now, most=_AT_ONCE)
        for follow_up in missed:
            _miss(connection, follow_up, now)
    return len(due) + len(missed)


def _fall_due(connection: Connection, follow_up: Any, now: datetime) -> None:
    case = files.by_id(connection, follow_up.case_id)
    case_work.turn_follow_up(connection, follow_up.id, becomes="due", now=now)
    _record(connection, follow_up.id, "planned", "due", now)
    if case is None:
        return
    item = work.open_item(
        connection,
        kind=Kind.FOLLOW_UP,
        subject_id=follow_up.id,
        case_id=case.id,
        phone_id=case.phone_id,
        district=case.district,
        language=case.language,
        counsellor=case.counsellor,
        restricted=case.restricted,
        priority=Priority.HIGH if follow_up.kind == "after_risk" else None,
        now=now,
    )
    if item and case.owner_id and follow_up.kind != "debrief":
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


def _miss(connection: Connection, follow_up: Any, now: datetime) -> None:
    _record(connection, follow_up.id, "due", "missed", now)
    item = items.about(connection, kind=Kind.FOLLOW_UP, subject_id=follow_up.id)
    if item is not None and item.state != "done":
        escalation.escalate(None, connection, item.id, "supervisor", "follow_up_missed", now=now)


def _record(connection: Connection, ident: str, was: str, became: str, now: datetime) -> None:
    events.record(
        connection,
        subject="follow_up",
        subject_id=ident,
        was=was,
        became=became,
        why="swept",
        now=now,
    )
