"""Sending: ruled on at the moment of sending, claimed before the call, never sent twice by itself."""

from __future__ import annotations

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from helpline.cases.calendar import DHAKA
from helpline.cases.permits import Purpose
from helpline.gateways.port import Capabilities, Outcome, Outgoing, Verdict
from helpline.service import outgoing
from helpline.service.outgoing import LONGEST_WAIT, MOST_ATTEMPTS, NO_GATEWAY
from helpline.service.parts import Route
from helpline.service.sweep import sweep
from helpline.store import receipts
from helpline.store.database import Busy, Limits, connect
from helpline.store.tables import Event, Message, Person, PersonPhone, Receipt, Reminder
from tests.conversations.screens import REGISTER_IN_JASHORE
from tests.house import RAHIMA, SHIRIN, House, Recorder
from tests.service.outbox_rows import change, every, mark, message, phone_of, put, remind, states

if TYPE_CHECKING:
    from collections.abc import Sequence

    from helpline.store.database import Database


@dataclass
class Careful(Recorder):
    """A gateway that remembers its calls and answers each with the verdicts it is told to."""

    calls: list[list[str]] = field(default_factory=list)
    says: dict[str, Any] = field(default_factory=dict)
    silent: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, messages: Sequence[Outgoing]) -> list[Verdict]:
        with self.lock:
            self.calls.append([each.message_id for each in messages])
            verdicts = super().send(messages)
        if self.silent:
            return []
        return [replace(verdict, **self.says) for verdict in verdicts]


def house_with(database: Database, gateway: Recorder) -> House:
    house = House(database)
    house.gateway = gateway
    house.parts = replace(house.parts, gateways={"recorder": gateway})
    return house


# -- what a gateway says ---------------------------------------------------------------------


DECIDED = [
    (Outcome.ACCEPTED, "sent", 1),
    (Outcome.RETRY, "queued", 1),
    (Outcome.UNTRIED, "queued", 0),
    (Outcome.MISCONFIGURED, "queued", 0),
    (Outcome.REFUSED, "failed", 1),
    (Outcome.OPTED_OUT, "opted_out", 1),
    (Outcome.AMBIGUOUS, "ambiguous", 1),
]
"""What an outcome leads to, and how many tries are counted."""


@pytest.mark.parametrize(("outcome", "state", "tries"), DECIDED)
def test_what_the_gateway_says_decides_the_state(
    database: Database, outcome: Outcome, state: str, tries: int
) -> None:
    house = House(database)
    house.gateway.next_outcomes = [outcome]
    ident = put(house)
    outgoing.send(house.parts, [ident])
    row = message(house, ident)
    assert (row["state"], row["gateway"], row["attempts"]) == (state, "recorder", tries)
    assert (row["sent_at"] is not None) == (outcome is Outcome.ACCEPTED)
    known = outcome in (Outcome.ACCEPTED, Outcome.AMBIGUOUS)
    assert row["external_id"] == (f"x-{ident}" if known else "")
    assert ("sending", state) in [(row["was"], row["became"]) for row in every(house, Event)]


def test_every_outcome_a_gateway_can_give_is_decided() -> None:
    assert {outcome for outcome, _state, _tries in DECIDED} == set(Outcome)


def test_a_message_the_gateway_said_nothing_about_is_ambiguous(database: Database) -> None:
    house = house_with(database, Careful(silent=True))
    ident = put(house)
    outgoing.send(house.parts, [ident])
    row = message(house, ident)
    assert (row["state"], row["trouble"]) == ("ambiguous", "no_verdict")


