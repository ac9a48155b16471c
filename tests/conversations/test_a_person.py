"""A human: one key away everywhere, and never where a call would not be safe."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from helpline.cases.calendar import DHAKA
from helpline.store.tables import Callback, Event, Phone
from tests.conversations.screens import HOME, each_on_a_phone, rows, screen
from tests.house import RAHIMA, House

if TYPE_CHECKING:
    from helpline.store.database import Database

OFFER = """
    কারও সাথে কথা বলতে চান?
    1 আমাকে ফোন করুন
    2 আমি ফোন করব, নম্বর দিন
    99 পেছনে
"""


def test_0_offers_a_call_from_every_screen(database: Database) -> None:
    house = House(database)
    cases = [(), ("1",), ("1", "1", "1", "1"), ("2", "3", "1"), ("3", "jessore"), ("6",), ("8",)]
    for phone, keys in each_on_a_phone(house, cases):
        phone.dial()
        phone.press(*keys)
        before = phone.screen
        assert phone.press("0") == screen(OFFER), keys
        assert phone.press("99") == before, keys


def test_a_call_is_asked_for_in_three_keys(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    assert shirin.dial() == screen(HOME)
    assert shirin.press("0", "1") == screen("""
        এই নম্বরে ফোন করা নিরাপদ?
        1 হ্যাঁ
        2 না
        99 পেছনে 00 মেনু
    """)
    assert shirin.press("1") == screen("""
        কখন ফোন করব?
        1 যত আগে পারেন
        2 সকাল 9-12
        3 দুপুর 12-4
        4 বিকাল 4-8
        99 পেছনে
    """)
    assert shirin.press("4") == screen("ঠিক আছে। ফোন করব: মঙ্গল 1 ডিসেম্বর, বিকাল।")
    assert shirin.over
    (callback,) = rows(database, Callback)
    assert (callback["about"], callback["state"]) == ("menu", "requested")
    assert (callback["slot_at"], callback["slot_ends_at"]) == (
        datetime(2026, 12, 1, 10, tzinfo=UTC),
        datetime(2026, 12, 1, 14, tzinfo=UTC),
    )
    assert [(row["subject"], row["became"]) for row in rows(database, Event)] == [
        ("callback", "requested"),
        ("case", "new"),
        ("work_item", "open"),
    ]


def test_where_a_call_is_not_safe_nobody_will_call(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    assert shirin.press("4", "2") == screen("ঠিক আছে, আমরা ফোন করব না। সুবিধামতো আপনি ডায়াল করুন।")
    assert rows(database, Callback) == rows(database, Phone) == []


def test_who_would_rather_call_herself_is_shown_the_numbers(database: Database) -> None:
    shirin = House(database).phone()
    shirin.dial()
    assert shirin.press("0", "2") == screen("""
        জরুরি নম্বর:
        1 জরুরি সেবা 999
        2 প্রবাস বন্ধু 16135
        98 আরও 99 পেছনে 0 কথা
    """)


def test_the_call_is_promised_for_a_time_that_is_still_to_come(database: Database) -> None:
    house = House(database)
    cases = [
        (10, "1", "মঙ্গল 1 ডিসেম্বর, সকাল"),
        (13, "1", "মঙ্গল 1 ডিসেম্বর, দুপুর"),
        (23, "1", "বুধ 2 ডিসেম্বর, যেকোনো সময়"),
        (11, "2", "বুধ 2 ডিসেম্বর, সকাল"),
        (15, "3", "বুধ 2 ডিসেম্বর, দুপুর"),
        (19, "4", "বুধ 2 ডিসেম্বর, বিকাল"),
    ]
    for phone, (hour, key, told) in each_on_a_phone(house, cases):
        house.clock.now = datetime(2026, 12, 1, hour, tzinfo=DHAKA)
        phone.dial()
        assert phone.press("4", "1", key) == screen(f"ঠিক আছে। ফোন করব: {told}।"), hour


def test_asked_for_twice_it_is_one_call(database: Database) -> None:
    house = House(database)
    for _time in range(2):
        shirin = house.phone()
        shirin.dial()
        shirin.press("4", "1", "3")
    assert len(rows(database, Callback)) == 1


def test_two_people_get_two_calls(database: Database) -> None:
    house = House(database)
    for number in (house.phone().number, RAHIMA):
        caller = house.phone(number)
        caller.dial()
        caller.press("4", "1", "3")
    assert len(rows(database, Callback)) == 2


def test_three_wrong_keys_bring_the_offer_to_do_it_together(database: Database) -> None:
    shirin = House(database).phone()
    shirin.dial()
    question = shirin.press("1", "1")
    assert shirin.press("7") == screen("""
        বুঝতে পারিনি, আবার দিন।
        কার জন্য?
        1 আমার জন্য
        98 আরও 99 পেছনে 0 কথা
    """)
    assert shirin.press("²").startswith(screen("বুঝতে পারিনি, আবার দিন।"))
    assert shirin.press("yes") == screen("""
        চাইলে ফোন করে সাহায্য করি?
        1 হ্যাঁ, ফোন করুন
        2 না, আবার দেখি
        99 পেছনে 00 মেনু
    """)
    assert shirin.press("2") == question


def test_whatever_is_typed_the_caller_sees_a_screen(database: Database) -> None:
    house = House(database)
    hostile = [" ", "*", "#", "**", "1*", "{0}", "%s", "<b>", "\x00", "🙂"]
    for phone, typed in each_on_a_phone(house, hostile):
        phone.dial()
        assert phone.press(typed).splitlines()[0] == screen("বুঝতে পারিনি, আবার দিন।"), typed
        assert phone.press("3").splitlines()[0] == screen("কোন বিভাগ? বা জেলার নাম লিখুন।")


def test_an_empty_first_answer_shows_the_same_screen_again(database: Database) -> None:
    shirin = House(database).phone()
    assert shirin.dial() == screen(HOME)
    assert shirin.press("") == screen(HOME)
    assert shirin.press("3").splitlines()[0] == screen("কোন বিভাগ? বা জেলার নাম লিখুন।")
