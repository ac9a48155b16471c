"""Three renderings of one conversation, and the letters a gateway and a network can carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helpline.gateways.port import Charset
from tests.conversations.screens import HOME, REGISTER_IN_JASHORE, reference_on, screen
from tests.house import RAHIMA, House

if TYPE_CHECKING:
    from helpline.store.database import Database

ROMANISED_HOME = """
    Probashferotder sheba
    1 Nibondhon
    2 Poramorsho
    3 Kacher kendro
    4 Amake phone korun
    5 Joruri nombor
    6 Amar tarikh
    7 Bhasha
    8 Bondho kora
    9 Onno sheba
    0 Kotha
"""
ENGLISH_HOME = """
    For those back from abroad
    1 Register
    2 Counselling
    3 Find a centre
    4 Call me
    5 Important numbers
    6 My dates
    7 Language
    8 Stop
    9 More help
    0 Talk 00 Menu
"""


def test_each_language_is_named_in_its_own_letters(database: Database) -> None:
    shirin = House(database).phone()
    assert shirin.dial() == screen(HOME)
    assert shirin.press("7") == screen("""
        কোন ভাষা?
        1 বাংলা
        2 Bangla
        3 English
        99 পেছনে 0 কথা 00 মেনু
    """)


def test_english_is_spoken_from_the_answer_on_and_remembered(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    assert shirin.press("7", "3") == "All right. We will use English."
    assert shirin.dial() == screen(ENGLISH_HOME)
    assert house.phone(RAHIMA).dial() == screen(HOME)


def test_who_chose_romanised_screens_still_gets_sms_in_bangla_letters(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    assert shirin.press("7", "2") == "Thik ache. Ekhon theke Bangla."
    assert shirin.dial() == screen(ROMANISED_HOME)
    reference = reference_on(shirin.press(*REGISTER_IN_JASHORE))
    assert (
        shirin.screen
        == f"Nibondhon hoyeche. Nombor {reference}, likhe rakhun. Aro bolte dial kore 9, 6 chapun."
    )
    house.work()
    assert house.texts() == [screen(f"ধন্যবাদ। আপনার নম্বর {reference}। রেখে দিন।")]
    house.clock.skip(days=7)
    house.tick()
    assert house.texts()[1:] == [screen("কেমন আছেন? সময় হলে *0000# ডায়াল করুন।")]
    shirin.text("help")
    assert house.texts()[-1].startswith(screen("প্রবাসফেরতদের সেবা"))


def test_who_chose_english_gets_sms_in_english(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press("7", "3")
    shirin.dial()
    reference = reference_on(shirin.press(*REGISTER_IN_JASHORE))
    house.work()
    house.clock.skip(days=7)
    house.tick()
    assert house.texts() == [
        f"Thank you. Your number is {reference}. Please keep it.",
        "How are you? When you are free, dial *0000#.",
    ]


def test_a_change_of_language_counts_for_what_was_planned_before(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press(*REGISTER_IN_JASHORE)
    house.work()
    shirin.dial()
    shirin.press("7", "3")
    house.clock.skip(days=7)
    house.tick()
    assert house.texts()[1:] == ["How are you? When you are free, dial *0000#."]


@pytest.mark.parametrize("charset", [Charset.ASCII, Charset.GSM7])
def test_a_gateway_without_bangla_letters_shows_romanised_screens(
    database: Database, charset: Charset
) -> None:
    house = House(database, charset)
    shirin = house.phone()
    assert shirin.dial() == screen(ROMANISED_HOME)
    assert shirin.press("1") == screen("""
        Apnar kotha gopon rakhbo, shudhu shahajje lagbe. Raji?
        1 Raji
        2 Na
        3 Aro janbo
        99 Pechone 0 Kotha 00 Menu
    """)
    shirin.press("00", *REGISTER_IN_JASHORE)
    house.work()
    assert screen("ধন্যবাদ।") in house.texts()[0]


@pytest.mark.parametrize("charset", Charset)
def test_english_is_english_on_every_gateway(database: Database, charset: Charset) -> None:
    shirin = House(database, charset).phone()
    shirin.dial()
    shirin.press("7", "3")
    assert shirin.dial() == screen(ENGLISH_HOME)


def test_a_gateway_that_promises_only_ascii_gets_no_page_longer_than_it_carries(
    database: Database,
) -> None:
    shirin = House(database, Charset.ASCII).phone()
    shirin.dial()
    shirin.press("7", "3")
    shirin.dial()
    shirin.press("5")
    pages = [shirin.screen, shirin.press("98"), shirin.press("98")]
    assert max(len(page) for page in pages) <= 160
    assert all(page.isascii() for page in pages)


@pytest.mark.parametrize(
    ("word", "answer"),
    [("ভাষা", "কোন ভাষা?"), ("bhasha", "কোন ভাষা?"), ("Language", "কোন ভাষা?")],
)
def test_the_language_may_be_chosen_by_sms_too(database: Database, word: str, answer: str) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.text(word)
    assert house.texts()[0].startswith(screen(answer))
    shirin.text("3")
    assert house.texts()[1] == "All right. We will use English."
    assert shirin.dial() == screen(ENGLISH_HOME)