def test_a_number_that_opted_out_is_stopped_and_an_unsafe_one_stays_unsafe(
    database: Database,
) -> None:
    house = House(database)
    house.gateway.next_outcomes = [Outcome.OPTED_OUT]
    first, second = put(house), put(house)
    outgoing.send(house.parts, [first])
    assert phone_of(house)["stopped_at"] == house.clock.now
    assert states(house)[second] == "cancelled"
    before = house.clock.now - timedelta(days=1)
    ident = put(house, RAHIMA)

    class Meanwhile(Recorder):
        """Somebody else takes the phone while the call is under way."""

        def send(self, messages: Sequence[Outgoing]) -> list[Verdict]:
            mark(house, RAHIMA, unsafe=before)
            return [Verdict(each.message_id, Outcome.OPTED_OUT) for each in messages]

    house.parts = replace(house.parts, gateways={"recorder": Meanwhile()})
    outgoing.send(house.parts, [ident])
    assert phone_of(house, RAHIMA)["unsafe_at"] == before
    assert phone_of(house, RAHIMA)["stopped_at"] == house.clock.now


def test_each_try_waits_longer_than_the_one_before_and_the_last_one_parks(
    database: Database,
) -> None:
    house = House(database)
    house.gateway.next_outcomes = [Outcome.RETRY] * 20
    ident = put(house)
    for attempt in range(1, MOST_ATTEMPTS):
        outgoing.send(house.parts, [ident])
        row = message(house, ident)
        assert (row["state"], row["attempts"]) == ("queued", attempt)
        usual = min(timedelta(seconds=30 * 2 ** (attempt - 1)), LONGEST_WAIT)
        waits = row["due_at"] - house.clock.now
        assert usual * 0.8 <= waits <= usual * 1.2
        house.clock.now = row["due_at"]
    outgoing.send(house.parts, [ident])
    assert message(house, ident)["state"] == "parked"
    house.clock.skip(hours=1)
    house.tick()
    outgoing.send(house.parts, [ident])
    assert message(house, ident)["attempts"] == MOST_ATTEMPTS
    assert house.texts() == []


def test_a_message_that_waits_for_its_next_try_is_not_taken_before(database: Database) -> None:
    house = House(database)
    house.gateway.next_outcomes = [Outcome.RETRY]
    ident = put(house)
    house.tick()
    house.tick()
    assert message(house, ident)["attempts"] == 1
    house.clock.skip(seconds=37)
    house.tick()
    assert states(house)[ident] == "sent"


def test_a_gateway_that_asks_to_wait_longer_is_given_its_time(database: Database) -> None:
    asking = Careful(says={"outcome": Outcome.RETRY, "retry_after": 600.0, "trouble": "throttled"})
    house = house_with(database, asking)
    ident = put(house)
    outgoing.send(house.parts, [ident])
    row = message(house, ident)
    assert row["due_at"] - house.clock.now == timedelta(seconds=600)
    assert row["trouble"] == "throttled"


def test_a_try_that_comes_after_the_message_has_gone_stale_is_not_made(database: Database) -> None:
    house = House(database)
    house.gateway.next_outcomes = [Outcome.RETRY]
    ident = put(house, purpose=Purpose.REPLY, lives=timedelta(minutes=15))
    outgoing.send(house.parts, [ident])
    house.clock.skip(minutes=16)
    house.tick()
    assert (states(house)[ident], message(house, ident)["trouble"]) == ("skipped", "stale")


@pytest.mark.parametrize("outcome", [Outcome.AMBIGUOUS, Outcome.REFUSED, Outcome.ACCEPTED])
def test_what_may_have_been_accepted_or_never_will_be_is_not_sent_again(
    database: Database, outcome: Outcome
) -> None:
    gateway = Careful(next_outcomes=[outcome])
    house = house_with(database, gateway)
    ident = put(house, lives=timedelta(days=30))
    for _hour in range(48):
        outgoing.send(house.parts, [ident])
        house.tick()
        house.clock.skip(hours=1)
    assert gateway.calls == [[ident]]


