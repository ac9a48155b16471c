"""One RQ worker process on exactly one queue.

One queue, because only then does a job survive its worker's death: RQ moves it to a list of its
own instead of taking it out of Redis. No fork for each job, because importing and connecting anew
costs more than the job; what a job may do to the process ends with the process, which is replaced.
"""

from __future__ import annotations

import signal
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as NoConnection
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as NoAnswer
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer
from rq.utils import import_attribute
from rq.worker import SimpleWorker

from helpline.jobs import JOBS, QUEUES
from workers.context import parts

if TYPE_CHECKING:
    from types import FrameType

    from helpline.settings import Settings

WORKER_TTL: Final = 30
MAINTENANCE: Final = 15
_CONNECT: Final = 2.0
_WAIT: Final = 0.5

_log = structlog.get_logger(__name__)


class RedisLost(Exception):
    """The connection broke. RQ would wait in place, with its subscription dead; a new process is whole."""


class LostLoudly(Queue):
    """A queue whose loss ends the worker."""

    @classmethod
    def dequeue_any(cls, *args: Any, **kwargs: Any) -> Any:
        """As RQ's own.

        Raises:
            RedisLost: instead of the errors that RQ waits out.
        """
        try:
            return super().dequeue_any(*args, **kwargs)
        except (NoConnection, NoAnswer) as error:
            raise RedisLost from error


class OneQueueWorker(SimpleWorker):
    """A worker that tells whether it was asked to stop."""

    queue_class = LostLoudly
    asked_to_stop = False

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Finish the job that is under way, then end."""
        self.asked_to_stop = True
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def heartbeat(self, *args: Any, **kwargs: Any) -> None:
        """As RQ's own.

        Raises:
            RedisLost: as `LostLoudly.dequeue_any`.
        """
        try:
            super().heartbeat(*args, **kwargs)
        except (NoConnection, NoAnswer) as error:
            raise RedisLost from error


def run(settings: Settings, queue: str) -> int:
    """Work on `queue` as `work` does, with everything ready before the first job."""
    parts()
    return work(queue, settings.redis_url)


def work(queue: str, redis_url: str) -> int:
    """Work on `queue` until SIGTERM or SIGINT: first wait for Redis, then take one job at a time.

    Returns:
        The exit status: 0 when it was asked to stop, 1 when it lost Redis and must be replaced.

    Raises:
        ValueError: there is no such queue.
    """
    if queue not in QUEUES:
        raise ValueError(f"the queue must be one of {', '.join(QUEUES)}")
    import_attribute(JOBS[queue])  # once, here: not in the time of the first job
    redis = Redis.from_url(redis_url, socket_connect_timeout=_CONNECT, retry=Retry(NoBackoff(), 0))
    if not _reached(redis):
        return 0
    worker: OneQueueWorker | None = None
    with suppress(RedisError, RedisLost, OSError):
        worker = OneQueueWorker(
            queue,
            connection=redis,
            serializer=JSONSerializer,
            worker_ttl=WORKER_TTL,
            maintenance_interval=MAINTENANCE,
            log_job_description=False,
        )
        _log.info("working", queue=queue)
        worker.work(logging_level="WARNING")
    if worker is not None and worker.asked_to_stop:
        return 0
    _log.error("redis was lost", queue=queue)
    return 1


def _reached(redis: Redis) -> bool:
    """Wait until Redis answers; False when asked to stop first."""
    stopped = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.append(True))
    waited = False
    while not stopped:
        with suppress(RedisError, OSError):
            if redis.ping():
                return True
        if not waited:
            _log.info("waiting for redis")
            waited = True
        time.sleep(_WAIT)
    return False
