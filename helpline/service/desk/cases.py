"""A case as it stands, and how it moves: its stage, its owner, how dangerous and how secret it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.case_rules import Standing, Step, obstacles
from helpline.cases.consents import ConsentTo
from helpline.cases.risk_form import GRAVE
from helpline.cases.roles import Role
from helpline.service import check_in_duties, consents
from helpline.service.desk import access, assessments, audit, closing
from helpline.service.desk.acting import NotAllowed, Stale
from helpline.service.desk.sessions import member
from helpline.service.risk import raise_risk
from helpline.store.desk import case_rows, files

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection, Row

    from helpline.cases.roles import Member
    from helpline.service.desk.acting import Acting
    from helpline.store.sealing import KeyRing

RISKS: Final = ("none", "low", "medium", "high", "imminent")
RESTRICTED: Final = ("gbv", "trafficking", "suicide", "minor")
WAITING: Final = ("us", "client", "agency")
WORKERS: Final = (Role.COUNSELLOR, Role.SPECIALIST, Role.SUPERVISOR)
"""Who may have a case."""


class Blocked(Exception):
    """A case cannot do what was asked; `obstacles` says why, in codes."""

    def __init__(self, *obstacles: str) -> None:
        super().__init__(" ".join(obstacles))
        self.obstacles = obstacles


@dataclass(frozen=True, slots=True)
class Head:
    """What stands at the top of the page of a case."""

    name: str
    """As the client gave it to staff; empty when nobody wrote one down."""
    owner: str
    supervisor: str
    items: tuple[Row[Any], ...]
    """The work about it that is not done."""


def head(deed: Acting, case: Row[Any]) -> Head:
    """Who a case is about and who has it."""
    ring = deed.parts.ring
    names = staff_names(ring, deed.connection, (case.owner_id, case.supervisor_id))
    return Head(
        name=ring.unseal_text(case.name, "care_case.name", case.id) if case.name else "",
        owner=names.get(case.owner_id, ""),
        supervisor=names.get(case.supervisor_id, ""),
        items=tuple(case_rows.open_items(deed.connection, case.id)),
    )


def standing(deed: Acting, case: Row[Any]) -> Standing:
    """What decides whether a case may move on."""
    connection = deed.connection
    steps = case_rows.of_case(connection, "plan_step", case.id)
    approvals = case_rows.of_case(connection, "approval", case.id)
    began = case_rows.last_became(connection, "case", case.id, "assessment") or case.opened_at
    completed = case_rows.last_became(connection, "case", case.id, "support_completed")
    newest = max((step.created_at for step in steps), default=began)
    plan = [each for each in approvals if each.what == "plan"]
    ending = [each for each in approvals if each.what == "closing"]
    return Standing(
        stage=case.stage,
        owned=case.owner_id is not None,
        consented=bool(case.person_id)
        and consents.stands(connection, case.person_id, ConsentTo.REGISTRATION),
        steps=tuple(Step(step.service, step.state) for step in steps),
        plan_approved=bool(plan)
        and plan[-1].state == "approved"
        and plan[-1].asked_at >= max(newest, began),
        closing_approved=ending[-1].detail
        if ending
        and completed
        and ending[-1].state == "approved"
        and ending[-1].asked_at >= completed
        else "",
        intention=assessments.intention(deed, case.id),
        referrals=tuple(each.state for each in case_rows.referrals(connection, case.id)),
        under_way=closing.under_way(connection, case.id),
        work_open=closing.work_open(connection, case.id),
        danger_open=closing.danger_open(connection, case.id),
        another_open=bool(case.person_id)
        and files.open_case(connection, person_id=case.person_id, phone_id="") not in ("", case.id),
    )


def move_on(deed: Acting, case_id: str, version: int, becomes: str, why: str = "") -> None:
    """Move a case to another stage; closing it ends whatever is under way for it.

    Raises:
        Blocked: a guard does not hold.
        helpline.cases.states.IllegalMove: its stage does not lead there.
        Stale: it was changed meanwhile.
    """
    case = access.find_case(deed, case_id)
    if found := obstacles(standing(deed, case), becomes, why):
        raise Blocked(*found)
    columns: dict[str, Any] = {"stage": becomes}
    if becomes == "closed":
        columns |= {"closed_why": why, "closed_at": deed.now, "waiting_on": "us"}
    elif case.stage == "closed":
        columns |= {"closed_why": "", "closed_at": None}
    _change(deed, case, version, **columns)
    deed.record("case", case.id, was=case.stage, became=becomes, why=why)
    if becomes == "closed":
        closing.settle(deed, case, why)
    elif case.stage == "closed" and case.person_id:
        check_in_duties.plan_again(
            deed.connection, case_id=case.id, person_id=case.person_id, now=deed.now
        )
    audit.note(deed, becomes, "case", case.id, case_id=case.id, detail=why)


def assign(deed: Acting, case_id: str, version: int, staff_id: str) -> None:
    """Give a case to a member of staff; a new one is assigned with it.

    Raises:
        Blocked: not somebody who may have it: `not_theirs`.
        Stale: it was changed meanwhile.
    """
    case = access.find_case(deed, case_id)
    if case.stage == "closed" or staff_id not in {each.id for each in candidates(deed, case)}:
        raise Blocked("not_theirs")
    hand_over(deed, case, staff_id, version=version)
    audit.note(deed, "assign", "case", case.id, case_id=case.id, detail=staff_id)


def hand_over(deed: Acting, case: Row[Any], staff_id: str, *, version: int) -> None:
    """The case gets another owner, and with it the work about it that the old one had claimed."""
    becomes = "assigned" if case.stage == "new" else case.stage
    _change(deed, case, version, owner_id=staff_id, stage=becomes)
    deed.record("case", case.id, was=case.stage, became=becomes, why="owner")
    if case.owner_id:
        moved = case_rows.hand_over_items(
            deed.connection, case.id, was=case.owner_id, becomes=staff_id, now=deed.now
        )
        for item in moved:
            deed.record("work_item", item, was="claimed", became="claimed", why="owner")


def candidates(deed: Acting, case: Row[Any]) -> list[Member]:
    """Who may have a case: at work in its district, and as the client wished."""
    people = (
        member(deed.parts.ring, row)
        for row in case_rows.active_staff(deed.connection, [role.value for role in WORKERS])
    )
    return [
        each
        for each in people
        if each.works_in(case.district) and each.may_be_offered(case.counsellor)
    ]


def supervisors(deed: Acting) -> list[Member]:
    """Everybody who may be named as the supervisor of a case."""
    rows = case_rows.active_staff(deed.connection, [Role.SUPERVISOR.value])
    return [member(deed.parts.ring, row) for row in rows]


def weigh(deed: Acting, case_id: str, version: int, *, risk: str, waiting_on: str) -> None:
    """Say how dangerous a case is, and whom it waits for.

    Raises:
        Blocked: no such code: `no_such_value`; `danger_open` for making less of grave danger while
            its review waits: the form does that.
        Stale: it was changed meanwhile.
    """
    case = access.find_case(deed, case_id)
    if risk not in RISKS or waiting_on not in WAITING:
        raise Blocked("no_such_value")
    lower = RISKS.index(risk) < RISKS.index(case.risk_level)
    if lower and case.risk_level in GRAVE and closing.danger_open(deed.connection, case.id):
        raise Blocked("danger_open")
    _change(deed, case, version, risk_level=risk, waiting_on=waiting_on)
    if risk != case.risk_level:
        deed.record("risk", case.id, was=case.risk_level, became=risk)
    if risk == "imminent" != case.risk_level:
        raise_risk(
            deed.parts,
            deed.connection,
            case_id=case.id,
            why="risk_level",
            now=deed.now,
            actor=deed.who.id,
        )
    if waiting_on != case.waiting_on:
        deed.record("waiting", case.id, was=case.waiting_on, became=waiting_on)
    audit.note(deed, "weigh", "case", case.id, case_id=case.id, detail=f"{risk} {waiting_on}")


def restrict(deed: Acting, case_id: str, version: int, *, why: str, supervisor_id: str) -> None:
    """Let only its owner and one named supervisor see a case, or (a supervisor) lift that.

    A restricted case that was nobody's belongs to whoever restricts it: else nobody could see it.

    Raises:
        Blocked: `no_supervisor`, `no_such_value`, or `supervisor_only` for lifting it.
        Stale: it was changed meanwhile.
    """
    case = access.find_case(deed, case_id)
    if why and why not in RESTRICTED:
        raise Blocked("no_such_value")
    if not why and deed.who.role is not Role.SUPERVISOR:
        raise Blocked("supervisor_only")
    if why and supervisor_id not in {each.id for each in supervisors(deed)}:
        raise Blocked("no_supervisor")
    columns: dict[str, Any] = {"restricted": why}
    if why:
        columns |= {"supervisor_id": supervisor_id, "owner_id": case.owner_id or deed.who.id}
        columns["stage"] = "assigned" if case.stage == "new" else case.stage
    _change(deed, case, version, **columns)
    case_rows.change_items(deed.connection, case.id, restricted=why)
    deed.record("restricted", case.id, was=case.restricted, became=why or "open")
    if columns.get("stage", case.stage) != case.stage:
        deed.record("case", case.id, was=case.stage, became="assigned", why="owner")
    audit.note(deed, "restrict", "case", case.id, case_id=case.id, detail=why or "lifted")


def rename(
    deed: Acting, case_id: str, version: int, *, name: str, language: str, wish: str
) -> None:
    """Write down how the client wants to be called, in which language, and by whom to be served.

    Raises:
        Blocked: no such code: `no_such_value`.
        Stale: it was changed meanwhile.
    """
    case = access.find_case(deed, case_id)
    if language not in ("bn", "en") or wish not in ("any", "woman", "man"):
        raise Blocked("no_such_value")
    name = name.strip()[:120]
    sealed = deed.parts.ring.seal(name, "care_case.name", case.id) if name else None
    _change(deed, case, version, name=sealed, language=language, counsellor=wish)
    # a request may ask for a woman where the case never did: only a change here changes that
    wished = {"counsellor": wish} if wish != case.counsellor else {}
    case_rows.change_items(deed.connection, case.id, language=language, **wished)
    deed.record("case", case.id, was=case.stage, became=case.stage, why="details")
    audit.note(deed, "details", "case", case.id, case_id=case.id)


def staff_names(
    ring: KeyRing, connection: Connection, ids: Iterable[str | None]
) -> Mapping[str, str]:
    """The names of members of staff, by id."""
    return {
        ident: ring.unseal_text(row.name, "staff.name", ident)
        for ident, row in case_rows.staff(connection, ids).items()
    }


def subject(deed: Acting, table: str, ident: str) -> tuple[Row[Any], Row[Any]]:
    """A row of a case by its id, with the case; both only for whoever may open the case.

    Raises:
        NotAllowed: there is none, or the case is not theirs.
    """
    found = case_rows.one(deed.connection, table, ident)
    if found is None:
        raise NotAllowed(ident)
    return found, access.find_case(deed, found.case_id)


def _change(deed: Acting, case: Row[Any], version: int, **columns: Any) -> None:
    if not files.change(deed.connection, case.id, version, now=deed.now, **columns):
        raise Stale(case.id)
