"""Proves: whoever dies in the middle of a ladder, the next person is still called, and nobody twice in a round.

The dispatcher and the worker that carries its tasks are killed again and again while nobody answers.
Instead of waiting for two minutes each time, the test moves the time to answer into the past. The
alarms in the record and the phone network's own log are the oracle.
"""

import random
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from helpline.cases.roles import Member
from helpline.cases.work import Kind, Priority
from helpline.store.database import Database, connect
from helpline.store.tables import Alarm
from tests.desk.office import Office
from tests.desk.oncall import Desk
from tests.faults.live import Installation, PhoneNetwork, eventually, sized
from tests.house import House

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]

ITEMS = sized(6, 40)
PEOPLE = 4
ROUNDS = sized(2, 6)
SEED = 20261122
NO_REDIS = "redis://127.0.0.1:1/0"


class _Staffed:
    """What `Desk` needs of an office, on the keys and the time of the processes."""

    hire = Office.hire
    skip = Office.skip

    def __init__(self, database: Database, installation: Installation) -> None:
        self.house = House(database, ring=installation.ring)
        self.parts = self.house.parts
        self.clock = self.house.clock
        self.clock.now = datetime.now(UTC)


def test_dispatcher_and_worker_killed_all_the_time_call_everybody_once_a_round(
    postgres_url: str, redis_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    with (
        closing(connect(postgres_url)) as database,
        PhoneNetwork() as network,
        Installation(
            tmp_path,
            postgres_url,
            redis_url,
            network.url,
            workers=["send", "escalate"],
            dispatchers=1,
        ) as installation,
    ):
        ladder, items = _plant(database, installation)
        kills = _kill_until_through(database, installation, items, ("dispatch", "worker-escalate"))
        next(r for r in installation.processes if r.name == "worker-escalate").kill()
        alarms = _alarms(database)  # from here on nobody more is called
        numbers = [f"+88013000009{place:02d}" for place in range(PEOPLE)]
        eventually(lambda: len(network.log) >= len(alarms), within=60)
        got = network.texts_by_number()
    with capsys.disabled():
        print(f"\n{len(alarms)} calls about {len(items)} items, {kills} processes killed")
    assert kills >= ROUNDS * 2
    _in_order(alarms, ladder, items)
    for place, member in enumerate(ladder):
        sent = got[numbers[place]]
        assert len(sent) == len(set(sent)) == sum(staff == member.id for _, _, staff, _ in alarms)


def test_without_redis_two_dispatchers_that_are_killed_call_everybody_once_a_round(
    postgres_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    with (
        closing(connect(postgres_url)) as database,
        Installation(tmp_path, postgres_url, NO_REDIS, dispatchers=2) as installation,
    ):
        ladder, items = _plant(database, installation)
        kills = _kill_until_through(database, installation, items, ("dispatch",))
        alarms = _alarms(database)
    with capsys.disabled():
        print(f"\n{len(alarms)} calls about {len(items)} items, {kills} dispatchers killed")
    assert kills >= ROUNDS * 2
    _in_order(alarms, ladder, items)


def _plant(database: Database, installation: Installation) -> tuple[list[Member], list[str]]:
    """People on call, and work that waited for longer than it may."""
    office: Any = _Staffed(database, installation)
    desk = Desk(office)
    ladder = [desk.supervisor(f"Supervisor {rank}", rank=rank) for rank in range(PEOPLE)]
    offered = office.clock() - timedelta(minutes=5)
    items = [
        desk.item(Kind.UNDECIDED, priority=Priority.IMMINENT, offered_at=offered)
        for _ in range(ITEMS)
    ]
    return ladder, items


def _kill_until_through(
    database: Database, installation: Installation, items: list[str], names: tuple[str, ...]
) -> int:
    """Let nobody answer, and kill one of these processes after every few calls, until it was enough."""
    rng, kills, seen = random.Random(SEED), 0, 0
    ends = time.monotonic() + 600
    while not _through(database, items):
        assert time.monotonic() < ends, Counter(item for item, *_ in _alarms(database))
        _let_time_pass(database)
        had = len(_alarms(database))
        if had - seen >= ITEMS // 2:
            seen = had
            victim = rng.choice([r for r in installation.processes if r.name in names])
            victim.kill()
            installation.again(victim)
            kills += 1
        time.sleep(rng.uniform(0.02, 0.1))
    return kills


def _through(database: Database, items: list[str]) -> bool:
    had = Counter(item for item, *_ in _alarms(database))
    return all(had[item] >= PEOPLE * ROUNDS for item in items)


def _let_time_pass(database: Database) -> None:
    """Whoever is being called has had two minutes."""
    now = datetime.now(UTC)
    with database.transaction() as connection:
        connection.execute(
            update(Alarm)
            .where(
                Alarm.state == "paging",
                Alarm.paged_at < now - timedelta(seconds=1),
                Alarm.answer_by > now,
            )
            .values(answer_by=now)
        )


def _alarms(database: Database) -> list[tuple[str, int, str, str]]:
    """Item, round, person and state of every call, in order."""
    with database.reading() as connection:
        rows = connection.execute(
            select(Alarm.item_id, Alarm.round, Alarm.staff_id, Alarm.state).order_by(Alarm.id)
        )
        return [(row[0], row[1], row[2], row[3]) for row in rows]


def _in_order(
    alarms: list[tuple[str, int, str, str]], ladder: list[Member], items: list[str]
) -> None:
    """For each item the rungs follow each other, round after round, and only the last still waits."""
    order = [member.id for member in ladder]
    for item in items:
        mine = [(number, staff, state) for of, number, staff, state in alarms if of == item]
        expected = [(n // PEOPLE + 1, order[n % PEOPLE]) for n in range(len(mine))]
        assert [(number, staff) for number, staff, _ in mine] == expected
        assert [state for *_, state in mine] == ["passed_on"] * (len(mine) - 1) + ["paging"]
