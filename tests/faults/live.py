"""The real thing for a test: web, workers and dispatcher as processes, a phone network, callers.

Every process gets its settings as an operator would give them: environment variables and a TOML
file. Whatever happens to the test process, none of them outlives it: a reaper holds a pipe to it
and kills what is on its list when the pipe closes.

The processes may be told that it is ten in the morning in Dhaka whatever hour it is: they then
find zone data of ours (`PYTHONTZPATH`), in which Asia/Dhaka is as many hours away as that takes.
No code is replaced, and texts that wait for a decent hour go out at any hour of the day.
"""

import importlib.resources
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode

from helpline.gateways.rehearsal import Answer, Asked
from helpline.store.sealing import KeyRing, new_keys
from tests.fakes.gateway_server import GatewayServer

FULL = os.environ.get("HELPLINE_LOAD") == "full"
"""Whether sizes are those of the promises, not those that fit into a few minutes."""

ACCOUNT = "AC" + "1234567890abcdef" * 2
_FORM = "application/x-www-form-urlencoded"
_CHECKOUT = Path(__file__).parents[2]

_CONFIG = """
short_code = "*0000#"
quiet = "21:00-08:00"

[gateways.africastalking]
kind = "africastalking"
username = "helpline"
sender = "HELPLINE"
charset = "ucs2"
base_url = "{network}"
read_seconds = 5.0
api_key_env = "AT_API_KEY"
path_env = "AT_PATH"

[gateways.twilio]
kind = "twilio"
account_sid = "{account}"
sender = "HELPLINE"
base_url = "{network}"
read_seconds = 5.0
auth_token_env = "TWILIO_TOKEN"

[[routes]]
gateway = "twilio"
prefix = "+88017"

[[routes]]
gateway = "africastalking"
"""

_REAPER = """
import os, signal, sys
running = set()
for line in sys.stdin:
    word, pid = line.split()
    (running.add if word == "began" else running.discard)(int(pid))
for pid in running:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
"""


def sized(small: int, full: int) -> int:
    """How much of something: `HELPLINE_LOAD=full` asks for more than the suite has time for."""
    return full if FULL else small


