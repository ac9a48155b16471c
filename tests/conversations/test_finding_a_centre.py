"""Finding a centre: the responsible one first, and by SMS only after a yes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from helpline.cases.directory import Centre, Directory
from helpline.data.load import load_kinds
from helpline.flow.words import Label
from helpline.store.tables import Message
from tests.conversations.screens import HOME, rows, screen
from tests.house import House

if TYPE_CHECKING:
    from helpline.store.database import Database


def test_the_centre_of_her_own_district_comes_first(database: Database) -> None:
    shirin = House(database).phone()
    assert shirin.dial() == screen(HOME)
    shirin.press("3")
    assert shirin.press("যশোর") == screen("""
        কোন উপজেলা?
        1 যশোর সদর
        2 অভয়নগর
        3 বাঘারপাড়া
        4 চৌগাছা
        98 আরও 99 পেছনে 0 কথা
    """)
    assert shirin.press("1") == screen("""
        আপনার কাছের কেন্দ্র:
        1 ওয়েলফেয়ার সেন্টার, যশোর
        98 আরও 99 পেছনে 0 কথা
    """)
    assert shirin.press("98") == screen("""
        2 টিটিসি, কেশবপুর
        3 টিটিসি, যশোর
        4 লিগ্যাল এইড অফিস, যশোর
        98 আরও 99 পেছনে 0 কথা
    """)


def test_a_centre_of_another_district_that_serves_hers_comes_before_nearer_ones(
    database: Database,
) -> None:
    shirin = House(database).phone()
    shirin.dial()
    shirin.press("3", "magura", "98", "98")
    assert shirin.press("5").startswith(screen("আপনার কাছের কেন্দ্র:")) is True
    first = shirin.screen.splitlines()[1]
    assert first == screen("1 ওয়েলফেয়ার সেন্টার, যশোর")


def test_a_centre_nobody_has_checked_says_to_ring_first(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    assert shirin.press("3", "jessore", "1", "1") == screen("""
        ওয়েলফেয়ার সেন্টার, যশোর। আগে 16135 নম্বরে ফোন করে জেনে
        98 আরও 99 পেছনে 0 কথা
    """)
    assert shirin.press("98") == screen("""
        নিন, খরচ নেই।
        1 এসএমএসে পাঠান
        2 আর লাগবে না
        99 পেছনে 0 কথা 00 মেনু
    """)


def test_who_only_wanted_to_read_it_gets_no_sms(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    assert shirin.press("3", "jessore", "1", "1", "2") == screen("ঠিক আছে। দরকার হলে আবার ডায়াল করুন।")
    house.tick()
    assert rows(database, Message) == []


def test_an_sms_goes_out_only_after_the_warning_that_others_may_read_it(
    database: Database,
) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    assert shirin.press("3", "jessore", "1", "1", "1") == screen("""
        এসএমএস অন্যরাও পড়তে পারে। পাঠাব?
        1 হ্যাঁ, পাঠান
        2 না
        99 পেছনে 0 কথা 00 মেনু
    """)
    house.tick()
    assert house.texts() == []
    assert shirin.press("1") == screen("ঠিক আছে। এসএমএস যাচ্ছে।")
    house.work()
    assert house.texts() == [
        screen("ওয়েলফেয়ার সেন্টার, যশোর। আগে 16135 নম্বরে ফোন করে জেনে নিন, খরচ নেই।")
    ]


def test_who_says_no_to_the_sms_gets_none(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    assert shirin.press("3", "jessore", "1", "1", "1", "2") == screen(
        "ঠিক আছে। দরকার হলে আবার ডায়াল করুন।"
    )
    house.tick()
    assert house.texts() == []


def test_an_sms_that_was_asked_for_at_night_comes_at_once(database: Database) -> None:
    house = House(database)
    house.clock.skip(hours=16)
    shirin = house.phone()
    shirin.dial()
    shirin.press("3", "jessore", "1", "1", "1", "1")
    house.work()
    assert len(house.texts()) == 1


def test_asked_for_at_night_but_sent_late_it_waits_for_the_morning(database: Database) -> None:
    house = House(database)
    house.clock.skip(hours=16)
    house.bell.alive = False
    shirin = house.phone()
    shirin.dial()
    shirin.press("3", "jessore", "1", "1", "1", "1")
    house.clock.skip(minutes=16)
    house.bell.alive = True
    house.tick()
    assert house.texts() == []
    house.clock.skip(hours=5, minutes=44)
    house.tick()
    assert len(house.texts()) == 1


def with_centres(house: House, *centres: Centre, line: bool = True) -> None:
    directory = Directory(centres, load_kinds(), house.parts.places)
    known = house.parts.hotlines()
    house.parts = replace(
        house.parts, directory=lambda: directory, hotlines=lambda: known if line else ()
    )


KNOWN = Centre(
    key="ngo-" + "x" * 76,
    kind="ngo",
    name=Label("আশ্রয়", "Ashroy", "Ashroy"),
    district="BD-22",
    address=Label("ক সড়ক 1", "Ka road 1", "Ka road 1"),
    phone="09611999999",
    verified_at=date(2026, 11, 1),
    verified_by="a test",
)


def test_a_centre_that_was_checked_is_shown_with_its_address_and_number(database: Database) -> None:
    house = House(database)
    with_centres(house, KNOWN)
    shirin = house.phone()
    shirin.dial()
    assert shirin.press("3", "jessore", "9", "1") == screen("""
        আশ্রয়। ক সড়ক 1 09611999999
        1 এসএমএসে পাঠান
        2 আর লাগবে না
        99 পেছনে 0 কথা 00 মেনু
    """)
    shirin.press("1", "1")
    house.work()
    assert house.texts() == [screen("আশ্রয়। ক সড়ক 1 09611999999")]


def test_without_a_current_number_to_ring_the_doubt_is_said(database: Database) -> None:
    house = House(database)
    with_centres(house, replace(KNOWN, verified_at=None, verified_by=""), line=False)
    shirin = house.phone()
    shirin.dial()
    assert shirin.press("3", "jessore", "9", "1") == screen("""
        আশ্রয়। ক সড়ক 1 09611999999 এখনো যাচাই করা হয়নি।
        98 আরও 99 পেছনে 0 কথা
    """)
    shirin.press("1", "1")
    house.work()
    assert house.texts() == [screen("আশ্রয়। ক সড়ক 1 09611999999 এখনো যাচাই করা হয়নি।")]


def test_where_no_centre_is_known_a_call_is_offered(database: Database) -> None:
    house = House(database)
    house.parts = replace(house.parts, directory=lambda: Directory((), (), house.parts.places))
    shirin = house.phone()
    shirin.dial()
    assert shirin.press("3", "jessore", "9") == screen(
        "এ এলাকার কেন্দ্র আমাদের জানা নেই। ফোন চাইলে ডায়াল করে 4 চাপুন।"
    )


@pytest.mark.parametrize("district", ["dhaka", "rajshahi", "sylhet", "faridpur"])
def test_no_centre_whose_name_tells_of_violence_is_in_the_list(
    database: Database, district: str
) -> None:
    shirin = House(database).phone()
    shirin.dial()
    shirin.press("3", district, "1")
    seen = set()
    while shirin.screen not in seen:
        seen.add(shirin.screen)
        shirin.press("98")
    assert not any("ওসিসি" in each for each in seen)
    assert any(screen("টিটিসি") in each for each in seen)
