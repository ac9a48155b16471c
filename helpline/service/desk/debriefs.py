"""Debriefings: whoever carried somebody through grave danger talks it over, before the next such work.

They are about the member of staff, not about the client: the work to hold one names no case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from helpline.cases.roles import Right
from helpline.cases.states import FOLLOW_UP, move
from helpline.cases.work import Kind, Level
from helpline.service import work
from helpline.service.desk import audit
from helpline.service.desk.acting import NotAllowed, Stale
from helpline.service.desk.cases import Blocked
from helpline.store.desk import case_rows, risk_flags
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Row

    from helpline.service.desk.acting import Acting

OUTCOMES: Final = ("well", "needs_more")
"""How a colleague is afterwards."""
WAIVED: Final = ("not_wanted", "held_elsewhere")


def owe(deed: Acting, case_id: str, staff_id: str) -> None:
    """Somebody carried a grave review: somebody else, who supervises, talks it over with them.

    One that is still to be held is held about both.
    """
    if staff_id in risk_flags.owed(deed.connection, [staff_id]):
        return
    ident = new_ident()
    case_rows.add(
        deed.connection,
        "follow_up",
        id=ident,
        case_id=case_id,
        kind="debrief",
        staff_id=staff_id,
        due_at=deed.now,
        state="due",
        outcome="",
        created_at=deed.now,
        updated_at=deed.now,
    )
    deed.record("follow_up", ident, became="due", why="debrief")
    work.open_item(
        deed.connection,
        kind=Kind.FOLLOW_UP,
        subject_id=ident,
        level=Level.SUPERVISOR,
        now=deed.now,
        actor=deed.who.id,
    )


def hold(deed: Acting, ident: str, outcome: str) -> None:
    """It was talked over; how the colleague is.

    Raises:
        Blocked: `no_outcome`.
        NotAllowed: there is none, they do not supervise, or it is their own.
        Stale: it is over.
    """
    if outcome not in OUTCOMES:
        raise Blocked("no_outcome")
    _end(deed, ident, "done", outcome)


def waive(deed: Acting, ident: str, why: str) -> None:
    """It is not held; a supervisor says why.

    Raises:
        Blocked: `no_reason`.
        NotAllowed, Stale: as for `hold`.
    """
    if why not in WAIVED:
        raise Blocked("no_reason")
    _end(deed, ident, "waived", why)


def of_item(deed: Acting, item: Row[Any]) -> Row[Any] | None:
    """The debriefing an item is about; none when it is about something else."""
    found = case_rows.one(deed.connection, "follow_up", item.subject_id)
    return found if found is not None and found.staff_id else None


def _end(deed: Acting, ident: str, becomes: str, outcome: str) -> None:
    found = case_rows.one(deed.connection, "follow_up", ident)
    if found is None or not found.staff_id:
        raise NotAllowed(ident)
    if not deed.who.may(Right.SUPERVISE) or found.staff_id == deed.who.id:
        raise NotAllowed(ident)
    move(FOLLOW_UP, found.state, becomes)
    if not case_rows.turn(
        deed.connection,
        "follow_up",
        ident,
        was=found.state,
        becomes=becomes,
        outcome=outcome,
        updated_at=deed.now,
    ):
        raise Stale(ident)
    deed.record("follow_up", ident, was=found.state, became=becomes, why=outcome)
    work.settle(
        deed.connection,
        kind=Kind.FOLLOW_UP,
        subject_id=ident,
        outcome=outcome,
        now=deed.now,
        actor=deed.who.id,
    )
    audit.note(deed, "debrief", "follow_up", ident, detail=f"{becomes} {outcome}")
