"""A referral from the draft to what both sides say, by link, by SMS and by one digit in the menus."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.conversations.screens import screen
from tests.desk.office import Office
from tests.desk.referring import FOCAL, Town, town


@pytest.fixture
def jashore(office: Office) -> Town:
    return town(office)


def test_a_referral_is_confirmed_by_both_sides(jashore: Town) -> None:
    browser = jashore.office.browser(jashore.nasrin)
    shown = browser.open(f"/desk/case/{jashore.case_id}/refer?service=legal_aid")
    assert "Example Legal Aid (fictional)" in shown
    shown = browser.submit(
        f"/desk/case/{jashore.case_id}/refer",
        service="legal_aid",
        provider=jashore.provider_id,
        priority="urgent",
        fields=["name", "district", "need"],
        words="Help with a wage claim",
        funding="unclear",
        left_out="later",
    )
    assert browser.status == 200, shown
    assert (
        "Example Legal Aid (fictional) only this, for Legal aid: the referral number, first name, district, what is needed."
        in shown
    )
    referral_id = browser.client.get(f"/desk/case/{jashore.case_id}").text.split(
        "/desk/referrals/"
    )[1][:32]
    version = str(jashore.row(referral_id).version)
    shown = browser.submit(
        f"/desk/referrals/{referral_id}/consent", version=version, agreed="yes", how="voice"
    )
    assert "Sent, no answer yet" in shown
    jashore.office.house.work()
    assert "Shirin" not in jashore.told()
    assert "http" not in jashore.told().replace("/desk/partner/", "")

    partner = jashore.office.stranger()
    page = partner.client.get(jashore.link())
    assert page.status_code == 200
    assert "Shirin" in page.text
    assert "Example</dd>" not in page.text
    assert "Help with a wage claim" in page.text
    assert "8801300000001" not in page.text
    day = (jashore.office.clock() + timedelta(days=2)).date().isoformat()
    link = jashore.link()
    page = partner.client.post(
        link, data={"answer": "accept", "day": day, "hour": "11:00"}, follow_redirects=True
    )
    assert page.status_code == 200
    assert jashore.row(referral_id).state == "accepted"
    jashore.office.house.work()
    assert jashore.shirin.house.texts()[-1] == screen("কেমন আছেন? সময় হলে *0000# ডায়াল করুন।")

    jashore.office.skip(days=2, hours=3)
    shirin = jashore.shirin
    shirin.dial()
    first = shirin.press("6", "2580")
    assert "বৃহস্পতি 3 ডিসেম্বর" in first
    assert screen("সেবা পেয়েছেন?") in shirin.press("1")
    assert screen("জানানোর জন্য ধন্যবাদ।") in shirin.press("1")
    assert jashore.row(referral_id).client_says == "attended"
    assert jashore.row(referral_id).state == "attended"
    page = partner.client.post(
        link, data={"answer": "completed", "outcome": "served"}, follow_redirects=True
    )
    assert page.status_code == 200
    row = jashore.row(referral_id)
    assert (row.state, row.office_says, row.client_says, row.outcome) == (
        "completed",
        "completed",
        "attended",
        "served",
    )
    later = jashore.office.browser(jashore.nasrin).open(f"/desk/referrals/{referral_id}")
    assert "Both sides say that the client got the service." in later
    assert jashore.item(referral_id) is None


def test_an_office_with_nothing_but_sms_answers_with_its_code(jashore: Town) -> None:
    referral_id = jashore.sent()
    code = jashore.code()
    assert "লিখে রাখা হলো" in jashore.sms(f"{code} 1")[0]
    assert jashore.row(referral_id).state == "accepted"
    assert "লিখে রাখা হলো" in jashore.sms(f"{code} 3")[0]
    assert jashore.row(referral_id).state == "attended"


def test_a_code_from_another_number_does_nothing(jashore: Town) -> None:
    referral_id = jashore.sent()
    jashore.sms(f"{jashore.code()} 1", number="+8801300000999")
    assert jashore.row(referral_id).state == "sent"
    assert FOCAL != "+8801300000999"
