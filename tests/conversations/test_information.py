"""Reading without registering: what one is entitled to, as dated facts."""

from __future__ import annotations

from datetime import UTC, datetime

from helpline.store.database import Database
from tests.conversations.screens import screen
from tests.house import House


def test_what_the_fund_pays_is_read_without_registering(database: Database) -> None:
    shirin = House(database).phone()
    shirin.dial()
    assert shirin.press("9") == screen("""
        অন্য সেবা:
        1 তথ্য
        2 অভিযোগ
        3 কেমন আছি
        4 আমার বিষয়
        98 আরও 99 পেছনে 0 কথা
    """)
    assert screen("2 সরকারি সাহায্য") in shirin.press("1")
    assert screen("2 অসুস্থ হয়ে ফিরলে") in shirin.press("2")
    assert shirin.press("2").startswith(screen("অসুস্থ বা আহত হয়ে ফিরলে"))


def test_a_text_comes_by_sms_only_after_the_caller_said_yes(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press("9", "1", "2", "2", "1")
    assert house.texts() == []
    shirin.press("1")
    house.work()
    (text,) = house.texts()
    assert text.startswith(screen("অসুস্থ বা আহত হয়ে ফিরলে কল্যাণ বোর্ড দেড় লাখ টাকা পর্যন্ত দিতে পারে।"))


def test_a_text_that_went_stale_is_neither_shown_nor_sent(database: Database) -> None:
    house = House(database)
    house.clock.now = datetime(2027, 3, 30, 17, 30, tzinfo=UTC)
    shirin = house.phone()
    shirin.dial()
    shirin.press("9", "1", "2", "2", "1", "1")
    house.clock.skip(hours=1)
    house.work()
    assert house.texts() == []
    shirin.dial()
    assert screen("সাহায্য") not in shirin.press("9", "1").splitlines()[1]


def test_by_sms_one_word_leads_to_the_texts(database: Database) -> None:
    house = House(database)
    house.phone().text("তথ্য")
    assert "কী জানতে চান?" in house.texts()[-1]
