"""Somebody under 18 registers: served like anybody, put before a supervisor, written to by nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helpline.cases.consents import ConsentTo
from helpline.cases.work import Kind, Level, Priority
from helpline.store.tables import (
    CareCase,
    Consent,
    CounsellingRequest,
    FollowUp,
    Message,
    Person,
    Reminder,
    WorkItem,
)
from tests.conversations.screens import screen
from tests.house import House
from tests.service.steps import rows

if TYPE_CHECKING:
    from helpline.store.database import Database
    from tests.house import Phone

PLACE = ("ঢাকা", "1", "1", "2", "3", "1")
"""District, upazila, country, when, why, need."""
REST = ("1", "1", "1", "4", "4", "1", "1")
"""Alone on the phone, SMS, calls, any time, no papers, no secret number, right."""


def registers(child: Phone, *whose: str) -> str:
    child.dial()
    return child.press("1", "1", *whose, "1", *PLACE, *REST)


def test_a_child_is_asked_who_it_is_and_told_of_the_childrens_line(database: Database) -> None:
    house = House(database)
    child = house.phone()
    child.dial()
    assert child.press("1", "1", "3") == screen("""
        আপনি নিজেই?
        1 হ্যাঁ
        2 না, পরিবারের কেউ
        99 পেছনে 0 কথা 00 মেনু
    """)
    last = registers(child, "3", "1")
    assert child.over
    assert "1098" in last


@pytest.mark.parametrize(("whose", "for_whom"), [(("3", "1"), "self"), (("3", "2"), "family")])
def test_the_case_of_a_child_is_restricted_and_a_supervisors_work_at_once(
    database: Database, whose: tuple[str, ...], for_whom: str
) -> None:
    house = House(database)
    registers(house.phone(), *whose)
    [person] = rows(house, Person)
    assert (person["age"], person["for_whom"]) == ("minor", for_whom)
    [case] = rows(house, CareCase)
    assert case["restricted"] == "minor"
    [item] = rows(house, WorkItem)
    assert (item["kind"], item["subject_id"], item["case_id"]) == (
        Kind.CHILD,
        person["id"],
        case["id"],
    )
    assert (item["priority"], item["level"]) == (Priority.HIGH, Level.SUPERVISOR)
    assert item["restricted"] == "minor"


def test_to_a_child_nothing_is_sent_by_itself_in_a_whole_year(database: Database) -> None:
    house = House(database)
    registers(house.phone(), "3", "1")
    assert rows(house, Reminder) == rows(house, Message) == rows(house, FollowUp) == []
    assert {row["purpose"] for row in rows(house, Consent)} == {ConsentTo.REGISTRATION}
    for _month in range(12):
        house.clock.skip(days=31)
        house.tick()
    assert house.texts() == []


def test_a_child_is_refused_nothing(database: Database) -> None:
    house = House(database)
    child = house.phone()
    registers(child, "3", "1")
    child.dial()
    child.press("2", "1", "1", "1", "1", "1", "1")
    assert child.over
    assert len(rows(house, CounsellingRequest)) == 1


def test_a_grown_up_with_the_same_answers_on_the_same_phone_is_another_person(
    database: Database,
) -> None:
    house = House(database)
    registers(house.phone(), "3", "1")
    registers(house.phone(), "1")
    ages = {row["age"]: row["id"] for row in rows(house, Person)}
    assert ages.keys() == {"minor", "adult"}
    restricted = {row["person_id"]: row["restricted"] for row in rows(house, CareCase)}
    assert restricted == {ages["minor"]: "minor", ages["adult"]: ""}


def test_who_goes_back_and_says_it_otherwise_is_taken_at_the_last_word(database: Database) -> None:
    house = House(database)
    phone = house.phone()
    phone.dial()
    phone.press("1", "1", "3", "1", "99", "99", "1", "1", *PLACE, *REST)
    [person] = rows(house, Person)
    assert (person["age"], person["for_whom"]) == ("adult", "self")
    assert [row["restricted"] for row in rows(house, CareCase)] == [""]
