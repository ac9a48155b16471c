"""The tasks of the desk: asked for in time, one failure stops no other, and no Redis stops none."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from helpline.cases.work import Priority
from helpline.settings import Settings
from helpline.store.database import Database, Unavailable, connect
from tests.desk.office import Office
from tests.desk.oncall import Desk
from tests.house import House
from workers import timers
from workers.dispatcher import TICK, Dispatcher
from workers.timers import TIMERS, Timer


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    """A desk on SQLite and on PostgreSQL."""
    return Office(database, replace(Settings.demo(tmp_path / "var", 8000), simulator=False))


def test_the_clocks_and_the_alarms_are_looked_at_every_five_seconds() -> None:
    urgent = TIMERS["escalate"]
    assert {name for name, timer in urgent.items() if timer.every == 5} == {"alarms", "clocks"}
    assert all(timer.every <= 60 for timer in urgent.values())


@pytest.mark.parametrize("queue", TIMERS)
def test_every_task_runs_on_an_empty_installation_and_again(queue: str, database: Database) -> None:
    parts = House(database).parts
    for _ in range(2):
        timers.run(parts, queue, TIMERS[queue])


def test_a_name_that_nobody_knows_is_passed_over(database: Database) -> None:
    timers.run(House(database).parts, "escalate", ["of another version"])


def test_a_task_that_fails_stops_no_other_and_is_told_at_the_end(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = []

    def fail(_parts: Any) -> None:
        raise LookupError("a row nobody foresaw")

    tasks = {"bad": Timer(fail, 5), "good": Timer(ran.append, 5)}
    monkeypatch.setitem(TIMERS, "escalate", tasks)
    with pytest.raises(LookupError):
        timers.run(House(database).parts, "escalate", tasks)
    assert len(ran) == 1


def test_without_a_database_a_task_says_so() -> None:
    with closing(connect("postgresql://nobody@127.0.0.1:1/none")) as away:
        parts = replace(House(away).parts, database=away)
        for queue in TIMERS:
            with pytest.raises(Unavailable):
                timers.run(parts, queue, TIMERS[queue])


def test_what_waits_already_is_not_asked_for_again_and_not_forgotten(database: Database) -> None:
    house = House(database)
    dispatcher = Dispatcher(house.parts)
    depths = {"escalate": 1, "housekeeping": 0}
    house.bell.depth = lambda queue: depths.get(queue, 0)  # type: ignore[method-assign]
    dispatcher.tick()
    assert [queue for queue, _ in house.bell.woken] == ["housekeeping"]
    depths["escalate"] = 0
    dispatcher.tick()
    assert [queue for queue, _ in house.bell.woken] == ["housekeeping", "escalate"]


def test_without_redis_the_dispatcher_itself_calls_people(office: Office) -> None:
    desk = Desk(office)
    rina = desk.supervisor("Rina", rank=1)
    item = desk.item(priority=Priority.IMMINENT)
    office.house.bell.alive = False
    assert Dispatcher(desk.parts).tick() == TICK
    office.skip(minutes=2, seconds=1)
    Dispatcher(desk.parts).tick()
    assert desk.alarms(item) == [(rina.id, 1, "paging")]


def test_many_processes_at_once_call_each_person_once(postgres_url: str) -> None:
    with closing(connect(postgres_url)) as database:
        desk = Desk(_office(database))
        for rank in range(3):
            desk.supervisor(f"Supervisor {rank}", rank=rank)
        items = [desk.item(priority=Priority.IMMINENT) for _ in range(12)]
        desk.sweep()
        for _ in range(3):
            desk.office.skip(minutes=2, seconds=1)
            _at_once(postgres_url, desk, copies=6)
        for item in items:
            alarms = desk.alarms(item)
            assert [number for _, number, _ in alarms] == [1, 1, 1]
            assert len({staff for staff, *_ in alarms}) == 3
            assert [state for *_, state in alarms] == ["passed_on", "passed_on", "paging"]
            escalations = desk.steps(item, "escalation")
            assert escalations == [("supervisor", "claim_missed")]


def _at_once(url: str, desk: Desk, *, copies: int) -> None:
    """Let several processes' worth of timers run at the same time, each on a database of its own."""

    def sweep(_number: int) -> None:
        with closing(connect(url)) as database:
            parts = replace(desk.parts, database=database)
            timers.run(parts, "escalate", ("clocks", "alarms", "answers"))

    with ThreadPoolExecutor(copies) as pool:
        list(pool.map(sweep, range(copies)))


class _Bare:
    """The parts of an office that the queue needs, without its pages."""

    def __init__(self, database: Database) -> None:
        self.house = House(database)
        self.parts = self.house.parts
        self.clock = self.house.clock

    hire = Office.hire
    skip = Office.skip


def _office(database: Database) -> Any:
    return _Bare(database)
