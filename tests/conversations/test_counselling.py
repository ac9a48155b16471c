"""Asking for a counsellor, and being reminded of it without a word of what it is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from helpline.cases.calendar import DHAKA
from helpline.store.tables import CareCase, CounsellingRequest, Event, Message, Reminder
from tests.conversations.screens import (
    HOME,
    REGISTER_IN_JASHORE,
    each_on_a_phone,
    reference_on,
    rows,
    screen,
)
from tests.house import House

if TYPE_CHECKING:
    from helpline.store.database import Database

SATURDAY_MORNING = ("2", "3", "1", "1", "5", "1")
"""Money, with a woman, call this phone; Saturday the 5th, in the morning."""
DAY_BEFORE = "আগামীকাল সকাল, মনে রাখবেন। বদলাতে *0000# ডায়াল করুন।"
TWO_HOURS = "আজ সকাল, মনে রাখবেন। বদলাতে *0000# ডায়াল করুন।"


def test_a_request_takes_six_keys_and_gives_a_number(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    assert shirin.dial() == screen(HOME)
    assert shirin.press("2") == screen("""
        কী নিয়ে কথা বলতে চান?
        1 পরিবার
        2 দুশ্চিন্তা
        3 টাকা বা দেনা
        98 আরও 99 পেছনে 0 কথা
    """)
    assert shirin.press("98") == screen("""
        4 স্বাস্থ্য
        5 আইন বা কাগজপত্র
        6 অন্য কিছু
        99 পেছনে 0 কথা 00 মেনু
    """)
    assert shirin.press("3") == screen("""
        কার সাথে কথা বলতে চান?
        1 একজন নারী
        2 একজন পুরুষ
        3 যে কেউ
        99 পেছনে 0 কথা 00 মেনু
    """)
    assert shirin.press("1") == screen("""
        কীভাবে কথা হবে?
        1 এই ফোনে, এটা নিরাপদ
        2 কেন্দ্রে আসব
        3 এসএমএসে
        99 পেছনে 0 কথা
    """)
    assert shirin.press("1") == screen("""
        কোন দিন?
        1 আজ
        2 আগামীকাল
        3 বৃহস্পতি 3 ডিসেম্বর
        98 আরও 99 পেছনে 0 কথা
    """)
    assert shirin.press("98") == screen("""
        4 শুক্র 4 ডিসেম্বর
        5 শনি 5 ডিসেম্বর
        6 রবি 6 ডিসেম্বর
        98 আরও 99 পেছনে 0 কথা
    """)
    assert shirin.press("5") == screen("""
        কোন সময়?
        1 সকাল 9-12
        2 দুপুর 12-4
        3 বিকাল 4-8
        99 পেছনে 0 কথা 00 মেনু
    """)
    assert shirin.press("1") == screen("""
        এসএমএসে মনে করিয়ে দেব? কী নিয়ে তা লেখা থাকবে না।
        1 হ্যাঁ
        2 না
        99 পেছনে 0 কথা
    """)
    reference = reference_on(shirin.press("1"))
    assert shirin.screen == screen(f"কথা হবে: শনি 5 ডিসেম্বর, সকাল। আপনার নম্বর {reference}।")
    assert shirin.over
    (request,) = rows(database, CounsellingRequest)
    assert {
        name: request[name]
        for name in ("topic", "counsellor", "channel", "sms", "state", "person_id", "reference")
    } == {
        "topic": "money",
        "counsellor": "woman",
        "channel": "call",
        "sms": True,
        "state": "requested",
        "person_id": None,
        "reference": reference.replace(" ", ""),
    }
    assert (request["slot_at"], request["slot_ends_at"]) == (
        datetime(2026, 12, 5, 3, tzinfo=UTC),
        datetime(2026, 12, 5, 6, tzinfo=UTC),
    )
    assert [(row["subject"], row["became"]) for row in rows(database, Event)] == [
        ("counselling_request", "requested"),
        ("case", "new"),
        ("work_item", "open"),
    ]


def hours_until_texts(house: House, hours: int) -> list[tuple[str, str]]:
    """Let time pass an hour at a time; gives when which SMS arrived, in Dhaka."""
    arrived = []
    for _hour in range(hours):
        before = len(house.texts())
        house.tick()
        at = house.clock.now.astimezone(DHAKA).strftime("%a %H:%M")
        arrived += [(at, text) for text in house.texts()[before:]]
        house.clock.skip(hours=1)
    return arrived


def test_who_said_yes_is_reminded_the_day_before_and_before_the_hour(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press(*SATURDAY_MORNING, "1")
    assert hours_until_texts(house, 24 * 6) == [
        ("Fri 10:00", screen(DAY_BEFORE)),
        ("Sat 08:00", screen(TWO_HOURS)),
    ]
    assert {row["state"] for row in rows(database, Reminder)} == {"sent"}


def test_who_said_no_is_never_reminded(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press(*SATURDAY_MORNING, "2")
    assert hours_until_texts(house, 24 * 6) == []
    assert rows(database, Reminder) == []


def test_who_wants_to_talk_by_sms_is_not_asked_again_whether_sms_are_welcome(
    database: Database,
) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press("2", "1", "3", "3", "2", "2")
    assert shirin.screen.startswith(screen("কথা হবে: বুধ 2 ডিসেম্বর, দুপুর। আপনার নম্বর"))
    assert hours_until_texts(house, 36) == [
        ("Wed 10:00", screen("আজ দুপুর, মনে রাখবেন। বদলাতে *0000# ডায়াল করুন।"))
    ]


def test_only_times_that_are_still_to_come_are_offered(database: Database) -> None:
    house = House(database)
    cases = [
        (0, "আজ", ["সকাল 9-12", "দুপুর 12-4", "বিকাল 4-8"]),
        (10, "আজ", ["সকাল 9-12", "দুপুর 12-4", "বিকাল 4-8"]),
        (11, "আজ", ["দুপুর 12-4", "বিকাল 4-8"]),
        (15, "আজ", ["বিকাল 4-8"]),
        (18, "আজ", ["বিকাল 4-8"]),
        (19, "আগামীকাল", ["সকাল 9-12", "দুপুর 12-4", "বিকাল 4-8"]),
        (23, "আগামীকাল", ["সকাল 9-12", "দুপুর 12-4", "বিকাল 4-8"]),
    ]
    for phone, (hour, first, times) in each_on_a_phone(house, cases):
        house.clock.now = datetime(2026, 12, 1, hour, 30 if hour == 10 else 0, tzinfo=DHAKA)
        phone.dial()
        assert phone.press("2", "1", "3", "1").splitlines()[1] == f"1 {first}", hour
        offered = phone.press("1").splitlines()[1:-1]
        assert offered == [f"{number} {name}" for number, name in enumerate(times, 1)], hour


def test_a_time_that_has_passed_while_she_thought_is_asked_for_again(database: Database) -> None:
    house = House(database)
    house.clock.now = datetime(2026, 12, 1, 18, 50, tzinfo=DHAKA)
    shirin = house.phone()
    shirin.dial()
    assert shirin.press("2", "1", "3", "1", "1") == screen("""
        কোন সময়?
        1 বিকাল 4-8
        99 পেছনে 0 কথা 00 মেনু
    """)
    house.clock.skip(minutes=11)
    assert shirin.press("99", "1") == screen("""
        কোন সময়?
        1 সকাল 9-12
        2 দুপুর 12-4
        3 বিকাল 4-8
        99 পেছনে 0 কথা 00 মেনু
    """)


def test_the_same_wish_said_twice_is_one_request(database: Database) -> None:
    house = House(database)
    told = []
    for _time in range(2):
        shirin = house.phone()
        shirin.dial()
        told.append(shirin.press(*SATURDAY_MORNING, "1"))
    assert told[0] == told[1]
    assert len(rows(database, CounsellingRequest)) == 1
    assert len(rows(database, Reminder)) == 2


def test_a_request_of_somebody_alone_with_her_phone_is_among_her_dates(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press(*REGISTER_IN_JASHORE)
    shirin.dial()
    shirin.press(*SATURDAY_MORNING, "1")
    shirin.dial()
    assert shirin.press("6", "2580") == screen("""
        আমার তারিখ:
        1 শনি 5 ডিসেম্বর, সকাল
        98 আরও 99 পেছনে 0 কথা
    """)


def test_a_request_from_a_shared_phone_belongs_to_nobody_who_could_look_it_up(
    database: Database,
) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press(*REGISTER_IN_JASHORE[:10], "2", *REGISTER_IN_JASHORE[11:])
    shirin.dial()
    shirin.press(*SATURDAY_MORNING, "1")
    (request,) = rows(database, CounsellingRequest)
    assert request["person_id"] is None
    shirin.dial()
    assert "5 ডিসেম্বর" not in shirin.press("6", "2580")


def test_a_reminder_that_comes_too_late_does_not_come(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press("2", "1", "3", "1", "2", "3", "1")
    house.clock.skip(hours=28)
    house.tick()
    assert len(house.texts()) == 1
    house.clock.skip(hours=1, minutes=31)
    house.tick()
    assert len(house.texts()) == 1


def test_a_slot_that_is_over_is_not_reminded_of(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press("2", "1", "3", "1", "2", "3", "1")
    house.clock.skip(days=2)
    house.tick()
    assert house.texts() == []
    assert {row["state"] for row in rows(database, Reminder)} == {"skipped"}
    assert rows(database, Message) == []


def test_who_asks_for_a_woman_later_has_it_written_into_her_case(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press("4", "1", "1")
    assert [row["counsellor"] for row in rows(database, CareCase)] == ["any"]
    shirin.dial()
    shirin.press("2", "1", "1", "1")
    while not shirin.over:
        shirin.press("1")
    assert [row["counsellor"] for row in rows(database, CareCase)] == ["woman"]
