"""Many callers at once: Africa's Talking's webhook over raw sockets, in a process of its own.

Every connection is one caller after another. A caller dials, presses the keys of the dialogue, and
sends the next key as soon as a screen has come; so there are as many requests under way as there
are connections; with `think`, callers first wait a random time of up to so many seconds. A request costs this process about 20 microseconds, a hundredth of what it asks of
the server. Nothing but the standard library, so it runs wherever Python does.

`python -m tests.bench.callers` reads an `Order` from standard input and answers with a `Tally`.
"""

from __future__ import annotations

import random
import selectors
import socket
import subprocess
import sys
import time
from heapq import heapify, heappop, heappush
from pathlib import Path
from secrets import token_hex
from typing import Final

import msgspec

HERE: Final = Path(__file__).parents[2]
PATIENCE: Final = 30.0
"""Seconds a caller waits for a screen."""
_CHUNK: Final = 65_536


class Order(msgspec.Struct):
    """What to do: `hops` are the texts of one dialogue, as Africa's Talking repeats them."""

    port: int
    path: str
    hops: list[str]
    callers: int
    seconds: float
    think: float = 0.0
    """Seconds a caller looks at a screen at the longest; every time between 0 and this is as likely."""


class Tally(msgspec.Struct):
    """What came of it. `latencies` are in seconds, a list for every hop of the dialogue."""

    seconds: float
    wrong: int
    latencies: list[list[float]]
    screens: list[str]
    """The first answer to every hop; any other answer to it is a wrong one."""

    @property
    def answers(self) -> int:
        """How many screens came."""
        return sum(map(len, self.latencies))

    @property
    def rate(self) -> float:
        """Screens in a second."""
        return self.answers / self.seconds

    def percentile(self, share: float, hop: int | None = None) -> float:
        """The time in milliseconds within which this share of the answers came, of one hop or all."""
        chosen = self.latencies if hop is None else [self.latencies[hop]]
        times = sorted(time for each in chosen for time in each)
        return times[min(int(len(times) * share), len(times) - 1)] * 1000 if times else 0.0


class _Caller:
    """One connection, and the caller who holds it just now."""

    def __init__(self, crowd: _Crowd, number: int) -> None:
        self.number = number
        self._crowd = crowd
        self._mark = f"{crowd.mark}{number:04x}"
        self._turn = 0
        self._hop = -1
        self._body = b""
        self._answer = b""
        self._asked_at = 0.0
        self.socket = socket.create_connection(("127.0.0.1", crowd.order.port), PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)

    def ask(self) -> None:
        """Send the next key, or dial as somebody else."""
        self._hop = (self._hop + 1) % len(self._crowd.hops)
        if self._hop == 0:
            self._turn += 1
            serial = f"{self._mark}{self._turn:08x}"
            # Numbers of nobody: 013 and eight digits, never called and never written to.
            phone = f"%2B88013{int(serial, 16) % 100_000_000:08d}"
            self._body = f"sessionId=ATUid_{serial}&phoneNumber={phone}".encode()
        body = self._body + self._crowd.hops[self._hop]
        request = b"%b%d\r\n\r\n%b" % (self._crowd.head, len(body), body)
        self._answer = b""
        self._asked_at = time.perf_counter()
        if self.socket.send(request) != len(request):
            raise ConnectionError("the server reads no more")

    def read(self) -> bool:
        """Read what has come; True once it is a whole answer."""
        came = self.socket.recv(_CHUNK)
        if not came:
            raise ConnectionError("the server hung up")
        self._answer += came
        head, end, body = self._answer.partition(b"\r\n\r\n")
        if not end:
            return False
        before, _, after = head.lower().partition(b"content-length: ")
        if not before or len(body) < int(after.partition(b"\r\n")[0]):
            return False
        took = time.perf_counter() - self._asked_at
        self._crowd.note(self._hop, took, body if head[9:12] == b"200" else head)
        return True


class _Crowd:
    def __init__(self, order: Order) -> None:
        self.order = order
        # Two runs never share a session; 24 bits, so that serial and turn make 64.
        self.mark = token_hex(3)
        self.head = (
            f"POST {order.path} HTTP/1.1\r\nHost: 127.0.0.1:{order.port}\r\n"
            "User-Agent: bench\r\nAccept: */*\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
        ).encode()
        rest = "&networkCode=99999&serviceCode=%2A0000%23&text="
        self.hops = [f"{rest}{hop.replace('*', '%2A')}".encode() for hop in order.hops]
        self.latencies: list[list[float]] = [[] for _ in order.hops]
        self.screens: list[bytes | None] = [None] * len(order.hops)
        self.wrong = 0

    def note(self, hop: int, took: float, screen: bytes) -> None:
        self.latencies[hop].append(took)
        if self.screens[hop] is None:
            self.screens[hop] = screen
        elif self.screens[hop] != screen:
            self.wrong += 1

    def _thought(self) -> float:
        """When a caller who sees a screen now will answer it."""
        return time.perf_counter() + random.uniform(0.0, self.order.think)

    def run(self) -> Tally:
        with selectors.DefaultSelector() as waiting:
            callers = [_Caller(self, number) for number in range(self.order.callers)]
            for caller in callers:
                waiting.register(caller.socket, selectors.EVENT_READ, caller)
            began = time.perf_counter()
            ends = began + self.order.seconds
            under_way, thinking = (
                0,
                [(self._thought(), caller.number, caller) for caller in callers],
            )
            heapify(thinking)
            while under_way or thinking:
                while thinking and thinking[0][0] <= time.perf_counter():
                    heappop(thinking)[2].ask()
                    under_way += 1
                patience = max(thinking[0][0] - time.perf_counter(), 0) if thinking else PATIENCE
                ready = waiting.select(patience)
                if not ready and not thinking:
                    raise TimeoutError(f"no screen within {PATIENCE} s")
                for key, _ in ready:
                    if key.data.read():
                        under_way -= 1
                        if time.perf_counter() < ends:
                            heappush(thinking, (self._thought(), key.data.number, key.data))
            seconds = time.perf_counter() - began
            for caller in callers:
                caller.socket.close()
        screens = [(screen or b"").decode() for screen in self.screens]
        return Tally(seconds, self.wrong, self.latencies, screens)


def call(order: Order) -> Tally:
    """Let the callers call, in a process that does nothing else.

    Raises:
        subprocess.CalledProcessError: a caller got no answer.
    """
    done = subprocess.run(
        (sys.executable, "-m", "tests.bench.callers"),
        input=msgspec.json.encode(order),
        stdout=subprocess.PIPE,
        cwd=HERE,
        timeout=order.seconds + 2 * PATIENCE,
        check=True,
    )
    return msgspec.json.decode(done.stdout, type=Tally)


if __name__ == "__main__":
    given = msgspec.json.decode(sys.stdin.buffer.read(), type=Order)
    sys.stdout.buffer.write(msgspec.json.encode(_Crowd(given).run()))
