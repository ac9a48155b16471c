"""A conversation that broke off is offered again on the next call, and tells nobody what it was."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from helpline.gateways.port import SessionEnded
from helpline.service import converse
from helpline.store.tables import Person
from tests.conversations.screens import HOME, REGISTER_IN_JASHORE, rows, screen
from tests.house import RAHIMA, House

if TYPE_CHECKING:
    from helpline.store.database import Database

RESUME = """
    আগের কাজটা চালিয়ে যাবেন?
    1 হ্যাঁ
    2 না, নতুন করে
    0 কথা 00 মেনু
"""


def test_who_calls_again_goes_on_at_the_question_that_was_open(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press(*REGISTER_IN_JASHORE[:6])
    converse.ended(house.parts, house.gateway, SessionEnded(shirin._session, "Incomplete", "end-1"))
    house.clock.skip(hours=3)
    assert shirin.dial() == screen(RESUME)
    assert shirin.press("1") == screen("""
        কোন দেশ থেকে ফিরেছেন?
        1 সৌদি আরব
        2 আরব আমিরাত
        3 ওমান
        4 কাতার
        98 আরও 0 কথা
    """)
    shirin.press(*REGISTER_IN_JASHORE[6:])
    assert shirin.over
    (person,) = rows(database, Person)
    assert (person["district"], person["sex"]) == ("BD-22", "woman")
    assert shirin.dial() == screen(HOME)


def test_who_rather_starts_anew_starts_anew(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press(*REGISTER_IN_JASHORE[:6])
    assert shirin.dial() == screen(RESUME)
    assert shirin.press("2") == screen(HOME)
    assert shirin.dial() == screen(HOME)


@pytest.mark.parametrize("keys", [(), ("1",), ("2", "3"), ("3", "jessore"), ("1", "3")])
def test_there_is_nothing_to_go_on_with_before_anything_worth_it_was_said(
    database: Database, keys: tuple[str, ...]
) -> None:
    shirin = House(database).phone()
    shirin.dial()
    shirin.press(*keys)
    assert shirin.dial() == screen(HOME)


def test_after_a_week_a_broken_off_registration_is_forgotten(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press(*REGISTER_IN_JASHORE[:6])
    house.clock.skip(days=6, hours=23)
    assert shirin.dial() == screen(RESUME)
    house.clock.skip(days=7, minutes=1)
    assert shirin.dial() == screen(HOME)


def test_breaking_off_again_and_again_loses_nothing(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press("1", "1")
    for answer in REGISTER_IN_JASHORE[2:-1]:
        assert shirin.dial() == screen(RESUME)
        shirin.press("1", answer)
    assert shirin.dial() == screen(RESUME)
    assert shirin.press("1") == screen("""
        যশোর, সৌদি আরব। ঠিক আছে?
        1 হ্যাঁ, নিবন্ধন করুন
        2 না, বদলাব
        0 কথা 00 মেনু
    """)
    shirin.press("1")
    assert len(rows(database, Person)) == 1


def test_a_draft_is_offered_to_the_phone_it_was_begun_on_and_no_other(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press(*REGISTER_IN_JASHORE[:6])
    assert house.phone(RAHIMA).dial() == screen(HOME)


def test_what_was_begun_by_sms_and_ended_by_dialling_is_not_offered_again(
    database: Database,
) -> None:
    house = House(database)
    shirin = house.phone()
    for words in ("register", *REGISTER_IN_JASHORE[1:4]):
        shirin.text(words)
    assert shirin.dial() == screen(RESUME)
    shirin.press("1", *REGISTER_IN_JASHORE[4:])
    assert shirin.over
    shirin.text("1")
    assert house.texts()[-1].startswith(screen("প্রবাসফেরতদের সেবা"))
    assert shirin.dial() == screen(HOME)
    assert len(rows(database, Person)) == 1


def test_what_was_begun_by_dialling_can_be_begun_by_sms_too(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press(*REGISTER_IN_JASHORE[:6])
    for words in ("register", *REGISTER_IN_JASHORE[1:3]):
        shirin.text(words)
    assert house.texts()[-1].startswith(screen("নারী না পুরুষ?"))
    assert shirin.dial() == screen(RESUME)


def test_keys_dialled_at_once_answer_no_question_nobody_has_seen(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press(*REGISTER_IN_JASHORE[:6])
    assert house.phone().dial() == screen(RESUME)
    direct = house.phone()
    direct._session, direct._typed = house.session(), ""
    assert direct.press("4*1") == screen("""
        কখন ফোন করব?
        1 যত আগে পারেন
        2 সকাল 9-12
        3 দুপুর 12-4
        4 বিকাল 4-8
        99 পেছনে
    """)
    assert house.phone().dial() == screen(RESUME)


def test_new_menus_in_the_middle_of_a_call_lead_back_politely(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press(*REGISTER_IN_JASHORE[:6])
    renew(house)
    assert shirin.press("1") == screen("""
        চলুন, আবার শুরু করি।
        আগের কাজটা চালিয়ে যাবেন?
        1 হ্যাঁ
        2 না, নতুন করে
        0 কথা
    """)
    assert shirin.press("1").startswith(screen("কোন দেশ থেকে ফিরেছেন?"))
    shirin.press(*REGISTER_IN_JASHORE[6:])
    assert len(rows(database, Person)) == 1


def test_new_menus_before_anything_was_said_show_the_main_menu(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    renew(house)
    assert shirin.press("3") == screen("""
        চলুন, আবার শুরু করি।
        প্রবাসফেরতদের সেবা
        1 নিবন্ধন
        2 পরামর্শ
        98 আরও 0 কথা
    """)
    assert shirin.press("98") == screen("""
        3 কাছের কেন্দ্র
        4 আমাকে ফোন করুন
        5 জরুরি নম্বর
        98 আরও 99 পেছনে 0 কথা
    """)


def renew(house: House) -> None:
    """Deploy menus of another revision; sessions begun before keep theirs."""
    house.parts = replace(house.parts, book=replace(house.parts.book, revision="newer"))
