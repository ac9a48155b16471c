"""What a case does next: its stage, its owner, its plan, and what a supervisor is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.desk import case_words as words
from handlers.desk import households_words as family
from handlers.desk.case_forms import a_day, attempt, said, version
from handlers.desk.language import _
from helpline.cases.case_rules import BROKEN_OFF, GRADUATED, REOPENINGS, obstacles, steps_left
from helpline.cases.roles import Right
from helpline.cases.services import AREAS, SERVICES
from helpline.cases.states import CASE
from helpline.cases.work import Kind
from helpline.service.desk import access, cases, plans, rescue
from helpline.store import consents
from helpline.store.desk import case_rows

if TYPE_CHECKING:
    from sqlalchemy import Row

    from handlers.desk.desk import Answer, Desk, Here
    from helpline.cases.case_rules import Standing
    from helpline.service.desk.acting import Acting

REASONS = {
    "closed": ("graduated", "completed", *sorted(BROKEN_OFF)),
    "assessment": tuple(sorted(REOPENINGS)),
}


def furnish(desk: Desk) -> None:
    """The panels and their forms."""
    desk.case_panel(20, "case/stage.html", _stage)
    desk.case_panel(30, "case/plan.html", _plan)
    desk.item_panel(Kind.APPROVAL, "case/approval.html", _approval)
    _moving(desk)
    _holding(desk)
    _planning(desk)


def _moving(desk: Desk) -> None:
    @desk.action("/case/<case_id>/stage", Right.CASES, name="case_stage")
    def move(here: Here, case_id: str) -> Answer:
        return attempt(
            here,
            case_id,
            lambda deed: cases.move_on(deed, case_id, version(), said("becomes"), said("why")),
            at="stage",
        )

    @desk.action("/case/<case_id>/weigh", Right.CASES, name="case_weigh")
    def weigh(here: Here, case_id: str) -> Answer:
        return attempt(
            here,
            case_id,
            lambda deed: cases.weigh(
                deed, case_id, version(), risk=said("risk"), waiting_on=said("waiting_on")
            ),
            at="stage",
        )

    @desk.action("/case/<case_id>/details", Right.CASES, name="case_details")
    def details(here: Here, case_id: str) -> Answer:
        return attempt(
            here,
            case_id,
            lambda deed: cases.rename(
                deed,
                case_id,
                version(),
                name=said("name"),
                language=said("language"),
                wish=said("wish"),
            ),
            typed={here.say(_("Name, as the client gave it")): said("name")},
            at="stage",
        )


def _holding(desk: Desk) -> None:
    @desk.action("/case/<case_id>/take", Right.CASES, name="case_take")
    def take(here: Here, case_id: str) -> Answer:
        return attempt(
            here,
            case_id,
            lambda deed: cases.assign(deed, case_id, version(), here.who.id),
            at="stage",
        )

    @desk.action("/case/<case_id>/assign", Right.SUPERVISE, name="case_assign")
    def assign(here: Here, case_id: str) -> Answer:
        return attempt(
            here,
            case_id,
            lambda deed: cases.assign(deed, case_id, version(), said("staff_id")),
            at="stage",
        )

    @desk.action("/case/<case_id>/restrict", Right.CASES, name="case_restrict")
    def restrict(here: Here, case_id: str) -> Answer:
        def act(deed: Acting) -> None:
            cases.restrict(
                deed,
                case_id,
                version(),
                why=said("restricted"),
                supervisor_id=said("supervisor_id"),
            )

        return attempt(here, case_id, act, at="stage")


def _planning(desk: Desk) -> None:
    @desk.action("/case/<case_id>/plan", Right.CASES, name="plan_add")
    def add(here: Here, case_id: str) -> Answer:
        def act(deed: Acting) -> None:
            plans.add_step(
                deed,
                case_id,
                service=said("service"),
                goal=said("goal"),
                due_on=a_day("due_on"),
                dependant_id=said("dependant"),
            )

        return attempt(here, case_id, act, typed={here.say(_("Goal")): said("goal")}, at="plan")

    @desk.action("/case/<case_id>/plan/<step_id>", Right.CASES, name="plan_turn")
    def turn(here: Here, case_id: str, step_id: str) -> Answer:
        def act(deed: Acting) -> None:
            plans.turn_step(
                deed, step_id, was=said("was"), becomes=said("becomes"), why=said("why")
            )

        return attempt(here, case_id, act, at="plan")

    @desk.action("/case/<case_id>/ask", Right.CASES, name="approval_ask")
    def ask(here: Here, case_id: str) -> Answer:
        def act(deed: Acting) -> None:
            plans.ask(deed, case_id, what=said("what"), detail=said("detail"), words=said("words"))

        return attempt(
            here,
            case_id,
            act,
            typed={here.say(_("Words to the supervisor")): said("words")},
            at="plan",
        )

    @desk.action("/case/<case_id>/approval/<approval_id>", Right.SUPERVISE, name="approval_decide")
    def decide(here: Here, case_id: str, approval_id: str) -> Answer:
        return attempt(
            here, case_id, lambda deed: plans.decide(deed, approval_id, said("becomes")), at="plan"
        )


def _stage(here: Here, deed: Acting, case: Row[Any]) -> dict[str, Any]:
    standing = cases.standing(deed, case)
    ledger = consents.of_person(deed.connection, case.person_id) if case.person_id else []
    return {
        "ways": [_way(here, standing, becomes) for becomes in CASE if becomes in CASE[case.stage]],
        "consents": ledger,
        "candidates": cases.candidates(deed, case) if here.who.may(Right.SUPERVISE) else [],
        "supervisors": cases.supervisors(deed),
        "head": cases.head(deed, case),
        "reasons": REASONS,
        "graduated": sorted(GRADUATED),
    }


def _way(here: Here, standing: Standing, becomes: str) -> dict[str, Any]:
    """One stage a case may go to: what hinders it; whether it asks for a reason."""
    asks = becomes == "closed" or standing.stage == "closed"
    why = "dropped_out" if becomes == "closed" else ("came_back" if asks else "")
    found = obstacles(standing, becomes, why)
    return {
        "becomes": becomes,
        "asks": asks,
        "hindered": [words.named(here, words.OBSTACLES, code) for code in found],
    }


def _plan(here: Here, deed: Acting, case: Row[Any]) -> dict[str, Any]:
    standing = cases.standing(deed, case)
    ring = deed.parts.ring
    steps = case_rows.of_case(deed.connection, "plan_step", case.id)
    approvals = [
        each
        for each in case_rows.of_case(deed.connection, "approval", case.id)
        if each.what in plans.ASKED_FOR
    ]
    names = cases.staff_names(
        ring,
        deed.connection,
        [ident for each in approvals for ident in (each.asked_by, each.decided_by)],
    )
    cared = {each.id: each for each in plans.looked_after(deed, case)}
    return {
        "steps": steps,
        "cared": cared,
        "care": [(code, text) for code, text in family.CARED_FOR.items()],
        "family": family,
        "goals": {s.id: ring.unseal_text(s.goal, "plan_step.goal", s.id) for s in steps},
        "left": len(steps_left(standing)),
        "approved": standing.plan_approved,
        "pending": {each.what for each in approvals if each.state == "pending"},
        "approvals": [_asked(deed, each, names) for each in reversed(approvals)],
        "services": _services(here),
        "may_decide": here.who.may(Right.SUPERVISE),
        "service_name": lambda code: (
            SERVICES[code].name(here.language) if code in SERVICES else code
        ),
    }


def _approval(here: Here, deed: Acting, item: Row[Any]) -> dict[str, Any] | None:
    found = case_rows.one(deed.connection, "approval", item.subject_id)
    if found is None:
        return None
    access.find_case(deed, found.case_id)
    names = cases.staff_names(deed.parts.ring, deed.connection, [found.asked_by, found.decided_by])
    return {
        "asked": _asked(deed, found, names),
        "may_decide": rescue.may_decide(deed, found)
        if found.what == rescue.POLICE
        else here.who.may(Right.SUPERVISE) and found.asked_by != here.who.id,
        "words": words,
    }


def _asked(deed: Acting, row: Row[Any], names: Any) -> dict[str, Any]:
    return {
        "row": row,
        "words": deed.parts.ring.unseal_text(row.words, "approval.words", row.id),
        "by": names.get(row.asked_by, ""),
        "decided_by": names.get(row.decided_by, ""),
    }


def _services(here: Here) -> list[tuple[str, list[tuple[str, str]]]]:
    """All services under the names of their areas."""
    return [
        (
            name.name(here.language),
            [
                (each.code, each.name(here.language))
                for each in SERVICES.values()
                if each.area is area
            ],
        )
        for area, name in AREAS.items()
    ]
