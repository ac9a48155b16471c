"""Registering, as a caller sees it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from helpline.store.tables import Consent, Event, Message, Person, PersonPhone, Phone, Reminder
from tests.conversations.screens import (
    HOME,
    REGISTER_IN_JASHORE,
    each_on_a_phone,
    reference_on,
    rows,
    screen,
)
from tests.house import MORNING, SHIRIN, House

if TYPE_CHECKING:
    from helpline.store.database import Database


def test_a_woman_registers_herself_and_gets_a_number_to_keep(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    assert shirin.dial() == screen(HOME)
    assert shirin.press("1") == screen("""
        আপনার কথা গোপন রাখব, শুধু সাহায্যে লাগবে।
        1 রাজি
        2 না
        3 আরও জানব
        99 পেছনে 0 কথা
    """)
    assert shirin.press("1") == screen("""
        কার জন্য?
        1 আমার জন্য
        2 পরিবারের কারও জন্য
        3 বয়স 18-এর কম
        99 পেছনে 0 কথা 00 মেনু
    """)
    assert shirin.press("1") == screen("""
        নারী না পুরুষ?
        1 নারী
        2 পুরুষ
        3 অন্য
        4 বলতে চাই না
        99 পেছনে 0 কথা 00 মেনু
    """)
    assert shirin.press("1") == screen("""
        কোন বিভাগ? বা জেলার নাম লিখুন।
        1 বরিশাল
        2 চট্টগ্রাম
        3 ঢাকা
        98 আরও 99 পেছনে 0 কথা
    """)
    assert shirin.press("98") == screen("""
        4 খুলনা
        5 রাজশাহী
        6 রংপুর
        7 সিলেট
        8 ময়মনসিংহ
        99 পেছনে 0 কথা 00 মেনু
    """)
    assert shirin.press("4") == screen("""
        কোন জেলা?
        1 বাগেরহাট
        2 চুয়াডাঙ্গা
        3 যশোর
        4 ঝিনাইদহ
        5 খুলনা
        98 আরও 99 পেছনে 0 কথা
    """)
    assert shirin.press("3") == screen("""
        কোন উপজেলা?
        1 যশোর সদর
        2 অভয়নগর
        3 বাঘারপাড়া
        4 চৌগাছা
        98 আরও 99 পেছনে 0 কথা
    """)
    assert shirin.press("2") == screen("""
        কোন দেশ থেকে ফিরেছেন?
        1 সৌদি আরব
        2 আরব আমিরাত
        3 ওমান
        98 আরও 99 পেছনে 0 কথা
    """)
    assert shirin.press("1") == screen("""
        কবে ফিরেছেন?
        1 গত 3 মাসে
        2 গত 1 বছরে
        3 গত 3 বছরে
        4 তারও আগে
        99 পেছনে 0 কথা
    """)
    assert shirin.press("2") == screen("""
        কেন ফিরেছেন?
        1 চুক্তি শেষ
        2 নিজের ইচ্ছায়
        3 অসুখ বা আঘাত
        98 আরও 99 পেছনে 0 কথা
    """)
    assert shirin.press("4") == screen("""
        সবচেয়ে বেশি কী দরকার?
        1 কথা বলার মানুষ
        2 চিকিৎসা
        98 আরও 99 পেছনে 0 কথা
    """)
    assert shirin.press("1") == screen("""
        এই ফোন কি শুধু আপনার?
        1 হ্যাঁ
        2 না, অন্যরাও ধরে
        99 পেছনে 0 কথা 00 মেনু
    """)
    assert shirin.press("1") == screen("""
        এই ফোনে এসএমএস দিতে পারি?
        1 হ্যাঁ
        2 না
        99 পেছনে 0 কথা 00 মেনু
    """)
    assert shirin.press("1") == screen("""
        এই নম্বরে ফোন করতে পারি?
        1 হ্যাঁ
        2 না
        99 পেছনে 0 কথা 00 মেনু
    """)
    assert shirin.press("2") == screen("""
        কখন নিরাপদ?
        1 সকাল 9-12
        2 দুপুর 12-4
        3 বিকাল 4-8
        4 যেকোনো সময়
        99 পেছনে 0 কথা
    """)
    assert shirin.press("1") == screen("""
        কাগজের নম্বর দেবেন? না দিলেও চলবে।
        1 এনআইডি
        2 পাসপোর্ট
        98 আরও 99 পেছনে 0 কথা
    """)
    assert shirin.press("98") == screen("""
        3 বিএমইটি কার্ড
        4 না
        99 পেছনে 0 কথা 00 মেনু
    """)
    assert shirin.press("4") == screen("""
        4টি গোপন সংখ্যা লিখুন, পরে তারিখ দেখতে লাগবে। না চাইলে 1 চাপুন।
        99 পেছনে 0 কথা
    """)
    assert shirin.press("2580") == screen("""
        যশোর, সৌদি আরব। ঠিক আছে?
        1 হ্যাঁ, নিবন্ধন করুন
        2 না, বদলাব
        99 পেছনে 0 কথা
    """)
    reference = reference_on(shirin.press("1"))
    assert shirin.screen == screen(
        f"নিবন্ধন হয়েছে। নম্বর {reference}, লিখে রাখুন। আরও বলতে ডায়াল করে 9, 6 চাপুন।"
    )
    assert shirin.over

    house.work()
    assert house.texts() == [screen(f"ধন্যবাদ। আপনার নম্বর {reference}। রেখে দিন।")]

    (person,) = rows(database, Person)
    assert {
        name: person[name]
        for name in (
            "for_whom",
            "sex",
            "district",
            "upazila",
            "country",
            "returned",
            "reason",
            "need",
        )
    } == {
        "for_whom": "self",
        "sex": "woman",
        "district": "BD-22",
        "upazila": "bd-22.abhaynagar",
        "country": "SA",
        "returned": "1_year",
        "reason": "work",
        "need": "counselling",
    }
    assert person["reference"] == reference.replace(" ", "")
    assert (person["identity_kind"], person["identity"], person["identity_key"]) == (None,) * 3

    (link,) = rows(database, PersonPhone, "person_id")
    assert (link["relation"], link["sole"], link["sms"], link["call"], link["window"]) == (
        "own",
        True,
        True,
        False,
        "morning",
    )
    assert link["pin_key"] is not None


def test_nothing_of_what_was_said_can_be_read_in_the_tables(database: Database) -> None:
    house = House(database)
    house.phone().dial()
    shirin = house.phone()
    shirin.dial()
    shirin.press(*REGISTER_IN_JASHORE[:14], "1", "1234567890", "2580", "1")
    for table in (Person, PersonPhone, Phone, Message):
        for row in rows(database, table, next(iter(table.__table__.columns)).name):
            kept = b" ".join(str(value).encode() for value in row.values())
            kept += b" ".join(value for value in row.values() if isinstance(value, bytes))
            for secret in (b"1234567890", b"2580", SHIRIN.encode(), SHIRIN[4:].encode()):
                assert secret not in kept, table


def test_each_promise_of_a_registration_is_planned_at_once(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press(*REGISTER_IN_JASHORE)
    planned = [
        (row["kind"], (row["due_at"] - MORNING).days) for row in rows(database, Reminder, "due_at")
    ]
    assert sorted(planned) == [("centre", 30), ("follow_up", 7), ("follow_up", 30)]
    agreed = {(row["purpose"], row["language"], row["channel"]) for row in rows(database, Consent)}
    assert agreed == {("registration", "bn", "ussd"), ("follow_up", "bn", "ussd")}
    events = [(row["subject"], row["became"], row["actor"]) for row in rows(database, Event)]
    assert events == [
        ("person", "registered", "caller"),
        ("case", "new", "caller"),
        *[("follow_up", "planned", "caller")] * 3,
    ]


def test_who_does_not_agree_leaves_nothing_behind(database: Database) -> None:
    house = House(database)
    for phone, refuses in each_on_a_phone(house, [("2",), ("3", "2"), ("3", "98", "2")]):
        phone.dial()
        assert phone.press("1", *refuses) == screen("ঠিক আছে। কিছুই রাখা হয়নি। অন্য সব সেবা নিতে পারবেন।")
        assert phone.over
        assert rows(database, Phone) == rows(database, Person) == rows(database, Event) == []
        assert phone.dial() == screen(HOME)


def test_who_wants_to_know_more_first_is_told_more(database: Database) -> None:
    shirin = House(database).phone()
    shirin.dial()
    assert shirin.press("1", "3") == screen("""
        আপনার জেলা, দেশ ও দরকারের কথা তালাবদ্ধ থাকে, শুধু আমাদের
        98 আরও 99 পেছনে 0 কথা
    """)
    assert shirin.press("98") == screen("""
        কর্মীরা দেখেন। যখন খুশি মূল মেনু থেকে বন্ধ করা যায়।
        1 রাজি
        2 না
        99 পেছনে 0 কথা
    """)
    assert shirin.press("1") == screen("""
        কার জন্য?
        1 আমার জন্য
        2 পরিবারের কারও জন্য
        3 বয়স 18-এর কম
        99 পেছনে 0 কথা 00 মেনু
    """)


def test_a_member_of_the_family_is_registered_on_the_phone_of_somebody_else(
    database: Database,
) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press("1", "1", "2", "2", "কুমিল্লা", "1", "3", "3", "1", "4", "2", "2", "2")
    assert shirin.screen == screen("""
        কাগজের নম্বর দেবেন? না দিলেও চলবে।
        1 এনআইডি
        2 পাসপোর্ট
        98 আরও 99 পেছনে 0 কথা
    """)
    shirin.press("4", "1")
    assert shirin.screen == screen("""
        কুমিল্লা, ওমান। ঠিক আছে?
        1 হ্যাঁ, নিবন্ধন করুন
        2 না, বদলাব
        99 পেছনে 0 কথা
    """)
    shirin.press("1")
    house.work()
    assert house.texts() == []
    (link,) = rows(database, PersonPhone, "person_id")
    assert (link["relation"], link["sole"], link["sms"], link["call"], link["pin_key"]) == (
        "family",
        False,
        False,
        False,
        None,
    )
    assert {row["purpose"]: row["given"] for row in rows(database, Consent)} == {
        "registration": True,
        "follow_up": False,
    }


def test_who_allowed_no_sms_never_gets_one_by_itself(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press(*REGISTER_IN_JASHORE[:11], "2", "1", "4", "4", "1", "1")
    for _week in range(30):
        house.clock.skip(days=7)
        house.tick()
    assert house.texts() == []
    states = {row["state"] for row in rows(database, Message)}
    assert states == {"refused"}
    assert {row["trouble"] for row in rows(database, Message)} == {"no_permit"}


@pytest.mark.parametrize(
    ("key", "asks", "typed", "kind"),
    [
        ("1", "এনআইডি নম্বর লিখুন: 10, 13 বা 17 সংখ্যা।", "১২৩ ৪৫৬ ৭৮৯০", "nid"),
        ("2", "পাসপোর্ট নম্বর লিখুন, যেমন AB1234567।", "ab 1234567", "passport"),
        ("3", "বিএমইটি কার্ডের নম্বর লিখুন।", "bm-1234-5678", "bmet"),
    ],
)
def test_a_number_from_the_papers_is_sealed(
    database: Database, key: str, asks: str, typed: str, kind: str
) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    assert shirin.press(*REGISTER_IN_JASHORE[:14], key) == screen(f"""
        {asks}
        99 পেছনে 0 কথা 00 মেনু
    """)
    assert shirin.press("nonsense").startswith(screen("বুঝতে পারিনি, আবার দিন।"))
    shirin.press(typed, "1", "1")
    (person,) = rows(database, Person)
    assert person["identity_kind"] == kind
    read = house.parts.ring.unseal_text(person["identity"], "person.identity", person["id"])
    assert read == {"nid": "1234567890", "passport": "AB1234567", "bmet": "BM12345678"}[kind]


def test_a_district_that_is_only_like_a_name_is_offered_and_never_taken(database: Database) -> None:
    shirin = House(database).phone()
    shirin.dial()
    assert shirin.press("1", "1", "1", "1", "chittgong") == screen("""
        কোনটা বলতে চান?
        1 চট্টগ্রাম
        99 পেছনে 0 কথা 00 মেনু
    """)
    assert shirin.press("99", "rangpurr") == screen("""
        কোনটা বলতে চান?
        1 রংপুর
        99 পেছনে 0 কথা 00 মেনু
    """)


def test_a_place_nobody_knows_asks_again(database: Database) -> None:
    shirin = House(database).phone()
    shirin.dial()
    assert shirin.press("1", "1", "1", "1", "qqqq") == screen("""
        বুঝতে পারিনি, আবার দিন।
        কোন বিভাগ? বা জেলার নাম লিখুন।
        98 আরও 99 পেছনে 0 কথা
    """)
    assert shirin.press("98") == screen("""
        1 বরিশাল
        2 চট্টগ্রাম
        3 ঢাকা
        4 খুলনা
        5 রাজশাহী
        6 রংপুর
        98 আরও 99 পেছনে 0 কথা
    """)


def test_what_was_wrong_at_the_check_is_said_anew(database: Database) -> None:
    shirin = House(database).phone()
    shirin.dial()
    assert shirin.press(*REGISTER_IN_JASHORE[:-1], "2") == screen("""
        কার জন্য?
        1 আমার জন্য
        2 পরিবারের কারও জন্য
        3 বয়স 18-এর কম
        99 পেছনে 0 কথা 00 মেনু
    """)
    assert shirin.press("1", "1", "dhaka", "savar", "2", *REGISTER_IN_JASHORE[7:-1]) == screen("""
        ঢাকা, আরব আমিরাত। ঠিক আছে?
        1 হ্যাঁ, নিবন্ধন করুন
        2 না, বদলাব
        99 পেছনে 0 কথা
    """)
    shirin.press("1")
    (person,) = rows(database, Person)
    assert (person["district"], person["upazila"], person["country"]) == (
        "BD-13",
        "bd-13.savar",
        "AE",
    )


def test_a_secret_number_that_is_easy_to_guess_is_asked_again(database: Database) -> None:
    house = House(database)
    weak_ones = ["0000", "1234", "4321", "25801", "abcd", "25"]
    for phone, weak in each_on_a_phone(house, weak_ones):
        phone.dial()
        assert phone.press(*REGISTER_IN_JASHORE[:15], weak) == screen("""
            বুঝতে পারিনি, আবার দিন।
            4টি গোপন সংখ্যা লিখুন, পরে তারিখ
            98 আরও 99 পেছনে 0 কথা
        """), weak
        assert phone.press("98") == screen("""
            দেখতে লাগবে। না চাইলে 1 চাপুন।
            99 পেছনে 0 কথা 00 মেনু
        """)


def test_a_caller_may_go_without_a_secret_number(database: Database) -> None:
    shirin = House(database).phone()
    shirin.dial()
    shirin.press(*REGISTER_IN_JASHORE[:15], "1")
    assert shirin.screen.startswith(screen("যশোর, সৌদি আরব।"))
    shirin.press("1")
    (link,) = rows(database, PersonPhone, "person_id")
    assert link["pin_key"] is None


def test_who_may_not_be_contacted_is_not_asked_when(database: Database) -> None:
    shirin = House(database).phone()
    shirin.dial()
    shirin.press(*REGISTER_IN_JASHORE[:11], "2", "2")
    assert shirin.screen.startswith(screen("কাগজের নম্বর দেবেন?"))


def test_the_confirmation_waits_for_the_safe_time(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press(*REGISTER_IN_JASHORE[:13], "3", "4", "1", "1")
    house.work()
    assert house.texts() == []
    house.clock.skip(hours=5, minutes=59)
    house.tick()
    assert house.texts() == []
    house.clock.skip(minutes=1)
    house.tick()
    assert len(house.texts()) == 1


def test_one_who_hears_from_us_after_a_week_is_only_asked_how_she_is(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press(*REGISTER_IN_JASHORE)
    house.work()
    house.clock.now += timedelta(days=7)
    house.tick()
    assert house.texts()[1:] == [screen("কেমন আছেন? সময় হলে *0000# ডায়াল করুন।")]