def eventually(true: Callable[[], bool], *, within: float, every: float = 0.1) -> float:
    """Wait until `true()`; the seconds it took. Fails when that is too long."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < within, f"not within {within} s: {true}"
        time.sleep(every)
    return time.monotonic() - began


class PhoneNetwork(GatewayServer):
    """Both providers, with a call that takes some time: half of it before the text is taken."""

    def __init__(self, *, call_seconds: float = 0.0, **options: Any) -> None:
        super().__init__(**options)
        self._half = call_seconds / 2

    def answer(self, asked: Asked) -> Answer:
        if asked.method != "POST" or not self._half:
            return super().answer(asked)
        time.sleep(self._half)
        answer = super().answer(asked)
        time.sleep(self._half)
        return answer

    def texts_by_number(self) -> dict[str, list[str]]:
        """What every number got: the oracle of every test about messages."""
        got: dict[str, list[str]] = {}
        for text in self.log:
            got.setdefault(text.number, []).append(text.text)
        return got


@dataclass(frozen=True, slots=True)
class Said:
    """An HTTP answer and how long the caller waited for it."""

    status: int
    text: str
    seconds: float
    headers: Mapping[str, str]


class Wire:
    """One connection to one web process, kept while it is in use."""

    def __init__(self, port: int, *, patience: float = 30.0) -> None:
        self._port = port
        self._patience = patience
        self._connection: HTTPConnection | None = None
        self._used = 0.0
        self._sent = 0.0

    def send(self, path: str, form: Mapping[str, str]) -> None:
        """Send a request and read nothing."""
        if self._connection is None or time.monotonic() - self._used > 1.0:
            self.hang_up()
            self._connection = HTTPConnection("127.0.0.1", self._port, timeout=self._patience)
            self._connection.connect()
            self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sent = time.monotonic()
        self._connection.request("POST", path, urlencode(form), {"Content-Type": _FORM})

    def hear(self) -> Said:
        """Read the answer."""
        assert self._connection
        response = self._connection.getresponse()
        text = response.read().decode()
        self._used = time.monotonic()
        return Said(response.status, text, self._used - self._sent, dict(response.headers))

    def ask(self, path: str, form: Mapping[str, str]) -> Said:
        """Send a request and read its answer."""
        self.send(path, form)
        return self.hear()

    def hang_up(self) -> None:
        """Close the connection, whatever is on it."""
        if self._connection:
            self._connection.close()
            self._connection = None


def ask(port: int, path: str, form: Mapping[str, str]) -> Said:
    """Deliver something on a connection of its own."""
    wire = Wire(port)
    try:
        return wire.ask(path, form)
    finally:
        wire.hang_up()


def get(port: int, path: str) -> Said:
    """Ask a web process for a page."""
    began = time.monotonic()
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        text = response.read().decode()
    finally:
        connection.close()
    return Said(response.status, text, time.monotonic() - began, dict(response.headers))


class Running:
    """One process that a test started. What it prints is in `log`."""

    def __init__(
        self, name: str, command: Iterable[str], environment: Mapping[str, str], log: Path
    ) -> None:
        self.name = name
        self.log = log
        self.began = time.monotonic()
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                list(command),
                cwd=_CHECKOUT,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0,
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal; after SIGKILL wait until it is gone."""
        self.process.send_signal(how)
        if how is signal.SIGKILL:
            self.process.wait(timeout=20)

    def sweep_up(self) -> None:
        """Kill it and what it may have left behind of its group."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait(timeout=20)


class Installation:
    """Processes on one database and one Redis, and a phone network that they send to."""

    def __init__(
        self,
        folder: Path,
        database_url: str,
        redis_url: str,
        network: str = "http://127.0.0.1:9",
        *,
        in_the_morning: bool = True,
        webs: int = 0,
        workers: Iterable[str] = (),
        dispatchers: int = 0,
        twilio_token: str = "",
    ) -> None:
        self.folder = folder / "installation"
        self.folder.mkdir()
        self.keys = new_keys("one")
        self.ring = KeyRing.parse(self.keys)
        self.secret = secrets.token_hex(24)
        self.twilio_token = twilio_token or secrets.token_hex(24)
        self.ports: list[int] = []
        self.first_port = free_port()
        self.processes: list[Running] = []
        config = self.folder / "helpline.toml"
        config.write_text(_CONFIG.format(network=network, account=ACCOUNT))
        self.environment = _without_ours(os.environ) | {
            "AT_API_KEY": secrets.token_hex(24),
            "AT_PATH": self.secret,
            "HELPLINE_CONFIG": str(config),
            "HELPLINE_DATABASE_URL": database_url,
            "HELPLINE_DATA_DIR": str(self.folder / "data"),
            "HELPLINE_DATA_KEYS": self.keys,
            "HELPLINE_PUBLIC_URL": f"http://127.0.0.1:{self.first_port}",
            "HELPLINE_REDIS_URL": redis_url,
            "HELPLINE_SECRET_KEY": secrets.token_hex(24),
            "PORT": str(self.first_port),
            "TWILIO_TOKEN": self.twilio_token,
            "WEB_CONCURRENCY": "1",
        }
        if in_the_morning:
            self.environment["PYTHONTZPATH"] = str(ten_in_the_morning(self.folder / "zones"))
        self._reaper = subprocess.Popen(
            [sys.executable, "-S", "-E", "-c", _REAPER],
            stdin=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            for _number in range(webs):
                self.start_web(wait=False)
            for queue in workers:
                self.start("worker", queue)
            for _number in range(dispatchers):
                self.start("dispatch")
            for port in self.ports:
                self.wait_for_web(port)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self, *arguments: str, **environment: str) -> Running:
        """Start a command of `helpline`."""
        return self.start_program(
            "-".join(arguments), sys.executable, "-P", "-m", "helpline", *arguments, **environment
        )

    def start_program(self, name: str, *command: str, **environment: str) -> Running:
        """Start anything else with these settings."""
        log = self.folder / f"{name}.log"
        running = Running(name, command, self.environment | environment, log)
        self._tell_reaper("began", running.pid)
        self.processes.append(running)
        return running

    def start_web(self, *, wait: bool = True) -> Running:
        """Start one web process on a port of its own."""
        port = free_port() if self.ports else self.first_port
        running = self.start("web", PORT=str(port))
        self.ports.append(port)
        if wait:
            self.wait_for_web(port)
        return running

    def run_all(self) -> Running:
        """Start everything in one, with its own supervisor, as an operator would."""
        running = self.start("run", WEB_CONCURRENCY="2")
        self.ports.append(self.first_port)
        self.wait_for_web(self.first_port)
        return running

    def wait_for_web(self, port: int) -> None:
        """Wait until a web process answers."""
        eventually(lambda: _answers(port), within=40)

    def again(self, dead: Running, **environment: str) -> Running:
        """Start a worker or dispatcher again that has ended."""
        assert dead.ended
        dead.sweep_up()
        self.processes.remove(dead)
        self._tell_reaper("ended", dead.pid)
        return self.start(*dead.name.split("-"), **environment)

    def hook(self, kind: str) -> str:
        """The path of one of Africa's Talking's webhooks."""
        return f"/hooks/africastalking/{self.secret}/{kind}"

    def wires(self) -> list[Wire]:
        """A connection to every web process."""
        return [Wire(port) for port in self.ports]

    def printed(self) -> str:
        """Everything that every process has printed so far."""
        return "\n".join(log.read_text() for log in sorted(self.folder.glob("*.log")))

    def close(self) -> None:
        """End every process, and make sure of it."""
        for running in self.processes:
            running.kill(signal.SIGTERM)
            running.kill(signal.SIGCONT)
        ends = time.monotonic() + 15
        for running in self.processes:
            with suppress(subprocess.TimeoutExpired):
                running.process.wait(timeout=max(0.0, ends - time.monotonic()))
            running.sweep_up()
            self._tell_reaper("ended", running.pid)
        assert self._reaper.stdin
        self._reaper.stdin.close()
        self._reaper.wait(timeout=20)
        # A killed parent takes its children along, which may need a moment.
        eventually(lambda: not self.left(), within=20)

    def left(self) -> list[int]:
        """Processes of this installation that still run, whoever started them."""
        mark = f"HELPLINE_DATA_DIR={self.folder / 'data'}".encode()
        return [pid for pid, environment in _environments() if mark in environment]

    def _tell_reaper(self, word: str, pid: int) -> None:
        assert self._reaper.stdin
        self._reaper.stdin.write(f"{word} {pid}\n")
        self._reaper.stdin.flush()


def children(pid: int) -> list[int]:
    """The processes that a process has started and that still run."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
            if int(parent) == pid and state != "Z":
                found.append(int(stat.parent.name))
    return found


