"""The queue port: a job is a reason to look at the rows with these ids, and carries nothing else.

Redis may lose every job: whatever waits is found again in the database by the dispatcher.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Final, Protocol

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

QUEUES: Final = ("send", "call", "escalate", "remind", "bulk", "housekeeping")
"""`send` for answers and confirmations, `call` for phones that are to ring, `remind` for
reminders and `bulk` for campaigns, so that neither delays an answer, nor a campaign a reminder."""

JOBS: Final[Mapping[str, str]] = {
    "send": "workers.send.send",
    "call": "workers.call.call",
    "escalate": "workers.escalate.escalate",
    "remind": "workers.remind.remind",
    "bulk": "workers.bulk.bulk",
    "housekeeping": "workers.housekeeping.housekeep",
}
"""What each queue's jobs call, with one list of ids (of housekeeping: the names of its tasks; of
calls: what is to be done with a side of one)."""

MOST_IDS: Final = 200
"""Ids in one job. A job costs 50 ms whatever it carries: a process of its own, which connects anew.

Of one text these are two calls of 100 numbers, under way together; as many may be left undecided by
a worker that dies in the middle of them.
"""

JOB_SECONDS: Final = 60
"""After so long a job is ended (`JobTimeoutException`), wherever it is."""

FORGOTTEN: Final = 600
"""Seconds after which a job that nobody took is dropped; the dispatcher has woken its rows again."""

KEPT_FAILURES: Final = 3600

_CONNECT: Final = 0.1
_ANSWER: Final = 0.15
_SLOW: Final = 0.3
_LEAVE_ALONE: Final = 3.0

_log = logging.getLogger(__name__)


class Waker(Protocol):
    """Whoever can make a worker look at rows now."""

    def wake(self, queue: str, ids: Sequence[str]) -> bool:
        """Ask for a look at `ids` in one of `QUEUES`; False when nobody could be asked. Never raises."""

    def depth(self, queue: str) -> int | None:
        """How many jobs wait in `queue`; None when that is not known."""


class NoWaker:
    """Nobody is woken; the dispatcher finds what waits."""

    def wake(self, queue: str, ids: Sequence[str]) -> bool:
        del queue, ids
        return False

    def depth(self, queue: str) -> int | None:
        del queue
        return None


class RqWaker:
    """RQ on Redis. A Redis that is down costs one short wait, then nothing for three seconds.

    Connecting may take 0.1 s and each answer 0.15 s (not counted: finding the address of a name).
    """

    def __init__(self, redis_url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._redis = Redis.from_url(
            redis_url,
            socket_connect_timeout=_CONNECT,
            socket_timeout=_ANSWER,
            retry=Retry(NoBackoff(), 0),
        )
        self._queues = {name: open_queue(name, self._redis) for name in QUEUES}
        self._clock = clock
        self._silent_until = float("-inf")

    def wake(self, queue: str, ids: Sequence[str]) -> bool:
        return self._ask(lambda: self._enqueue(queue, ids)) is not None

    def depth(self, queue: str) -> int | None:
        return self._ask(lambda: int(self._queues[queue].count))

    def state(self) -> str:
        """`up`, `down`, or `evicts`: it answers, but may throw jobs away when it is full."""
        try:
            policy = str(self._redis.info("memory").get("maxmemory_policy", ""))
        except (RedisError, OSError):
            return "down"
        # A server that does not tell (some managed ones) is believed.
        return "up" if policy in {"", "noeviction"} else "evicts"

    def close(self) -> None:
        """Close this process's connections."""
        self._redis.close()

    def _enqueue(self, queue: str, ids: Sequence[str]) -> int:
        for first in range(0, len(ids), MOST_IDS):
            self._queues[queue].enqueue_call(
                JOBS[queue],
                args=(list(ids[first : first + MOST_IDS]),),
                timeout=JOB_SECONDS,
                ttl=FORGOTTEN,
                result_ttl=0,
                failure_ttl=KEPT_FAILURES,
                # Else RQ writes the call with its arguments here, and logs it.
                description=queue,
            )
        return len(ids)

    def _ask(self, question: Callable[[], int]) -> int | None:
        began = self._clock()
        if began < self._silent_until:
            return None
        try:
            answer = question()
        except (RedisError, OSError) as error:
            self._silent_until = self._clock() + _LEAVE_ALONE
            _log.warning("redis does not answer", extra={"error": type(error).__name__})
            return None
        ended = self._clock()
        if ended - began > _SLOW:  # it answers, but a caller is waiting for us
            self._silent_until = ended + _LEAVE_ALONE
        return answer


def state_of(waker: Waker) -> str:
    """How the queue behind `waker` is, as `RqWaker.state`; `none` when there is none."""
    return waker.state() if isinstance(waker, RqWaker) else "none"


def open_queue(name: str, redis: Redis) -> Queue:
    """One of `QUEUES`. Jobs are JSON: pickled ones would run whatever was written into Redis."""
    return Queue(name, connection=redis, serializer=JSONSerializer)
