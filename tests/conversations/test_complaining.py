"""Saying that something went wrong, and getting out of it with words that tell nobody anything."""

from __future__ import annotations

import pytest

from helpline.cases.work import Kind, Level
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
    assert shirin.screen.startswith("লেখা হলো: ")
    assert shirin.screen.endswith("ফোন করব: মঙ্গল 1 ডিসেম্বর, বিকাল।")
    (item,) = rows(database, WorkItem)
    assert (item["kind"], item["level"]) == (Kind.COMPLAINT, Level.SUPERVISOR)
    said = [row for row in rows(database, Event) if row["subject"] == "complaint"]
    assert [(row["subject_id"], row["why"]) for row in said] == [(item["subject_id"], "pay_call")]


def test_who_may_be_hurt_reads_first_who_answers_at_once(database: Database) -> None:
    shirin = House(database).phone()
    shirin.dial()
    assert shirin.press("9", "2", "4") == screen("""
        বিপদে ফোন করুন, খরচ নেই: 999, 109
        1 এখানে চালিয়ে যান
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
    assert shirin.screen.endswith(screen("ফোন করব না। পারলে ডায়াল করুন।"))
    events = [row["why"] for row in rows(database, Event) if row["subject"] == "complaint"]
    assert events == ["service_no_call"]


def test_each_complaint_is_one_of_its_own(database: Database) -> None:
    shirin = House(database).phone()
    for key in ("1", "3"):
        shirin.dial()
        shirin.press("9", "2", key, "1", "1")
    assert len(rows(database, WorkItem)) == 2
