"""Finding what fell between, and forgetting what has served its purpose."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from helpline.cases.keeping import rules_of
from helpline.cases.states import MESSAGE
from helpline.gateways.port import ReceiptHeard
from helpline.service import outgoing, retain
from helpline.service.pins import opened
from helpline.service.receipts import receive
from helpline.service.sweep import CLAIM_LIVES, RECEIPT_AWAITED, RECEIPT_PARKED, sweep
from helpline.store import outbox
from helpline.store.tables import Event, Inbox, Message, Person, PinTry, Receipt, Session
from tests.house import RAHIMA, House
from tests.service.steps import (
    message,
    moves,
    post,
    register,
    reminders,
    rows,
    state,
    states,
    visiting,
)

if TYPE_CHECKING:
    from helpline.store.database import Database

SECOND = timedelta(seconds=1)


def kept(table: str) -> timedelta:
    [rule] = rules_of(table)
    return timedelta(days=rule.days)


MESSAGES, REPLIES, SESSIONS, PIN_TRIES = map(kept, ("message", "inbox", "session", "pin_try"))


def claimed(house: House) -> str:
    """A message whose worker died with it."""
    ident = post(house)
    with house.database.transaction() as connection:
        assert outbox.claim(connection, [ident], house.clock()) == {ident}
    return ident


def skip(house: House, passed: timedelta) -> None:
    house.clock.now += passed


def test_a_claim_is_left_alone_as_long_as_its_worker_may_live(database: Database) -> None:
    house = House(database)
    ident = claimed(house)
    skip(house, CLAIM_LIVES)
    sweep(house.parts)
    assert state(house, ident) == "sending"


def test_the_claim_of_a_dead_worker_becomes_ambiguous_and_is_told_once(database: Database) -> None:
    house = House(database)
    ident = claimed(house)
    skip(house, CLAIM_LIVES + SECOND)
    for _again in range(3):
        sweep(house.parts)
    assert moves(house, ident) == [("sending", "ambiguous", "worker_lost")]
    assert message(house, ident)["trouble"] == "worker_lost"
    outgoing.send(house.parts, [ident])
    assert house.texts() == []


def test_what_a_dead_worker_had_sent_is_settled_by_a_receipt_with_our_id(
    database: Database,
) -> None:
    house = House(database)
    ident = claimed(house)
    skip(house, CLAIM_LIVES + SECOND)
    sweep(house.parts)
    receive(house.parts, house.gateway, ReceiptHeard("theirs", "delivered", message_id=ident))
    assert state(house, ident) == "delivered"


def test_a_worker_that_comes_back_from_the_dead_does_not_overrule_the_sweeper(
    database: Database,
) -> None:
    """It is late by more than a claim lives; what it says is not written over what was told to staff."""
    house = House(database)
    ident = post(house)
    gateway = house.gateway
    began = house.clock.now

    class Slow(type(gateway)):  # type: ignore[misc]
        def send(self, messages):
            house.clock.now = began + CLAIM_LIVES + SECOND
            sweep(house.parts)
            return super().send(messages)

    slow = Slow()
    house.gateway = slow
    object.__setattr__(house.parts, "gateways", {"recorder": slow})
    outgoing.send(house.parts, [ident])
    assert state(house, ident) == "ambiguous"
    assert moves(house, ident) == [("sending", "ambiguous", "worker_lost")]


def test_a_message_without_a_receipt_is_unconfirmed_after_two_days_not_failed(
    database: Database,
) -> None:
    house = House(database)
    ident = post(house)
    house.tick()
    skip(house, RECEIPT_AWAITED)
    sweep(house.parts)
    assert state(house, ident) == "sent"
    skip(house, SECOND)
    sweep(house.parts)
    sweep(house.parts)
    assert moves(house, ident)[1:] == [("sent", "unconfirmed", "no_receipt")]
    receive(house.parts, house.gateway, ReceiptHeard(f"x-{ident}", "delivered"))
    assert state(house, ident) == "delivered"


def test_used_receipts_are_forgotten_too_and_the_state_stays(database: Database) -> None:
    house = House(database)
    ident = post(house)
    house.tick()
    receive(house.parts, house.gateway, ReceiptHeard(f"x-{ident}", "delivered"))
    skip(house, RECEIPT_PARKED + SECOND)
    sweep(house.parts)
    assert rows(house, Receipt) == []
    assert state(house, ident) == "delivered"


def test_a_sweep_of_an_empty_house_does_nothing(database: Database) -> None:
    house = House(database)
    sweep(house.parts)
    retain.retain(house.parts)
    assert rows(house, Event) == []


# --- retention ---


def test_the_words_of_settled_messages_are_emptied_after_a_month_and_their_fate_is_kept(
    database: Database,
) -> None:
    house = House(database)
    ident = post(house)
    house.tick()
    skip(house, MESSAGES)
    retain.retain(house.parts)
    assert message(house, ident)["values"]
    skip(house, SECOND)
    retain.retain(house.parts)
    retain.retain(house.parts)
    row = message(house, ident)
    assert (row["values"], row["state"]) == (b"", "sent")


@pytest.mark.parametrize("unsettled", sorted({"queued", "sending", "ambiguous", "parked"}))
def test_the_words_of_a_message_that_is_not_settled_are_kept(
    database: Database, unsettled: str
) -> None:
    house = House(database)
    ident = post(house)
    with house.database.transaction() as connection:
        connection.execute(update(Message).values(state=unsettled))
    skip(house, 3 * MESSAGES)
    retain.retain(house.parts)
    assert message(house, ident)["values"]


def test_every_state_but_the_unsettled_ones_is_emptied(database: Database) -> None:
    house = House(database)
    unsettled = {"queued", "sending", "ambiguous", "parked"}
    for each in set(MESSAGE) - unsettled:
        ident = post(house, text=each)
        with house.database.transaction() as connection:
            connection.execute(update(Message).where(Message.id == ident).values(state=each))
    skip(house, MESSAGES + SECOND)
    retain.retain(house.parts)
    assert {row["values"] for row in rows(house, Message)} == {b""}


def test_an_emptied_reply_still_keeps_its_delivery_from_counting_twice(database: Database) -> None:
    house = House(database)
    phone = house.phone()
    phone.dial()
    shown = phone.press("8", "1")
    assert phone.again() == shown
    skip(house, REPLIES + SECOND)
    retain.retain(house.parts)
    assert {row["reply"] for row in rows(house, Inbox)} == {b""}
    events = len(rows(house, Event))
    assert phone.again() == ""
    assert len(rows(house, Event)) == events


def test_an_old_conversation_is_deleted_and_a_young_one_is_not(database: Database) -> None:
    house = House(database)
    house.phone().dial()
    skip(house, timedelta(days=1))
    house.phone(RAHIMA).dial()
    skip(house, SESSIONS - timedelta(days=1) + SECOND)
    retain.retain(house.parts)
    assert len(rows(house, Session)) == 1
    skip(house, timedelta(days=1))
    retain.retain(house.parts)
    assert rows(house, Session) == []


def test_counts_of_secret_numbers_are_kept_for_a_week_of_dhaka_days(database: Database) -> None:
    house = House(database)
    for _day in range(9):
        with visiting(house) as visit:
            opened(visit, "0000")
        skip(house, timedelta(days=1))
    retain.retain(house.parts)
    today = date(2026, 12, 10)
    assert [row["day"] for row in rows(house, PinTry)] == [
        today - PIN_TRIES + timedelta(days=n) for n in range(7)
    ]


def test_people_their_reminders_and_the_trail_are_not_touched(database: Database) -> None:
    house = House(database)
    register(house)
    house.tick()
    before = len(rows(house, Person)), len(reminders(house)), len(rows(house, Event))
    skip(house, timedelta(days=5))
    retain.retain(house.parts)
    sweep(house.parts)
    after = len(rows(house, Person)), len(reminders(house)), len(rows(house, Event))
    assert after == (before[0], before[1], before[2] + 1)  # the confirmation is unconfirmed now
    assert states(house) == ["unconfirmed"]
