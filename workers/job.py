"""What every job is wrapped in: a failed one leaves its kind and place behind, never its message."""

from __future__ import annotations

import time
from functools import wraps
from typing import TYPE_CHECKING

import structlog
from rq.timeouts import BaseTimeoutException

from helpline.store.database import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

_log = structlog.get_logger(__name__)


class JobFailed(Exception):
    """A job failed; what is left of the reason. RQ keeps this, and its message, in Redis for an hour."""


def job(work: Callable[[list[str]], None]) -> Callable[[list[str]], None]:
    """Make a job of `work`. Its rows stay due in the database, so nothing is lost when it fails.

    A job that ran too long (`JobTimeoutException`, an `Exception`) is left to RQ.

    Raises:
        JobFailed: without the original, whose message may repeat what somebody typed.
    """

    @wraps(work)
    def guarded(ids: list[str]) -> None:
        began = time.perf_counter()
        outcome = "done"
        try:
            work(ids)
        except BaseTimeoutException:
            outcome = "timeout"
            raise
        except Unavailable:
            outcome = "unavailable"
            raise JobFailed(outcome) from None
        except Exception as error:  # noqa: BLE001  every reason is reduced to its kind
            outcome = "failed"
            _log.exception("a job failed", task=work.__name__)
            raise JobFailed(type(error).__name__) from None
        finally:
            ms = round((time.perf_counter() - began) * 1000, 1)
            _log.info("job", task=work.__name__, count=len(ids), outcome=outcome, ms=ms)

    return guarded
