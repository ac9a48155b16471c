"""What a case tells of what happened: complaints by phone, alarms, referrals, each once and in words."""

from __future__ import annotations

import re

import pytest

from helpline.cases.roles import Role
from helpline.cases.work import Kind, Priority
from helpline.store.tables import CareCase, WorkItem
from tests.desk.casebook import moves, row, rows
from tests.desk.office import Office
from tests.desk.oncall import Desk
from tests.desk.referring import town
from tests.house import SHIRIN


@pytest.mark.parametrize(
    ("keys", "call"),
    [
        (("9", "2", "1", "1", "1"), "The client may be called at the time they chose"),
        (("9", "2", "1", "2"), "Do not call: the client contacts us"),
    ],
)
def test_a_complaint_made_by_phone_says_what_about_and_whether_to_call(
    office: Office, keys: tuple[str, ...], call: str
) -> None:
    phone = office.house.phone(SHIRIN)
    phone.dial()
    phone.press(*keys)
    [item] = rows(office, WorkItem, kind=Kind.COMPLAINT.value)
    browser = office.browser(office.hire(Role.SUPERVISOR))
    page = browser.open(f"/desk/case/{item.case_id}?item={item.id}")
    assert f"About Pay that was not paid By phone {call}" in page
    assert f"Complaint: Pay that was not paid. {call}" in page


@pytest.mark.parametrize(("about", "shown"), [("1", False), ("4", True), ("6", False)])
def test_a_complaint_about_ill_treatment_shows_the_lines_the_caller_read_in_the_same_order(
    office: Office, about: str, *, shown: bool
) -> None:
    phone = office.house.phone(SHIRIN)
    phone.dial()
    seen = phone.press("9", "2", about)
    assert ("109, 999" in seen) is shown
    phone.press(*("1", "2") if shown else ("2",))
    [item] = rows(office, WorkItem, kind=Kind.COMPLAINT.value)
    browser = office.browser(office.hire(Role.SUPERVISOR))
    browser.open(f"/desk/case/{item.case_id}?item={item.id}")
    lines = re.findall(r"<dd><strong>(\d+)</strong>", browser.page)
    assert lines == (["109", "999"] if shown else [])


def test_the_steps_of_an_alarm_are_told_with_who_was_called(office: Office) -> None:
    desk = Desk(office)
    rina = desk.supervisor("Rina", rank=1)
    case = desk.case()
    desk.item(priority=Priority.IMMINENT, case_id=case)
    desk.sweep()
    desk.after(minutes=2)
    page = office.browser(rina).open(f"/desk/case/{case}/timeline")
    assert page.count("Alarm: Called (Rina)") == 1


def test_a_case_waits_for_an_office_until_the_last_one_answers(office: Office) -> None:
    jashore = town(office)

    def waits() -> tuple[str, list[tuple[str, str, str]]]:
        case = row(office, CareCase, id=jashore.case_id)
        return case.waiting_on, moves(office, "waiting", jashore.case_id)

    jashore.sent()
    jashore.sms(f"{jashore.code()} 1")
    assert waits() == ("us", [("us", "agency", ""), ("agency", "us", "")])
    first = jashore.sent()
    jashore.sent()
    jashore.sms(f"{jashore.code()} 2")
    assert waits()[0] == "agency"
    assert jashore.row(first).state == "sent"


def test_who_asks_for_another_office_is_led_to_a_referral(office: Office) -> None:
    desk = Desk(office)
    nasrin = office.hire()
    case = desk.case()
    item = desk.item(case_id=case)
    browser = office.browser(nasrin)
    browser.open(f"/desk/item/{item}/escalate")
    page = browser.submit(f"/desk/item/{item}/escalate", to="agency", why="no_service")
    assert "New referral" in page
    assert f'href="/desk/case/{case}?item={item}"' in browser.page


def test_what_happens_with_a_referral_is_told_once_and_why(office: Office) -> None:
    jashore = town(office)
    jashore.sent()
    jashore.sms(f"{jashore.code()} 2")
    page = office.browser(jashore.nasrin).open(f"/desk/case/{jashore.case_id}/timeline")
    assert "Referral: The client agreed, by voice" in page
    assert page.count("Referral: Declined") == 1
    assert page.count("Referral: Sent") == 1
