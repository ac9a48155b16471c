"""A whole house for a test: real database, real menus, a gateway that writes down what it is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

import menus
from helpline.cases import topics
from helpline.cases.calendar import QUIET
from helpline.cases.directory import Directory
from helpline.cases.hotlines import current
from helpline.data.load import (
    load_crisis_phrases,
    load_directory_seed,
    load_hotlines,
    load_kinds,
    load_places,
    load_topics,
)
from helpline.gateways.port import (
    Capabilities,
    Charset,
    Delivery,
    Gateway,
    HookReply,
    HookRequest,
    Kind,
    Outcome,
    Outgoing,
    ReceiptHeard,
    SmsHeard,
    UssdHeard,
    Verdict,
)
from helpline.service import converse, dispatch, outgoing
from helpline.service.parts import Parts, Route
from helpline.service.turns import Shown
from helpline.store.database import Database
from helpline.store.sealing import KeyRing, new_keys

MORNING = datetime(2026, 12, 1, 4, 0, tzinfo=UTC)
"""Ten in the morning in Dhaka, a Tuesday."""

SHIRIN = "+8801300000001"
"""Fictional numbers, of nobody."""
RAHIMA = "+8801300000002"


@dataclass
class Clock:
    """A clock that moves when it is told to."""

    now: datetime = MORNING

    def __call__(self) -> datetime:
        return self.now

    def skip(self, **passed: float) -> None:
        self.now += timedelta(**passed)


@dataclass
class Recorder:
    """A gateway that accepts everything and writes it down; `next_outcomes` makes it do otherwise."""

    name: str = "recorder"
    capabilities: Capabilities = field(default_factory=lambda: Capabilities(ussd=True, sms=True))
    sent: list[Outgoing] = field(default_factory=list)
    next_outcomes: list[Outcome] = field(default_factory=list)

    def admit(self, request: HookRequest, secret: str | None) -> None: ...

    def read(self, request: HookRequest) -> SmsHeard:
        raise NotImplementedError

    def screen(self, text: str, *, final: bool) -> HookReply:
        return HookReply(("END " if final else "CON ") + text)

    def acknowledge(self, kind: Kind) -> HookReply:
        return HookReply()

    def send(self, messages: Sequence[Outgoing]) -> list[Verdict]:
        verdicts = []
        for message in messages:
            outcome = self.next_outcomes.pop(0) if self.next_outcomes else Outcome.ACCEPTED
            if outcome is Outcome.ACCEPTED:
                self.sent.append(message)
            verdicts.append(
                Verdict(message.message_id, outcome, external_id=f"x-{message.message_id}")
            )
        return verdicts

    def delivery(self, status: str) -> Delivery:
        return Delivery(status) if status in set(Delivery) else Delivery.UNKNOWN


@dataclass
class Bell:
    """A waker that writes down whom it woke; a test lets the worker run by hand."""

    woken: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    alive: bool = True

    def wake(self, queue: str, ids: Sequence[str]) -> bool:
        if self.alive:
            self.woken.append((queue, tuple(ids)))
        return self.alive

    def depth(self, queue: str) -> int | None:
        return 0


class House:
    """Everything between a key press and an SMS, without processes in between."""

    def __init__(
        self,
        database: Database,
        charset: Charset = Charset.UCS2,
        reserved: frozenset[str] = frozenset(),
        ring: KeyRing | None = None,
    ) -> None:
        self.clock = Clock()
        self.bell = Bell()
        self.gateway = Recorder(
            capabilities=Capabilities(ussd=True, sms=True, charset=charset, reserved_words=reserved)
        )
        self.database = database
        places = load_places()
        directory = Directory(load_directory_seed(), load_kinds(), places)
        checked: Gateway = self.gateway
        self.parts = Parts(
            database=database,
            ring=ring or KeyRing.parse(new_keys("one")),
            book=menus.BOOK,
            gateways={self.gateway.name: checked},
            routes=(Route("recorder"),),
            clock=self.clock,
            short_code="*0000#",
            quiet=QUIET,
            places=places,
            hotlines=lambda: current(load_hotlines(), (), self.clock.now.date()),
            topics=lambda: topics.current(load_topics(), (), self.clock.now.date()),
            phrases=load_crisis_phrases(),
            directory=lambda: directory,
            wake=self.bell,
        )
        self._sessions = count(1)
        self._events = count(1)

    def phone(self, number: str = SHIRIN) -> Phone:
        """A phone that dials in."""
        return Phone(self, number)

    def tick(self) -> None:
        """Let the dispatcher and the workers do what is due."""
        while dispatch.dispatch(self.parts):
            pass
        self.work()

    def work(self) -> None:
        """Let the workers do what they were woken for."""
        while self.bell.woken:
            _queue, ids = self.bell.woken.pop(0)
            outgoing.send(self.parts, ids)

    def texts(self, number: str = SHIRIN) -> list[str]:
        """The SMS a number received so far, in order."""
        return [each.text for each in self.gateway.sent if each.number == number]

    def session(self) -> str:
        return f"session-{next(self._sessions)}"

    def event(self) -> str:
        return f"event-{next(self._events)}"


class Phone:
    """A feature phone: dials, presses, reads, writes SMS."""

    def __init__(self, house: House, number: str) -> None:
        self.house = house
        self.number = number
        self.screen = ""
        self.over = True
        self._session = ""
        self._typed = ""

    def dial(self) -> str:
        """Dial the short code; gives the first screen."""
        self._session, self._typed = self.house.session(), ""
        return self._hop(begins=True)

    def press(self, *keys: str) -> str:
        """Type each of `keys` and send it; gives the last screen."""
        for key in keys:
            self._typed = f"{self._typed}*{key}" if self._typed else key
            self._hop(begins=False)
        return self.screen

    def again(self) -> str:
        """The gateway delivers the last hop once more."""
        return self._hop(begins=not self._typed)

    def text(self, words: str) -> None:
        """Send an SMS to the helpline and let the answer come."""
        heard = SmsHeard(self.number, "0000", words, self.house.event())
        converse.sms(self.house.parts, self.house.gateway, heard)
        self.house.work()

    def receipt(self, status: str) -> ReceiptHeard:
        """A receipt for the last SMS this phone got."""
        last = [each for each in self.house.gateway.sent if each.number == self.number][-1]
        return ReceiptHeard(f"x-{last.message_id}", status)

    def _hop(self, *, begins: bool) -> str:
        heard = UssdHeard(
            session_id=self._session,
            address=self.number,
            text=self._typed,
            begins=begins,
            cumulative=True,
            event_id=f"{self._session}:{self._typed}",
        )
        shown: Shown = converse.ussd(self.house.parts, self.house.gateway, heard)
        self.screen, self.over = shown.text, shown.final
        return self.screen
