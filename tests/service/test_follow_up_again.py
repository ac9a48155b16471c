"""Follow-up is taken back and agreed to again: what lies ahead comes, what is past does not, nothing twice."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from helpline.cases.calendar import local
from helpline.cases.consents import PURPOSES, ConsentTo
from helpline.cases.effects import ChangeContact, MarkAttended, StopReminders
from helpline.service import consents, follow_up_again
from helpline.store import safe_contact
from helpline.store.desk import case_rows
from helpline.store.idents import new_ident
from helpline.store.tables import CareCase, FollowUp, Person, PersonPhone
from tests.house import MORNING, House
from tests.service.steps import (
    crowd,
    number,
    perform,
    person,
    register,
    reminders,
    rows,
    visiting,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from helpline.store.database import Database
    from helpline.store.sealing import KeyRing

WORDS = PURPOSES[ConsentTo.FOLLOW_UP].current


@pytest.fixture
def house(database: Database) -> House:
    return House(database)


def end(house: House, person_id: str = "") -> None:
    with visiting(house) as visit:
        consents.take_back(visit, person_id or person(house)["id"], ConsentTo.FOLLOW_UP)


def agree(house: House, person_id: str = "", version: str = WORDS) -> None:
    with visiting(house) as visit:
        follow_up_again.agree(visit, person_id or person(house)["id"], version)


def ahead(house: House, **where: Any) -> list[tuple[str, int]]:
    """What is scheduled: (kind, days after the registration)."""
    return [
        (row["kind"], (local(row["due_at"]).date() - local(MORNING).date()).days)
        for row in reminders(house, state="scheduled", **where)
    ]


def duties(house: House) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in sorted(rows(house, FollowUp), key=lambda row: row["created_at"]):
        found.setdefault(row["kind"], []).append(row["state"])
    return found


FIRST = [("follow_up", 7), ("centre", 30), ("follow_up", 30)]
ALL = {"month_3": ["planned"], "month_6": ["planned"], "month_12": ["planned"]}


def sorted_ahead(house: House) -> list[tuple[str, int]]:
    return sorted(ahead(house), key=lambda each: (each[1], each[0]))


def test_agreed_again_at_once_everything_is_there_again(house: House) -> None:
    register(house)
    assert sorted_ahead(house) == FIRST
    end(house)
    assert ahead(house) == []
    assert {state for states in duties(house).values() for state in states} == {"cancelled"}
    house.clock.skip(hours=1)
    agree(house)
    assert sorted_ahead(house) == FIRST
    assert duties(house) == {kind: ["cancelled", "planned"] for kind in ALL}


def test_what_is_past_does_not_come_back_and_the_monthly_one_goes_on(house: House) -> None:
    register(house)
    end(house)
    house.clock.skip(days=100)
    agree(house)
    assert ahead(house) == [("centre", 120)]
    assert duties(house) == {
        "month_3": ["cancelled"],
        "month_6": ["cancelled", "planned"],
        "month_12": ["cancelled", "planned"],
    }


def test_what_was_sent_before_is_not_sent_again(house: House) -> None:
    register(house)
    house.clock.skip(days=7, hours=1)
    house.tick()
    sent = [row for row in reminders(house) if row["state"] == "sent"]
    assert [row["kind"] for row in sent] == ["follow_up"]
    end(house)
    agree(house)
    end(house)
    agree(house)
    assert sorted_ahead(house) == [("centre", 30), ("follow_up", 30)]
    assert len([row for row in reminders(house) if row["state"] == "sent"]) == 1


def test_agreeing_while_it_stands_plans_nothing_a_second_time(house: House) -> None:
    register(house)
    agree(house)
    agree(house, version="follow-up-phone-1")
    assert sorted_ahead(house) == FIRST
    assert duties(house) == ALL


def test_by_the_menu_a_yes_to_sms_brings_them_back_on_that_phone(house: House) -> None:
    register(house)
    end(house)
    ident = person(house)["id"]
    perform(house, ChangeContact(ident, "sms", "yes"))
    assert sorted_ahead(house) == FIRST
    assert duties(house)["month_3"] == ["cancelled", "planned"]
    house.clock.skip(days=8)
    house.tick()
    assert len(house.texts()) == 1


def test_who_has_been_to_the_centre_is_not_asked_to_go_again(house: House) -> None:
    register(house)
    perform(house, MarkAttended(person(house)["id"]))
    end(house)
    agree(house)
    assert ahead(house) == [("follow_up", 7), ("follow_up", 30)]


def test_no_more_reminders_holds_until_follow_up_is_agreed_to_in_new_words(house: House) -> None:
    register(house)
    ident = person(house)["id"]
    perform(house, StopReminders(ident))
    perform(house, ChangeContact(ident, "sms", "yes"))
    assert ahead(house) == []
    house.clock.skip(minutes=1)
    agree(house)
    assert sorted_ahead(house) == FIRST
    assert duties(house)["month_6"] == ["cancelled", "planned"]


def test_the_reminder_of_an_appointment_that_still_stands_comes_back(house: House) -> None:
    register(house)
    [case] = rows(house, CareCase)
    for state, days in (("planned", 5), ("cancelled", 6), ("planned", 0)):
        with house.database.transaction() as connection:
            case_rows.add(
                connection,
                "appointment",
                id=new_ident(),
                case_id=case["id"],
                what="service",
                place="",
                begins_at=MORNING + timedelta(days=days, hours=4),
                state=state,
                created_at=MORNING,
                updated_at=MORNING,
            )
    end(house)
    agree(house)
    assert ahead(house, kind="appointment") == [("appointment", 4)]


@pytest.mark.parametrize("left", ["withdrawn", "closed", "minor"])
def test_nothing_is_planned_for_whoever_left_has_no_open_case_or_is_a_child(
    house: House, left: str
) -> None:
    register(house)
    ident = person(house)["id"]
    end(house)
    changed = {
        "withdrawn": update(Person).values(withdrawn_at=house.clock()),
        "closed": update(CareCase).values(stage="closed"),
        "minor": update(CareCase).values(restricted="minor"),
    }
    with house.database.transaction() as connection:
        connection.execute(changed[left])
    agree(house, ident)
    assert ahead(house) == []
    assert {state for states in duties(house).values() for state in states} == {"cancelled"}


def test_a_phone_that_is_no_longer_hers_gets_nothing(house: House) -> None:
    register(house)
    end(house)
    with house.database.transaction() as connection:
        [link] = rows(house, PersonPhone)
        safe_contact.end_links(connection, phone_id=link["phone_id"], now=house.clock())
    agree(house)
    assert ahead(house) == []
    assert duties(house)["month_3"] == ["cancelled", "planned"]


def test_agreed_to_eight_times_at_the_same_moment_it_is_planned_once(
    database_url: str, keys: KeyRing
) -> None:
    def prepare(house: House, place: int) -> None:
        if place == 0:
            register(house)
            end(house)

    crowd(database_url, keys, prepare)
    crowd(database_url, keys, lambda house, _place: agree(house))
    [(found, made), *_same] = crowd(
        database_url, keys, lambda house, _place: (sorted_ahead(house), duties(house))
    )
    assert found == FIRST
    assert made == {kind: ["cancelled", "planned"] for kind in ALL}


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    said=st.lists(
        st.tuples(st.sampled_from(("end", "agree", "menu")), st.integers(0, 45)),
        min_size=1,
        max_size=8,
    )
)
def test_however_often_it_is_said_nothing_is_past_and_nothing_is_there_twice(
    house: House, said: list[tuple[str, int]]
) -> None:
    house.clock.now = MORNING
    mine = number(len(rows(house, Person)))
    register(house, mine)
    ident = rows(house, Person)[-1]["id"]
    for word, days in said:
        house.clock.skip(days=days)
        house.tick()
        if word == "end":
            end(house, ident)
        elif word == "agree":
            agree(house, ident)
        else:
            perform(house, ChangeContact(ident, "sms", "yes"), mine)
        now = house.clock()
        waits = reminders(house, person_id=ident, state="scheduled")
        stands = word != "end"
        assert bool(waits) is stands
        assert len({(row["kind"], row["due_at"]) for row in waits}) == len(waits)
        assert all(row["due_at"] > now for row in waits)
        assert sum(row["kind"] == "centre" for row in waits) == int(stands)
        live = [row["kind"] for row in _duties_of(house, ident) if row["state"] != "cancelled"]
        assert len(set(live)) == len(live)
    seen: set[Any] = set()
    for row in reminders(house, person_id=ident):
        if row["state"] in ("sent", "queued"):
            key = (row["kind"], local(row["due_at"]).date())
            assert key not in seen
            seen.add(key)


def _duties_of(house: House, person_id: str) -> list[Mapping[str, Any]]:
    [case] = rows(house, CareCase, person_id=person_id)
    return [dict(row) for row in rows(house, FollowUp, case_id=case["id"])]
