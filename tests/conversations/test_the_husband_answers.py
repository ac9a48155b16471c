"""Her husband holds the phone: what he reads in her SMS, what he finds when he dials, what he hears when we call."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from helpline.cases.wording import codes, warnings
from helpline.cases.work import Kind
from helpline.service.desk import contact_words, outcomes
from helpline.service.desk.acting import acting
from helpline.service.desk.contact_words import Card
from helpline.settings import Settings
from helpline.store.tables import CareCase, PersonPhone, Phone, WorkItem
from tests.conversations.screens import HOME, REGISTER_IN_JASHORE, rows, screen
from tests.desk.phones import NASRIN, phone_office
from tests.house import SHIRIN, House

if TYPE_CHECKING:
    from pathlib import Path

    from helpline.store.database import Database

RESUMED = screen("""
    আগের কাজটা চালিয়ে যাবেন?
    1 হ্যাঁ
    2 না, নতুন করে
    0 কথা 00 মেনু
""")


def test_every_sms_he_can_read_says_nothing(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press(*REGISTER_IN_JASHORE)
    house.work()
    shirin.dial()
    shirin.press(
        "2", "1", "1", "1", "1", "2", "1", "1"
    )  # she asks for a counsellor, with a reminder
    for _day in range(40):
        house.clock.skip(days=1)
        house.tick()
    read = house.texts()
    assert len(read) > 1
    for text in read:
        assert set(codes(warnings(text, "bn"))) <= {"reference"}, text


def test_what_she_began_and_broke_off_is_offered_in_words_that_name_nothing(
    database: Database,
) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press("1", "1", "1", "1", "jessore")
    his = house.phone()
    his.dial()
    assert his.screen == RESUMED
    assert his.press("2") == screen(HOME)


def test_where_she_was_on_a_sensitive_screen_he_finds_the_main_menu(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press("9", "2", "4")
    his = house.phone()
    his.dial()
    assert his.screen == screen(HOME)


def test_he_writes_to_the_number_in_her_messages_and_learns_nothing(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press(*REGISTER_IN_JASHORE)
    house.work()
    house.gateway.sent.clear()
    his = house.phone()
    for words in ("কে এটা?", "ei number kar", "আপনারা কারা", "hello"):
        his.text(words)
    assert set(house.texts()) == {screen("ধন্যবাদ। আপনার কথা পেয়েছি।")}
    house.gateway.sent.clear()
    his.text("ভুল নম্বর")
    assert house.texts() == []


def test_he_answers_our_call_and_hears_of_a_sewing_course(
    database: Database, tmp_path: Path
) -> None:
    settings = replace(Settings.demo(tmp_path / "var", 8000), simulator=False)
    with phone_office(database, settings) as office:
        nasrin = office.on_duty("Nasrin", NASRIN)
        shirin = office.house.phone()
        shirin.dial()
        shirin.press(*REGISTER_IN_JASHORE)
        office.house.work()
        item = office.promise()
        case = office.one(CareCase, id=office.one(WorkItem, id=item).case_id)
        card = Card(others="স্বামী", cover="সেলাই প্রশিক্ষণ", safe_word="মেলা", danger="ভুল নম্বর")
        with acting(office.parts, nasrin) as deed:
            contact_words.write(deed, case.id, case.phone_id, 0, card)
        page = office.browser(nasrin).open(f"/desk/case/{case.id}?item={item}")
        for said in ("সেলাই প্রশিক্ষণ", "মেলা", "ভুল নম্বর", "Leave no message."):
            assert said in page
        office.party(NASRIN, "answer", "1")
        office.ring(nasrin, item)
        assert office.network.talking(NASRIN, SHIRIN)
        office.network.hang_up(office.network.side(SHIRIN))
        office.work()
        with acting(office.parts, nasrin) as deed:
            outcomes.record(deed, item, "wrong_person")
        (phone,) = rows(database, Phone)
        (link,) = rows(database, PersonPhone, "person_id")
        assert phone["unsafe_at"] is not None
        assert link["ended_at"] is not None
        office.house.gateway.sent.clear()
        office.house.clock.skip(days=8)
        office.house.tick()
        assert office.house.texts() == []
        assert Kind.SAFE_CONTACT in {row["kind"] for row in rows(database, WorkItem)}
        his = office.house.phone()
        his.dial()
        assert his.press("9", "5", "2580").startswith(screen("এ সংখ্যায় কিছু পাইনি।"))


@pytest.mark.parametrize("keys", [("9", "2", "4"), ("9", "7"), ("9", "5")])
def test_somebody_looks_over_her_shoulder_and_nine_ends_it(
    database: Database, keys: tuple[str, ...]
) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press(*REGISTER_IN_JASHORE)
    shirin.dial()
    shirin.press(*keys)
    if keys == ("9", "5"):
        shirin.press("2580", "1")
    assert shirin.press("9") == screen("ধন্যবাদ। কেন্দ্রের ঠিকানা জানতে আবার ডায়াল করুন।")
