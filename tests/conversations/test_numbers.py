"""Important numbers: dated facts, the most urgent first, and only while they are current."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from helpline.data.load import load_hotlines, load_retired
from tests.conversations.screens import HOME, screen
from tests.house import House

if TYPE_CHECKING:
    from helpline.store.database import Database


def test_the_most_urgent_number_stands_first(database: Database) -> None:
    shirin = House(database).phone()
    assert shirin.dial() == screen(HOME)
    assert shirin.press("5") == screen("""
        জরুরি নম্বর:
        1 জরুরি সেবা 999
        2 প্রবাস বন্ধু 16135
        98 আরও 99 পেছনে 0 কথা
    """)
    assert shirin.press("98") == screen("""
        3 প্রবাস বন্ধু (বিদেশে) +8809610102030
        98 আরও 99 পেছনে 0 কথা
    """)
    assert shirin.press("98") == screen("""
        4 নারী ও শিশু সহায়তা 109
        5 শিশু সহায়তা 1098
        98 আরও 99 পেছনে 0 কথা
    """)


def test_a_chosen_number_is_told_with_what_is_known_of_it(database: Database) -> None:
    shirin = House(database).phone()
    shirin.dial()
    assert shirin.press("5", "2") == screen(
        "16135 প্রবাস বন্ধু। প্রবাসী ও প্রবাসফেরতের সেবা। 24 ঘণ্টা, খরচ নেই।"
    )
    assert shirin.over


def every_page(house: House) -> str:
    shirin = house.phone()
    shirin.dial()
    shirin.press("5")
    seen: list[str] = []
    while shirin.screen not in seen:
        seen.append(shirin.screen)
        shirin.press("98")
    return "\n".join(seen)


def test_every_current_number_is_shown_and_no_retired_one(database: Database) -> None:
    shown = every_page(House(database))
    assert all(line.number in shown for line in load_hotlines())
    assert not any(number in shown for number in load_retired())


def test_a_number_that_expired_has_left_the_menu(database: Database) -> None:
    house = House(database)
    house.clock.now = datetime(2027, 4, 1, 6, tzinfo=UTC)
    shown = every_page(house)
    expired = [line.number for line in load_hotlines() if line.expires_at <= date(2027, 4, 1)]
    assert expired
    assert not any(f" {number}\n" in shown for number in expired)
    assert " 999\n" in shown


def test_when_no_number_is_certain_a_call_is_offered(database: Database) -> None:
    house = House(database)
    house.clock.now = datetime(2028, 1, 1, 6, tzinfo=UTC)
    shirin = house.phone()
    shirin.dial()
    assert shirin.press("5") == screen("আজ নিশ্চিত কোনো নম্বর নেই। ফোন চাইলে ডায়াল করে 4 চাপুন।")
