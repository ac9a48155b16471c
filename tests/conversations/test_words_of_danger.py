"""Words that may speak of danger: a person is called at once; the answer tells nobody what was read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpline.cases.work import Kind, Priority
from helpline.store.database import Database
from helpline.store.tables import Callback, Event, WorkItem
from tests.conversations.screens import rows, screen
from tests.house import House

QUESTION = "লেখার জন্য ধন্যবাদ। এখন কথা বলতে পারবেন?"


def reviews(database: Database) -> list[tuple[int, str]]:
    return [
        (row["priority"], row["state"])
        for row in rows(database, WorkItem)
        if row["kind"] == Kind.RISK_REVIEW
    ]


@pytest.mark.parametrize("words", ["আমি আর বাঁচতে চাই না", "ami ar bachte chai na", "I want to die"])
def test_somebody_is_called_and_asked_whether_they_can_talk(database: Database, words: str) -> None:
    house = House(database)
    house.phone().text(words)
    assert house.texts()[-1].startswith(QUESTION)
    assert reviews(database) == [(Priority.IMMINENT, "open")]


def test_at_two_at_night_it_is_said_that_nobody_is_there_and_somebody_is_called_all_the_same(
    database: Database,
) -> None:
    house = House(database)
    house.clock.now += timedelta(hours=16)
    shirin = house.phone()
    shirin.text("আমি মরে যেতে চাই")
    assert house.texts()[-1].startswith(QUESTION)
    shirin.text("1")
    assert house.texts()[-1] == "এখন কেউ নেই। ফোন করব আজ, 08:00 থেকে। এখনই ফ্রি: 109, 999"
    assert reviews(database) == [(Priority.IMMINENT, "open")]


def test_in_the_middle_of_a_conversation_nothing_is_broken_off(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.text("register")
    shirin.text("আমাকে ঘরে আটকে রেখেছে")
    assert house.texts()[-1].startswith(QUESTION)
    shirin.text("99")
    assert "রাজি" in house.texts()[-1]


def test_what_is_said_so_every_day_is_read_soon_but_nobody_is_woken(database: Database) -> None:
    house = House(database)
    house.phone().text("ঋণের চাপে মরে যাচ্ছি")
    assert house.texts()[-1] == screen("ধন্যবাদ। আপনার কথা পেয়েছি।")
    assert reviews(database) == []
    assert [row["priority"] for row in rows(database, WorkItem)] == [Priority.HIGH]


def test_said_twice_it_is_one_review(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.text("বিষ খাব")
    shirin.text("বিষ খাব এখনই")
    assert reviews(database) == [(Priority.IMMINENT, "open")]
    raised = [row for row in rows(database, Event) if row["why"] == "risk_text"]
    assert len(raised) == 2


def test_who_asks_again_and_again_to_be_called_now_waits_for_one_call(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    for _time in range(3):
        shirin.text("বিষ খাব")
        shirin.text("1")
        house.clock.skip(minutes=5)
    assert [row["about"] for row in rows(database, Callback)] == ["talk"]
    house.clock.skip(hours=1)
    shirin.text("বিষ খাব")
    shirin.text("1")
    assert [row["about"] for row in rows(database, Callback)] == ["talk", "talk"]