def test_a_message_is_told_how_long_it_may_be_tried_and_its_letters_are_put_together(
    database: Database,
) -> None:
    house = House(database)
    ident = put(house, text="সময\u09bc", lives=timedelta(hours=2))
    outgoing.send(house.parts, [ident])
    (sent,) = house.gateway.sent
    assert (sent.number, sent.text, sent.valid_seconds) == (SHIRIN, "সম\u09df", 7200)


# -- what may be sent, ruled on at the moment of sending --------------------------------------


def registered(database: Database, *, gateway: Recorder | None = None) -> tuple[House, str]:
    house = house_with(database, gateway) if gateway else House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press(*REGISTER_IN_JASHORE)
    house.work()
    return house, every(house, Person)[0]["id"]


def put_for_person(house: House, person_id: str) -> str:
    return put(house, purpose=Purpose.PERSON, template="follow_up", person_id=person_id)


@pytest.mark.parametrize(
    ("meanwhile", "state", "why"),
    [
        ({}, "sent", ""),
        ({"stopped": True}, "refused", "stopped"),
        ({"unsafe": True}, "refused", "unsafe"),
        ({"withdrawn_at": True}, "refused", "withdrawn"),
        ({"ended_at": True}, "refused", "withdrawn"),
        ({"sms": False}, "refused", "no_permit"),
    ],
)
def test_what_changed_between_asking_and_sending_counts(
    database: Database, meanwhile: dict[str, bool], state: str, why: str
) -> None:
    house, person_id = registered(database)
    ident = put_for_person(house, person_id)
    now = house.clock.now
    if "stopped" in meanwhile or "unsafe" in meanwhile:
        mark(house, **dict.fromkeys(meanwhile, now))
    if "withdrawn_at" in meanwhile:
        change(house, Person, person_id, withdrawn_at=now)
    with house.database.transaction() as connection:
        if "ended_at" in meanwhile:
            connection.exec_driver_sql("UPDATE person_phone SET ended_at = confirmed_at")
        if "sms" in meanwhile:
            connection.exec_driver_sql("UPDATE person_phone SET sms = FALSE")
    outgoing.send(house.parts, [ident])
    row = message(house, ident)
    assert (row["state"], row["trouble"]) == (state, why)
    assert len(house.texts()) == (2 if state == "sent" else 1)


def test_a_person_who_never_said_anything_of_this_phone_gets_nothing_there(
    database: Database,
) -> None:
    house, person_id = registered(database)
    ident = put(house, RAHIMA, purpose=Purpose.PERSON, template="follow_up", person_id=person_id)
    outgoing.send(house.parts, [ident])
    assert (states(house)[ident], house.texts(RAHIMA)) == ("refused", [])


def test_in_the_quiet_hours_a_message_waits_and_goes_out_when_they_end(database: Database) -> None:
    house, person_id = registered(database)
    house.clock.now = datetime(2026, 12, 3, 23, 0, tzinfo=DHAKA)
    ident = put_for_person(house, person_id)
    house.tick()
    row = message(house, ident)
    assert (row["state"], row["trouble"]) == ("queued", "quiet")
    assert row["due_at"] == datetime(2026, 12, 4, 8, 0, tzinfo=DHAKA)
    house.clock.now = datetime(2026, 12, 4, 7, 59, 59, tzinfo=DHAKA)
    house.tick()
    assert states(house)[ident] == "queued"
    house.clock.skip(seconds=1)
    house.tick()
    assert states(house)[ident] == "sent"


def test_a_message_waits_for_the_part_of_the_day_that_is_safe(database: Database) -> None:
    house, person_id = registered(database)
    with house.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE person_phone SET \"window\" = 'evening'")
    ident = put_for_person(house, person_id)
    house.tick()
    row = message(house, ident)
    assert (row["state"], row["trouble"]) == ("queued", "window")
    assert row["due_at"] == datetime(2026, 12, 1, 16, 0, tzinfo=DHAKA)
    house.clock.now = row["due_at"]
    house.tick()
    assert states(house)[ident] == "sent"


