"""Receipts: whatever the order and however often, a message ends in the same state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from itertools import permutations
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpline.cases.effects import StartMessages, StopMessages
from helpline.cases.states import MESSAGE, may_move
from helpline.gateways.port import OptedOut, ReceiptHeard
from helpline.service import outgoing
from helpline.service.contact import opted_out
from helpline.service.receipts import MEANS, receive
from helpline.service.sweep import RECEIPT_AWAITED, sweep
from helpline.store.database import connect
from helpline.store.receipts import add
from helpline.store.tables import Event, Message, Phone, Receipt
from tests.house import RAHIMA, SHIRIN, House
from tests.service.steps import (
    crowd,
    moves,
    perform,
    post,
    rows,
    scripted,
    state,
    states,
)

if TYPE_CHECKING:
    from helpline.gateways.port import Outgoing
    from helpline.store.database import Database
    from helpline.store.sealing import KeyRing

WORDS = ("pending", "sent", "delivered", "failed", "a word nobody knows")
BEFORE = ("sending", "at once", "late")


def heard(house: House, ident: str, status: str, **more: str) -> None:
    """One receipt for a message, by the gateway's own name for it."""
    receive(house.parts, house.gateway, ReceiptHeard(f"x-{ident}", status, **more))


def end_of(said: set[str]) -> str:
    """Where a sent message ends, whatever the order in which this was said of it."""
    return next((each for each in ("delivered", "failed") if each in said), "sent")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, _sqlite_template: object) -> Iterator[House]:
    """Give one house on SQLite for all examples: each example has a message of its own."""
    path = tmp_path_factory.mktemp("receipts") / "helpline.db"
    path.write_bytes(_sqlite_template.read_bytes())  # type: ignore[attr-defined]
    with closing(connect(f"sqlite:///{path}")) as database:
        yield House(database)


@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    said=st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(BEFORE)), max_size=7),
    named=st.booleans(),
)
def test_any_order_and_any_repeats_end_in_the_same_state(
    house: House, said: list[tuple[str, str]], named: bool
) -> None:
    """A receipt may come while the send is under way, just after it, or days later."""
    gateway = scripted(house)
    ident = post(house)
    ours = {"message_id": ident} if named else {}

    def tell(phase: str) -> None:
        for status, when in said:
            if when == phase:
                heard(house, ident, status, **ours)

    gateway.before_answer = lambda _messages: tell("sending")
    outgoing.send(house.parts, [ident])
    tell("at once")
    house.clock.skip(days=3)
    sweep(house.parts)
    tell("late")
    house.clock.skip(days=3)
    sweep(house.parts)
    end = end_of({status for status, _when in said})
    assert state(house, ident) == ("unconfirmed" if end == "sent" else end)


@pytest.mark.parametrize("order", list(permutations(["sent", "failed", "delivered", "delivered"])))
def test_delivered_is_believed_whenever_it_comes(house: House, order: Sequence[str]) -> None:
    ident = post(house)
    house.tick()
    for status in order:
        heard(house, ident, status)
    assert state(house, ident) == "delivered"
    assert len(rows(house, Receipt, external_id=f"x-{ident}")) == 3


def test_every_move_of_a_receipt_stands_in_the_table(database: Database) -> None:
    house = House(database)
    ident = post(house)
    house.tick()
    for status in ("failed", "sent", "delivered", "failed", "pending"):
        heard(house, ident, status)
    trail = moves(house, ident)
    assert [became for _was, became, _why in trail] == ["sent", "failed", "delivered"]
    assert all(may_move(MESSAGE, was, became) for was, became, _why in trail)


def test_a_receipt_that_overtakes_the_record_of_its_message_is_joined(database: Database) -> None:
    house = House(database)
    gateway = scripted(house)
    ident = post(house)

    def overtake(_messages: Sequence[Outgoing]) -> None:
        heard(house, ident, "delivered")
        assert state(house, ident) == "sending"

    gateway.before_answer = overtake
    outgoing.send(house.parts, [ident])
    assert state(house, ident) == "delivered"
    [receipt] = rows(house, Receipt)
    assert receipt["joined_at"] == house.clock.now
    assert [became for _was, became, _why in moves(house, ident)] == ["sent", "delivered"]


