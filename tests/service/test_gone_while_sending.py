"""What a message speaks of may be moved or cancelled while a gateway has it: it is not tried again then."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from helpline.cases.effects import CancelDate, MoveDate, StopReminders
from helpline.gateways.port import Outcome
from helpline.service import outgoing
from helpline.store.tables import CounsellingRequest, Message, Person, Reminder
from tests.house import SHIRIN, House, Recorder
from tests.service.outbox_rows import message, put
from tests.service.steps import COUNSELLING, perform, register, rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from helpline.gateways.port import Outgoing, Verdict
    from helpline.store.database import Database


@dataclass
class Interrupted(Recorder):
    """A gateway during whose call something happens."""

    meanwhile: list[Callable[[], object]] = field(default_factory=list)

    def send(self, messages: Sequence[Outgoing]) -> list[Verdict]:
        while self.meanwhile:
            self.meanwhile.pop()()
        return super().send(messages)


def house_of(database: Database) -> tuple[House, Interrupted]:
    house, gateway = House(database), Interrupted()
    house.gateway = gateway
    house.parts = replace(house.parts, gateways={"recorder": gateway})
    return house, gateway


def asked(house: House) -> tuple[str, str]:
    """Somebody registered and asked for a slot: the ids of the person and of the request."""
    register(house, SHIRIN, sms=True)
    perform(house, COUNSELLING)
    house.tick()
    (person,), (request,) = rows(house, Person), rows(house, CounsellingRequest)
    return str(person["id"]), str(request["id"])


def until_reminded(house: House, kind: str) -> None:
    """Let the clock run until the first reminder of a kind is due."""
    due = min(each["due_at"] for each in rows(house, Reminder) if each["kind"].startswith(kind))
    house.clock.now = due


def later(house: House, hours: int = 30) -> None:
    for _hour in range(hours):
        house.clock.skip(hours=1)
        house.tick()


@pytest.mark.parametrize("outcome", [Outcome.RETRY, Outcome.UNTRIED, Outcome.MISCONFIGURED])
def test_a_slot_moved_while_its_reminder_is_sent_is_not_reminded_of_at_the_old_time(
    database: Database, outcome: Outcome
) -> None:
    house, gateway = house_of(database)
    person, request = asked(house)
    (slot,) = rows(house, CounsellingRequest)
    until_reminded(house, "slot_")
    before = len(house.texts())
    begins = slot["slot_at"] + timedelta(days=7)
    gateway.next_outcomes = [outcome]
    gateway.meanwhile.append(
        lambda: perform(house, MoveDate(person, request, begins, begins + timedelta(hours=3)))
    )
    house.tick()
    assert not gateway.meanwhile
    (flying,) = [row for row in rows(house, Message) if row["subject_id"] == request]
    assert flying["state"] == "queued"
    later(house, 6)
    assert len(house.texts()) == before
    ended = message(house, flying["id"])
    assert (ended["state"], ended["trouble"]) == ("skipped", "stale")
    old = [row for row in rows(house, Reminder) if row["id"] == flying["id"]]
    assert [row["state"] for row in old] == ["skipped"]
    later(house, 24 * 9)
    new = [row for row in rows(house, Reminder) if row["subject_id"] == request]
    assert "sent" in {row["state"] for row in new}


@pytest.mark.parametrize("accepted", [True, False])
def test_a_cancelled_slot_is_reminded_of_only_if_the_gateway_had_it_already(
    database: Database, accepted: bool
) -> None:
    house, gateway = house_of(database)
    person, request = asked(house)
    until_reminded(house, "slot_")
    before = len(house.texts())
    gateway.next_outcomes = [Outcome.ACCEPTED if accepted else Outcome.RETRY]
    gateway.meanwhile.append(lambda: perform(house, CancelDate(person, request)))
    house.tick()
    later(house)
    assert len(house.texts()) - before == int(accepted)


def test_reminders_stopped_while_one_is_sent_are_not_tried_again(database: Database) -> None:
    house, gateway = house_of(database)
    person, _request = asked(house)
    until_reminded(house, "follow_up")
    house.tick()  # the slot before it
    gateway.sent.clear()
    until = len(house.texts())
    follow_up = put(house, template="follow_up", person_id=person, lives=timedelta(days=2), text="")
    gateway.next_outcomes = [Outcome.RETRY]
    gateway.meanwhile.append(lambda: perform(house, StopReminders(person)))
    outgoing.send(house.parts, [follow_up])
    later(house)
    assert len(house.texts()) == until
    assert message(house, follow_up)["state"] in ("skipped", "refused")


def test_what_waits_is_cancelled_and_what_was_sent_stays_as_it_is(database: Database) -> None:
    house, _gateway = house_of(database)
    person, request = asked(house)
    sent = put(house, subject_id=request)
    outgoing.send(house.parts, [sent])
    untouched = message(house, sent)
    waiting = put(house, subject_id=request, due_at=house.clock() + timedelta(hours=1))
    perform(house, CancelDate(person, request))
    assert message(house, waiting)["state"] == "cancelled"
    assert message(house, sent) == untouched


def test_what_is_undecided_is_not_sent_again_by_staff_after_it_was_cancelled(
    database: Database,
) -> None:
    house, gateway = house_of(database)
    person, request = asked(house)
    ident = put(house, subject_id=request)
    gateway.next_outcomes = [Outcome.AMBIGUOUS]
    outgoing.send(house.parts, [ident])
    perform(house, CancelDate(person, request))
    row = message(house, ident)
    assert (row["state"], row["expires_at"]) == ("ambiguous", house.clock())
