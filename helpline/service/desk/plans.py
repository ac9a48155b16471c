"""The plan of a case: its steps, and what a supervisor is asked to agree to."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.case_rules import GRADUATED
from helpline.cases.families import cared_for
from helpline.cases.roles import Right
from helpline.cases.services import SERVICES
from helpline.cases.states import PLAN_STEP, move
from helpline.cases.work import Kind
from helpline.service.desk import access, audit, households, questions
from helpline.service.desk.acting import NotAllowed, Stale
from helpline.service.desk.cases import Blocked, subject
from helpline.store.desk import case_rows
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Row

    from helpline.service.desk.acting import Acting

WAIVED: Final = ("not_needed", "refused", "no_service", "got_elsewhere", "goes_abroad")
ASKED_FOR: Final = ("plan", "closing")


def add_step(
    deed: Acting,
    case_id: str,
    *,
    service: str,
    goal: str,
    due_on: date | None,
    dependant_id: str = "",
) -> str:
    """Put a step into the plan; gives its id. A plan that was approved has to be approved again.

    With `dependant_id` it is for somebody who is looked after in the household, as far as this member
    may see them: a part of the care plan.

    Raises:
        Blocked: `no_such_value` for a service or somebody that there is not, `closed` for a closed case.
    """
    case = access.find_case(deed, case_id)
    if service not in SERVICES:
        raise Blocked("no_such_value")
    if case.stage == "closed":
        raise Blocked("closed")
    cared = _cared_for(deed, case, dependant_id) if dependant_id else None
    ident = new_ident()
    case_rows.add(
        deed.connection,
        "plan_step",
        id=ident,
        case_id=case.id,
        service=service,
        care_of=cared_for(cared.age, cared.need) if cared else "",
        dependant_id=cared.id if cared else None,
        goal=deed.parts.ring.seal(goal.strip(), "plan_step.goal", ident),
        due_on=due_on,
        state="planned",
        why="",
        created_at=deed.now,
        updated_at=deed.now,
    )
    deed.record("plan_step", ident, became="planned", why=service)
    audit.note(deed, "plan", "plan_step", ident, case_id=case.id, detail=service)
    return ident


def looked_after(deed: Acting, case: Row[Any]) -> tuple[Row[Any], ...]:
    """For whom of the household a step may be, as far as this member may see them."""
    return households.kin(deed, case).dependants if case.person_id else ()


def _cared_for(deed: Acting, case: Row[Any], dependant_id: str) -> Row[Any]:
    found = [each for each in looked_after(deed, case) if each.id == dependant_id]
    if not found:
        raise Blocked("no_such_value")
    return found[0]


def turn_step(deed: Acting, step_id: str, *, was: str, becomes: str, why: str = "") -> None:
    """A step is done, or waived with a reason, or planned again.

    Raises:
        Blocked: `no_reason` for a step that is waived without one.
        Stale: somebody was faster.
        helpline.cases.states.IllegalMove: it does not lead there.
    """
    step, case = subject(deed, "plan_step", step_id)
    move(PLAN_STEP, was, becomes)
    if becomes == "waived" and why not in WAIVED:
        raise Blocked("no_reason")
    why = why if becomes == "waived" else ""
    if not case_rows.turn(
        deed.connection,
        "plan_step",
        step.id,
        was=was,
        becomes=becomes,
        why=why,
        updated_at=deed.now,
    ):
        raise Stale(step.id)
    deed.record("plan_step", step.id, was=was, became=becomes, why=why)
    audit.note(deed, becomes, "plan_step", step.id, case_id=case.id, detail=why)


def ask(deed: Acting, case_id: str, *, what: str, detail: str = "", words: str = "") -> str:
    """Ask a supervisor to agree to the plan, or to an ending; gives the id of what is asked.

    Raises:
        Blocked: `no_such_value`, or `asked_already` while the same is pending.
    """
    case = access.find_case(deed, case_id)
    if what not in ASKED_FOR or (what == "closing" and detail not in GRADUATED):
        raise Blocked("no_such_value")
    if what == "plan" and not case_rows.of_case(deed.connection, "plan_step", case.id):
        raise Blocked("no_plan")
    pending = case_rows.of_case(deed.connection, "approval", case.id)
    if any(each.what == what and each.state == "pending" for each in pending):
        raise Blocked("asked_already")
    ident = questions.ask_approval(
        deed, what=what, words=words.strip(), case_id=case.id, detail=detail
    )
    questions.put(deed, Kind.APPROVAL, ident, case)
    audit.note(deed, "ask", "approval", ident, case_id=case.id, detail=f"{what} {detail}".strip())
    return ident


def decide(deed: Acting, approval_id: str, becomes: str) -> None:
    """Agree or not; never whoever asked.

    Raises:
        NotAllowed: not a supervisor's.
        Blocked: `own_question` for whoever asked.
        Stale: somebody was faster.
        helpline.cases.states.IllegalMove: neither approved nor rejected.
    """
    approval, case = subject(deed, "approval", approval_id)
    if not deed.who.may(Right.SUPERVISE) or approval.what not in ASKED_FOR:
        raise NotAllowed(approval_id)
    if approval.asked_by == deed.who.id:
        raise Blocked("own_question")
    questions.answer(
        deed,
        Kind.APPROVAL,
        approval.id,
        was="pending",
        becomes=becomes,
        why=approval.what,
        decided_by=deed.who.id,
        decided_at=deed.now,
    )
    audit.note(deed, becomes, "approval", approval.id, case_id=case.id, detail=approval.what)
