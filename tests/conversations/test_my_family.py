"""My family: three digits for each, no name, and nobody sees what another one told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helpline.cases.families import AGES, MOST, NEEDS, RELATIONS
from helpline.store.tables import Dependant, WorkItem
from tests.conversations.screens import rows, screen
from tests.conversations.test_my_data import RESUME, with_a_sister
from tests.conversations.test_my_matters import CLOSED, MATTERS, registered

if TYPE_CHECKING:
    from helpline.store.database import Database
    from tests.house import Phone

FAMILY = (*MATTERS, "6")
MENU = """
    কাদের দেখাশোনা করেন?
    1 একজন যোগ করুন
    2 তালিকা দেখান
    9 নিরাপদে শেষ
    99 পেছনে 0 কথা
"""


def named(database: Database) -> list[tuple[str, str, str]]:
    """Whom somebody told of, and who is still in the list."""
    return [
        (row["relation"], row["age"], row["need"])
        for row in rows(database, Dependant, "told_at", "id")
        if row["state"] == "named"
    ]


def add(phone: Phone, relation: str, age: str, need: str) -> str:
    phone.dial()
    return phone.press(*FAMILY, "1", relation, age, need, "1")


def test_somebody_is_added_with_three_digits(database: Database) -> None:
    _house, shirin = registered(database)
    shirin.dial()
    assert shirin.press(*FAMILY) == screen(MENU)
    assert shirin.press("1") == screen("""
        আপনার কে হন?
        1 স্বামী বা স্ত্রী
        2 ছেলে বা মেয়ে
        98 আরও 99 পেছনে 0 কথা
    """)
    assert shirin.press("2") == screen("""
        বয়স কত?
        1 বয়স 5 বা কম
        2 বয়স 6-17
        3 বয়স 18-59
        4 বয়স 60 বা বেশি
        99 পেছনে 0 কথা
    """)
    assert shirin.press("2").startswith(screen("সবচেয়ে বেশি কী দরকার?"))
    assert shirin.press("1") == screen("""
        ছেলে বা মেয়ে, বয়স 6-17। পরিবারে যোগ করব?
        1 হ্যাঁ
        2 না
        99 পেছনে 0 কথা 00 মেনু
    """)
    assert shirin.press("1") == screen("লেখা হলো। আরও কাউকে যোগ করতে আবার ডায়াল করুন।")
    assert named(database) == [("child", "6_17", "school")]


def test_what_somebody_needs_is_work_and_a_child_comes_first(database: Database) -> None:
    _house, shirin = registered(database)
    add(shirin, "2", "1", "2")
    add(shirin, "3", "4", "4")
    add(shirin, "1", "3", "6")
    items = [row for row in rows(database, WorkItem) if row["kind"] == "dependant"]
    told = {row["id"]: row for row in rows(database, Dependant)}
    assert {told[item["subject_id"]]["relation"]: item["priority"] for item in items} == {
        "child": 1,
        "parent": 2,
    }


def test_somebody_is_taken_out_again_together_with_the_work(database: Database) -> None:
    _house, shirin = registered(database)
    add(shirin, "2", "1", "2")
    shirin.dial()
    assert shirin.press(*FAMILY, "2") == screen("""
        একটি বেছে নিন:
        1 ছেলে বা মেয়ে, বয়স 5 বা কম
        99 পেছনে 0 কথা 00 মেনু
    """)
    assert shirin.press("1") == screen("""
        ছেলে বা মেয়ে, বয়স 5 বা কম
        1 তালিকা থেকে বাদ দিন
        98 আরও 99 পেছনে 0 কথা
    """)
    assert shirin.press("1") == screen("ঠিক আছে। বাদ দেওয়া হলো।")
    assert named(database) == []
    (item,) = [row for row in rows(database, WorkItem) if row["kind"] == "dependant"]
    assert (item["state"], item["outcome"]) == ("done", "removed")


def test_every_answer_of_the_menu_is_one_the_record_knows(database: Database) -> None:
    _house, shirin = registered(database)
    for number, _relation in enumerate(RELATIONS, 1):
        age, need = (number - 1) % len(AGES) + 1, (number - 1) % len(NEEDS) + 1
        add(shirin, str(number), str(age), str(need))
    add(shirin, "1", "1", str(len(NEEDS)))
    found = named(database)
    assert [each[0] for each in found[:5]] == list(RELATIONS)
    assert {each[1] for each in found} == set(AGES)
    assert {each[2] for each in found} == set(NEEDS)


def test_a_full_list_asks_to_take_somebody_out_first(database: Database) -> None:
    _house, shirin = registered(database)
    for _time in range(MOST):
        add(shirin, "2", "2", "6")
    shirin.dial()
    assert shirin.press(*FAMILY, "1").startswith(screen("তালিকা ভরে গেছে। আগে কাউকে বাদ দিন।"))
    assert len(named(database)) == MOST


def test_who_has_named_nobody_can_begin_there(database: Database) -> None:
    _house, shirin = registered(database)
    shirin.dial()
    assert shirin.press(*FAMILY, "2") == screen("""
        তালিকায় কেউ নেই।
        1 একজন যোগ করুন
        9 নিরাপদে শেষ
        99 পেছনে 0 কথা 00 মেনু
    """)
    assert shirin.press("1").startswith(screen("আপনার কে হন?"))


def test_who_is_cut_off_goes_on_at_the_next_question(database: Database) -> None:
    _house, shirin = registered(database)
    shirin.dial()
    shirin.press(*FAMILY, "1", "3", "4")
    assert shirin.dial() == screen(RESUME)
    shirin.press("1")
    assert shirin.press("2580").startswith(screen("সবচেয়ে বেশি কী দরকার?"))
    assert shirin.press("3").startswith(screen("মা বা বাবা, বয়স 60 বা বেশি। পরিবারে যোগ করব?"))
    shirin.press("1")
    assert named(database) == [("parent", "60_up", "disability")]


def test_back_changes_one_answer_and_keeps_the_others(database: Database) -> None:
    _house, shirin = registered(database)
    shirin.dial()
    shirin.press(*FAMILY, "1", "2", "1", "99", "2", "1", "1")
    assert named(database) == [("child", "6_17", "school")]


def test_who_says_no_in_the_end_leaves_nothing_behind(database: Database) -> None:
    _house, shirin = registered(database)
    shirin.dial()
    assert shirin.press(*FAMILY, "1", "2", "1", "1", "2") == screen("ঠিক আছে। কিছুই বদলায়নি।")
    assert named(database) == []
    assert shirin.dial().startswith(screen("প্রবাসফেরতদের সেবা"))


def test_two_persons_on_one_phone_have_two_families(database: Database) -> None:
    _house, phone = with_a_sister(database)
    add(phone, "2", "1", "6")
    phone.dial()
    assert phone.press("9", "4", "7413", "6", "2").startswith(screen("তালিকায় কেউ নেই।"))
    phone.press("00", "9", "4", "2580", "6", "1", "3")
    phone.dial()
    assert phone.press("1", "7413") == screen(MENU)


def test_wrong_digits_show_no_family(database: Database) -> None:
    _house, shirin = registered(database)
    add(shirin, "2", "1", "6")
    shirin.dial()
    assert shirin.press("9", "4", "2581") == screen(CLOSED)


@pytest.mark.parametrize("typed", ["<script>", "{who}", "%s", "=cmd()", "ক" * 400, "7", "১১", "-1"])
def test_whatever_is_typed_adds_nobody(database: Database, typed: str) -> None:
    _house, shirin = registered(database)
    shirin.dial()
    shirin.press(*FAMILY, "1", typed, typed)
    shirin.press("00", *FAMILY, "1")
    assert named(database) == []
