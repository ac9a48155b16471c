"""How a case and what belongs to it moves: every legal move works, every other is refused, each leaves an event."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from helpline.cases.roles import Role
from helpline.cases.states import (
    APPOINTMENT,
    APPROVAL,
    CASE,
    FOLLOW_UP,
    PLAN_STEP,
    TRANSFER,
    IllegalMove,
    may_move,
)
from helpline.service.desk import appointments, cases, follow_ups, plans, transfers
from helpline.service.desk.acting import NotAllowed, Stale
from helpline.service.desk.assessments import take
from helpline.service.desk.cases import Blocked
from helpline.store.idents import new_ident
from helpline.store.tables import (
    Appointment,
    Approval,
    CareCase,
    CounsellingRequest,
    Escalation,
    FollowUp,
    Message,
    PlanStep,
    Referral,
    Reminder,
    Transfer,
    WorkItem,
)
from tests.desk.casebook import (
    Deeds,
    Registered,
    case_row,
    moves,
    refer,
    register_by_phone,
    row,
    rows,
)
from tests.desk.office import Office


def put(office: Office, table: Any, ident: str, **values: Any) -> None:
    """Write columns of one row, past all rules."""
    with office.parts.database.transaction() as connection:
        connection.execute(update(table).where(table.id == ident).values(**values))


def worker(office: Office) -> tuple[Deeds, Registered]:
    """Somebody with a case of their own."""
    here, deeds = register_by_phone(office), Deeds(office, office.hire())
    deeds.do(cases.assign, here.case_id, 1, deeds.who.id)
    return deeds, here


def advance(deeds: Deeds, here: Registered, becomes: str, why: str = "") -> None:
    deeds.do(
        cases.move_on, here.case_id, case_row(deeds.office, here.case_id).version, becomes, why
    )


def approve(office: Office, approval_id: str) -> None:
    Deeds(office, office.hire(Role.SUPERVISOR)).do(plans.decide, approval_id, "approved")


def test_a_case_goes_from_the_first_call_to_its_end(office: Office) -> None:
    deeds, here = worker(office)
    advance(deeds, here, "assessment")
    step = deeds.do(plans.add_step, here.case_id, service="training", goal="Sewing", due_on=None)
    with pytest.raises(Blocked, match="plan_not_approved"):
        advance(deeds, here, "support_ongoing")
    approve(office, deeds.do(plans.ask, here.case_id, what="plan"))
    advance(deeds, here, "support_ongoing")
    with pytest.raises(Blocked, match="steps_open"):
        advance(deeds, here, "support_completed")
    deeds.do(plans.turn_step, step, was="planned", becomes="done")
    office.skip(minutes=1)
    advance(deeds, here, "support_completed")
    with pytest.raises(Blocked, match="not_approved"):
        advance(deeds, here, "closed", "graduated")
    approve(office, deeds.do(plans.ask, here.case_id, what="closing", detail="graduated"))
    advance(deeds, here, "closed", "graduated")
    closed = case_row(office, here.case_id)
    assert (closed.stage, closed.closed_why, closed.closed_at) == (
        "closed",
        "graduated",
        office.clock(),
    )
    assert [became for _was, became, _why in moves(office, "case", here.case_id)] == [
        "new",
        "assigned",
        "assessment",
        "support_ongoing",
        "support_completed",
        "closed",
    ]


def test_a_plan_that_changed_after_it_was_approved_is_approved_again(office: Office) -> None:
    deeds, here = worker(office)
    advance(deeds, here, "assessment")
    deeds.do(plans.add_step, here.case_id, service="training", goal="", due_on=None)
    approve(office, deeds.do(plans.ask, here.case_id, what="plan"))
    office.skip(minutes=1)
    deeds.do(plans.add_step, here.case_id, service="legal_aid", goal="", due_on=None)
    with pytest.raises(Blocked, match="plan_not_approved"):
        advance(deeds, here, "support_ongoing")


def test_who_asked_does_not_decide_and_who_does_not_supervise_neither(office: Office) -> None:
    here = register_by_phone(office)
    boss = Deeds(office, office.hire(Role.SUPERVISOR))
    boss.do(plans.add_step, here.case_id, service="training", goal="", due_on=None)
    asked = boss.do(plans.ask, here.case_id, what="plan")
    with pytest.raises(Blocked, match="own_question"):
        boss.do(plans.decide, asked, "approved")
    with pytest.raises(NotAllowed):
        Deeds(office, office.hire()).do(plans.decide, asked, "approved")
    assert row(office, WorkItem, kind="approval", subject_id=asked).state == "open"
    approve(office, asked)
    assert row(office, WorkItem, kind="approval", subject_id=asked).outcome == "approved"


@pytest.mark.parametrize("was", CASE)
def test_no_stage_leads_where_the_table_does_not(office: Office, was: str) -> None:
    deeds, here = worker(office)
    put(office, CareCase, here.case_id, stage=was)
    for becomes in CASE:
        if not may_move(CASE, was, becomes):
            with pytest.raises(IllegalMove):
                advance(deeds, here, becomes, "cancelled")
    assert case_row(office, here.case_id).stage == was


def test_two_who_move_one_case_do_not_both_succeed(office: Office) -> None:
    deeds, here = worker(office)
    deeds.do(cases.move_on, here.case_id, 2, "assessment")
    with pytest.raises(Stale):
        deeds.do(cases.move_on, here.case_id, 2, "closed", "declined")
    assert case_row(office, here.case_id).stage == "assessment"


def referral(office: Office, here: Registered, staff_id: str, state: str) -> str:
    return refer(office, here.case_id, staff_id, words="x", state=state)


@pytest.mark.parametrize("why", ["dropped_out", "deceased", "declined"])
def test_closing_a_case_ends_everything_that_is_under_way(office: Office, why: str) -> None:
    deeds, here = worker(office)
    sent = referral(office, here, deeds.who.id, "sent")
    soon = office.clock() + timedelta(days=1)
    follow_up = deeds.do(follow_ups.plan, here.case_id, kind="check_in", due_at=soon)
    visit = deeds.do(appointments.plan, here.case_id, what="counselling", place="", begins_at=soon)
    advance(deeds, here, "closed", why)
    ended = row(office, Referral, id=sent)
    assert (ended.state, ended.link) == ("revoked", None)
    assert moves(office, "referral", sent) == [("sent", "revoked", "case_closed")]
    assert row(office, FollowUp, id=follow_up).state == "cancelled"
    assert row(office, Appointment, id=visit).state == "cancelled"
    assert {each.state for each in rows(office, Reminder, person_id=here.person_id)} == {
        "cancelled"
    }
    assert {each.state for each in rows(office, Message)} == {"cancelled"}
    office.skip(days=40)
    office.house.tick()
    assert office.house.texts() == []


def test_a_person_in_conversation_is_not_closed_away(office: Office) -> None:
    here = register_by_phone(office)
    phone = office.house.phone()
    phone.dial()
    deeds = Deeds(office, office.hire())
    with office.parts.database.transaction() as connection:
        ident = new_ident()
        connection.execute(
            insert(CounsellingRequest).values(
                id=ident,
                reference="123456789",
                phone_id=here.phone_id,
                topic="mind",
                counsellor="any",
                channel="call",
                sms=False,
                slot_at=office.clock(),
                slot_ends_at=office.clock(),
                state="in_session",
                dedupe_key=ident,
                created_at=office.clock(),
                updated_at=office.clock(),
            )
        )
        connection.execute(
            insert(WorkItem).values(
                id=new_ident(),
                kind="counselling",
                subject_id=ident,
                case_id=here.case_id,
                priority=2,
                offered_at=office.clock(),
                promised_at=office.clock(),
                state="open",
                opened_at=office.clock(),
            )
        )
    with pytest.raises(Blocked, match="under_way"):
        advance(deeds, here, "closed", "cancelled")
    put(office, CounsellingRequest, ident, state="requested")
    advance(deeds, here, "closed", "cancelled")
    assert row(office, CounsellingRequest, id=ident).state == "withdrawn"
    assert row(office, WorkItem, subject_id=ident).outcome == "case_closed"


def test_a_closed_case_is_opened_again_with_a_reason(office: Office) -> None:
    deeds, here = worker(office)
    advance(deeds, here, "closed", "dropped_out")
    with pytest.raises(Blocked, match="no_reason"):
        advance(deeds, here, "assessment")
    advance(deeds, here, "assessment", "came_back")
    again = case_row(office, here.case_id)
    assert (again.stage, again.closed_why, again.closed_at) == ("assessment", "", None)
    assert moves(office, "case", here.case_id)[-1] == ("closed", "assessment", "came_back")


@pytest.mark.parametrize("becomes", PLAN_STEP)
@pytest.mark.parametrize("was", PLAN_STEP)
def test_a_step_of_the_plan_moves_by_its_table(office: Office, was: str, becomes: str) -> None:
    deeds, here = worker(office)
    step = deeds.do(plans.add_step, here.case_id, service="training", goal="", due_on=None)
    put(office, PlanStep, step, state=was)
    check(
        office,
        PLAN_STEP,
        PlanStep,
        "plan_step",
        step,
        was,
        becomes,
        lambda: deeds.do(plans.turn_step, step, was=was, becomes=becomes, why="refused"),
    )


@pytest.mark.parametrize("becomes", APPOINTMENT)
@pytest.mark.parametrize("was", APPOINTMENT)
def test_an_appointment_moves_by_its_table(office: Office, was: str, becomes: str) -> None:
    deeds, here = worker(office)
    soon = office.clock() + timedelta(days=1)
    visit = deeds.do(appointments.plan, here.case_id, what="service", place="", begins_at=soon)
    put(office, Appointment, visit, state=was)
    check(
        office,
        APPOINTMENT,
        Appointment,
        "appointment",
        visit,
        was,
        becomes,
        lambda: deeds.do(appointments.turn, visit, was=was, becomes=becomes, begins_at=soon),
    )


@pytest.mark.parametrize("becomes", FOLLOW_UP)
@pytest.mark.parametrize("was", FOLLOW_UP)
def test_a_follow_up_moves_by_its_table(office: Office, was: str, becomes: str) -> None:
    deeds, here = worker(office)
    soon = office.clock() + timedelta(days=1)
    duty = deeds.do(follow_ups.plan, here.case_id, kind="check_in", due_at=soon)
    put(office, FollowUp, duty, state=was)
    check(
        office,
        FOLLOW_UP,
        FollowUp,
        "follow_up",
        duty,
        was,
        becomes,
        lambda: deeds.do(follow_ups.turn, duty, was=was, becomes=becomes, outcome="well"),
    )


@pytest.mark.parametrize("becomes", APPROVAL)
@pytest.mark.parametrize("was", APPROVAL)
def test_an_approval_moves_by_its_table(office: Office, was: str, becomes: str) -> None:
    deeds, here = worker(office)
    deeds.do(plans.add_step, here.case_id, service="training", goal="", due_on=None)
    asked = deeds.do(plans.ask, here.case_id, what="plan")
    put(office, Approval, asked, state=was)
    boss = Deeds(office, office.hire(Role.SUPERVISOR))
    if was == "pending":
        check(
            office,
            APPROVAL,
            Approval,
            "approval",
            asked,
            was,
            becomes,
            lambda: boss.do(plans.decide, asked, becomes),
        )
    else:
        with pytest.raises((IllegalMove, Stale)):
            boss.do(plans.decide, asked, becomes)


@pytest.mark.parametrize("becomes", TRANSFER)
@pytest.mark.parametrize("was", TRANSFER)
def test_a_transfer_moves_by_its_table(office: Office, was: str, becomes: str) -> None:
    deeds, here = worker(office)
    other = Deeds(office, office.hire())
    asked = deeds.do(transfers.request, here.case_id, to_id=other.who.id, words="Please")
    put(office, Transfer, asked, state=was)
    if was == "requested":
        check(
            office,
            TRANSFER,
            Transfer,
            "transfer",
            asked,
            was,
            becomes,
            lambda: other.do(transfers.answer, asked, becomes),
        )
    else:
        with pytest.raises((IllegalMove, Stale)):
            other.do(transfers.answer, asked, becomes)


def check(
    office: Office,
    table: Any,
    model: Any,
    subject: str,
    ident: str,
    was: str,
    becomes: str,
    act: Any,
) -> None:
    """A legal move works and leaves an event; any other changes nothing."""
    before = moves(office, subject, ident)
    if may_move(table, was, becomes):
        act()
        assert row(office, model, id=ident).state == becomes
        assert moves(office, subject, ident)[-1][:2] == (was, becomes)
    else:
        with pytest.raises(IllegalMove):
            act()
        assert row(office, model, id=ident).state == was
        assert moves(office, subject, ident) == before


def test_a_case_changes_hands_only_when_the_other_says_yes(office: Office) -> None:
    deeds, here = worker(office)
    other = Deeds(office, office.hire())
    asked = deeds.do(transfers.request, here.case_id, to_id=other.who.id, words="On leave")
    assert case_row(office, here.case_id).owner_id == deeds.who.id
    with pytest.raises(NotAllowed):
        deeds.do(transfers.answer, asked, "accepted")
    (seen,) = other.do(transfers.waiting)
    assert (seen.words, seen.from_name) == ("On leave", deeds.who.name)
    other.do(transfers.answer, asked, "accepted")
    assert case_row(office, here.case_id).owner_id == other.who.id
    assert row(office, WorkItem, kind="transfer", subject_id=asked).outcome == "accepted"


def test_who_asked_for_a_woman_is_not_given_to_a_man(office: Office) -> None:
    here = register_by_phone(office)
    put(office, CareCase, here.case_id, counsellor="woman")
    man = office.hire(sex="man")
    boss = Deeds(office, office.hire(Role.SUPERVISOR))
    with pytest.raises(Blocked, match="not_theirs"):
        boss.do(cases.assign, here.case_id, 1, man.id)
    with pytest.raises(Blocked, match="not_theirs"):
        boss.do(transfers.request, here.case_id, to_id=man.id, words="")


def test_restricting_a_case_hides_it_and_its_work_from_everybody_else(office: Office) -> None:
    deeds, here = worker(office)
    boss = office.hire(Role.SUPERVISOR)
    deeds.do(plans.add_step, here.case_id, service="training", goal="", due_on=None)
    deeds.do(plans.ask, here.case_id, what="plan")
    version = case_row(office, here.case_id).version
    with pytest.raises(Blocked, match="no_supervisor"):
        deeds.do(cases.restrict, here.case_id, version, why="gbv", supervisor_id=deeds.who.id)
    deeds.do(cases.restrict, here.case_id, version, why="gbv", supervisor_id=boss.id)
    assert {item.restricted for item in rows(office, WorkItem, case_id=here.case_id)} == {"gbv"}
    stranger = Deeds(office, office.hire(Role.SUPERVISOR))
    with pytest.raises(NotAllowed):
        stranger.do(cases.weigh, here.case_id, version + 1, risk="high", waiting_on="us")
    with pytest.raises(Blocked, match="supervisor_only"):
        deeds.do(cases.restrict, here.case_id, version + 1, why="", supervisor_id="")
    Deeds(office, boss).do(cases.restrict, here.case_id, version + 1, why="", supervisor_id="")
    assert case_row(office, here.case_id).restricted == ""


def test_a_follow_up_becomes_work_when_its_day_comes_and_is_raised_when_nobody_does_it(
    office: Office,
) -> None:
    deeds, here = worker(office)
    duty = deeds.do(
        follow_ups.plan,
        here.case_id,
        kind="check_in",
        due_at=office.clock() + timedelta(days=7),
    )
    assert follow_ups.sweep(office.parts) == 0
    office.skip(days=7, minutes=1)
    assert follow_ups.sweep(office.parts) == 1
    assert follow_ups.sweep(office.parts) == 0
    item = row(office, WorkItem, kind="follow_up", subject_id=duty)
    assert (item.state, item.owner_id, item.level) == ("claimed", deeds.who.id, 0)
    office.skip(days=3, minutes=1)
    assert follow_ups.sweep(office.parts) == 1
    raised = row(office, WorkItem, kind="follow_up", subject_id=duty)
    assert (raised.owner_id, raised.level, raised.priority) == (deeds.who.id, 1, 1)
    assert row(office, Escalation, item_id=item.id).why == "follow_up_missed"
    assert row(office, FollowUp, id=duty).state == "missed"
    deeds.do(follow_ups.turn, duty, was="missed", becomes="done", outcome="well")
    assert row(office, WorkItem, kind="follow_up", subject_id=duty).state == "done"
    assert [each[:2] for each in moves(office, "follow_up", duty)] == [
        ("", "planned"),
        ("planned", "due"),
        ("due", "missed"),
        ("missed", "done"),
    ]


def test_who_goes_abroad_again_completes_without_the_social_steps(office: Office) -> None:
    deeds, here = worker(office)
    advance(deeds, here, "assessment")
    deeds.do(take, here.case_id, "needs-1", {"intention": ["remigrate"]})
    deeds.do(plans.add_step, here.case_id, service="education", goal="", due_on=None)
    approve(office, deeds.do(plans.ask, here.case_id, what="plan"))
    advance(deeds, here, "support_ongoing")
    advance(deeds, here, "support_completed")
    assert case_row(office, here.case_id).stage == "support_completed"


def test_imminent_danger_puts_a_review_at_the_top_of_the_queue(office: Office) -> None:
    deeds, here = worker(office)
    version = case_row(office, here.case_id).version
    deeds.do(cases.weigh, here.case_id, version, risk="imminent", waiting_on="us")
    review = row(office, WorkItem, kind="risk_review", subject_id=here.case_id)
    assert (review.state, review.priority) == ("open", 0)
    deeds.do(cases.weigh, here.case_id, version + 1, risk="imminent", waiting_on="client")
    assert len(rows(office, WorkItem, kind="risk_review")) == 1
