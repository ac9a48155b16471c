"""What do you think: asked behind the secret number of those who want news, once, and kept of nobody."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from helpline.cases.consents import ConsentTo
from helpline.data.load import load_instrument
from helpline.store.tables import Consent, Event, Message, Opinion, Person
from menus.opinion import INSTRUMENT, OPINION, QUESTIONS
from tests.conversations.screens import REGISTER_IN_JASHORE, rows, screen
from tests.house import RAHIMA, House, Phone

if TYPE_CHECKING:
    from helpline.store.database import Database

RULES = ("9", "5", "2580")
WHAT_YOU_THINK = "7"


def registered(database: Database, *, news: bool = True) -> Phone:
    """Somebody registered; with `news` she has said that she wants some."""
    house = House(database)
    phone = house.phone(RAHIMA)
    phone.dial()
    phone.press(*REGISTER_IN_JASHORE)
    house.work()
    if news:
        phone.dial()
        phone.press(*RULES, "6", "1", "2")
    return phone


def rules(phone: Phone) -> str:
    """Every page of the rules for this phone."""
    phone.dial()
    pages = [phone.press(*RULES)]
    while "98" in phone.screen:
        pages.append(phone.press("98"))
    return "\n".join(pages)


def answer(phone: Phone, *digits: str) -> str:
    """Go to the questions and answer them."""
    rules(phone)
    return phone.press(WHAT_YOU_THINK, "1", *digits)


def test_four_digits_are_an_opinion(database: Database) -> None:
    phone = registered(database)
    assert screen("7 মতামত") in rules(phone)
    assert phone.press(WHAT_YOU_THINK).startswith(screen("নাম ছাড়া 4টি প্রশ্ন। শুরু করি?"))
    assert phone.press("1").startswith(screen("সাহায্য কি কাছেই পাওয়া যায়?"))
    assert phone.press("1", "2", "3", "4") == screen("জানানোর জন্য ধন্যবাদ।")
    assert phone.over
    kept = {row["question"]: row["said"] for row in rows(database, Opinion)}
    assert kept == {"near": "1", "known": "2", "heard": "3", "alike": "4"}


def test_it_is_offered_only_to_those_who_want_news_and_only_once(database: Database) -> None:
    phone = registered(database, news=False)
    assert screen("মতামত") not in rules(phone)
    phone.dial()
    phone.press(*RULES, "6", "1", "2")
    assert screen("মতামত") in rules(phone)
    answer(phone, "1", "1", "1", "1")
    assert screen("মতামত") not in rules(phone)
    phone.dial()
    phone.press(*RULES, "6", "2", "2")
    assert screen("মতামত") not in rules(phone)


def test_an_answer_says_nothing_of_whose_it_is(database: Database) -> None:
    phone = registered(database)
    answer(phone, "1", "1", "2", "2")
    (person,) = rows(database, Person)
    kept = rows(database, Opinion)
    assert {name for row in kept for name in row} == {
        "id",
        "instrument",
        "question",
        "said",
        "district",
        "quarter",
    }
    assert {row["quarter"] for row in kept} == {date(2026, 10, 1)}
    assert {row["district"] for row in kept} == {"BD-22"}
    assert person["id"] not in repr(kept)
    (event,) = [row for row in rows(database, Event) if row["became"] == "gave_opinion"]
    assert (event["subject_id"], event["why"]) == (person["id"], INSTRUMENT)
    assert len({row["id"] for row in kept}) == 4


def test_who_is_not_to_be_counted_has_no_district(database: Database) -> None:
    phone = registered(database)
    (person,) = rows(database, Person)
    with database.transaction() as connection:
        connection.execute(
            Consent.__table__.insert().values(
                id="0" * 32,
                person_id=person["id"],
                purpose=ConsentTo.STATISTICS,
                given=False,
                text_version="statistics-1",
                language="bn",
                channel="voice",
                recorded_by="caller",
                given_at=phone.house.clock(),
            )
        )
    answer(phone, "1", "1", "1", "1")
    assert {row["district"] for row in rows(database, Opinion)} == {""}


def test_what_is_broken_off_is_not_kept_and_may_be_begun_again(database: Database) -> None:
    phone = registered(database)
    answer(phone, "1", "2")
    assert rows(database, Opinion) == []
    answer(phone, "1", "2", "3", "3")
    assert len(rows(database, Opinion)) == 4


def test_the_last_key_twice_is_one_opinion(database: Database) -> None:
    phone = registered(database)
    answer(phone, "1", "1", "1", "1")
    phone.again()
    assert len(rows(database, Opinion)) == 4


def test_somebody_under_18_is_not_asked(database: Database) -> None:
    phone = registered(database)
    with database.transaction() as connection:
        connection.execute(Person.__table__.update().values(age="minor"))
    assert screen("মতামত") not in rules(phone)


def test_not_now_ends_with_words_that_tell_nothing(database: Database) -> None:
    phone = registered(database)
    rules(phone)
    assert phone.press(WHAT_YOU_THINK, "2") == screen("ধন্যবাদ। কেন্দ্রের ঠিকানা জানতে আবার ডায়াল করুন।")
    assert rows(database, Opinion) == []


def test_nothing_is_sent_about_it(database: Database) -> None:
    phone = registered(database)
    before = len(rows(database, Message))
    answer(phone, "1", "1", "1", "1")
    phone.house.work()
    assert len(rows(database, Message)) == before


@pytest.mark.parametrize("code", QUESTIONS)
def test_the_questions_are_those_of_the_instrument(code: str) -> None:
    instrument = load_instrument(INSTRUMENT)
    assert [item.code for item in instrument.items] == list(QUESTIONS)
    assert len(QUESTIONS) <= 4
    (menu,) = [each for each in OPINION.screens if each.name == code]
    values = {option.value for option in menu.options}
    assert values == {"1", "2", "3", "4"}
    assert instrument.understood({code: "4"}) == {code: "4"}