def test_a_message_whose_safe_time_comes_too_late_is_skipped_at_once(database: Database) -> None:
    house, person_id = registered(database)
    house.clock.now = datetime(2026, 12, 3, 23, 0, tzinfo=DHAKA)
    ident = put(
        house,
        purpose=Purpose.PERSON,
        template="follow_up",
        person_id=person_id,
        lives=timedelta(hours=8),
    )
    outgoing.send(house.parts, [ident])
    assert message(house, ident)["trouble"] == "no_safe_time"
    assert states(house)[ident] == "skipped"


def test_the_reminder_a_message_came_from_shares_its_fate(database: Database) -> None:
    house, person_id = registered(database)
    sent = remind(house, house.clock.now, person_id=person_id)
    refused = remind(house, house.clock.now, number=RAHIMA, person_id=person_id)
    house.tick()
    fates = {row["id"]: row["state"] for row in every(house, Reminder)}
    assert (fates[sent], fates[refused]) == ("sent", "skipped")


# -- where it goes ---------------------------------------------------------------------------


def test_the_first_route_that_takes_a_message_is_the_one_it_goes_by(database: Database) -> None:
    house = House(database)
    gateways = {name: Recorder(name) for name in ("bd", "bulk", "rest")}
    house.parts = replace(
        house.parts,
        gateways=gateways,
        routes=(
            Route("bulk", prefix="+880", purpose="person"),
            Route("bd", prefix="+880", language="bn"),
            Route("rest"),
        ),
    )
    abroad = "+9715000000000"
    idents = [put(house), put(house, abroad)]
    outgoing.send(house.parts, idents)
    assert [message(house, ident)["gateway"] for ident in idents] == ["bd", "rest"]
    assert [len(gateways[name].sent) for name in ("bd", "bulk", "rest")] == [1, 0, 1]


@pytest.mark.parametrize("routes", [(), (Route("gone"),), (Route("recorder", prefix="+971"),)])
def test_a_message_without_a_way_waits_for_one(
    database: Database, routes: tuple[Route, ...]
) -> None:
    house = House(database)
    right = house.parts
    house.parts = replace(right, routes=routes)
    ident = put(house)
    outgoing.send(house.parts, [ident])
    row = message(house, ident)
    assert (row["state"], row["trouble"], row["attempts"]) == ("queued", "no_gateway", 0)
    assert row["due_at"] == house.clock.now + NO_GATEWAY
    house.parts = right
    house.clock.now = row["due_at"]
    house.tick()
    assert states(house)[ident] == "sent"


def test_one_text_to_many_numbers_is_as_few_calls_as_the_gateway_can(database: Database) -> None:
    gateway = Careful(capabilities=Capabilities(sms=True, bulk=3))
    house = house_with(database, gateway)
    same = [put(house, f"+88013000001{n:02}", text="এক") for n in range(7)]
    other = [put(house, f"+88013000002{n:02}", text=f"{n}") for n in range(2)]
    outgoing.send(house.parts, [*same, *other])
    assert sorted(len(call) for call in gateway.calls) == [1, 1, 1, 3, 3]
    assert sorted(each for call in gateway.calls for each in call) == sorted([*same, *other])
    assert set(states(house).values()) == {"sent"}


def test_a_gateway_without_bulk_gets_one_message_a_call(database: Database) -> None:
    gateway = Careful()
    house = house_with(database, gateway)
    idents = [put(house, f"+88013000001{n:02}", text="এক") for n in range(11)]
    outgoing.send(house.parts, idents)
    assert sorted(gateway.calls) == sorted([ident] for ident in idents)


# -- bad rows --------------------------------------------------------------------------------


