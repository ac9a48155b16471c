"""Calling people until one answers: in order, in time, over and over, by desk and by phone."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from helpline.cases.roles import Role
from helpline.cases.states import ALARM, IllegalMove, move
from helpline.cases.work import Kind, Priority
from helpline.service.desk import alarms
from helpline.service.desk.acting import NotAllowed, Stale, acting
from helpline.store.tables import Audit, Message, Staff, WorkItem
from tests.desk.office import Office
from tests.desk.oncall import Desk


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk(office)


def noted(desk: Desk) -> list[tuple[str, str, str]]:
    """The log: who did what, and how."""
    with desk.parts.database.reading() as connection:
        found = select(Audit.actor, Audit.action, Audit.detail).order_by(Audit.number)
        return [tuple(each) for each in connection.execute(found)]


def test_an_escalation_is_acknowledged_by_the_second_person_on_the_rota(desk: Desk) -> None:
    rina = desk.supervisor("Rina", rank=1)
    salma = desk.supervisor("Salma", rank=2)
    item = desk.item(priority=Priority.IMMINENT)

    desk.sweep()
    desk.after(minutes=2)  # nobody took it: the clock is missed, the first person is called
    assert desk.alarms(item) == [(rina.id, 1, "paging")]

    desk.after(minutes=2)  # she does not answer: the second is called
    assert desk.alarms(item) == [(rina.id, 1, "passed_on"), (salma.id, 1, "paging")]

    code = desk.code(salma, desk.number(salma))
    desk.office.house.phone(desk.number(salma)).text(f"OK {code}")
    assert desk.alarms(item) == [(rina.id, 1, "passed_on"), (salma.id, 1, "acknowledged")]
    assert (salma.id, "acknowledge", "by=sms") in noted(desk)
    assert (desk.row(item).state, desk.row(item).owner_id) == ("claimed", salma.id)
    desk.office.house.tick()
    assert desk.office.house.texts(desk.number(salma))[-1] == "Thank you. The work is yours now."

    desk.after(minutes=4)  # and it is quiet
    assert len(desk.alarms(item)) == 2
    assert [became for became, _ in desk.steps(item, "alarm")] == [
        "paging",
        "passed_on",
        "paging",
        "acknowledged",
    ]


def test_the_text_to_somebody_on_call_tells_nothing_about_anybody(desk: Desk) -> None:
    rina = desk.supervisor("Rina", rank=1, language="en")
    item = desk.item(Kind.RISK_REVIEW, case_id=desk.case())
    desk.page(item)
    desk.office.house.tick()
    [text] = desk.office.house.texts(desk.number(rina))
    code = desk.code(rina, desk.number(rina))
    assert text == f"Desk: work is waiting. Code {code}. Reply OK {code}"


def test_the_text_goes_out_at_three_in_the_night(desk: Desk) -> None:
    rina = desk.supervisor("Rina", rank=1)
    desk.office.skip(hours=17)
    desk.page(desk.item(priority=Priority.IMMINENT))
    desk.office.house.tick()
    assert len(desk.office.house.texts(desk.number(rina))) == 1


def test_round_after_round_until_a_human_answers(desk: Desk) -> None:
    rina = desk.supervisor("Rina", rank=1)
    salma = desk.supervisor("Salma", rank=2)
    item = desk.item(Kind.UNDECIDED, priority=Priority.IMMINENT)
    desk.page(item)
    desk.after(minutes=13)
    called = [(who, number) for who, number, _state in desk.alarms(item)]
    assert called == [(who.id, number) for number in (1, 2, 3) for who in (rina, salma)] + [
        (rina.id, 4)
    ]
    assert [state for *_, state in desk.alarms(item)] == ["passed_on"] * 6 + ["paging"]


def test_urgent_work_that_is_no_danger_waits_a_quarter_of_an_hour(desk: Desk) -> None:
    desk.supervisor("Rina", rank=1)
    salma = desk.supervisor("Salma", rank=2)
    item = desk.item(Kind.UNDECIDED, priority=Priority.HIGH)
    desk.page(item)
    desk.after(minutes=14)
    assert len(desk.alarms(item)) == 1
    desk.after(minutes=1)
    assert desk.alarms(item)[-1] == (salma.id, 1, "paging")


def test_a_supervisor_who_is_there_comes_before_those_who_are_at_home(desk: Desk) -> None:
    desk.supervisor("Rina", rank=1)
    there = desk.supervisor("Tania", number="")
    desk.here(there)
    desk.here(desk.supervisor("Counsellor", role=Role.COUNSELLOR))
    item = desk.item(priority=Priority.IMMINENT)
    desk.page(item)
    assert desk.alarms(item) == [(there.id, 1, "paging")]


def test_who_has_no_phone_and_is_not_there_cannot_be_called(desk: Desk) -> None:
    desk.supervisor("Rina", rank=1, number="")
    salma = desk.supervisor("Salma", rank=2)
    item = desk.item(priority=Priority.IMMINENT)
    desk.page(item)
    assert desk.alarms(item) == [(salma.id, 1, "paging")]


def test_a_client_who_asked_for_a_woman_gets_the_woman_of_the_rota_first(desk: Desk) -> None:
    karim = desk.supervisor("Karim", rank=1, sex="man")
    salma = desk.supervisor("Salma", rank=2)
    item = desk.item(priority=Priority.IMMINENT, counsellor="woman")
    desk.page(item)
    desk.after(minutes=2)
    assert [who for who, *_ in desk.alarms(item)] == [salma.id, karim.id]
    code = desk.code(karim, desk.number(karim))
    desk.office.house.phone(desk.number(karim)).text(f"ok {code}")
    assert desk.alarms(item)[-1] == (karim.id, 1, "acknowledged")
    assert desk.row(item).owner_id is None, "he finds a woman for her; it is not his"


def test_with_nobody_on_the_rota_every_supervisor_is_called_and_it_is_written_down(
    desk: Desk,
) -> None:
    mina, nila = desk.supervisor("Mina"), desk.supervisor("Nila")
    item = desk.item(Kind.UNDECIDED, priority=Priority.IMMINENT)
    desk.page(item)
    assert {who for who, *_ in desk.alarms(item)} == {mina.id, nila.id}
    assert desk.steps(item, "alarm")[0] == ("nobody_to_page", "")
    desk.after(minutes=2)
    assert [number for _, number, _ in desk.alarms(item)] == [1, 1, 2, 2]


def test_where_there_is_nobody_at_all_the_clock_asks_again_until_somebody_is_there(
    desk: Desk,
) -> None:
    item = desk.item(Kind.UNDECIDED, priority=Priority.IMMINENT)
    desk.after(minutes=5)
    assert desk.alarms(item) == []
    assert ("nobody_to_page", "") in desk.steps(item, "alarm")
    salma = desk.supervisor("Salma", rank=1)
    desk.after(minutes=3)
    assert desk.alarms(item)[-1][::2] == (salma.id, "paging")


def test_a_late_answer_counts_while_nobody_else_has_answered(desk: Desk) -> None:
    rina = desk.supervisor("Rina", rank=1)
    salma = desk.supervisor("Salma", rank=2)
    item = desk.item(priority=Priority.IMMINENT)
    desk.page(item)
    code = desk.code(rina, desk.number(rina))
    desk.after(minutes=2)
    desk.office.house.phone(desk.number(rina)).text(f"ঠিক আছে {code}")
    assert desk.alarms(item) == [(rina.id, 1, "acknowledged"), (salma.id, 1, "ended")]
    assert desk.row(item).owner_id == rina.id


def test_who_is_too_late_is_told_so_and_changes_nothing(desk: Desk) -> None:
    rina = desk.supervisor("Rina", rank=1)
    salma = desk.supervisor("Salma", rank=2)
    item = desk.item(priority=Priority.IMMINENT)
    desk.page(item)
    code = desk.code(rina, desk.number(rina))
    desk.after(minutes=2)
    with acting(desk.parts, salma) as deed:
        alarms.acknowledge(deed, desk.alarm(item, salma))
    desk.office.house.phone(desk.number(rina)).text(f"OK {code}")
    desk.office.house.tick()
    assert desk.office.house.texts(desk.number(rina))[-1].endswith("Somebody else has taken it.")
    assert desk.row(item).owner_id == salma.id
    with acting(desk.parts, rina) as deed, pytest.raises(alarms.Answered, match="Salma"):
        alarms.acknowledge(deed, desk.alarm(item, rina))


def test_the_same_code_from_another_phone_or_a_wrong_code_is_an_ordinary_text(desk: Desk) -> None:
    rina = desk.supervisor("Rina", rank=1)
    salma = desk.supervisor("Salma", rank=2)
    item = desk.item(priority=Priority.IMMINENT)
    desk.page(item)
    code = desk.code(rina, desk.number(rina))
    wrong = f"{(int(code) - 100_000 + 1) % 900_000 + 100_000}"
    desk.office.house.phone(desk.number(salma)).text(f"OK {code}")
    desk.office.house.phone(desk.number(rina)).text(f"OK {wrong}")
    desk.office.house.phone(desk.number(rina)).text(code)
    assert desk.alarms(item) == [(rina.id, 1, "paging")]


def test_the_same_answer_delivered_twice_counts_once(desk: Desk) -> None:
    rina = desk.supervisor("Rina", rank=1)
    item = desk.item(priority=Priority.IMMINENT)
    desk.page(item)
    code = desk.code(rina, desk.number(rina))
    for _ in range(2):
        desk.office.house.phone(desk.number(rina)).text(f"OK {code}")
    assert [became for became, _ in desk.steps(item, "alarm")] == ["paging", "acknowledged"]


def test_who_takes_the_item_from_the_queue_ends_the_calling(desk: Desk) -> None:
    rina = desk.supervisor("Rina", rank=1)
    item = desk.item(priority=Priority.IMMINENT)
    desk.page(item)
    desk.office.skip(seconds=30)
    nasrin = desk.office.hire(Role.COUNSELLOR)
    desk.claim(item, nasrin)
    desk.sweep()
    assert desk.alarms(item) == [(rina.id, 1, "ended")]
    desk.after(minutes=4)
    assert len(desk.alarms(item)) == 1


def test_who_was_called_and_takes_the_item_from_the_queue_has_answered(desk: Desk) -> None:
    rina = desk.supervisor("Rina", rank=1)
    item = desk.item(priority=Priority.IMMINENT)
    desk.page(item)
    desk.office.skip(seconds=30)
    desk.claim(item, rina)
    desk.sweep()
    assert desk.alarms(item) == [(rina.id, 1, "acknowledged")]


def test_a_text_that_has_not_gone_is_not_sent_once_somebody_answered(desk: Desk) -> None:
    desk.supervisor("Rina", rank=1)
    salma = desk.supervisor("Salma", rank=2)
    item = desk.item(priority=Priority.IMMINENT)
    desk.page(item)
    desk.after(minutes=2)
    with acting(desk.parts, salma) as deed:
        alarms.acknowledge(deed, desk.alarm(item, salma))
    assert {row.state for row in desk._rows(select(Message.state))} == {"cancelled"}


def test_done_work_calls_nobody_and_ends_the_calling(desk: Desk) -> None:
    rina = desk.supervisor("Rina", rank=1)
    item = desk.item(priority=Priority.IMMINENT)
    desk.page(item)
    desk.change(WorkItem, item, state="done", outcome="duplicate", done_at=desk.now())
    desk.sweep()
    assert desk.alarms(item) == [(rina.id, 1, "ended")]
    assert desk.page(item) == 0
    with acting(desk.parts, rina) as deed, pytest.raises(Stale):
        alarms.acknowledge(deed, desk.alarm(item, rina))


def test_a_suspended_supervisor_is_not_called(desk: Desk) -> None:
    rina = desk.supervisor("Rina", rank=1)
    salma = desk.supervisor("Salma", rank=2)
    desk.change(Staff, rina.id, state="suspended")
    item = desk.item(priority=Priority.IMMINENT)
    desk.page(item)
    assert desk.alarms(item) == [(salma.id, 1, "paging")]


def test_nobody_answers_for_somebody_else_except_who_supervises(desk: Desk) -> None:
    rina = desk.supervisor("Rina", rank=1)
    item = desk.item(priority=Priority.IMMINENT)
    desk.page(item)
    with (
        acting(desk.parts, desk.office.hire(Role.COUNSELLOR)) as deed,
        pytest.raises(NotAllowed),
    ):
        alarms.acknowledge(deed, desk.alarm(item, rina))
    mina = desk.supervisor("Mina")
    with acting(desk.parts, mina) as deed:
        assert alarms.acknowledge(deed, desk.alarm(item, rina)).owner_id == mina.id


@pytest.mark.parametrize("becomes", sorted(ALARM))
@pytest.mark.parametrize("was", sorted(ALARM))
def test_an_alarm_moves_as_its_table_says(was: str, becomes: str) -> None:
    if becomes in ALARM[was]:
        assert move(ALARM, was, becomes) == becomes
    else:
        with pytest.raises(IllegalMove):
            move(ALARM, was, becomes)


# -- the page --------------------------------------------------------------------------------


def test_the_page_of_alarms_calls_whom_it_calls_and_a_button_answers(desk: Desk) -> None:
    rina = desk.supervisor("Rina", rank=1)
    item = desk.item(Kind.RISK_REVIEW, case_id=desk.case())
    desk.page(item)
    browser = desk.office.browser(rina)
    assert "You are being called" in browser.open("/desk/alarms")
    assert "Risk review" in browser.open("/desk/alarms/now")
    browser.submit(f"/desk/alarms/{desk.alarm(item, rina)}/acknowledge")
    assert browser.status == 200
    assert desk.row(item).owner_id == rina.id
    assert "You are being called" not in browser.open("/desk/alarms")


def test_two_browsers_answer_and_the_second_learns_who_was_first(desk: Desk) -> None:
    rina = desk.supervisor("Rina", rank=1)
    mina = desk.supervisor("Mina <script>alert(1)</script>")
    item = desk.item(priority=Priority.IMMINENT)
    desk.page(item)
    first, second = desk.office.browser(rina), desk.office.browser(mina)
    first.open("/desk/alarms")
    assert "Others are being called" in second.open("/desk/alarms")
    first.submit(f"/desk/alarms/{desk.alarm(item, rina)}/acknowledge")
    said = second.submit(f"/desk/alarms/{desk.alarm(item, rina)}/acknowledge")
    assert second.status == 409
    assert "Rina has answered already." in said


def test_the_page_says_that_nobody_has_answered_and_that_nobody_is_on_the_rota(desk: Desk) -> None:
    mina = desk.supervisor("Mina {{7*7}} <b>x</b>")
    browser = desk.office.browser(mina)
    assert "Nobody is on the rota now." in browser.open("/desk/alarms")
    item = desk.item(Kind.UNDECIDED, priority=Priority.IMMINENT)
    desk.page(item)
    desk.after(minutes=2)
    said = browser.open("/desk/alarms")
    assert "Nobody has answered yet; called without an answer: 1" in said
    assert "<b>x</b>" not in browser.page
    desk.on_call(mina, rank=1)
    assert "Nobody is on the rota now." not in browser.open("/desk/alarms")


def test_a_restricted_item_of_others_is_not_on_the_page(desk: Desk) -> None:
    rina = desk.supervisor("Rina", rank=1)
    case = desk.case(restricted="gbv", owner_id=desk.supervisor("Owner").id)
    item = desk.item(Kind.RISK_REVIEW, case_id=case, restricted="gbv")
    with desk.parts.database.transaction() as connection:
        alarms.page(desk.parts, connection, item, desk.now())
    other = desk.office.browser(desk.office.hire(Role.SUPERVISOR))
    assert "Risk review" not in other.open("/desk/alarms")
    other.submit(f"/desk/alarms/{desk.alarm(item, rina)}/acknowledge")
    assert other.status == 404
    assert "Risk review" in desk.office.browser(rina).open("/desk/alarms")
