"""What time it is. The demo's clock can be moved forward, for all its processes at once."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_LOOK_AGAIN: Final = 0.2


def system_clock() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


class SkippableClock:
    """The system's clock plus an offset kept in a small file; for the demo only.

    The whole process group reads the same file, each process at most every 0.2 seconds. A file
    that is missing or unreadable means no offset.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0.0
        self._looked_at = float("-inf")

    def __call__(self) -> datetime:
        """This moment of the demo, in UTC."""
        now = time.monotonic()
        if now - self._looked_at > _LOOK_AGAIN:
            self._looked_at = now
            self._offset = self._read()
        return system_clock() + timedelta(seconds=self._offset)

    def skip(self, seconds: float) -> None:
        """Move the clock of every process of the demo forward.

        Raises:
            ValueError: for a step back, which no real clock takes either.
            OSError: when the file cannot be written.
        """
        if not 0 <= seconds < float("inf"):
            raise ValueError("the clock only goes forward")
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            total = _number(file.read()) + seconds
            file.seek(0)
            # Fixed width, so that a reader never sees a shorter number than was written.
            file.write(f"{total:032.3f}\n")
        self._looked_at = float("-inf")

    def _read(self) -> float:
        with suppress(OSError):
            return _number(self._path.read_text())
        return 0.0


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
