"""How a service was: asked once, one digit, where it was allowed; the lowest mark is somebody's work."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from helpline.cases.own import MARKS
from helpline.service.desk.counselled import follow
from helpline.settings import Settings
from helpline.store.tables import CareCase, CounsellingRequest, Feedback, Reminder, WorkItem
from tests.conversations.screens import REGISTER_IN_JASHORE, rows, screen
from tests.conversations.test_my_matters import MATTERS
from tests.desk.office import Office
from tests.desk.referring import Town, town
from tests.house import House, Phone

if TYPE_CHECKING:
    from helpline.store.database import Database

HOW = (*MATTERS, "4")
ASKED = screen("আপনার কেমন লেগেছে?")
NOTHING = screen("এখানে আজ নতুন কিছু নেই।")
INVITED = screen("একটু সময় পেলে *0000# ডায়াল করুন।")
NO_SMS = (*REGISTER_IN_JASHORE[:11], "2", *REGISTER_IN_JASHORE[12:])


@pytest.fixture
def jashore(database: Database, tmp_path: Path) -> Town:
    settings = replace(Settings.demo(tmp_path / "var", 8000), simulator=False)
    return town(Office(database, settings))


def talked(database: Database, *registration: str) -> tuple[House, Phone]:
    """Shirin, registered, who asked for counselling and got it."""
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press(*(registration or REGISTER_IN_JASHORE))
    shirin.dial()
    shirin.press("2", "3", "1", "1", "5", "1", "1")
    house.work()
    (request,) = rows(database, CounsellingRequest)
    with database.transaction() as connection:
        follow(connection, request["id"], "completed", now=house.clock.now, actor="somebody")
    return house, shirin


def given(database: Database) -> list[Any]:
    return rows(database, Feedback, "asked_at", "id")


def invitations(house: House, days: int = 5) -> int:
    """How often she is invited by SMS within some days."""
    for _hour in range(24 * days):
        house.clock.skip(hours=1)
        house.tick()
    return house.texts().count(INVITED)


def test_a_talk_that_took_place_is_asked_about_behind_the_digits(database: Database) -> None:
    _house, shirin = talked(database)
    (asked,) = given(database)
    assert (asked["about"], asked["state"], asked["said"]) == ("counselling", "asked", "")
    shirin.dial()
    assert shirin.press(*HOW) == screen("""
        আপনার কেমন লেগেছে?
        1 খুব ভালো
        2 ভালো
        3 মোটামুটি
        4 ভালো না
        98 আরও 99 পেছনে 0 কথা
    """)
    assert shirin.press("98") == screen("""
        5 বলতে চাই না
        99 পেছনে 0 কথা 00 মেনু
    """)


@pytest.mark.parametrize(("key", "said"), [(str(n), word) for n, word in enumerate(MARKS, 1)])
def test_each_digit_is_one_mark_and_is_asked_once(database: Database, key: str, said: str) -> None:
    _house, shirin = talked(database)
    shirin.dial()
    assert shirin.press(*HOW, key) == screen("জানানোর জন্য ধন্যবাদ।")
    (row,) = given(database)
    assert (row["state"], row["said"]) == ("answered", said)
    shirin.dial()
    assert shirin.press(*HOW).startswith(NOTHING)
    tasks = [item for item in rows(database, WorkItem) if item["kind"] == "feedback"]
    assert len(tasks) == (1 if said == "bad" else 0)


def test_the_lowest_mark_is_a_supervisors_task(database: Database) -> None:
    _house, shirin = talked(database)
    shirin.dial()
    shirin.press(*HOW, "4")
    (task,) = [item for item in rows(database, WorkItem) if item["kind"] == "feedback"]
    assert (task["level"], task["subject_id"]) == (1, given(database)[0]["id"])


def test_who_would_rather_not_say_is_not_asked_again(database: Database) -> None:
    _house, shirin = talked(database)
    shirin.dial()
    assert shirin.press(*HOW, "5") == screen("জানানোর জন্য ধন্যবাদ।")
    (row,) = given(database)
    assert (row["state"], row["said"]) == ("skipped", "")
    shirin.dial()
    assert shirin.press(*HOW).startswith(NOTHING)


def test_one_neutral_sms_invites_where_it_is_allowed(database: Database) -> None:
    house, _shirin = talked(database)
    assert invitations(house) == 1


def test_without_a_permit_for_sms_nobody_is_invited_and_the_question_is_there(
    database: Database,
) -> None:
    house, shirin = talked(database, *NO_SMS)
    assert [row for row in rows(database, Reminder) if row["kind"] == "feedback"] == []
    assert invitations(house) == 0
    shirin.dial()
    assert shirin.press(*HOW).startswith(ASKED)


def test_a_permit_that_ends_before_the_day_is_obeyed(database: Database) -> None:
    house, shirin = talked(database)
    shirin.dial()
    shirin.press("8", "1")
    assert invitations(house) == 0


def test_who_stopped_reminders_is_not_invited(database: Database) -> None:
    house, shirin = talked(database)
    shirin.dial()
    assert shirin.press("6", "2580", "1", "2") == screen("আর মনে করানো হবে না।")
    assert invitations(house) == 0


def test_a_restricted_case_is_never_invited_by_sms(jashore: Town) -> None:
    jashore.sent()
    jashore.restrict("gbv")
    jashore.sms(f"{jashore.code()} 1")
    jashore.shirin.dial()
    jashore.shirin.press(*MATTERS, "3", "1", "1")
    assert [row for row in jashore.all(Reminder) if row["kind"] == "feedback"] == []
    assert [row["state"] for row in jashore.all(Feedback)] == ["asked"]


def test_a_referral_that_was_attended_and_completed_is_asked_about_once(jashore: Town) -> None:
    ident, code = jashore.sent(), jashore.code()
    jashore.sms(f"{code} 1")
    jashore.shirin.dial()
    jashore.shirin.press(*MATTERS, "3", "1", "1", "1")
    jashore.sms(f"{code} 3")
    assert jashore.row(ident).state == "attended"
    (row,) = jashore.all(Feedback)
    assert (row["about"], row["state"], row["said"]) == ("referral", "answered", "very_good")


def test_where_the_two_sides_differ_nobody_is_asked_how_it_was(jashore: Town) -> None:
    code = jashore.code() if jashore.sent() else ""
    jashore.sms(f"{code} 1")
    jashore.sms(f"{code} 4")
    jashore.shirin.dial()
    jashore.shirin.press(*MATTERS, "3", "1", "1", "1")
    assert jashore.all(Feedback) == []


def test_after_two_months_it_is_not_asked_any_more(database: Database) -> None:
    house, shirin = talked(database)
    house.clock.now += timedelta(days=61)
    shirin.dial()
    assert shirin.press(*HOW).startswith(NOTHING)


def test_a_phone_that_is_nobodys_is_asked_nothing(database: Database) -> None:
    house = House(database)
    phone = house.phone()
    phone.dial()
    phone.press("2", "3", "1", "1", "5", "1", "1")
    (request,) = rows(database, CounsellingRequest)
    with database.transaction() as connection:
        follow(connection, request["id"], "completed", now=house.clock.now, actor="somebody")
    assert rows(database, CareCase)[0]["person_id"] is None
    assert given(database) == []