@contextmanager
def frozen(pids: Iterable[int]) -> Iterator[None]:
    """Within the block these processes exist and do nothing."""
    stopped = []
    try:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
                stopped.append(pid)
        yield
    finally:
        for pid in stopped:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def ten_in_the_morning(folder: Path) -> Path:
    """Write zone data in which it is between ten and eleven in the morning in Dhaka; give its folder."""
    hours = 10 - datetime.now(UTC).hour
    if hours < -12:
        hours += 24
    # In these names the sign is turned round: Etc/GMT-6 is six hours ahead.
    name = f"Etc/GMT{-hours:+d}" if hours else "Etc/GMT"
    zone = importlib.resources.files("tzdata") / "zoneinfo" / name
    (folder / "Asia").mkdir(parents=True)
    (folder / "Asia" / "Dhaka").write_bytes(zone.read_bytes())
    return folder


def _answers(port: int) -> bool:
    try:
        return get(port, "/healthz").status == 200
    except (OSError, HTTPException):
        return False


def _without_ours(environment: Mapping[str, str]) -> dict[str, str]:
    ours = ("HELPLINE_", "DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PORT", "WEB_CONCURRENCY")
    return {name: value for name, value in environment.items() if not name.startswith(ours)}


def _environments() -> Iterator[tuple[int, bytes]]:
    for path in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            yield int(path.parent.name), path.read_bytes()