def test_a_receipt_with_our_own_id_needs_no_record_and_the_rest_is_still_recorded(
    database: Database,
) -> None:
    house = House(database)
    gateway = scripted(house)
    ident = post(house)
    gateway.before_answer = lambda _messages: heard(house, ident, "sent", message_id=ident)
    outgoing.send(house.parts, [ident])
    assert state(house, ident) == "sent"
    heard(house, ident, "delivered")
    assert state(house, ident) == "delivered"


def test_a_message_known_to_be_sent_by_its_receipt_alone_is_unconfirmed_in_the_end(
    database: Database,
) -> None:
    house = House(database)
    gateway = scripted(house)
    ident = post(house)
    gateway.before_answer = lambda _messages: heard(house, ident, "sent", message_id=ident)
    outgoing.send(house.parts, [ident])
    house.clock.skip(seconds=RECEIPT_AWAITED.total_seconds() + 1)
    sweep(house.parts)
    assert state(house, ident) == "unconfirmed"


def test_the_trail_says_nothing_that_did_not_happen(database: Database) -> None:
    """The receipt has moved the message on before the worker records its send."""
    house = House(database)
    gateway = scripted(house)
    ident = post(house)
    gateway.before_answer = lambda _messages: heard(house, ident, "delivered", message_id=ident)
    outgoing.send(house.parts, [ident])
    trail = moves(house, ident)
    assert [(was, became) for was, became, _why in trail] == [("sending", "delivered")]


def test_a_receipt_that_slipped_past_the_record_is_found_by_the_sweeper(
    database: Database,
) -> None:
    """Both transactions ran at once, and neither saw what the other wrote."""
    house = House(database)
    ident = post(house)
    house.tick()
    with house.database.transaction() as connection:
        add(
            connection,
            gateway="recorder",
            external_id=f"x-{ident}",
            status="delivered",
            reason="",
            now=house.clock(),
        )
    assert state(house, ident) == "sent"
    sweep(house.parts)
    assert state(house, ident) == "delivered"
    assert [row["joined_at"] for row in rows(house, Receipt)] == [house.clock.now]


def test_a_receipt_for_nobody_waits_three_days_and_is_forgotten(database: Database) -> None:
    house = House(database)
    receive(house.parts, house.gateway, ReceiptHeard("never heard of", "delivered"))
    house.clock.skip(hours=72)
    sweep(house.parts)
    assert [row["joined_at"] for row in rows(house, Receipt)] == [None]
    house.clock.skip(seconds=1)
    sweep(house.parts)
    assert rows(house, Receipt) == []


def test_an_unknown_word_is_kept_as_it_came_and_moves_nothing(database: Database) -> None:
    house = House(database)
    ident = post(house)
    house.tick()
    heard(house, ident, "Teleported", reason="by magic")
    [receipt] = rows(house, Receipt)
    assert (receipt["status"], receipt["reason"]) == ("Teleported", "by magic")
    assert state(house, ident) == "sent"
    assert [became for _was, became, _why in moves(house, ident)] == ["sent"]


def test_a_word_longer_than_its_column_is_cut_and_still_counts_once(database: Database) -> None:
    house = House(database)
    ident = post(house)
    house.tick()
    for tail in ("one", "other"):
        heard(house, ident, "x" * 60 + tail, reason="y" * 200)
    [receipt] = rows(house, Receipt)
    assert (receipt["status"], receipt["reason"]) == ("x" * 60, "y" * 60)


def test_a_receipt_of_another_gateway_does_not_count(database: Database) -> None:
    house = House(database)
    ident = post(house)
    house.tick()
    other = scripted(house)
    other.name = "other"
    receive(house.parts, other, ReceiptHeard(f"x-{ident}", "delivered"))
    assert state(house, ident) == "sent"


