"""What somebody stops allowing while a long batch is sent counts for what has not gone yet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from helpline.cases.calendar import local
from helpline.cases.permits import Purpose
from helpline.gateways.port import Outcome
from helpline.service import outgoing
from helpline.service.outgoing import IN_FLIGHT
from helpline.store.tables import CounsellingRequest, Message, Person, PersonPhone
from tests.house import House, Recorder
from tests.service.outbox_rows import change, put, states
from tests.service.steps import COUNSELLING, number, perform, register, reminders, rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from helpline.gateways.port import Outgoing, Verdict
    from helpline.store.database import Database


@dataclass
class Slow(Recorder):
    """A gateway whose first call takes twenty seconds, in which something happens."""

    house: House | None = None
    meanwhile: Callable[[], object] | None = None

    def send(self, messages: Sequence[Outgoing]) -> list[Verdict]:
        if self.meanwhile and self.house:
            happens, self.meanwhile = self.meanwhile, None
            self.house.clock.skip(seconds=20)
            happens()
        return super().send(messages)


def house_of(database: Database) -> House:
    house = House(database)
    house.gateway = Slow(house=house)
    house.parts = replace(house.parts, gateways={"recorder": house.gateway})
    return house


def links(house: House, **columns: Any) -> None:
    """Staff write down what is allowed now; nothing else happens."""
    with house.database.transaction() as connection:
        connection.execute(update(PersonPhone).values(**columns))


@pytest.mark.parametrize(
    "said",
    [
        {"sms": False},
        {"weekdays": "5"},
        {"window": "evening"},
        {"expires_at": None},
        {"ended_at": None},
    ],
    ids=lambda said: next(iter(said)),
)
def test_what_staff_write_down_meanwhile_counts_for_the_rest_of_the_batch(
    database: Database, said: dict[str, Any]
) -> None:
    house = house_of(database)
    waiting = []
    for place in range(IN_FLIGHT + 3):
        register(house, number(place), sms=True)
        person = max(rows(house, Person), key=lambda row: row["id"])
        waiting.append(
            put(
                house,
                number(place),
                text=f"{place}",
                purpose=Purpose.PERSON,
                person_id=person["id"],
            )
        )
    now = (
        {name: value or house.clock.now for name, value in said.items()}
        if None in said.values()
        else said
    )
    house.gateway.meanwhile = lambda: links(house, **now)
    outgoing.send(house.parts, waiting)
    went = [state for ident, state in states(house).items() if ident in waiting]
    assert went.count("sent") == IN_FLIGHT
    assert went.count("queued") == 3


def test_a_slot_that_is_over_meanwhile_is_not_reminded_of(database: Database) -> None:
    house = house_of(database)
    fillers = [put(house, number(90 + place), text=f"{place}") for place in range(IN_FLIGHT)]
    perform(house, replace(COUNSELLING, slot_at=house.clock.now + timedelta(hours=3)))
    [request] = rows(house, CounsellingRequest)
    reminder = put(
        house,
        text="last",
        purpose=Purpose.SLOT,
        subject_id=request["id"],
        template="slot_two_hours",
    )
    house.gateway.meanwhile = lambda: change(
        house, CounsellingRequest, request["id"], state="completed"
    )
    outgoing.send(house.parts, [*fillers, reminder])
    assert states(house)[reminder] == "queued"
    outgoing.send(house.parts, [reminder])
    assert states(house)[reminder] == "skipped"
    assert reminders(house) is not None
    assert len(house.gateway.sent) == IN_FLIGHT
    assert len(rows(house, Message)) == IN_FLIGHT + 1


def asks(house: House) -> str:
    """She asks for a text by SMS at one o'clock, and the gateway cannot take it."""
    house.clock.skip(hours=3)
    ident = put(house, text="list", lives=timedelta(hours=24))
    house.gateway.next_outcomes = [Outcome.RETRY]
    outgoing.send(house.parts, [ident])
    return ident


def test_what_she_asked_for_comes_late_only_in_hours_that_are_safe(database: Database) -> None:
    house = House(database)
    register(house, window="morning")
    house.tick()
    before = len(house.texts())
    ident = asks(house)
    house.clock.skip(minutes=5)
    house.tick()
    assert states(house)[ident] == "sent", "she is still looking at the phone"
    late = asks(house)
    for _while in range(30):
        house.clock.skip(minutes=30)
        house.tick()
        if local(house.clock.now).hour < 9 or local(house.clock.now).hour > 12:
            assert states(house)[late] == "queued"
    house.clock.skip(hours=3)
    house.tick()
    assert states(house)[late] == "sent"
    assert len(house.texts()) == before + 2


def test_on_a_phone_of_two_what_is_late_waits_for_hours_that_suit_both(database: Database) -> None:
    house = House(database)
    register(house, window="morning", sms=False)
    register(house, window="evening", sms=False, sex="man", pin="1470")
    late = asks(house)
    for _while in range(30):
        house.clock.skip(hours=1)
        house.tick()
    assert states(house)[late] == "skipped"


def test_of_somebody_nobody_knows_it_waits_for_the_night_only(database: Database) -> None:
    house = House(database)
    late = asks(house)
    house.clock.skip(hours=2)
    house.tick()
    assert states(house)[late] == "sent"
