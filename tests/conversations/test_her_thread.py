"""She wrote to us yesterday and deleted it; whoever writes from her phone today reads nothing of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helpline.store.tables import IncomingText, Session
from tests.conversations.screens import HOME, rows, screen
from tests.house import House

if TYPE_CHECKING:
    from helpline.store.database import Database

THANKS = screen("ধন্যবাদ। আপনার কথা পেয়েছি।")
RESUME = screen("""
    আগের কাজটা চালিয়ে যাবেন?
    1 হ্যাঁ
    2 না, নতুন করে
    0 কথা 00 মেনু
""")
BEGUN = (
    ("complaint", "2"),
    ("counselling", "1", "1"),
    ("register", "1", "1", "1"),
    ("call",),
    ("centre", "jessore"),
)


@pytest.mark.parametrize("words", BEGUN, ids=lambda each: each[0])
@pytest.mark.parametrize("his", ["hello", "কে এটা?", "x"])
def test_the_next_day_nobody_is_asked_what_she_was_asked(
    database: Database, words: tuple[str, ...], his: str
) -> None:
    house = House(database)
    for each in words:
        house.phone().text(each)
    house.gateway.sent.clear()
    house.clock.skip(hours=6, minutes=1)
    house.phone().text(his)
    assert house.texts() == [THANKS]
    assert len(rows(database, IncomingText)) == 1


@pytest.mark.parametrize("words", BEGUN, ids=lambda each: each[0])
def test_the_next_day_a_digit_answers_nothing_of_hers(
    database: Database, words: tuple[str, ...]
) -> None:
    house = House(database)
    house.phone().text("1")
    [menu] = house.texts()
    house.clock.skip(minutes=1)
    for each in words:
        house.phone().text(each)
    house.gateway.sent.clear()
    house.clock.skip(hours=6, minutes=1)
    house.phone().text("1")
    assert house.texts() == [menu]


def test_within_the_day_she_goes_on_where_she_was(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    for words in ("register", "1", "1"):
        shirin.text(words)
    house.clock.skip(hours=5, minutes=59)
    shirin.text("1")
    assert house.texts()[-1].startswith(screen("কোন বিভাগ"))


def test_what_she_began_by_sms_is_there_when_she_dials(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    for words in ("register", "1", "1", "1", "jessore", "1"):
        shirin.text(words)
    house.clock.skip(days=1)
    shirin.text("hello")
    shirin.text("hello")
    assert shirin.dial() == RESUME
    assert shirin.press("1").startswith(screen("কোন দেশ থেকে ফিরেছেন?"))
    house.clock.skip(days=8)
    assert shirin.dial() == screen(HOME)


def test_a_late_yes_to_whether_she_can_talk_counts(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.text("আমি আর বাঁচতে চাই না")
    asked = house.texts()[-1]
    house.clock.skip(hours=20)
    shirin.text("1")
    assert house.texts()[-1] != asked
    assert not house.texts()[-1].startswith(screen("প্রবাসফেরতদের সেবা"))


def test_a_thread_that_slept_is_one_thread_for_two_deliveries(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.text("register")
    house.clock.skip(days=1)
    shirin.text("register")
    shirin.text("1")
    threads = [row for row in rows(database, Session) if row["external_id"].startswith("sms:")]
    assert len(threads) == 1
