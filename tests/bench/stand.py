"""Where the measuring takes place: a PostgreSQL that syncs, servers beside it, and what they cost."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psycopg
from sqlalchemy import make_url

from helpline.processes import at_birth
from helpline.store.migrate import upgrade
from tests.bench import yardsticks
from tests.bench.callers import HERE
from tests.servers import Postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

PROCESSES: Final = 2
"""Web processes of every server: one for each of two cores."""
START_SECONDS: Final = 30.0
_TICKS: Final = os.sysconf("SC_CLK_TCK")


class Stand:
    """One PostgreSQL for everything that is compared, and what is started beside it."""

    def __init__(self, started: ExitStack) -> None:
        self._started = started
        self.postgres = started.enter_context(closing(Postgres(durable=True)))
        self.folder = Path(started.enter_context(tempfile.TemporaryDirectory()))

    def database(self, name: str) -> str:
        """Make a migrated database; gives its URL."""
        with psycopg.connect(self.postgres.url, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
            connection.execute(yardsticks.TABLE)
        made = make_url(self.postgres.url).set(database=name)
        url = made.render_as_string(hide_password=False)
        upgrade(url)
        with psycopg.connect(url) as connection:
            connection.execute(yardsticks.TABLE)
        return url

    def helpline(self, *arguments: str, database: str, **more: str) -> Process:
        """Start `helpline` with these arguments, as the demo, on a database."""
        return self._start((sys.executable, "-P", "-m", "helpline", *arguments), database, more)

    def yardstick(self, name: str, *, database: str) -> Process:
        """Start a server of one of `yardsticks.YARDSTICKS`."""
        return self._start((sys.executable, "-m", "tests.bench.yardsticks", name), database, {})

    def run(self, command: tuple[str, ...], *, database: str) -> None:
        """Run a program to its end, with the settings of the others."""
        subprocess.run(
            command, env=self._environment(database, {}), cwd=HERE, capture_output=True, check=True
        )

    def _start(self, command: tuple[str, ...], database: str, more: dict[str, str]) -> Process:
        environment = self._environment(database, more)
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        process = Process(command, environment, int(environment["PORT"]), folder)
        self._started.callback(process.end)
        return process

    def _environment(self, database: str, more: dict[str, str]) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {
            **kept,
            "HELPLINE_DEMO": "1",
            "HELPLINE_DATA_DIR": tempfile.mkdtemp(dir=self.folder),
            "HELPLINE_DATABASE_URL": database,
            "HELPLINE_REDIS_URL": "redis://127.0.0.1:1/0",
            "PORT": str(free_port()),
            "WEB_CONCURRENCY": str(PROCESSES),
            **more,
        }


@contextmanager
def standing() -> Iterator[Stand]:
    """Set up a stand; whatever was started on it is ended with it."""
    with ExitStack() as started:
        yield Stand(started)


@dataclass
class Process:
    """A process of the stand and those it started."""

    command: tuple[str, ...]
    environment: dict[str, str]
    port: int
    folder: Path
    started_at: float = field(init=False)
    pid: int = field(init=False)

    def __post_init__(self) -> None:
        self.started_at = time.perf_counter()
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                self.command,
                env=self.environment,
                cwd=HERE,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=at_birth(),  # noqa: PLW1509  started before any thread of ours
            )
        self.pid = self._process.pid

    def ready(self, path: str = "/readyz") -> float:
        """Wait until it answers; gives the seconds since it was started.

        Raises:
            RuntimeError: it ended, or does not answer.
        """
        while self._process.poll() is None:
            # A yardstick knows no such page: 404 is an answer too.
            with suppress(OSError):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5).close()
                except urllib.error.HTTPError as answer:
                    if answer.code == 503:
                        raise
                return time.perf_counter() - self.started_at
            if time.perf_counter() - self.started_at > START_SECONDS:
                break
            time.sleep(0.01)
        raise RuntimeError(f"{' '.join(self.command[-2:])} does not answer:\n{self.said()}")

    def said(self) -> str:
        """The end of its log."""
        return (self.folder / "log").read_text()[-2000:]

    def end(self) -> None:
        """End it, and with it whatever it started."""
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def descendants(root: int) -> list[int]:
    """A process and all those it started, in the order of starting; empty without /proc."""
    parents = {pid: int(stat[1]) for pid, stat in _every_stat()}
    tree = [root]
    for pid in tree:
        tree += sorted(child for child, parent in parents.items() if parent == pid)
    return tree if parents else []


def cpu_seconds(root: int) -> float | None:
    """CPU time used so far by a process and those it started; None where that cannot be told."""
    stats = dict(_every_stat())
    tree = [pid for pid in descendants(root) if pid in stats]
    if not tree:
        return None
    # utime, stime, and those of children that have ended
    return sum(float(field) for pid in tree for field in stats[pid][11:15]) / _TICKS


def memory(pid: int) -> dict[str, float]:
    """Memory of one process in MiB by name (`Rss`, `Pss`); empty without /proc."""
    found = {}
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
            name, _, size = line.partition(":")
            found[name] = float(size.split()[0]) / 1024
    return found


def _every_stat() -> Iterator[tuple[int, list[str]]]:
    """Of every process its id and the fields of its `stat` after the name."""
    processes: Any = Path("/proc").glob("[0-9]*")
    for entry in processes:
        with suppress(OSError):
            yield int(entry.name), (entry / "stat").read_text().rpartition(")")[2].split()
