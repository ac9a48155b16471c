"""Proves: a campaign reaches everybody it is for once, and nobody else, whoever dies on the way.

A crowd of people is written to through the fake phone network, whose own log is the oracle: readers,
and among them those outside the segment, without permit, without consent, stopped, not safe, withdrawn,
outside their safe time, two on one phone. While it runs, workers and the enroller are killed and the
campaign is paused; some want no more while it stands still. In the end nobody got it twice, nobody
else got it at all, and every enrolled phone is accounted for.
"""

import dataclasses
import random
import signal
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select, update

from helpline import wiring
from helpline.cases.calendar import local
from helpline.cases.campaigns import Segment
from helpline.cases.roles import Member, Role
from helpline.jobs import MOST_IDS
from helpline.service.campaigns import sweep as sweep_campaigns
from helpline.service.desk import campaigns
from helpline.service.desk.acting import acting
from helpline.service.parts import Parts
from helpline.service.sweep import CLAIM_LIVES, sweep
from helpline.settings import Settings
from helpline.store.database import Database, connect
from helpline.store.tables import Campaign, Message, Phone
from tests.desk.office import Office
from tests.faults.live import Installation, PhoneNetwork, eventually, sized
from tests.faults.planted import plant_reply
from tests.readers import DISTRICT, GETS, KINDS, plant

pytestmark = [pytest.mark.faults, pytest.mark.load, pytest.mark.timeout(3000)]

PEOPLE = sized(4_000, 100_000)
PER_SECOND = sized(120, 5_000)
SEED = 20261122
CALL_SECONDS = 0.05
TEXT = "আগামী সপ্তাহে মেলা হবে। সময় পেলে আসবেন।"
REPLIED = "+8801500000001"
PAUSE_LASTS = 6.0
STOPS_WITHIN = 3.0


