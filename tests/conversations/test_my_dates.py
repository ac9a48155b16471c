"""My dates: behind a secret number, the same screens for everybody who does not know it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from helpline.store.tables import CounsellingRequest, Message, PinTry, Reminder
from tests.conversations.screens import HOME, REGISTER_IN_JASHORE, reference_on, rows, screen
from tests.house import RAHIMA, House, Phone

if TYPE_CHECKING:
    from helpline.store.database import Database

CLOSED = """
    এ সংখ্যায় কিছু পাইনি।
    1 আবার চেষ্টা করি
    2 কারও সাথে কথা বলি
    99 পেছনে 0 কথা
"""
SATURDAY_MORNING = ("2", "3", "1", "1", "5", "1", "1")


def registered(database: Database) -> tuple[House, Phone]:
    """Shirin, registered on a phone of her own, with a slot on Saturday morning."""
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press(*REGISTER_IN_JASHORE)
    shirin.dial()
    shirin.press(*SATURDAY_MORNING)
    house.work()
    return house, shirin


def told(house: House) -> list[str]:
    """The SMS after the confirmation."""
    return house.texts()[1:]


def hours(house: House, number: int) -> list[str]:
    """What arrives in so many hours."""
    before = len(house.texts())
    for _hour in range(number):
        house.clock.skip(hours=1)
        house.tick()
    return house.texts()[before:]


def test_the_right_digits_show_the_dates_and_not_what_they_are_for(database: Database) -> None:
    _house, shirin = registered(database)
    assert shirin.dial() == screen(HOME)
    assert shirin.press("6") == screen("""
        আপনার 4টি গোপন সংখ্যা লিখুন।
        99 পেছনে 0 কথা 00 মেনু
    """)
    assert shirin.press("2580") == screen("""
        আমার তারিখ:
        1 শনি 5 ডিসেম্বর, সকাল
        98 আরও 99 পেছনে 0 কথা
    """)
    assert shirin.press("98") == screen("""
        2 মঙ্গল 8 ডিসেম্বর, সকাল
        3 বৃহস্পতি 31 ডিসেম্বর, সকাল
        98 আরও 99 পেছনে 0 কথা
    """)


def test_a_wrong_number_an_unknown_phone_and_too_many_tries_look_the_same(
    database: Database,
) -> None:
    house, shirin = registered(database)
    rahima = house.phone(RAHIMA)
    shirin.dial()
    rahima.dial()
    wrong = [shirin.press("6", "2581"), shirin.press("98"), shirin.press("1", "2582")]
    unknown = [rahima.press("6", "2580"), rahima.press("98"), rahima.press("1", "2582")]
    assert wrong == unknown
    assert wrong[0] == screen(CLOSED)
    for guess in ("2583", "2584", "2585"):
        shirin.press("1", guess)
    assert shirin.press("1", "2580") == screen(CLOSED)
    assert [row["tries"] for row in rows(database, PinTry, "tries")] == [2, 5]


def test_the_right_digits_count_again_on_the_next_day(database: Database) -> None:
    house, shirin = registered(database)
    shirin.dial()
    shirin.press("6", "2581")
    for guess in ("2582", "2583", "2584", "2585"):
        shirin.press("1", guess)
    assert shirin.press("1", "2580") == screen(CLOSED)
    house.clock.skip(hours=14)
    shirin.dial()
    assert shirin.press("6", "2580").startswith(screen("আমার তারিখ:"))


def test_right_digits_are_never_counted_as_a_try(database: Database) -> None:
    _house, shirin = registered(database)
    for _time in range(7):
        shirin.dial()
        assert shirin.press("6", "2580").startswith(screen("আমার তারিখ:"))
        shirin.press("1", "99", "98", "99")
    assert sum(row["tries"] for row in rows(database, PinTry, "caller")) == 0


def test_a_wrong_form_of_digits_is_no_try(database: Database) -> None:
    _house, shirin = registered(database)
    shirin.dial()
    assert shirin.press("6", "25") == screen("""
        বুঝতে পারিনি, আবার দিন।
        আপনার 4টি গোপন সংখ্যা লিখুন।
        99 পেছনে 0 কথা 00 মেনু
    """)
    assert sum(row["tries"] for row in rows(database, PinTry, "caller")) == 0


def test_the_same_digits_on_another_phone_open_nothing(database: Database) -> None:
    house, _shirin = registered(database)
    rahima = house.phone(RAHIMA)
    rahima.dial()
    assert rahima.press("6", "2580") == screen(CLOSED)


def test_who_has_no_date_is_told_so(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press(*REGISTER_IN_JASHORE)
    house.clock.skip(days=365)
    house.tick()
    shirin.dial()
    shirin.press("6", "2580", "1", "2")
    shirin.dial()
    assert shirin.press("6", "2580") == screen("এখন কোনো তারিখ নেই।")


def test_a_moved_slot_is_reminded_of_at_its_new_time_only(database: Database) -> None:
    house, shirin = registered(database)
    shirin.dial()
    assert shirin.press("6", "2580", "1") == screen("""
        শনি 5 ডিসেম্বর, সকাল
        1 তারিখ বদলান
        2 বাতিল করুন
        98 আরও 99 পেছনে 0 কথা
    """)
    assert shirin.press("1", "3") == screen("""
        কোন সময়?
        1 সকাল 9-12
        2 দুপুর 12-4
        3 বিকাল 4-8
        99 পেছনে 0 কথা 00 মেনু
    """)
    assert shirin.press("3") == screen("নতুন তারিখ: বৃহস্পতি 3 ডিসেম্বর, বিকাল।")
    assert shirin.over
    (request,) = rows(database, CounsellingRequest)
    assert request["slot_at"] == datetime(2026, 12, 3, 10, tzinfo=UTC)
    assert hours(house, 24 * 6) == [
        screen("আগামীকাল বিকাল, মনে রাখবেন। বদলাতে *0000# ডায়াল করুন।"),
        screen("আজ বিকাল, মনে রাখবেন। বদলাতে *0000# ডায়াল করুন।"),
    ]


def test_a_slot_that_is_moved_away_and_back_is_reminded_of(database: Database) -> None:
    house, shirin = registered(database)
    shirin.dial()
    shirin.press("6", "2580", "1", "1", "3", "3")
    shirin.dial()
    assert shirin.press("6", "2580", "1", "1", "5", "1") == screen("নতুন তারিখ: শনি 5 ডিসেম্বর, সকাল।")
    assert hours(house, 24 * 6) == [
        screen("আগামীকাল সকাল, মনে রাখবেন। বদলাতে *0000# ডায়াল করুন।"),
        screen("আজ সকাল, মনে রাখবেন। বদলাতে *0000# ডায়াল করুন।"),
    ]


def test_a_message_that_waits_for_the_morning_does_not_come_for_a_slot_that_was_moved(
    database: Database,
) -> None:
    house, shirin = registered(database)
    house.clock.now = datetime(2026, 12, 5, 1, 30, tzinfo=UTC)
    house.tick()
    assert told(house) == []
    waiting = [row for row in rows(database, Message) if row["state"] == "queued"]
    assert len(waiting) == 1
    shirin.dial()
    shirin.press("6", "2580", "1", "1", "2", "3")
    house.clock.skip(hours=1)
    house.tick()
    assert told(house) == []
    states = {row["id"]: row["state"] for row in rows(database, Message)}
    assert states[waiting[0]["id"]] == "cancelled"
    reminder = {row["id"]: row["state"] for row in rows(database, Reminder)}
    assert reminder[waiting[0]["id"]] == "cancelled"


def test_a_cancelled_slot_is_never_reminded_of(database: Database) -> None:
    house, shirin = registered(database)
    shirin.dial()
    assert shirin.press("6", "2580", "1", "2") == screen("বাতিল হয়েছে।")
    (request,) = rows(database, CounsellingRequest)
    assert request["state"] == "withdrawn"
    assert hours(house, 24 * 5) == []
    shirin.dial()
    assert "5 ডিসেম্বর" not in shirin.press("6", "2580")


def test_after_cancelling_the_same_wish_is_a_new_request(database: Database) -> None:
    house, shirin = registered(database)
    first = rows(database, CounsellingRequest)[0]["reference"]
    shirin.dial()
    shirin.press("6", "2580", "1", "2")
    shirin.dial()
    second = reference_on(shirin.press(*SATURDAY_MORNING))
    assert {row["reference"]: row["state"] for row in rows(database, CounsellingRequest)} == {
        first: "withdrawn",
        second.replace(" ", ""): "requested",
    }
    assert len(hours(house, 24 * 5)) == 2


def test_after_moving_a_slot_its_old_time_may_be_asked_for_again(database: Database) -> None:
    _house, shirin = registered(database)
    shirin.dial()
    shirin.press("6", "2580", "1", "1", "3", "3")
    shirin.dial()
    shirin.press(*SATURDAY_MORNING)
    slots = [row["slot_at"] for row in rows(database, CounsellingRequest, "slot_at")]
    assert slots == [
        datetime(2026, 12, 3, 10, tzinfo=UTC),
        datetime(2026, 12, 5, 3, tzinfo=UTC),
    ]


def test_a_follow_up_can_be_moved_and_not_cancelled(database: Database) -> None:
    house, shirin = registered(database)
    shirin.dial()
    assert shirin.press("6", "2580", "2") == screen("""
        মঙ্গল 8 ডিসেম্বর, সকাল
        1 তারিখ বদলান
        2 মনে করানো বন্ধ করুন
        99 পেছনে 0 কথা
    """)
    assert shirin.press("1", "1", "3") == screen("নতুন তারিখ: মঙ্গল 1 ডিসেম্বর, বিকাল।")
    assert hours(house, 8) == [screen("কেমন আছেন? সময় হলে *0000# ডায়াল করুন।")]
    house.clock.skip(days=5)
    assert screen("কেমন আছেন? সময় হলে *0000# ডায়াল করুন।") not in hours(house, 48)


def monthly(shirin: Phone) -> str:
    """Choose the monthly date of the centre, which stands among those of the follow-ups."""
    for key in ("3", "4"):
        shirin.dial()
        if screen("আমি গিয়েছি") in shirin.press("6", "2580", key):
            return shirin.screen
    raise AssertionError("no date of a centre is shown")


def test_who_has_been_to_the_centre_says_so_once_and_is_not_reminded_again(
    database: Database,
) -> None:
    house, shirin = registered(database)
    assert monthly(shirin) == screen("""
        বৃহস্পতি 31 ডিসেম্বর, সকাল
        1 তারিখ বদলান
        2 আমি গিয়েছি
        98 আরও 99 পেছনে 0 কথা
    """)
    assert shirin.press("2") == screen("ভালো। এটা আর মনে করাব না।")
    house.clock.skip(days=29)
    arrived = hours(house, 24 * 40)
    assert screen("কেমন আছেন? সময় হলে *0000# ডায়াল করুন।") in arrived
    assert screen("এ মাসে সময় পেলে *0000# ডায়াল করুন।") not in arrived


def test_who_stops_all_reminders_gets_none_and_keeps_her_slot(database: Database) -> None:
    house, shirin = registered(database)
    shirin.dial()
    shirin.press("6", "2580", "1", "98")
    assert shirin.press("3") == screen("আর মনে করানো হবে না।")
    (request,) = rows(database, CounsellingRequest)
    assert request["state"] == "requested"
    arrived = [*hours(house, 24 * 10)]
    house.clock.skip(days=15)
    assert [*arrived, *hours(house, 24 * 10)] == []


def test_what_waits_to_be_sent_is_stopped_with_the_reminders(database: Database) -> None:
    house, shirin = registered(database)
    house.clock.skip(days=7)
    house.bell.alive = False
    house.tick()
    (waiting,) = [row for row in rows(database, Message) if row["state"] == "queued"]
    assert waiting["template"] == "follow_up"
    shirin.dial()
    offered = shirin.press("6", "2580", "1")
    stop = "3" if screen("আমি গিয়েছি") in offered else "2"
    assert shirin.press(stop) == screen("আর মনে করানো হবে না।")
    house.bell.alive = True
    house.clock.skip(minutes=5)
    house.tick()
    assert told(house) == []
    assert waiting["id"] in {
        row["id"] for row in rows(database, Message) if row["state"] == "cancelled"
    }


def test_by_sms_no_digits_are_asked_for_and_what_is_sent_opens_nothing(database: Database) -> None:
    house, shirin = registered(database)
    shirin.text("তারিখ")
    shirin.text("২৫৮০")
    shirin.text("1")
    assert told(house)[:2] == [
        screen("""
            এ কাজের জন্য *0000# ডায়াল করুন।
            1 কারও সাথে কথা বলি
            0 কথা 00 মেনু
        """),
        screen("""
            বুঝতে পারিনি, আবার দিন।
            এ কাজের জন্য *0000# ডায়াল করুন।
            1 কারও সাথে কথা বলি
            0 কথা 00 মেনু
        """),
    ]
    assert not any("ডিসেম্বর" in each for each in told(house))
    assert rows(database, PinTry, "caller") == []