def test_a_row_that_cannot_be_opened_stops_no_other(database: Database) -> None:
    house = House(database)
    idents = [put(house, f"+88013000001{n:02}") for n in range(5)]
    change(house, Message, idents[0], values=b"\x00poison")
    change(house, Message, idents[1], values=message(house, idents[2])["values"])
    change(house, Message, idents[3], template="unheard_of")
    outgoing.send(house.parts, idents)
    found = [(row["state"], row["trouble"]) for row in (message(house, ident) for ident in idents)]
    assert found == [
        ("parked", "cannot_open"),
        ("parked", "cannot_open"),
        ("sent", ""),
        ("parked", "no_template"),
        ("sent", ""),
    ]


def test_a_row_nobody_can_make_sense_of_stops_no_other(database: Database) -> None:
    house = House(database)
    idents = [put(house, f"+88013000002{n:02}") for n in range(3)]
    change(house, Message, idents[0], purpose="unheard_of")
    change(house, Message, idents[1], language="xx")
    outgoing.send(house.parts, idents)
    found = [(row["state"], row["trouble"]) for row in (message(house, ident) for ident in idents)]
    assert found == [("parked", "no_purpose"), ("parked", "no_language"), ("sent", "")]


def test_a_gateway_that_breaks_leaves_only_its_own_call_undecided(database: Database) -> None:
    @dataclass
    class Breaking(Recorder):
        def send(self, messages: Sequence[Outgoing]) -> list[Verdict]:
            if messages[0].text == "break":
                raise ConnectionError("the adapter forgot a case")
            return super().send(messages)

    house = house_with(database, Breaking())
    idents = [
        put(house, f"+88013000003{n:02}", text=text) for n, text in enumerate(("a", "break", "b"))
    ]
    with pytest.raises(ConnectionError):
        outgoing.send(house.parts, idents)
    assert [message(house, ident)["state"] for ident in idents] == ["sent", "ambiguous", "sent"]
    outgoing.send(house.parts, idents)
    assert len(house.gateway.sent) == 2


def test_ids_of_nothing_and_of_what_is_settled_already_do_no_harm(database: Database) -> None:
    house = House(database)
    ident = put(house)
    outgoing.send(house.parts, [])
    outgoing.send(house.parts, ["0" * 32, ident, ident])
    outgoing.send(house.parts, [ident])
    assert len(house.gateway.sent) == 1


# -- many at once ----------------------------------------------------------------------------


def test_many_workers_at_once_hand_each_message_to_the_gateway_once(database_url: str) -> None:
    gateway = Careful(capabilities=Capabilities(sms=True, bulk=4))
    with closing(connect(database_url, Limits(connections=10, pool=20))) as database:
        house = house_with(database, gateway)
        idents = [put(house, f"+8801300001{n:03}", text=f"{n % 5}") for n in range(60)]
        start = threading.Barrier(8)

        def work(seed: int) -> int:
            mine = random.Random(seed).sample(idents, len(idents))
            start.wait()
            try:
                outgoing.send(house.parts, mine)
            except Busy:
                return 1
            return 0

        with ThreadPoolExecutor(8) as workers:
            list(workers.map(work, range(8)))
        outgoing.send(house.parts, idents)
        handed = Counter(each for call in gateway.calls for each in call)
        assert handed == Counter(idents)
        settled = {row["state"] for row in every(house, Message)}
        assert settled == {"sent"}
        sends = [row for row in every(house, Event) if row["became"] == "sent"]
        assert len(sends) == 60
        assert every(house, PersonPhone) == []


def test_a_receipt_that_crossed_the_record_of_its_message_is_used_by_the_sweep(
    database: Database,
) -> None:
    house = House(database)
    ident = put(house)
    outgoing.send(house.parts, [ident])
    with house.database.transaction() as connection:
        receipts.add(
            connection,
            gateway="recorder",
            external_id=f"x-{ident}",
            status="delivered",
            reason="",
            now=house.clock(),
        )
    assert states(house)[ident] == "sent"
    sweep(house.parts)
    assert states(house)[ident] == "delivered"
    assert [row["joined_at"] for row in every(house, Receipt)] == [house.clock.now]