class Broadcast:
    """The campaign, as whoever runs it at the desk sees it."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        desk: Any = SimpleNamespace(parts=parts, clock=parts.clock)
        self.writer: Member = Office.hire(desk, Role.PROGRAMME)
        self.second: Member = Office.hire(desk, Role.SUPERVISOR)
        segment = Segment(
            districts=frozenset({DISTRICT}),
            needs=frozenset({"work"}),
            sexes=frozenset({"woman"}),
            languages=frozenset({"bn"}),
        )
        until = local(parts.clock()).date() + timedelta(days=3)
        draft = campaigns.Draft("A fair", TEXT, segment=segment, valid_until=until)
        with acting(parts, self.writer) as deed:
            self.id = campaigns.write(deed, draft)
        self.do(campaigns.submit)
        self.do(campaigns.approve, self.second)

    def do(self, step: Any, who: Member | None = None) -> None:
        with acting(self.parts, who or self.writer) as deed:
            step(deed, self.id, self.row.version)

    @property
    def row(self) -> Any:
        with self.parts.database.reading() as connection:
            return connection.execute(
                select(Campaign.__table__).where(Campaign.id == self.id)
            ).one()

    @property
    def states(self) -> Counter[str]:
        with self.parts.database.reading() as connection:
            rows = connection.execute(
                select(Message.state, func.count())
                .where(Message.subject_id == self.id)
                .group_by(Message.state)
            )
            return Counter({row[0]: row[1] for row in rows})

    def left(self) -> int:
        """Texts that are still to go today."""
        with self.parts.database.reading() as connection:
            return int(
                connection.scalar(
                    select(func.count()).where(
                        Message.subject_id == self.id,
                        Message.state == "queued",
                        Message.trouble != "window",
                    )
                )
                or 0
            )


def test_a_campaign_reaches_everybody_it_is_for_once_and_nobody_else(
    postgres_url: str, redis_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    rng = random.Random(SEED)
    kinds = list(islice(cycle(KINDS), PEOPLE))
    rng.shuffle(kinds)
    with (
        closing(connect(postgres_url)) as database,
        PhoneNetwork(call_seconds=CALL_SECONDS, seed=SEED) as network,
        Installation(tmp_path, postgres_url, redis_url, network.url) as installation,
    ):
        config = installation.folder / "helpline.toml"
        config.write_text(config.read_text() + f"\n[bulk]\nper_second = {PER_SECOND}\n")
        people = plant(database, installation.ring, datetime.now(UTC), kinds)
        parts = wiring.build(Settings.load(installation.environment))
        broadcast = Broadcast(parts)
        for queue in ("bulk", "bulk", "send", "housekeeping"):
            installation.start("worker", queue)
        for _number in range(2):
            installation.start("dispatch")
        time.sleep(3)
        broadcast.do(campaigns.start)
        began = time.monotonic()
        expected = sum(kind in GETS for kind in kinds)

        kills = _kill_while_it_runs(installation, network, broadcast, expected // 4, rng)
        replied = _time_of_a_reply(database, installation, network)
        paused, stopped = _pause(installation, network, broadcast, database)
        resumed = time.monotonic()
        kills += 1 + _kill_while_it_runs(installation, network, broadcast, expected * 3 // 4, rng)
        eventually(lambda: broadcast.row.enrolled_at is not None, within=600, every=0.5)
        _hurry(database, broadcast)
        eventually(lambda: not broadcast.left(), within=1200, every=1.0)
        seconds = time.monotonic() - began - (resumed - paused)
        _end_all(installation)
        broadcast.do(campaigns.cancel)
        while broadcast.states["queued"]:
            sweep_campaigns(parts)
        ahead = datetime.now(UTC) + CLAIM_LIVES + timedelta(seconds=1)
        sweep(dataclasses.replace(parts, clock=lambda: ahead))
        states, row = broadcast.states, broadcast.row
        became = _became(database, installation, broadcast.id)
        got = {
            number: texts for number, texts in network.texts_by_number().items() if number in people
        }
        wiring.close(parts)

    wanted = {number for number, kind in people.items() if kind in GETS}
    with capsys.disabled():
        print(
            f"\n{PEOPLE} people, {row.enrolled} enrolled: {dict(states)}; {kills} killed; "
            f"{len(got)} texts in {seconds:.0f} s without the pause: {len(got) / seconds:.0f} a second; "
            f"a reply on the way took {replied:.1f} s"
        )
    assert kills >= 3
    # nobody twice, and nobody outside segment, permit, consent or window
    assert {number: texts for number, texts in got.items() if len(texts) > 1} == {}
    assert got.keys() <= wanted
    assert not got.keys() & stopped
    # everybody accounted for
    assert sum(states.values()) == row.enrolled == len(became)
    assert states["queued"] == states["sending"] == 0
    evening = {number for number, kind in people.items() if kind == "evening"}
    assert became.keys() == wanted | evening
    by_state: dict[str, set[str]] = {}
    for number, state in became.items():
        by_state.setdefault(state, set()).add(number)
    assert by_state.keys() <= {"sent", "ambiguous", "refused", "cancelled"}
    assert by_state["sent"] <= got.keys()
    assert by_state["cancelled"] == evening - stopped
    assert by_state["refused"] == stopped
    assert wanted - stopped - got.keys() <= by_state.get("ambiguous", set())
    assert len(by_state.get("ambiguous", ())) <= kills * MOST_IDS
    assert replied < 10.0


def _kill_while_it_runs(
    installation: Installation,
    network: PhoneNetwork,
    broadcast: Broadcast,
    until: int,
    rng: random.Random,
) -> int:
    """Kill a worker or the enroller each time some texts more are out; how many were killed.

    On a slow machine it takes a while until a new one is at work: only what works is killed.
    """
    kills, step = 0, max(60, until // 8)
    next_at = len(network.log) + step
    while len(network.log) < until:
        time.sleep(0.05)
        assert broadcast.row.state == "running"
        if len(network.log) >= next_at:
            next_at = len(network.log) + step
            victim = rng.choice(
                [
                    each
                    for each in installation.processes
                    if each.name in ("worker-bulk", "worker-housekeeping")
                ]
            )
            victim.kill()
            installation.again(victim)
            kills += 1
    return kills


def _time_of_a_reply(
    database: Database, installation: Installation, network: PhoneNetwork
) -> float:
    """Seconds in which somebody who wrote to us is answered while the campaign runs."""
    began = time.monotonic()
    plant_reply(database, installation.ring, REPLIED, "An answer.", datetime.now(UTC))
    eventually(lambda: REPLIED in network.texts_by_number(), within=60, every=0.05)
    return time.monotonic() - began


def _pause(
    installation: Installation,
    network: PhoneNetwork,
    broadcast: Broadcast,
    database: Database,
) -> tuple[float, set[str]]:
    """Pause, kill, let some want no more, and go on. When it began, and who wants no more."""
    broadcast.do(campaigns.pause)
    paused = time.monotonic()
    time.sleep(STOPS_WITHIN)
    stands = len(network.log)
    victim = next(each for each in installation.processes if each.name == "worker-bulk")
    victim.kill()
    installation.again(victim)
    with database.transaction() as connection:
        ids = connection.scalars(
            select(Message.phone_id)
            .where(
                Message.subject_id == broadcast.id,
                Message.state == "queued",
                Message.trouble != "window",
            )
            .limit(20)
        ).all()
        now = datetime.now(UTC)
        connection.execute(update(Phone).where(Phone.id.in_(ids)).values(stopped_at=now))
        numbers = {
            installation.ring.unseal_text(row.number, "phone.number", row.id)
            for row in connection.execute(select(Phone.id, Phone.number).where(Phone.id.in_(ids)))
        }
    time.sleep(PAUSE_LASTS)
    assert len(network.log) == stands, "a text went out while the campaign was paused"
    broadcast.do(campaigns.resume)
    return paused, numbers


def _hurry(database: Database, broadcast: Broadcast) -> None:
    """What a killed worker had in hand is woken again after 45 s: here at once."""
    with database.transaction() as connection:
        connection.execute(
            update(Message)
            .where(
                Message.subject_id == broadcast.id,
                Message.state == "queued",
                Message.woken_at < datetime.now(UTC) - timedelta(seconds=20),
            )
            .values(woken_at=None)
        )


def _end_all(installation: Installation) -> None:
    """Let every process finish what it has begun."""
    for process in installation.processes:
        process.kill(signal.SIGTERM)
    for process in installation.processes:
        process.process.wait(timeout=60)


def _became(database: Database, installation: Installation, campaign_id: str) -> dict[str, str]:
    """What became of the one text of each number."""
    with database.reading() as connection:
        rows = connection.execute(
            select(Phone.id, Phone.number, Message.state)
            .join(Message, Message.phone_id == Phone.id)
            .where(Message.subject_id == campaign_id)
        ).all()
        states = {
            installation.ring.unseal_text(row.number, "phone.number", row.id): row.state
            for row in rows
        }
    assert len(states) == len(rows)
    return states
