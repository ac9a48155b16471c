"""What a case tells of what happened: complaints by phone, alarms, referrals, each once and in words."""

from __future__ import annotations

import pytest

from helpline.cases.roles import Role
from helpline.cases.work import Kind, Priority
from helpline.store.tables import WorkItem
from tests.desk.casebook import rows
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


def test_the_steps_of_an_alarm_are_told_with_who_was_called(office: Office) -> None:
    desk = Desk(office)
    rina = desk.supervisor("Rina", rank=1)
    case = desk.case()
    desk.item(priority=Priority.IMMINENT, case_id=case)
    desk.sweep()
    desk.after(minutes=2)
    page = office.browser(rina).open(f"/desk/case/{case}/timeline")
    assert page.count("Alarm: Called (Rina)") == 1


def test_what_happens_with_a_referral_is_told_once_and_why(office: Office) -> None:
    jashore = town(office)
    jashore.sent()
    jashore.sms(f"{jashore.code()} 2")
    page = office.browser(jashore.nasrin).open(f"/desk/case/{jashore.case_id}/timeline")
    assert "Referral: The client agreed, by voice" in page
    assert page.count("Referral: Declined") == 1
    assert page.count("Referral: Sent") == 1
