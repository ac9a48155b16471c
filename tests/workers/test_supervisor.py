"""`helpline run`: whatever dies comes back, and at the end nothing is left. With real processes."""

from __future__ import annotations

import os
import signal
import sys
import time
import urllib.request
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from helpline.jobs import QUEUES, RqWaker
from helpline.settings import Settings
from tests.workers.conftest import alive, answers, free_port, until
from workers.supervisor import COPIES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.workers.conftest import Process, Start

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc"),
]

WORKERS = {f"h-{queue}-{n + 1}"[:15] for queue in QUEUES for n in range(COPIES.get(queue, 1))}
EVERYBODY = {"h-web", "h-dispatcher", "valkey-server", *WORKERS}


def running(start: Start) -> tuple[Process, int]:
    port = free_port()
    process = start("run", PORT=str(port), WEB_CONCURRENCY="2")
    until(lambda: answers(port), "it to be ready")
    until(lambda: len(process.said("working")) == len(WORKERS), "the workers")
    return process, port


def pid_of(process: Process, name: str) -> int:
    return next(pid for pid, other in process.descendants().items() if other == name)


def test_every_process_is_started_and_every_queue_is_worked_on(start: Start) -> None:
    process, _ = running(start)
    assert set(process.descendants().values()) == EVERYBODY
    assert {line["queue"] for line in process.said("working")} == set(QUEUES)


@pytest.mark.parametrize("name", ["h-send-2", "h-remind-1", "h-dispatcher", "h-web"])
def test_a_killed_process_is_replaced(start: Start, name: str) -> None:
    process, port = running(start)
    killed = pid_of(process, name)
    os.kill(killed, signal.SIGKILL)
    until(lambda: process.said("died", pid=killed), "its end to be noticed")
    until(lambda: set(process.descendants().values()) == EVERYBODY, "it to be replaced")
    assert not alive({killed: name})
    until(lambda: answers(port), "it to be ready")


def test_a_killed_process_that_serves_is_replaced(start: Start) -> None:
    process, port = running(start)
    main = pid_of(process, "h-web")
    serving = {pid for pid, name in process.descendants().items() if name == "h-web"} - {main}
    assert len(serving) == 2
    for pid in serving:
        os.kill(pid, signal.SIGKILL)
    until(lambda: answers(port), "it to be ready again")


def test_a_killed_redis_comes_back_and_is_worked_on(start: Start, tmp_path: Path) -> None:
    process, port = running(start)
    os.kill(pid_of(process, "valkey-server"), signal.SIGKILL)
    until(lambda: process.said("redis was lost"), "a worker to notice")
    until(lambda: len(process.said("working")) >= 2 * len(WORKERS), "the workers")
    waker = RqWaker(Settings.demo(tmp_path / "data", port).redis_url)
    assert until(lambda: waker.wake("send", ["nothing-by-this-id"]), "redis")
    until(lambda: process.said("job", task="send", outcome="done"), "the job")
    assert waker.depth("send") == 0
    waker.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_end_everything_ends_in_order(start: Start, number: signal.Signals) -> None:
    process, port = running(start)
    started = process.descendants()
    process.send(number)
    assert process.status() == 0
    assert not alive(started)
    assert not answers(port)
    assert not process.said("killed")
    order = [line["child"] for line in process.said("ended") if "child" in line]
    assert (order[0], order[-1]) == ("web", "redis")


def test_killed_itself_it_leaves_nobody_behind(start: Start) -> None:
    process, _ = running(start)
    started = process.descendants()
    process.send(signal.SIGKILL)
    process.status()
    began = time.monotonic()
    until(lambda: not alive(started), "everybody to end", seconds=5)
    assert time.monotonic() - began < 5


def test_after_it_was_killed_it_starts_again_at_once(start: Start) -> None:
    process, _ = running(start)
    process.send(signal.SIGKILL)
    process.status()
    running(start)


def test_a_second_one_on_the_same_folder_is_refused_in_one_line(
    start: Start, tmp_path: Path
) -> None:
    process, port = running(start)
    second = start("run", PORT=str(free_port()))
    assert second.status() == 1
    said = [line for line in second.log.read_text().splitlines() if not line.startswith("{")]
    assert said == [f"helpline: already running on {tmp_path / 'data'}"]
    assert process.runs()
    assert answers(port)


def test_while_the_database_is_away_callers_are_still_answered(start: Start) -> None:
    port = free_port()
    process = start(
        "run", PORT=str(port), HELPLINE_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none"
    )
    until(lambda: process.said("running"), "it to run")
    until(lambda: process.said("died", child="migrate"), "a second try to migrate")
    until(lambda: process.said("the database does not answer", role="dispatcher"), "the clock")
    form = urlencode({"sessionId": "s-1", "phoneNumber": "+8801300000001", "text": ""}).encode()
    hook = f"http://127.0.0.1:{port}/hooks/africastalking/demo/ussd"
    until(lambda: answers(port, "healthz"), "it to listen")
    with urllib.request.urlopen(hook, data=form) as answer:
        assert answer.read().decode().startswith("END দুঃখিত")


def test_with_bad_settings_nothing_starts(start: Start) -> None:
    process = start("run", PORT="0", HELPLINE_REDIS_URL="http://x")
    assert process.status() == 1
    assert process.log.read_text().splitlines() == [
        "helpline: PORT: Expected `int` >= 1",
        "helpline: HELPLINE_REDIS_URL must begin with redis: or rediss: or unix:",
    ]