@pytest.mark.parametrize("was", sorted(set(MESSAGE)))
@pytest.mark.parametrize("status", list(MEANS))
def test_a_receipt_moves_a_message_only_where_its_table_leads(
    house: House, was: str, status: str
) -> None:
    ident = post(house)
    with house.database.transaction() as connection:
        connection.execute(
            Message.__table__.update()  # type: ignore[attr-defined]
            .where(Message.id == ident)
            .values(state=was, gateway="recorder", external_id=f"x-{ident}")
        )
    heard(house, ident, status)
    leads = may_move(MESSAGE, was, MEANS[status])  # type: ignore[index]
    assert state(house, ident) == (MEANS[status] if leads else was)  # type: ignore[index]


def test_a_receipt_that_says_no_more_messages_stops_the_phone(database: Database) -> None:
    house = House(database)
    ident = post(house)
    house.tick()
    waiting = post(house, text="Another.")
    receive(
        house.parts, house.gateway, ReceiptHeard(f"x-{ident}", "failed", "blocked", opted_out=True)
    )
    assert [state(house, each) for each in (ident, waiting)] == ["failed", "cancelled"]
    [phone] = rows(house, Phone)
    assert phone["stopped_at"] == house.clock.now


def test_a_receipt_that_says_no_more_messages_is_heard_even_before_the_send_is_recorded(
    database: Database,
) -> None:
    house = House(database)
    gateway = scripted(house)
    ident = post(house)
    gateway.before_answer = lambda _messages: receive(
        house.parts, gateway, ReceiptHeard(f"x-{ident}", "failed", "blocked", opted_out=True)
    )
    outgoing.send(house.parts, [ident])
    assert state(house, ident) == "failed"
    [phone] = rows(house, Phone)
    assert phone["stopped_at"] == house.clock.now


def test_an_opt_out_heard_by_the_gateway_stops_a_phone_once_for_each_notice(
    database: Database,
) -> None:
    house = House(database)
    waiting, hers = post(house), post(house, RAHIMA)
    began = house.clock.now
    opted_out(house.parts, house.gateway, OptedOut(SHIRIN, "notice-1"))
    assert [state(house, each) for each in (waiting, hers)] == ["cancelled", "queued"]
    perform(house, StartMessages())
    opted_out(house.parts, house.gateway, OptedOut(SHIRIN, "notice-1"))
    assert {row["stopped_at"] for row in rows(house, Phone)} == {None}
    house.clock.skip(hours=1)
    opted_out(house.parts, house.gateway, OptedOut(SHIRIN, "notice-2"))
    assert {row["stopped_at"] for row in rows(house, Phone)} == {
        None,
        began + timedelta(hours=1),
    }


def test_a_phone_stopped_twice_stays_stopped_from_the_first_time_on(database: Database) -> None:
    house = House(database)
    began = house.clock.now
    perform(house, StopMessages())
    house.clock.skip(hours=1)
    opted_out(house.parts, house.gateway, OptedOut(SHIRIN, "notice"))
    assert [row["stopped_at"] for row in rows(house, Phone)] == [began]


def test_eight_copies_of_a_receipt_at_once_count_once(database_url: str, keys: KeyRing) -> None:
    def prepare(house: House, place: int) -> str:
        if place:
            return ""
        ident = post(house)
        house.tick()
        return ident

    [ident] = filter(None, crowd(database_url, keys, prepare))
    words = ("delivered", "failed", "sent", "pending")
    crowd(database_url, keys, lambda house, place: heard(house, ident, words[place % 4]))

    def look(house: House, place: int) -> tuple[list[str], int, int]:
        delivered = [row for row in rows(house, Event) if row["became"] == "delivered"]
        return states(house), len(rows(house, Receipt)), len(delivered)

    assert crowd(database_url, keys, look) == [(["delivered"], 4, 1)] * 8
