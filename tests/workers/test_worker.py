"""A worker process on a real Redis, and what a job may leave behind."""

from __future__ import annotations

import pickle
import signal
import traceback
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from redis import Redis
from rq.registry import FailedJobRegistry
from rq.timeouts import JobTimeoutException

from helpline.jobs import JOBS, QUEUES, RqWaker, open_queue
from tests.servers import Valkey
from tests.workers.conftest import until
from workers.job import JobFailed, job

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.workers.conftest import Process, Start

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"


@pytest.fixture
def server() -> Iterator[Valkey]:
    """A Redis of this test's own, to be stopped and started."""
    with closing(Valkey()) as started:
        yield started


def worker(start: Start, redis_url: str, queue: str = "send", **environment: str) -> Process:
    assert start("migrate").status() == 0
    return start("worker", queue, HELPLINE_REDIS_URL=redis_url, **environment)


def woken(redis_url: str, queue: str = "send") -> None:
    with closing(RqWaker(redis_url)) as waker:
        assert waker.wake(queue, ["nothing-by-this-id"])


@pytest.mark.parametrize("queue", QUEUES)
def test_every_queue_has_work_that_can_be_done(start: Start, redis_url: str, queue: str) -> None:
    process = worker(start, redis_url, queue)
    woken(redis_url, queue)
    task = JOBS[queue].rpartition(".")[2]
    until(lambda: process.said("job", task=task, outcome="done"), "the job")
    process.send(signal.SIGTERM)
    assert process.status() == 0


def test_a_done_job_leaves_nothing_in_redis(start: Start, redis_url: str) -> None:
    process = worker(start, redis_url)
    woken(redis_url)
    until(lambda: process.said("job", outcome="done"), "the job")
    with Redis.from_url(redis_url) as redis:
        until(lambda: not list(redis.scan_iter("rq:job:*")), "the job to be gone")


def test_an_unknown_queue_is_refused(start: Start) -> None:
    process = start("worker", "everything")
    assert process.status() == 2
    names = ", ".join(f"'{name}'" for name in QUEUES)
    assert f"is not one of {names}" in process.log.read_text()


def test_a_worker_that_loses_redis_ends_so_that_it_is_replaced(
    start: Start, server: Valkey
) -> None:
    process = worker(start, server.url)
    until(lambda: process.said("working"), "it to work")
    server.stop(signal.SIGKILL)
    assert process.status() == 1
    assert process.said("redis was lost")


def test_a_worker_waits_for_a_redis_that_is_not_there_yet(start: Start, server: Valkey) -> None:
    server.stop()
    process = worker(start, server.url)
    with pytest.raises(AssertionError, match="waited"):
        until(lambda: process.said("working") or not process.runs(), "it to work", seconds=3)
    server.start()
    woken(server.url)
    until(lambda: process.said("job", outcome="done"), "the job")


def test_a_worker_that_waits_for_redis_can_be_asked_to_end(start: Start) -> None:
    process = worker(start, "redis://127.0.0.1:1/0")
    until(lambda: process.said("waiting for redis"), "it to wait")
    process.send(signal.SIGTERM)
    assert process.status() == 0


def test_a_job_without_its_database_fails_and_the_worker_goes_on(
    start: Start, redis_url: str
) -> None:
    process = worker(start, redis_url, HELPLINE_DATABASE_URL=NOWHERE)
    for count in (1, 2):
        woken(redis_url)
        until(lambda n=count: len(process.said("job", outcome="unavailable")) == n, "the job")
    with Redis.from_url(redis_url) as redis:
        registry = FailedJobRegistry(queue=open_queue("send", redis))
        until(lambda: registry.count == 2, "both to be noted")
        assert all(0 < redis.ttl(f"rq:job:{ident}") <= 3600 for ident in registry.get_job_ids())


def test_a_pickled_job_is_never_opened(start: Start, redis_url: str, tmp_path: Path) -> None:
    class Planted:
        def __reduce__(self) -> tuple[object, tuple[object, ...]]:
            return (open, (str(tmp_path / "opened"), "w"))

    process = worker(start, redis_url)
    with Redis.from_url(redis_url) as redis:
        redis.hset("rq:job:planted", mapping={"data": pickle.dumps(Planted()), "status": "queued"})
        redis.lpush("rq:queue:send", "planted")
        redis.sadd("rq:queues", "rq:queue:send")
        until(lambda: not redis.llen("rq:queue:send"), "it to be taken")
    woken(redis_url)
    until(lambda: process.said("job", outcome="done") or not process.runs(), "the next job")
    assert not (tmp_path / "opened").exists()


def test_a_failed_job_keeps_its_kind_and_never_its_message() -> None:
    @job
    def unlucky(ids: list[str]) -> None:
        raise ValueError(f"Rahima +8801300000001 {ids}")

    with pytest.raises(JobFailed) as failure:
        unlucky(["id-one"])
    kept = "".join(traceback.format_exception(failure.value))
    assert "ValueError" in kept
    assert "Rahima" not in kept
    assert "8801300000001" not in kept


def test_a_job_that_ran_too_long_is_left_to_rq() -> None:
    @job
    def endless(ids: list[str]) -> None:
        raise JobTimeoutException

    with pytest.raises(JobTimeoutException):
        endless([])
