"""Real processes of an installation, ended with the test however it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from helpline.processes import at_birth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Start = Callable[..., "Process"]


class Process:
    """`helpline` with some arguments, in an environment of the demo."""

    def __init__(
        self, *arguments: str, folder: Path, log: Path, environment: dict[str, str]
    ) -> None:
        self.log = log
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        with log.open("wb") as out:
            self._process = subprocess.Popen(
                (sys.executable, "-P", "-m", "helpline", *arguments),
                env={
                    **kept,
                    "HELPLINE_DEMO": "1",
                    "HELPLINE_DATA_DIR": str(folder),
                    **environment,
                },
                stdout=out,
                stderr=subprocess.STDOUT,
                preexec_fn=at_birth(),  # noqa: PLW1509  no test runs threads of its own
            )
        self.pid = self._process.pid

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def status(self, seconds: float = 15.0) -> int:
        """Its exit status, once it has ended."""
        return self._process.wait(seconds)

    def runs(self) -> bool:
        return self._process.poll() is None

    def lines(self) -> list[dict[str, Any]]:
        """What it has logged."""
        found = []
        for line in self.log.read_text().splitlines():
            with suppress(ValueError):
                found.append(json.loads(line))
        return found

    def said(self, event: str, **fields: Any) -> list[dict[str, Any]]:
        """Its log lines of one event."""
        wanted = {"event": event, **fields}
        return [line for line in self.lines() if wanted.items() <= line.items()]

    def descendants(self) -> dict[int, str]:
        """The processes it started, and those they started: id and name."""
        return {pid: name for pid, name in _tree(self.pid).items() if pid != self.pid}

    def end(self) -> None:
        """End it at once; whatever it started ends with it."""
        left = self.descendants()
        self._process.kill()
        self._process.wait()
        until(lambda: not alive(left), "its processes to end")


def until(holds: Callable[[], Any], what: str, seconds: float = 20.0) -> Any:
    """Wait until `holds()` is true and give its value."""
    ends = time.monotonic() + seconds
    while not (value := holds()):
        assert time.monotonic() < ends, f"waited {seconds} s for {what}"
        time.sleep(0.05)
    return value


def alive(pids: dict[int, str]) -> dict[int, str]:
    """Those of these processes that still run."""
    return {pid: name for pid, name in pids.items() if _state(pid) not in {"", "Z"}}


def answers(port: int, page: str = "readyz") -> bool:
    with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/{page}") as answer:
        return bool(answer.status == 200)
    return False


def free_port() -> int:
    """A port that is free now, and so is the one above it."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            with suppress(OSError, OverflowError):
                second.bind(("127.0.0.1", port + 1))
                return port


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start `helpline` with some arguments on one folder."""
    with ExitStack() as started:

        def one(*arguments: str, **environment: str) -> Process:
            log = tmp_path / f"log-{time.monotonic_ns()}"
            process = Process(
                *arguments, folder=tmp_path / "data", log=log, environment=environment
            )
            started.callback(process.end)
            return process

        yield one


def _tree(root: int) -> dict[int, str]:
    parents: dict[int, tuple[int, str]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                text = (entry / "stat").read_text()
                found = re.fullmatch(r"\d+ \((.*)\) (\S) (\d+) .*", text, re.DOTALL)
                if found and found[2] != "Z":
                    parents[int(entry.name)] = (int(found[3]), found[1])
    tree = {root: ""}
    grew = True
    while grew:
        more = {
            pid: name
            for pid, (parent, name) in parents.items()
            if parent in tree and pid not in tree
        }
        tree |= more
        grew = bool(more)
    return tree


def _state(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return ""
