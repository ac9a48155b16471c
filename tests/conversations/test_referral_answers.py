"""One digit each: a client behind her secret number, an office with its code by SMS."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from helpline.gateways.port import SmsHeard
from helpline.service import converse
from helpline.settings import Settings
from helpline.store.tables import Audit, IncomingText
from tests.conversations.screens import screen
from tests.desk.office import Office
from tests.desk.referring import FOCAL, Town, town
from tests.house import RAHIMA

if TYPE_CHECKING:
    from helpline.store.database import Database

REASONS = {"1": "cost", "2": "distance", "3": "fear", "4": "did_not_know", "5": "other"}


@pytest.fixture
def jashore(database: Database, tmp_path: Path) -> Town:
    settings = replace(Settings.demo(tmp_path / "var", 8000), simulator=False)
    return town(Office(database, settings))


def accepted(jashore: Town) -> str:
    ident = jashore.sent()
    jashore.sms(f"{jashore.code()} 1")
    return ident


def test_she_says_yes_with_one_digit(jashore: Town) -> None:
    ident = accepted(jashore)
    jashore.shirin.dial()
    assert jashore.shirin.press("6", "2580").startswith(
        screen("""
            আমার তারিখ:
            1 মঙ্গল 1 ডিসেম্বর, সকাল
        """)
    )
    assert jashore.shirin.press("1") == screen("""
        মঙ্গল 1 ডিসেম্বর, সকাল: সেবা পেয়েছেন?
        1 হ্যাঁ
        2 না
        99 পেছনে 0 কথা 00 মেনু
    """)
    assert jashore.shirin.press("1") == screen("জানানোর জন্য ধন্যবাদ।")
    row = jashore.row(ident)
    assert (row.state, row.client_says, row.why) == ("attended", "attended", "")


@pytest.mark.parametrize("key", REASONS)
def test_she_says_why_not_with_one_digit(jashore: Town, key: str) -> None:
    ident = accepted(jashore)
    jashore.shirin.dial()
    assert jashore.shirin.press("6", "2580", "1", "2").startswith(
        screen("""
            কী কারণে পাননি?
            1 খরচ
            2 অনেক দূর
        """)
    )
    jashore.shirin.press(key)
    row = jashore.row(ident)
    assert (row.state, row.client_says, row.why) == ("not_attended", "not_attended", REASONS[key])
    assert jashore.item(ident) is not None


def test_what_was_said_once_is_not_asked_again(jashore: Town) -> None:
    accepted(jashore)
    jashore.shirin.dial()
    jashore.shirin.press("6", "2580", "1", "1")
    jashore.shirin.dial()
    assert screen("মঙ্গল 1 ডিসেম্বর") not in jashore.shirin.press("6", "2580")


def test_nobody_else_can_say_it(jashore: Town) -> None:
    ident = accepted(jashore)
    other = jashore.office.house.phone(RAHIMA)
    other.dial()
    other.press("6", "2580", "1", "1")
    wrong = jashore.shirin
    wrong.dial()
    wrong.press("6", "1111", "1", "1")
    assert jashore.row(ident).client_says == ""


def test_a_referral_nobody_accepted_is_not_asked_about(jashore: Town) -> None:
    jashore.sent()
    jashore.shirin.dial()
    assert screen("মঙ্গল 1 ডিসেম্বর") not in jashore.shirin.press("6", "2580")


def test_nothing_is_said_by_sms_where_the_digits_would_stay_in_the_phone(jashore: Town) -> None:
    ident = accepted(jashore)
    for words in ("তারিখ", "2580", "1", "1"):
        jashore.shirin.text(words)
    assert jashore.row(ident).client_says == ""


# -- the office ---------------------------------------------------------------------------------


def test_an_office_answers_by_sms_and_is_told_so(jashore: Town) -> None:
    ident = jashore.sent()
    number = jashore.row(ident).reference
    spoken = f"{number[:3]} {number[3:6]} {number[6:]}"
    code = jashore.code()
    assert jashore.sms(f"{code} ১") == [screen(f"অনুরোধ {spoken}: লিখে রাখা হলো, ধন্যবাদ।")]
    assert jashore.sms(f"{code} 2") == [screen(f"অনুরোধ {spoken}: এই উত্তর এখন আর নেওয়া যায় না।")]
    assert jashore.row(ident).state == "accepted"
    actor = f"partner:{jashore.provider_id}"
    noted = [each["action"] for each in jashore.all(Audit) if each["actor"] == actor]
    assert noted == ["office_accept"]


def test_a_code_from_a_wrong_number_changes_nothing_and_is_an_ordinary_message(
    jashore: Town,
) -> None:
    ident = jashore.sent()
    answer = jashore.sms(f"{jashore.code()} 1", number=RAHIMA)
    assert jashore.row(ident).state == "sent"
    assert all(screen("অনুরোধ") not in each for each in answer)


def test_a_wrong_code_is_said_and_counted(jashore: Town) -> None:
    ident = jashore.sent()
    wrong = "10000" if jashore.code() != "10000" else "10001"
    for _try in range(10):
        assert jashore.sms(f"{wrong} 1") == [screen("এই কোডটি পাওয়া যায়নি। আমাদের শেষ বার্তাটি দেখুন।")]
    assert jashore.sms(f"{wrong} 1") == []
    assert jashore.row(ident).state == "sent"
    jashore.office.skip(hours=2)
    assert len(jashore.sms(f"{wrong} 1")) == 1


def test_a_code_is_over_with_its_link(jashore: Town) -> None:
    ident = jashore.sent()
    code = jashore.code()
    jashore.office.skip(days=22)
    assert jashore.sms(f"{code} 1") == [screen("এই কোডটি পাওয়া যায়নি। আমাদের শেষ বার্তাটি দেখুন।")]
    assert jashore.row(ident).state == "sent"


def test_an_answer_that_is_delivered_twice_counts_once(jashore: Town) -> None:
    ident = jashore.sent()
    heard = SmsHeard(FOCAL, "0000", f"{jashore.code()} 1", "event-twice")
    house = jashore.office.house
    for _time in range(2):
        converse.sms(house.parts, house.gateway, heard)
        house.work()
    assert jashore.row(ident).version == 4
    assert len([each for each in house.texts(FOCAL) if screen("লিখে রাখা হলো") in each]) == 1


def test_other_words_from_an_office_are_an_ordinary_message(jashore: Town) -> None:
    jashore.sent()
    jashore.sms("please call us")
    assert len(jashore.all(IncomingText)) == 1
