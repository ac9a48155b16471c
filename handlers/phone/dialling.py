"""A phone as a program: each key press as a real gateway would deliver it, and the screen it brings.

The terminal, the demo, the tests and the benchmarks dial with it; the page does so in the browser.
"""

from __future__ import annotations

import secrets
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, Final

from handlers.phone.deliveries import Envelope, NoAnswer, post
from helpline.flow.layout import USSD, Budget
from helpline.flow.lettering import Unit, carries, units
from helpline.gateways.port import Charset
from helpline.settings import FICTIONAL_CODE

FICTIONAL_NUMBER: Final = "+8801300000001"
"""A fictional number, for demonstrations only."""

_SANDBOX_NETWORK = "99999"  # Africa's Talking lists no Bangladeshi operator


@dataclass(frozen=True, slots=True)
class Seen:
    """A screen as it reached the phone: its text, how much room it takes and how much there is."""

    text: str
    final: bool
    units: int
    budget: int


def room(text: str, charset: Charset) -> Budget:
    """What a network of that charset can carry when it is sent `text`."""
    if charset is Charset.ASCII:
        return USSD["bn_Latn"]
    return USSD["en" if carries(text, Unit.SEPTETS) else "bn"]


class Caller(ABC):
    """A phone with a SIM. `gateway` is the configured name, `secret` the one in its webhooks."""

    kind: ClassVar[str]

    def __init__(
        self,
        server: str,
        *,
        secret: str,
        gateway: str = "",
        number: str = FICTIONAL_NUMBER,
        short_code: str = FICTIONAL_CODE,
        charset: Charset = Charset.UCS2,
        seconds: float = 15.0,
    ) -> None:
        self.number = number
        self.short_code = short_code
        self.seen: Seen | None = None
        self.talking = False
        """Whether a session is open and waits for an answer."""
        self._server = server
        self._hooks = f"/hooks/{gateway or self.kind}/{secret}"
        self._charset = charset
        self._seconds = seconds
        self._session = ""
        self._keys: tuple[str, ...] = ()
        self._last: Envelope | None = None

    def dial(self) -> Seen:
        """Dial the short code: a new session, whatever became of the last one."""
        self._session, self._keys, self.seen = f"SIM-{secrets.token_hex(12)}", (), None
        self._last = self._key()
        return self._show(self._deliver(self._last))

    redial = dial

    def press(self, text: str) -> Seen:
        """Answer the screen with what was typed before pressing send."""
        return self._show(self._deliver(self._next(text)))

    def press_twice(self, text: str) -> tuple[Seen, Seen]:
        """Answer once while the network delivers it twice at the same moment; both answers."""
        envelope = self._next(text)
        with ThreadPoolExecutor(2) as both:
            first, second = both.map(self._deliver, (envelope, envelope))
        return self._show(first), second

    def press_and_lose(self, text: str) -> None:
        """Answer while the network breaks: the server hears it, the screen never arrives."""
        self._deliver(self._next(text))

    def again(self) -> Seen:
        """The last key press delivered once more, unchanged. The phone itself shows nothing new."""
        if self._last is None:
            raise NoAnswer("nothing was sent yet")
        talking = self.talking
        seen = self._deliver(self._last)
        self.talking = talking
        return seen

    def end(self, status: str = "Success") -> None:
        """Hang up, or note that the last screen was read; a gateway that tells of it does so."""
        self.talking = False
        if self._session and (notice := self._ending(status)):
            post(self._server, notice, seconds=self._seconds)
        self._session = ""

    def text(self, sms: str) -> None:
        """Send an SMS to the helpline."""
        post(self._server, self.sms(sms), seconds=self._seconds)

    def sms(self, text: str) -> Envelope:
        """An SMS from this phone as the gateway delivers it."""
        to = "".join(each for each in self.short_code if each.isdigit())
        form = {"id": secrets.token_hex(12), "from": self.number, "to": to, "text": text}
        return Envelope(f"{self._hooks}/sms", form)

    @abstractmethod
    def _key(self) -> Envelope:
        """The last key press, or the dialling itself while nothing was typed."""

    @abstractmethod
    def _ending(self, status: str) -> Envelope | None:
        """The notice that the session is over, if this gateway sends one."""

    def _next(self, text: str) -> Envelope:
        if not self.talking:
            raise NoAnswer("no session is open: dial first")
        self._keys = (*self._keys, text)
        self._last = self._key()
        return self._last

    def _deliver(self, envelope: Envelope) -> Seen:
        self.talking = False  # a gateway ends the session whose answer it cannot read
        verb, _, text = post(self._server, envelope, seconds=self._seconds).partition(" ")
        if verb not in {"CON", "END"}:
            raise NoAnswer("the answer begins with neither CON nor END")
        budget = room(text, self._charset)
        return Seen(text, verb == "END", units(text, budget.unit), budget.size)

    def _show(self, seen: Seen) -> Seen:
        self.seen = seen
        self.talking = not seen.final
        return seen


class AfricasTalkingCaller(Caller):
    """`text` is everything typed so far, joined by stars (gateways.md sections 1.1 and 1.2)."""

    kind = "africastalking"

    def sms(self, text: str) -> Envelope:
        plain = super().sms(text)
        now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        return Envelope(plain.path, {**plain.form, "date": now, "networkCode": _SANDBOX_NETWORK})

    def _key(self) -> Envelope:
        return Envelope(f"{self._hooks}/ussd", {**self._who(), "text": "*".join(self._keys)})

    def _ending(self, status: str) -> Envelope:
        form = {
            "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}",
            "status": status,
            "cost": "0",
            "durationInMillis": "0",
            "hopsCount": str(len(self._keys) + 1),
            "input": "*".join(self._keys),
            "lastAppResponse": self.seen.text if self.seen else "",
        }
        return Envelope(f"{self._hooks}/session-end", {**self._who(), **form})

    def _who(self) -> dict[str, str]:
        return {
            "sessionId": self._session,
            "phoneNumber": self.number,
            "networkCode": _SANDBOX_NETWORK,
            "serviceCode": self.short_code,
        }


class ConsoleCaller(Caller):
    """`text` is the last input only; `id` names the key press (`helpline.gateways.console`)."""

    kind = "console"

    def _key(self) -> Envelope:
        form = {
            "sessionId": self._session,
            "phoneNumber": self.number,
            "text": self._keys[-1] if self._keys else "",
            "id": str(len(self._keys)),
        }
        return Envelope(f"{self._hooks}/ussd", form if self._keys else {**form, "new": "1"})

    def _ending(self, status: str) -> None:
        del status
