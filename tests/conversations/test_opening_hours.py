"""What callers hear while the helpline is closed: when somebody will answer, and nothing that is not so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from helpline.cases.calendar import DHAKA
from helpline.cases.hours import Closed, Interval, Span, WorkingHours
from helpline.cases.rota import Openings, Rota, Shift
from helpline.store.tables import Callback, CounsellingRequest
from tests.conversations.screens import rows, screen
from tests.house import House

if TYPE_CHECKING:
    from helpline.store.database import Database

TODAY = date(2026, 12, 1)
CALL_ME = ("0", "1", "1")
"""A person, call me, it is safe."""
WITH_A_WOMAN = ("2", "3", "1", "1", "1", "1")
"""Money, with a woman, call this phone; today, the first time that is offered."""


def at(hour: int, minute: int = 0, day: date = TODAY) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=DHAKA)


def house_with(database: Database, hours: WorkingHours | None = None, *shifts: Shift) -> House:
    house = House(database)
    known = Openings(hours or WorkingHours(), Rota(shifts))
    house.parts = replace(house.parts, openings=lambda: known)
    return house


def shift(sex: str, weekday: int, begins: int, ends: int) -> Shift:
    return Shift(
        "somebody", sex, weekday, time(begins), time(ends), False, 0, date(2026, 1, 1), None
    )


def closed(begins: datetime, ends: datetime) -> WorkingHours:
    return WorkingHours(closed=(Closed("staff_shortage", Span(begins, ends)),))


def test_while_we_are_open_nothing_is_said_of_it(database: Database) -> None:
    shirin = house_with(database).phone()
    shirin.dial()
    assert shirin.press(*CALL_ME, "1") == screen("ঠিক আছে। ফোন করব: মঙ্গল 1 ডিসেম্বর, সকাল।")


def test_closed_for_now_says_when_we_call(database: Database) -> None:
    shirin = house_with(database, closed(at(9), at(14, 30))).phone()
    shirin.dial()
    assert shirin.press(*CALL_ME, "1") == screen("এখন আমরা বন্ধ। ফোন করব: মঙ্গল 1 ডিসেম্বর, দুপুর।")
    assert len(rows(database, Callback)) == 1


def test_closed_for_the_rest_of_the_day_means_tomorrow(database: Database) -> None:
    shirin = house_with(database, closed(at(9), at(23))).phone()
    shirin.dial()
    assert shirin.press(*CALL_ME, "2") == screen("এখন আমরা বন্ধ। ফোন করব: বুধ 2 ডিসেম্বর, সকাল।")
    (call,) = rows(database, Callback)
    assert call["slot_at"] == at(9, day=TODAY + timedelta(days=1))


def test_on_a_holiday_the_next_day_is_named_and_the_holiday_is_not_offered(
    database: Database,
) -> None:
    hours = WorkingHours(holidays=frozenset({TODAY}))
    shirin = house_with(database, hours).phone()
    shirin.dial()
    assert shirin.press("2", "3", "1", "1").splitlines()[1] == "1 আগামীকাল"
    said = shirin.press("1", "1", "2")
    assert said.startswith(screen("এখন বন্ধ। কথা হবে: বুধ 2 ডিসেম্বর, সকাল। আপনার নম্বর"))


def test_outside_the_hours_that_staff_entered_the_caller_is_told(database: Database) -> None:
    hours = WorkingHours(tuple(Interval(weekday, time(14), time(18)) for weekday in range(7)))
    house = house_with(database, hours)
    shirin = house.phone()
    shirin.dial()
    assert shirin.press("2", "3", "1", "1", "1").splitlines()[1:-1] == ["1 দুপুর 12-4", "2 বিকাল 4-8"]
    assert shirin.press("1", "2").startswith(screen("এখন বন্ধ। কথা হবে: মঙ্গল 1 ডিসেম্বর, দুপুর।"))


def test_a_woman_who_is_on_shift_then_is_promised(database: Database) -> None:
    shirin = house_with(database, None, shift("woman", 1, 9, 13)).phone()
    shirin.dial()
    assert shirin.press(*WITH_A_WOMAN, "2").startswith(screen("কথা হবে: মঙ্গল 1 ডিসেম্বর, সকাল।"))


def test_when_no_woman_is_on_shift_then_nobody_promises_one(database: Database) -> None:
    shirin = house_with(database, None, shift("man", 1, 9, 21), shift("woman", 3, 9, 21)).phone()
    shirin.dial()
    said = shirin.press(*WITH_A_WOMAN, "2")
    assert said.startswith(screen("মঙ্গল 1 ডিসেম্বর, সকাল। দেরিও হতে পারে। আপনার নম্বর"))
    (request,) = rows(database, CounsellingRequest)
    assert request["counsellor"] == "woman"


def test_who_does_not_mind_is_told_nothing_of_the_rota(database: Database) -> None:
    shirin = house_with(database, None, shift("man", 1, 9, 21)).phone()
    shirin.dial()
    assert shirin.press("2", "3", "3", "1", "1", "1", "2").startswith(screen("কথা হবে:"))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("2", "Ekhon amra bondho. Phone korbo: Mongol 1 December, dupur."),
        ("3", "We are closed now. We will call: Tue 1 December, afternoon."),
    ],
)
def test_the_same_is_said_in_latin_letters_and_in_english(
    database: Database, language: str, said: str
) -> None:
    shirin = house_with(database, closed(at(9), at(14, 30))).phone()
    shirin.text("language")
    shirin.text(language)
    shirin.dial()
    assert shirin.press(*CALL_ME, "1") == said
