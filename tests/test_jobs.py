"""The queue port: what a job carries, and what a Redis that is away costs."""

from __future__ import annotations

import json
import socket
import time
import zlib
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from redis import Redis
from rq.job import Job
from rq.serializers import JSONSerializer

from helpline.jobs import (
    FORGOTTEN,
    JOB_SECONDS,
    JOBS,
    KEPT_FAILURES,
    MOST_IDS,
    NoWaker,
    RqWaker,
    state_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def waker(redis_url: str) -> Iterator[RqWaker]:
    with closing(RqWaker(redis_url)) as opened:
        yield opened


def jobs_of(redis_url: str, queue: str) -> list[Job]:
    with Redis.from_url(redis_url) as redis:
        ids = [ident.decode() for ident in redis.lrange(f"rq:queue:{queue}", 0, -1)]
        return Job.fetch_many(ids, redis, serializer=JSONSerializer)


def test_a_wake_up_becomes_a_job_that_carries_ids_only(waker: RqWaker, redis_url: str) -> None:
    assert waker.wake("send", ["id-one", "id-two"])
    [job] = jobs_of(redis_url, "send")
    assert job.func_name == JOBS["send"]
    assert job.args == [["id-one", "id-two"]]
    assert job.kwargs == {}
    assert job.description == "send"
    assert (job.timeout, job.result_ttl, job.failure_ttl) == (JOB_SECONDS, 0, KEPT_FAILURES)


def test_a_job_is_written_as_json_and_forgotten_after_a_while(
    waker: RqWaker, redis_url: str
) -> None:
    waker.wake("send", ["id-one"])
    [job] = jobs_of(redis_url, "send")
    with Redis.from_url(redis_url) as redis:
        data = redis.hget(job.key, "data")
        assert json.loads(zlib.decompress(data)) == [JOBS["send"], None, [["id-one"]], {}]
        assert 0 < redis.ttl(job.key) <= FORGOTTEN


def test_many_ids_become_several_jobs(waker: RqWaker, redis_url: str) -> None:
    assert waker.wake("remind", [f"id-{number}" for number in range(2 * MOST_IDS + 50)])
    assert [len(job.args[0]) for job in jobs_of(redis_url, "remind")] == [MOST_IDS, MOST_IDS, 50]
    assert waker.depth("remind") == 3
    assert waker.depth("send") == 0


def test_nobody_to_wake_is_no_job(waker: RqWaker) -> None:
    assert waker.wake("send", [])
    assert waker.depth("send") == 0


def test_a_redis_that_is_away_costs_one_short_wait_and_then_nothing() -> None:
    with closing(RqWaker("redis://127.0.0.1:1/0")) as away:
        began = time.monotonic()
        assert not away.wake("send", ["id-one"])
        assert time.monotonic() - began < 0.3
        began = time.monotonic()
        for _ in range(1000):
            assert not away.wake("send", ["id-one"])
        assert away.depth("send") is None
        assert time.monotonic() - began < 0.1
        assert state_of(away) == "down"


def test_a_redis_that_takes_connections_and_says_nothing_costs_one_short_wait() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        with closing(RqWaker(f"redis://127.0.0.1:{port}/0")) as silent:
            began = time.monotonic()
            assert not silent.wake("send", ["id-one"])
            assert time.monotonic() - began < 0.5
            assert not silent.wake("send", ["id-one"])
            assert time.monotonic() - began < 0.6


def test_a_redis_that_comes_back_is_used_again(redis_url: str) -> None:
    now = [0.0]
    with closing(RqWaker(redis_url, clock=lambda: now[0])) as waker:
        with Redis.from_url(redis_url) as redis:
            redis.config_set("maxmemory", "1")
            try:
                assert not waker.wake("send", ["id-one"])
            finally:
                redis.config_set("maxmemory", "0")
        assert not waker.wake("send", ["id-one"])
        now[0] += 3.1
        assert waker.wake("send", ["id-one"])


def test_without_a_queue_nobody_is_woken() -> None:
    waker = NoWaker()
    assert not waker.wake("send", ["id-one"])
    assert waker.depth("send") is None
    assert state_of(waker) == "none"
