"""Log lines: one JSON object on one line of standard output, with nothing in it about a person.

What may be logged is listed in `FIELDS`; a value under any other name is masked, and so is every
run of digits that may be a phone number. Of an exception the type and the places are kept, never
its message, which may repeat what somebody typed.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import threading
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import structlog

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from types import TracebackType

    from structlog.typing import EventDict, WrappedLogger

FIELDS: Final = frozenset(
    {
        "child", "code", "column", "count", "error", "event", "every", "gateway", "hits", "host",
        "id", "kind", "level", "logger", "mode", "ms", "name", "outcome", "pid", "port", "problem",
        "queue", "request", "resealed", "role", "route", "seconds", "state", "status", "table",
        "task", "trouble", "unreadable", "version", "where", "why",
    }
)  # fmt: skip
"""Names a log line may have a value under."""

MASK: Final = "***"

_PHONE: Final = re.compile(r"(?<![0-9A-Za-z])\+?\d(?:[ ().-]{0,2}\d){7,}(?![0-9A-Za-z])")
"""Eight digits or more, of any script, however they are grouped; not those inside an identifier."""
_LARGEST: Final = 10_000_000
_DEEPEST: Final = 12
_STDOUT: Final = 1

_OURS: Final[MutableMapping[str, str]] = {}
"""What every line of this process says: its role."""


def configure(level: str = "INFO", *, role: str) -> None:
    """Send every log line of this process, also those of libraries, through the rules above.

    `role` says which process it is: web, worker, dispatcher, supervisor.
    """
    _OURS["role"] = role
    structlog.configure(
        processors=[structlog.stdlib.add_log_level, exception, mask, render],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=lambda *_: _Out(),
        cache_logger_on_first_use=True,
    )
    handler = _Handler()
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    sys.excepthook = _uncaught
    threading.excepthook = lambda thread: _uncaught(
        thread.exc_type, thread.exc_value, thread.exc_traceback
    )
    # Below WARNING these print addresses, numbers in queries, or a line for every job.
    for name in ("twilio.http_client", "urllib3", "rq.worker", "rq.job", "rq.queue", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)


def reset() -> None:
    """Undo `configure`: for tests, which are not a process of their own."""
    _OURS.clear()
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = []
    logging.getLogger().setLevel(logging.WARNING)
    sys.excepthook, threading.excepthook = sys.__excepthook__, threading.__excepthook__


def configured() -> bool:
    """Whether this process logs at all; commands that a person types do not."""
    return bool(_OURS)


def served(route: str, gateway: str, kind: str, status: int, ms: float, request: str) -> None:
    """Log one answered HTTP request.

    Written by hand because it costs a tenth of the way above, on the path that callers wait for.
    Every value is one of ours (a route's template, a configured name, a number), never the caller's.
    """
    if logging.getLogger().isEnabledFor(logging.INFO):
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        _write(
            f'{{"at": "{at}", "role": "{_OURS.get("role", "")}", "event": "served", '
            f'"level": "info", "route": "{route}", "gateway": "{gateway}", "kind": "{kind}", '
            f'"status": {status}, "ms": {ms:.1f}, "request": "{request}"}}\n'.encode()
        )


def exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace `exc_info` by the type of the exception and the places it passed."""
    given = event.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else _current(given)
    if error is not None:
        event["error"] = type(error).__name__
        event["where"] = places(error.__traceback__)
    return event


def mask(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Mask what is under a name that is not listed, and what looks like a phone number."""
    return {key: _masked(value) if key in FIELDS else MASK for key, value in event.items()}


def render(_logger: WrappedLogger, _method: str, event: EventDict) -> bytes:
    """Make one line of ASCII: no letter in it can end a line or steer a terminal."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    return json.dumps({"at": at, **_OURS, **event}).encode() + b"\n"


def _masked(value: Any) -> Any:
    if isinstance(value, bool | float) or value is None:
        return value
    if isinstance(value, int):
        return value if abs(value) < _LARGEST else MASK
    return _PHONE.sub(MASK, value if isinstance(value, str) else str(value))


def _current(given: object) -> BaseException | None:
    """The exception meant by `exc_info`: a triple, or anything true for the one being handled."""
    found = given[1] if isinstance(given, tuple) else sys.exc_info()[1] if given else None
    return found if isinstance(found, BaseException) else None


def places(trace: TracebackType | None) -> str:
    """The files and lines an exception passed, the innermost first."""
    frames = traceback.extract_tb(trace)[-_DEEPEST:]
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))


class _Out:
    """Standard output, one `write` a line: lines of several processes do not mix."""

    def msg(self, line: bytes) -> None:
        _write(line)

    debug = info = warning = error = critical = log = msg


class _Handler(logging.Handler):
    """Records of the standard library's loggers, under the same rules."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            message = record.getMessage()
        except (TypeError, ValueError):
            message = "a line whose arguments do not fit"
        event: dict[str, Any] = {
            "event": message,
            "level": record.levelname.lower(),
            "logger": record.name,
            "exc_info": record.exc_info,
        }
        event |= {key: value for key, value in vars(record).items() if key in _EXTRA}
        _write(render(None, "", mask(None, "", exception(None, "", event))))


_EXTRA: Final = FIELDS - {"event", "level", "logger", "name"}
"""What `extra` of a standard logger may add."""


def _uncaught(
    _kind: type[BaseException], error: BaseException | None, _trace: TracebackType | None
) -> None:
    """The last line of a process or thread that dies; Python's own would show the message."""
    logging.getLogger(__name__).critical("died", exc_info=error)


def _write(line: bytes) -> None:
    # Nobody may be reading any more: callers still want their answers.
    with suppress(OSError):
        while line:
            line = line[os.write(_STDOUT, line) :]
