"""Clocks at the desk: they follow what happened, warn, miss, and raise what nobody does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert

from helpline.cases.clocks import Limit, Promised
from helpline.cases.roles import Role
from helpline.cases.work import Kind, Priority
from helpline.service import risk
from helpline.service.desk import alarms, clock_answers, clocks, queue, risk_reviews
from helpline.service.desk.acting import acting
from helpline.store.idents import new_ident
from helpline.store.tables import CareCase, Contact, IncomingText, WorkItem
from tests.desk.office import Office
from tests.desk.oncall import Desk


@pytest.fixture
def desk(office: Office) -> Desk:
    desk = Desk(office)
    desk.open_from("09:00", "17:00")
    return desk


def states(desk: Desk, subject: str) -> dict[str, str]:
    """The states of the clocks of a subject."""
    return {kind: row.state for kind, row in desk.clocks(subject).items()}


def test_work_about_a_client_gets_a_clock_for_each_promise(desk: Desk) -> None:
    item = desk.item(Kind.TEXT, case_id=desk.case())
    desk.sweep()
    assert states(desk, item) == dict.fromkeys(("claim", "first_response", "resolution"), "active")
    assert desk.sweep() == 0, "a second sweep finds nothing to do"


def test_work_about_no_client_waits_for_no_response(desk: Desk) -> None:
    item = desk.item(Kind.STALE_FACT)
    desk.sweep()
    assert states(desk, item) == {"claim": "active", "resolution": "active"}


def test_a_clock_begins_when_the_work_is_offered_not_before(desk: Desk) -> None:
    item = desk.item(
        Kind.COUNSELLING, case_id=desk.case(), offered_at=desk.now() + timedelta(hours=2)
    )
    desk.sweep()
    assert desk.clocks(item) == {}
    desk.office.skip(hours=2, minutes=1)
    desk.sweep()
    claim = desk.clocks(item)["claim"]
    assert claim.started_at == desk.row(item).offered_at
    assert claim.due_at == claim.started_at + timedelta(hours=3)


def test_normal_work_is_to_be_claimed_in_three_working_hours_over_night(desk: Desk) -> None:
    desk.office.skip(hours=6)  # four in the afternoon
    item = desk.item(Kind.TEXT, case_id=desk.case())
    desk.sweep()
    assert desk.clocks(item)["claim"].due_at == desk.now() + timedelta(hours=19)


def test_who_claims_in_time_stops_the_clock_of_the_claim_and_no_other(desk: Desk) -> None:
    item = desk.item(Kind.TEXT, case_id=desk.case())
    desk.after(minutes=10)
    desk.claim(item, desk.office.hire(Role.COUNSELLOR))
    desk.sweep()
    assert states(desk, item) == {
        "claim": "hit",
        "first_response": "active",
        "resolution": "active",
    }


def test_released_work_is_to_be_claimed_again_and_keeps_its_other_clocks(desk: Desk) -> None:
    nasrin = desk.office.hire(Role.COUNSELLOR)
    item = desk.item(Kind.TEXT, case_id=desk.case())
    desk.sweep()
    before = desk.clocks(item)["resolution"].due_at
    desk.claim(item, nasrin)
    desk.after(minutes=1)
    desk.office.skip(hours=1)
    with acting(desk.parts, nasrin) as deed:
        queue.release(deed, item, "my_shift_ends")
    desk.sweep()
    found = desk.clocks(item)
    assert found["claim"].state == "active"
    assert found["claim"].due_at == desk.now() + timedelta(hours=3)
    assert found["resolution"].due_at == before


def test_finished_work_stops_every_clock_and_escalates_nothing(desk: Desk) -> None:
    nasrin = desk.office.hire(Role.COUNSELLOR)
    item = desk.item(Kind.TEXT, case_id=desk.case())
    desk.sweep()
    desk.claim(item, nasrin)
    with acting(desk.parts, nasrin) as deed:
        queue.finish(deed, item, "answered")
    desk.after(minutes=1)
    desk.office.skip(days=30)
    desk.sweep()
    assert set(states(desk, item).values()) == {"hit"}
    assert desk.steps(item, "escalation") == []


def test_work_that_was_merged_away_escalates_no_more(desk: Desk) -> None:
    item = desk.item(Kind.TEXT, case_id=desk.case())
    desk.sweep()
    desk.change(WorkItem, item, state="done", outcome="duplicate", done_at=desk.now())
    desk.office.skip(days=9)
    desk.sweep()
    assert desk.steps(item, "escalation") == []
    assert set(states(desk, item).values()) == {"hit"}


def test_reopened_work_begins_anew(desk: Desk) -> None:
    item = desk.item(Kind.TEXT, case_id=desk.case())
    desk.sweep()
    desk.change(WorkItem, item, state="done", outcome="answered", done_at=desk.now())
    desk.sweep()
    desk.office.skip(hours=1)
    desk.change(WorkItem, item, state="open", outcome="", done_at=None, opened_at=desk.now())
    desk.sweep()
    assert set(states(desk, item).values()) == {"active"}
    assert desk.clocks(item)["claim"].due_at == desk.now() + timedelta(hours=3)


def test_a_claim_warns_then_is_missed_then_goes_to_the_supervisor_then_somebody_is_called(
    desk: Desk,
) -> None:
    rina = desk.supervisor("Rina", rank=1)
    item = desk.item(Kind.UNDECIDED, priority=Priority.NORMAL)
    desk.after(hours=2, minutes=15)
    assert states(desk, item)["claim"] == "warned"
    desk.after(minutes=44)
    assert desk.row(item).level == 0
    desk.after(minutes=1)
    row = desk.row(item)
    assert (row.level, row.priority, row.state) == (1, Priority.HIGH, "open")
    assert desk.steps(item, "escalation") == [("supervisor", "claim_missed")]
    assert desk.alarms(item) == []

    desk.after(hours=1)  # nobody took it even as urgent work of a supervisor
    assert desk.alarms(item) == [(rina.id, 1, "paging")]
    assert desk.clocks(item)["claim"].misses == 2
    assert desk.row(item).priority == Priority.HIGH, "imminent is for danger to a person"
    assert desk.steps(item, "sla_clock") == [
        ("active", "claim"),
        ("active", "resolution"),
        ("warned", "claim"),
        ("missed", "claim"),
        ("active_with_misses", "claim"),
        ("missed", "claim"),
        ("active_with_misses", "claim"),
    ]


def test_danger_is_raised_after_two_minutes_in_the_middle_of_the_night(desk: Desk) -> None:
    rina = desk.supervisor("Rina", rank=1)
    desk.office.skip(hours=15)
    item = desk.item(Kind.UNDECIDED, priority=Priority.IMMINENT)
    desk.after(minutes=1, seconds=30)
    assert desk.alarms(item) == []
    desk.after(seconds=30)
    assert desk.alarms(item) == [(rina.id, 1, "paging")]


def test_nobody_is_called_at_night_about_work_that_is_only_urgent(desk: Desk) -> None:
    desk.supervisor("Rina", rank=1)
    desk.office.skip(hours=8)
    item = desk.item(Kind.UNDECIDED, priority=Priority.HIGH)
    desk.sweep()
    desk.office.skip(hours=14)  # eight in the morning
    desk.sweep()
    assert desk.alarms(item) == []


def test_work_of_little_weight_never_calls_anybody_out(desk: Desk) -> None:
    desk.supervisor("Rina", rank=1)
    item = desk.item(Kind.STALE_FACT)
    for _ in range(40):
        desk.office.skip(hours=12)
        desk.sweep()
    assert desk.clocks(item)["claim"].misses > 10
    assert desk.alarms(item) == []


def test_a_response_is_due_by_when_the_client_was_promised_it(desk: Desk) -> None:
    item = desk.item(
        Kind.COUNSELLING,
        case_id=desk.case(),
        offered_at=desk.now(),
        promised_at=desk.now() + timedelta(hours=4),
    )
    desk.sweep()
    found = desk.clocks(item)["first_response"]
    assert (found.due_at, found.wall) == (desk.now() + timedelta(hours=4), True)


def say(desk: Desk, case: str, **columns: object) -> None:
    """A contact of staff with the client of a case."""
    values = {
        "id": new_ident(),
        "case_id": case,
        "channel": "call",
        "direction": "out",
        "disposition": "reached",
        "at": desk.now(),
        **columns,
    }
    with desk.parts.database.transaction() as connection:
        connection.execute(insert(Contact).values(**values))


def test_an_answer_stops_the_clock_and_an_attempt_that_failed_does_not(desk: Desk) -> None:
    case = desk.case()
    item = desk.item(Kind.TEXT, case_id=case)
    desk.after(minutes=5)
    say(desk, case, disposition="no_answer")
    desk.sweep()
    assert states(desk, item)["first_response"] == "active"
    say(desk, case)
    desk.sweep()
    assert states(desk, item)["first_response"] == "hit"


def test_an_answer_that_came_too_late_is_a_miss_even_if_nobody_was_looking(desk: Desk) -> None:
    case = desk.case()
    item = desk.item(Kind.TEXT, case_id=case, priority=Priority.HIGH)
    desk.sweep()
    desk.office.skip(hours=5)
    say(desk, case)
    clock_answers.follow(desk.parts)
    found = desk.clocks(item)["first_response"]
    assert (found.state, found.misses) == ("missed", 1)


def test_a_client_who_writes_again_starts_the_clock_of_the_next_answer(desk: Desk) -> None:
    case = desk.case()
    with desk.parts.database.reading() as connection:
        phone = connection.execute(CareCase.__table__.select()).one().phone_id
    item = desk.item(Kind.TEXT, case_id=case, phone_id=phone)
    desk.claim(item, desk.office.hire(Role.COUNSELLOR))
    desk.after(minutes=5)
    say(desk, case)
    desk.after(minutes=5)
    assert Promised.NEXT_RESPONSE not in desk.clocks(item)
    wrote = desk.now()
    with desk.parts.database.transaction() as connection:
        ident = new_ident()
        connection.execute(
            insert(IncomingText).values(
                id=ident,
                phone_id=phone,
                words=desk.parts.ring.seal("Hello?", "incoming_text.words", ident),
                state="open",
                received_at=wrote,
            )
        )
    desk.after(minutes=5)
    found = desk.clocks(item)["next_response"]
    assert (found.state, found.started_at) == ("active", wrote)
    say(desk, case)
    desk.after(minutes=5)
    assert states(desk, item)["next_response"] == "hit"
    assert desk.sweep() == 0


def test_while_we_wait_for_the_client_the_clock_of_the_work_stands_still(desk: Desk) -> None:
    case = desk.case()
    item = desk.item(Kind.TEXT, case_id=case, priority=Priority.HIGH)
    desk.claim(item, desk.office.hire(Role.COUNSELLOR))
    desk.sweep()
    before = desk.clocks(item)["resolution"]
    desk.change(CareCase, case, waiting_on="agency")
    desk.sweep()
    assert desk.clocks(item)["resolution"].paused_at == desk.now()
    desk.office.skip(days=2)
    desk.sweep()
    desk.change(CareCase, case, waiting_on="us")
    desk.sweep()
    after = desk.clocks(item)["resolution"]
    assert after.paused_at is None
    assert after.left == before.left
    assert after.due_at == before.due_at + timedelta(days=2)
    assert ("paused", "resolution") in desk.steps(item, "sla_clock")


def test_waiting_for_the_client_stops_the_clock_of_our_answer(desk: Desk) -> None:
    case = desk.case()
    item = desk.item(Kind.TEXT, case_id=case)
    desk.after(minutes=5)
    desk.change(CareCase, case, waiting_on="client", updated_at=desk.now())
    desk.sweep()
    assert states(desk, item)["first_response"] == "hit"


def test_a_room_may_start_pause_resume_restart_and_stop_a_clock_itself(desk: Desk) -> None:
    subject, now = new_ident(), desk.now()
    with desk.parts.database.transaction() as connection:
        named = {"kind": Promised.RESOLUTION, "subject_id": subject, "allowed": Limit(3600)}
        assert clocks.start(connection, **named, at=now, now=now)
        assert not clocks.start(connection, **named, at=now, now=now)
        assert clocks.pause(connection, subject_id=subject, now=now + timedelta(minutes=20)) == 1
        assert clocks.pause(connection, subject_id=subject, now=now) == 0
        later = now + timedelta(hours=2)
        assert clocks.resume(connection, subject_id=subject, now=later) == 1
    assert desk.clocks(subject)["resolution"].due_at == later + timedelta(minutes=40)
    with desk.parts.database.transaction() as connection:
        clocks.restart(connection, **named, at=later, now=later)
        assert clocks.stop(connection, subject_id=subject, now=later) == 1
        assert clocks.stop(connection, subject_id=subject, now=later) == 0
    assert states(desk, subject) == {"resolution": "hit"}
    assert [became for became, _ in desk.steps(subject, "sla_clock")] == [
        "active",
        "paused",
        "active",
        "active",
        "hit",
    ]


# -- danger ----------------------------------------------------------------------------------


def danger(desk: Desk, case: str) -> str:
    with desk.parts.database.transaction() as connection:
        return risk.raise_risk(desk.parts, connection, case_id=case, why="said_so", now=desk.now())


def test_a_risk_that_is_raised_calls_somebody_in_the_same_moment(desk: Desk) -> None:
    rina = desk.supervisor("Rina", rank=1)
    desk.office.skip(hours=15)
    item = danger(desk, desk.case())
    row = desk.row(item)
    assert (row.kind, row.priority, row.state) == (Kind.RISK_REVIEW, Priority.IMMINENT, "open")
    assert desk.alarms(item) == [(rina.id, 1, "paging")]
    assert desk.clocks(item)["claim"].due_at == desk.now() + timedelta(minutes=2)


def test_a_risk_that_is_raised_twice_is_one_review(desk: Desk) -> None:
    desk.supervisor("Rina", rank=1)
    case = desk.case()
    item = danger(desk, case)
    assert danger(desk, case) == item
    assert len(desk.alarms(item)) == 1


def test_a_review_that_was_done_begins_anew_and_calls_anew(desk: Desk) -> None:
    rina = desk.supervisor("Rina", rank=1)
    case = desk.case()
    item = danger(desk, case)
    with acting(desk.parts, rina) as deed:
        alarms.acknowledge(deed, desk.alarm(item, rina))
    with acting(desk.parts, rina) as deed:
        risk_reviews.without_form(deed, item, why="in_care", words="She is at the hospital.")
    desk.after(minutes=1)
    desk.office.skip(days=3)
    assert danger(desk, case) == item
    assert desk.row(item).state == "open"
    assert desk.alarms(item)[-1] == (rina.id, 2, "paging")
    desk.sweep()
    assert set(states(desk, item).values()) == {"active"}


def test_a_review_of_a_restricted_case_is_restricted_and_its_own_people_are_called_first(
    desk: Desk,
) -> None:
    rina = desk.supervisor("Rina", rank=1)
    salma = desk.supervisor("Salma", rank=2)
    case = desk.case(restricted="suicide", supervisor_id=salma.id)
    item = danger(desk, case)
    assert desk.row(item).restricted == "suicide"
    desk.after(minutes=2)
    assert [who for who, *_ in desk.alarms(item)] == [salma.id, rina.id]


def test_raising_a_risk_says_nothing_about_the_person(desk: Desk) -> None:
    desk.supervisor("Rina", rank=1)
    case = desk.case()
    danger(desk, case)
    with desk.parts.database.reading() as connection:
        row = connection.execute(CareCase.__table__.select()).one()
    assert (row.risk_level, row.restricted, row.stage) == ("none", "", "new")
