"""How am I doing: nine questions, kept sealed; distress calls a person and ends the money questions."""

from __future__ import annotations

from helpline.cases.work import Kind
from helpline.store.database import Database
from helpline.store.tables import Assessment, WorkItem
from tests.conversations.screens import rows, screen
from tests.house import House


def kinds(database: Database) -> set[str]:
    return {row["kind"] for row in rows(database, WorkItem)}


def test_nine_digits_are_a_check_in(database: Database) -> None:
    shirin = House(database).phone()
    shirin.dial()
    shirin.press("9", "3", "1")
    assert shirin.screen == screen("""
        দরকারে পাশে কেউ থাকে?
        1 সব সময়
        2 বেশির ভাগ সময়
        3 মাঝে মাঝে
        98 আরও 99 পেছনে 0 কথা
    """)
    shirin.press(*"121251231"[:9])
    assert shirin.screen == screen("ধন্যবাদ। যখন ইচ্ছা আবার ডায়াল করুন।")
    (kept,) = rows(database, Assessment)
    assert (kept["instrument"], kept["staff_id"]) == ("wellbeing-short-1", None)
    assert b"people" not in kept["answers"]
    assert kinds(database) == set()


def test_whoever_has_no_peace_is_not_asked_about_money_and_somebody_is_told(
    database: Database,
) -> None:
    shirin = House(database).phone()
    shirin.dial()
    shirin.press("9", "3", "1", "2", "2", "4", "2", "2", "2")
    assert shirin.screen.startswith(screen("ধন্যবাদ। কারও সাথে কথা বলবেন?"))
    assert kinds(database) == {Kind.RISK_REVIEW}


def test_low_scores_open_a_task_and_close_nothing(database: Database) -> None:
    shirin = House(database).phone()
    shirin.dial()
    shirin.press("9", "3", "1", *"222222444")
    assert kinds(database) == {Kind.CHECK_IN}


def test_broken_off_it_goes_on_at_the_next_question(database: Database) -> None:
    shirin = House(database).phone()
    shirin.dial()
    shirin.press("9", "3", "1", "2", "2")
    assert "আগের কাজটা" in shirin.dial()
    assert "মনে শান্তি পান?" in shirin.press("1")
