"""The dispatcher's rhythm: at once while there is more, patient while the database is away."""

from __future__ import annotations

import signal
import time
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from helpline.store.database import connect
from tests.house import House
from tests.workers.conftest import until
from workers.dispatcher import LONGEST_WAIT, TICK, Dispatcher
from workers.timers import TIMERS

if TYPE_CHECKING:
    from helpline.store.database import Database
    from tests.workers.conftest import Start


def test_with_nothing_to_do_it_ticks_once_a_second(database: Database) -> None:
    assert Dispatcher(House(database).parts).tick() == TICK


def test_every_task_is_asked_for_once_and_then_left_alone(database: Database) -> None:
    house = House(database)
    dispatcher = Dispatcher(house.parts)
    dispatcher.tick()
    dispatcher.tick()
    assert house.bell.woken == [(queue, tuple(tasks)) for queue, tasks in TIMERS.items()]


def test_while_the_database_is_away_it_waits_longer_each_time() -> None:
    with closing(connect("postgresql://nobody@127.0.0.1:1/none")) as away:
        dispatcher = Dispatcher(replace(House(away).parts, database=away))
        waits = [dispatcher.tick() for _ in range(6)]
    assert waits == [1.0, 2.0, 4.0, 8.0, LONGEST_WAIT, LONGEST_WAIT]


def test_it_ends_after_the_tick_that_is_under_way(database: Database) -> None:
    dispatcher = Dispatcher(House(database).parts)
    dispatcher.stop()
    began = time.monotonic()
    dispatcher.run()
    assert time.monotonic() - began < TICK


def test_its_process_ends_when_it_is_asked_to(start: Start) -> None:
    assert start("migrate").status() == 0
    process = start("dispatch", HELPLINE_REDIS_URL="redis://127.0.0.1:1/0")
    until(lambda: process.said("dispatching"), "it to tick")
    process.send(signal.SIGTERM)
    assert process.status() == 0
