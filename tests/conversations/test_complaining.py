"""Saying that something went wrong, and getting out of it with words that tell nobody anything."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from helpline.cases.wording import warnings
from helpline.cases.work import Kind, Level
from helpline.data.load import load_topics
from helpline.store.database import Database
from helpline.store.tables import Event, WorkItem
from tests.conversations.screens import rows, screen
from tests.house import House


def test_unpaid_wages_are_a_supervisors_work_with_a_number(database: Database) -> None:
    shirin = House(database).phone()
    shirin.dial()
    assert shirin.press("9", "2") == screen("""
        কী নিয়ে?
        1 বেতন
        2 চুক্তি বা কাজ
        3 এজেন্সি বা দালাল
        98 আরও 99 পেছনে 0 কথা
    """)
    shirin.press("1", "1", "4")
    assert shirin.screen.startswith("লেখা হলো, নম্বর ")
    assert shirin.screen.endswith("ফোন করব: মঙ্গল 1 ডিসেম্বর, বিকাল।")
    (item,) = rows(database, WorkItem)
    assert (item["kind"], item["level"]) == (Kind.COMPLAINT, Level.SUPERVISOR)
    said = [row for row in rows(database, Event) if row["subject"] == "complaint"]
    assert [(row["subject_id"], row["why"]) for row in said] == [(item["subject_id"], "pay_call")]


def test_who_may_be_hurt_reads_first_who_answers_at_once(database: Database) -> None:
    shirin = House(database).phone()
    shirin.dial()
    assert shirin.press("9", "2", "4") == screen("""
        বিপদে ফোন করুন, খরচ নেই: 109, 999
        1 এখানেই এগিয়ে যাই
        98 আরও 99 পেছনে 0 কথা
    """)


@pytest.mark.parametrize(
    "keys", [("9", "2", "4", "9"), ("9", "2", "1", "9"), ("9", "2", "4", "1", "9")]
)
def test_finishing_safely_leaves_an_innocent_screen_and_nothing_behind(
    database: Database, keys: tuple[str, ...]
) -> None:
    shirin = House(database).phone()
    shirin.dial()
    assert shirin.press(*keys) == screen("ধন্যবাদ। কেন্দ্রের ঠিকানা জানতে আবার ডায়াল করুন।")
    assert shirin.over
    assert rows(database, WorkItem) == rows(database, Event) == []


def test_who_must_not_be_called_is_not_called(database: Database) -> None:
    shirin = House(database).phone()
    shirin.dial()
    shirin.press("9", "2", "6", "2")
    assert shirin.screen.endswith(screen("আমরা ফোন করব না। সুবিধামতো ডায়াল করুন।"))
    events = [row["why"] for row in rows(database, Event) if row["subject"] == "complaint"]
    assert events == ["service_no_call"]


def test_each_complaint_is_one_of_its_own(database: Database) -> None:
    shirin = House(database).phone()
    for key in ("1", "3"):
        shirin.dial()
        shirin.press("9", "2", key, "1", "1")
    assert len(rows(database, WorkItem)) == 2


# -- what to keep, and where to go ----------------------------------------------------------------

TELL = """
    এই নম্বরে ফোন করা নিরাপদ?
    1 হ্যাঁ
    2 না
    3 কাগজ রাখা
    9 নিরাপদে শেষ
    99 পেছনে 0 কথা
"""


@pytest.mark.parametrize(
    ("key", "begins"),
    [
        ("1", "রেখে দিন: চুক্তি, বেতন বা ব্যাংকের রসিদ"),
        ("2", "রেখে দিন: চুক্তির সব পাতা"),
        ("3", "রেখে দিন: টাকার রসিদ"),
        ("5", "রেখে দিন: পাসপোর্ট"),
    ],
)
def test_where_proof_decides_what_to_keep_is_read_first_and_the_complaint_goes_on(
    database: Database, key: str, begins: str
) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    assert shirin.press("9", "2", key) == screen(TELL)
    assert shirin.press("3").startswith(screen(begins))
    assert shirin.press("1") == screen(TELL)
    shirin.press("2")
    (item,) = rows(database, WorkItem)
    assert item["kind"] == Kind.COMPLAINT
    assert house.texts() == []


@pytest.mark.parametrize("key", ["4", "6"])
def test_where_no_papers_matter_none_are_spoken_of(database: Database, key: str) -> None:
    shirin = House(database).phone()
    shirin.dial()
    pages = shirin.press("9", "2", key) + shirin.press("98")
    assert screen("কাগজ রাখা") not in pages


def test_the_list_comes_by_sms_only_after_a_yes_and_in_words_that_tell_nobody_anything(
    database: Database,
) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press("9", "2", "1", "3", "2")
    house.work()
    assert house.texts() == []
    assert shirin.press("1").startswith(screen("ঠিক আছে। এসএমএস যাচ্ছে।"))
    house.work()
    (text,) = house.texts()
    assert text == screen("রেখে দিন: চুক্তি, বেতন বা ব্যাংকের রসিদ, ভিসা, মেসেজ। সবকিছুর ছবি তুলে রাখুন।")
    assert shirin.press("1") == screen(TELL)


def test_a_phone_that_wants_no_messages_gets_no_list(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press("8", "1")
    shirin.dial()
    shirin.press("9", "2", "1", "3", "2", "1")
    house.work()
    assert house.texts() == []


def test_the_way_to_bmet_and_to_a_court_stands_behind_it(database: Database) -> None:
    shirin = House(database).phone()
    shirin.dial()
    shirin.press("9", "2", "1", "3")
    assert shirin.press("3").startswith(screen("বিএমইটি বা জেলা জনশক্তি অফিসে গিয়ে জানান। খরচ নেই।"))
    seen = shirin.press("2") + shirin.press("98")
    assert seen.startswith(screen("মিটমাট না হলে আদালতে যাওয়া যায়।"))
    assert "16699" in seen


def test_what_is_not_certain_any_more_is_neither_read_nor_sent(database: Database) -> None:
    house = House(database)
    house.clock.now = datetime(2027, 4, 1, 5, tzinfo=UTC)
    shirin = house.phone()
    shirin.dial()
    shirin.press("9", "2", "1", "3")
    assert shirin.press("3") == screen("""
        আজ এ নিয়ে নিশ্চিত তথ্য নেই।
        1 এগিয়ে যাই
        9 নিরাপদে শেষ
        99 পেছনে 0 কথা 00 মেনু
    """)
    assert shirin.press("1") == screen(TELL)
    house.clock.now = datetime(2029, 1, 1, 5, tzinfo=UTC)
    shirin.dial()
    assert shirin.press("9", "2", "1", "3").startswith(screen("আজ এ নিয়ে নিশ্চিত তথ্য নেই।"))
    assert house.texts() == []


def test_every_list_of_what_to_keep_is_neutral() -> None:
    lists = [topic for topic in load_topics() if topic.key.startswith("proof_")]
    assert len(lists) == 4
    for topic in lists:
        assert warnings(topic.text.bn, "bn") == warnings(topic.text.en, "en") == [], topic.key
