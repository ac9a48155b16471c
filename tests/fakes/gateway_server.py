"""The rehearsal's stand-in with faults put in: before or after a text is taken, from a list or by chance."""

import random
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from helpline.gateways.rehearsal import Answer, Asked, HangUp, Rehearsal

HTML = b"<!doctype html><title>Please wait</title><p>The service is busy."


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one call. `after` means: once the text was taken."""

    how: str
    after: bool = False
    status: int = 500
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)
    body: bytes = b""
    content_type: str = "text/plain"


class GatewayServer(Rehearsal):
    """Serves a provider with faults; `log` is the phone log that tests compare with.

    `faults` are used up call by call, None standing for a good one; then `shares` decides by a
    seeded chance.
    """

    def __init__(
        self,
        faults: Iterable[Fault | None] = (),
        shares: Mapping[Fault, float] | None = None,
        seed: int = 0,
        hang_seconds: float = 5.0,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.script = deque(faults)
        self.asked: list[Asked] = []
        self.happened: list[Fault | None] = []
        self._shares = dict(shares or {})
        self._chance = random.Random(seed)
        self._hang_seconds = hang_seconds

    def answer(self, asked: Asked) -> Answer:
        if asked.method != "POST":
            return super().answer(asked)
        with self._lock:
            fault = self._next()
            self.asked.append(asked)
            self.happened.append(fault)
        if fault is None:
            return super().answer(asked)
        taken = super().answer(asked) if fault.after else None
        return self._spoil(fault, taken)

    def _next(self) -> Fault | None:
        if self.script:
            return self.script.popleft()
        drawn = self._chance.random()
        for fault, share in self._shares.items():
            if drawn < share:
                return fault
            drawn -= share
        return None

    def _spoil(self, fault: Fault, taken: Answer | None) -> Answer:
        match fault.how:
            case "status":
                return Answer(fault.status, fault.body, fault.content_type, fault.headers)
            case "hang":
                self.closing.wait(self._hang_seconds)
                raise HangUp
            case "close":
                raise HangUp
            case "html":
                return Answer(200, HTML, "text/html; charset=utf-8")
            case "body":
                return Answer(201, fault.body, "application/json")
            case "charset" if taken:
                return Answer(taken.status, taken.body, "application/json; charset=utf-8")
            case "text" if taken:
                return Answer(taken.status, taken.body, "text/plain")
        raise AssertionError(fault)
