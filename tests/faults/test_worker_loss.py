"""Proves: a worker may die at any moment, and nothing is lost and nobody is texted twice.

Workers are killed about once a second while they send to a phone network that refuses (429, 503),
takes a text and answers 500, or takes it and hangs up. Its own log is the oracle: every number gets
at most one text, what counts as sent has arrived, and what nobody can know is listed as ambiguous.
Receipts settle it where our own id travels with the text (Twilio); where it cannot (Africa's
Talking) it stays listed for a person.
"""

import dataclasses
import random
import secrets
import signal
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from helpline import wiring
from helpline.service.outgoing import IN_FLIGHT
from helpline.service.sweep import CLAIM_LIVES, sweep
from helpline.settings import Settings
from helpline.store.database import Database, connect
from helpline.store.tables import Message, Phone, Reminder
from tests.fakes.gateway_server import Fault
from tests.faults.live import FULL, Installation, PhoneNetwork, ask, eventually, sized
from tests.faults.planted import plant_reminders, plant_reply
from tests.faults.record import Record

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1800)]

TEXTS = sized(240, 2_400)
REMINDERS = sized(60, 600)
SECONDS = sized(12, 120)
SEED = 20261121

TAKEN_AND_500 = Fault("status", after=True, status=500)
TAKEN_AND_GONE = Fault("hang", after=True)
SHARES = {
    Fault("status", status=429): 0.02,
    Fault("status", status=503): 0.01,
    TAKEN_AND_500: 0.01,
    TAKEN_AND_GONE: 0.01,
}
CALL_SECONDS = 0.4


def test_workers_that_are_killed_all_the_time_lose_nothing_and_text_nobody_twice(
    postgres_url: str, redis_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    token = secrets.token_hex(24)
    replied = [f"+88015{place:08d}" for place in range(TEXTS // 2)]
    replied += [f"+88017{place:08d}" for place in range(TEXTS // 2)]
    reminded = [f"+88017{place:08d}" for place in range(TEXTS, TEXTS + REMINDERS)]
    network = PhoneNetwork(
        call_seconds=CALL_SECONDS,
        shares=SHARES,
        seed=SEED,
        hang_seconds=1.0,
        auth_token=token,
        receipt_seconds=CALL_SECONDS / 4,  # some come before the call has ended
    )
    with (
        closing(connect(postgres_url)) as database,
        network,
        Installation(
            tmp_path,
            postgres_url,
            redis_url,
            network.url,
            webs=1,
            workers=["send", "send", "remind"],
            dispatchers=1,
            twilio_token=token,
        ) as installation,
    ):
        kills = _kill_while_planting(installation, database, replied, reminded)
        began = time.monotonic()
        _drain(database)
        drained = time.monotonic() - began
        _end_workers(installation)
        parts = wiring.build(Settings.load(installation.environment))
        ahead = datetime.now(UTC) + CLAIM_LIVES + timedelta(seconds=1)
        sweep(dataclasses.replace(parts, clock=lambda: ahead))
        wiring.close(parts)
        for text in network.log:
            if text.gateway == "africastalking":
                form = {"id": text.message_id, "status": "Success", "phoneNumber": text.number}
                path = installation.hook("receipt")
                assert ask(installation.first_port, path, form).status == 200
        record = Record.read(postgres_url, installation.ring)
        states = _states(record)
        got = network.texts_by_number()
        undecidable = _undecidable(network)

    ambiguous = {number for number, state in states.items() if state == "ambiguous"}
    with capsys.disabled():
        faults = sum(fault is not None for fault in network.happened)
        print(
            f"\n{len(states)} texts, {kills} workers killed, {faults} of {len(network.happened)} "
            f"calls faulty: {len(ambiguous)} ambiguous, of which {len(ambiguous & got.keys())} "
            f"had arrived; drained {drained:.0f} s after the last kill"
        )
    assert kills >= SECONDS // 2
    assert sorted(states) == sorted([*replied, *reminded])
    assert {number: texts for number, texts in got.items() if len(texts) > 1} == {}
    assert set(states.values()) <= {"delivered", "ambiguous"}
    assert {number for number, state in states.items() if state == "delivered"} <= got.keys()
    became = {row.id: row.state for row in record.rows[Message]}
    expected = {"delivered": "sent", "ambiguous": "queued"}
    for reminder in record.rows[Reminder]:
        assert reminder.state == expected[became[reminder.id]]
    # What a receipt can name is settled by it; of the rest nobody knows, and all of it is listed.
    assert {number for number in ambiguous & got.keys() if number.startswith("+88017")} == set()
    assert {number for number in undecidable if number.startswith("+88015")} <= ambiguous
    assert len(ambiguous - undecidable) <= kills * IN_FLIGHT


def _kill_while_planting(
    installation: Installation, database: Database, replied: list[str], reminded: list[str]
) -> int:
    """Let texts fall due bit by bit, and kill a worker about every second; how many were killed."""
    rng = random.Random(SEED)
    rng.shuffle(replied)
    kills = 0
    began = time.monotonic()
    last = began
    plant_reminders(database, installation.ring, reminded, datetime.now(UTC))
    planted = 0
    while planted < len(replied) or time.monotonic() - began < SECONDS:
        due = int(len(replied) * min(1.0, (time.monotonic() - began) / SECONDS))
        for number in replied[planted:due]:
            now = datetime.now(UTC)
            plant_reply(database, installation.ring, number, f"For {number[4:]}.", now)
        planted = due
        workers = [r for r in installation.processes if r.name.startswith("worker")]
        grown = [r for r in workers if time.monotonic() - r.began > 2.0]
        if grown and time.monotonic() - last > 1.0:
            last = time.monotonic()
            victim = rng.choice(grown)
            victim.kill()
            installation.again(victim)
            kills += 1
        time.sleep(0.05)
    return kills


def _drain(database: Database) -> None:
    """Wait until nothing waits any more.

    What a killed worker had been woken for is woken again after 45 s, and what was refused is tried
    again after 30: unless there is time for that, those times are moved to now, again and again.
    """

    def done() -> bool:
        with database.transaction() as connection:
            now = datetime.now(UTC)
            queued = Message.state == "queued"
            if not FULL:
                late = Message.woken_at < now - timedelta(seconds=5)
                connection.execute(
                    update(Message).where(queued, late).values(woken_at=None, due_at=now)
                )
                connection.execute(
                    update(Message)
                    .where(queued, Message.woken_at.is_(None), Message.due_at > now)
                    .values(due_at=now)
                )
            return not connection.scalar(select(func.count()).where(queued))

    eventually(done, within=120 if not FULL else 600, every=1.0)


def _end_workers(installation: Installation) -> None:
    """Let workers finish what they have begun."""
    workers = [r for r in installation.processes if r.name.startswith(("worker", "dispatch"))]
    for worker in workers:
        worker.kill(signal.SIGTERM)
    for worker in workers:
        worker.process.wait(timeout=30)


def _states(record: Record) -> dict[str, str]:
    """What became of the one text of each number."""
    with record.opening():
        numbers = {
            row.id: record.ring.unseal_text(row.number, "phone.number", row.id)
            for row in record.rows[Phone]
        }
    states = {numbers[row.phone_id]: row.state for row in record.rows[Message]}
    assert len(states) == record.count(Message)
    return states


def _undecidable(network: PhoneNetwork) -> set[str]:
    """The numbers whose text was taken by a call that did not say so."""
    return {
        asked.form.get("to") or asked.form["To"]
        for asked, fault in zip(network.asked, network.happened, strict=True)
        if fault in {TAKEN_AND_500, TAKEN_AND_GONE}
    }
