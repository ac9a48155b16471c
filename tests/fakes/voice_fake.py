"""Twilio's telephone network over real HTTP: places calls, asks our webhooks, does what TwiML says.

Each party is a script: what somebody with that number does when their phone rings, and which keys
they press. Nothing is mocked: `calls.create` comes in through the official SDK, hops and status
callbacks go out signed, and a conference is a set of sides that hear each other. Hops run one
after the other in `run`, so that a test sees one order of events, and can repeat or reorder them.
"""

import json
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET

from twilio.request_validator import RequestValidator

from helpline.gateways.rehearsal import Answer, Asked
from tests.fakes.gateway_server import GatewayServer
from tests.fakes.twilio_fake import ACCOUNT, TOKEN

_CALLS = re.compile(r"/2010-04-01/Accounts/(AC[0-9a-f]{32})/Calls\.json")
_CALL = re.compile(r"/2010-04-01/Accounts/(AC[0-9a-f]{32})/Calls/(CA[0-9a-f]{32})\.json")


@dataclass
class Party:
    """What happens at a number: `answers` is answer, busy, no-answer, failed or canceled."""

    answers: str = "answer"
    keys: list[str] = field(default_factory=list)


@dataclass
class Side:
    """One leg of a call in the network."""

    sid: str
    number: str
    other: str
    direction: str
    url: str
    callback: str
    status: str = "queued"
    room: str = ""
    queue: str = ""
    ends_room: bool = False
    after: str = ""
    waiting: str = ""
    heard: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    """Everything we were told for this side, as it came."""

    @property
    def alive(self) -> bool:
        return self.status in ("queued", "ringing", "in-progress")


class VoiceFake(GatewayServer):
    """`deliver(url, form, headers) -> (status, body)` reaches the webhooks of the application."""

    def __init__(self, deliver: Callable[..., tuple[int, str]], hooks: str, **options: Any) -> None:
        super().__init__(**options)
        self.deliver = deliver
        self.hooks = hooks
        self.parties: dict[str, Party] = {}
        self.sides: dict[str, Side] = {}
        self.down = False
        self.requests: list[tuple[str, dict[str, str]]] = []
        """Every request made to us, in order, to be repeated or held back."""
        self.held: list[tuple[str, dict[str, str]]] | None = None
        self._jobs: deque[Callable[[], None]] = deque()
        self._serial = 0

    # what the SDK asks for

    def answer(self, asked: Asked) -> Answer:
        if asked.method == "POST" and (_CALLS.fullmatch(asked.path) or _CALL.fullmatch(asked.path)):
            self.asked.append(asked)
            if self.down:
                return Answer(503, b"{}")
            if changed := _CALL.fullmatch(asked.path):
                return self._changed(changed[2], asked.form)
            return self._created(asked.form)
        return super().answer(asked)

    def _created(self, form: Any) -> Answer:
        if form["To"] == "+8801300000999":
            return Answer(400, b'{"code": 21211, "message": "wrong", "status": 400}')
        side = self._side(
            form["To"], form["From"], "outbound-api", form["Url"], form["StatusCallback"]
        )
        self._jobs.append(lambda: self._ring(side))
        return _resource(side, 201)

    def _changed(self, sid: str, form: Any) -> Answer:
        side = self.sides[sid]
        if not side.alive:
            return Answer(400, b'{"code": 21220, "message": "not in-progress", "status": 400}')
        if form.get("Status") == "completed":
            self._jobs.append(lambda: self.hang_up(side))
        else:
            self._jobs.append(lambda: self._moved(side, form["Url"]))
        return _resource(side, 200)

    # what people do

    def run(self) -> None:
        """Let the network do what it has to do, until nothing is left."""
        while self._jobs:
            self._jobs.popleft()()

    def dial(self, number: str, to: str) -> Side:
        """Somebody calls one of our numbers."""
        side = self._side(
            number, to, "inbound", f"{self.hooks}/voice", f"{self.hooks}/voice-events"
        )
        side.status = "ringing"
        self._jobs.append(lambda: self._hop(side, side.url))
        return side

    def side(self, number: str) -> Side:
        """The last side of this number."""
        return [each for each in self.sides.values() if each.number == number][-1]

    def talking(self, *numbers: str) -> bool:
        """Whether these numbers, and nobody else, are together in one room."""
        rooms = {each.room for each in self.sides.values() if each.room and each.number in numbers}
        if len(rooms) != 1:
            return False
        [room] = rooms
        return {each.number for each in self.sides.values() if each.room == room} == {*numbers}

    def hang_up(self, side: Side, status: str = "completed") -> None:
        """A side ends, by its own will or ours."""
        if not side.alive:
            return
        side.status = status
        room, ends, queue = side.room, side.ends_room, side.queue
        side.room = side.queue = ""
        self._report(side, status)
        if room and ends:
            for other in [each for each in self.sides.values() if each.room == room]:
                other.room = ""
                self._jobs.append(lambda each=other: self._hop(each, each.after))
        if queue and side.direction == "inbound":
            pass  # Twilio asks the queue's action, whose answer nobody hears

    def poll(self, side: Side) -> None:
        """The queue's music is over: we are asked what comes next."""
        body = self._asked(side, side.waiting, {"QueueTime": "20", "QueuePosition": "1"})
        if "<Leave" in body:
            side.queue = ""
            self._jobs.append(lambda: self._hop(side, side.after, {"QueueResult": "leave"}))

    # what the network does

    def _side(self, number: str, other: str, direction: str, url: str, callback: str) -> Side:
        self._serial += 1
        side = Side(f"CA{self._serial:032x}", number, other, direction, url, callback)
        self.sides[side.sid] = side
        return side

    def _ring(self, side: Side) -> None:
        if not side.alive:
            return
        party = self.parties.get(side.number, Party())
        self._report(side, "initiated")
        side.status = "ringing"
        self._report(side, "ringing")
        if party.answers == "ring":
            return  # until somebody acts
        if party.answers != "answer":
            side.status = party.answers
            self._report(side, party.answers)
            return
        self.pick_up(side)

    def pick_up(self, side: Side) -> None:
        side.status = "in-progress"
        self._jobs.append(lambda: self._report(side, "in-progress"))
        self._hop(side, side.url)

    def _moved(self, side: Side, url: str) -> None:
        if side.alive:
            side.room = side.queue = ""
            self._hop(side, url)

    def _hop(self, side: Side, url: str, more: dict[str, str] | None = None) -> None:
        if not side.alive or not url:
            return
        body = self._asked(side, url, more or {})
        if side.alive:
            self._follow(side, ET.fromstring(body))  # noqa: S314  our own words

    def _asked(self, side: Side, url: str, more: dict[str, str]) -> str:
        status, body = self._send(url, self._form(side, side.status) | more)
        assert status == 200, (status, body)
        side.told.append(body)
        return body

    def _follow(self, side: Side, response: ET.Element) -> None:
        for verb in response:
            match verb.tag:
                case "Play" | "Say" | "Pause":
                    side.heard.append(_sound(verb))
                case "Gather":
                    side.status = "in-progress"
                    side.heard += [_sound(each) for each in verb]
                    keys = self.parties.get(side.number, Party()).keys
                    key = keys.pop(0) if keys else ""
                    if key == "hang":
                        self._jobs.append(lambda: self.hang_up(side))
                        return
                    url = verb.attrib["action"]
                    if not key and verb.get("actionOnEmptyResult") != "true":
                        continue
                    more = {"Digits": key}
                    self._jobs.append(lambda u=url, m=more: self._hop(side, u, m))
                    return
                case "Dial":
                    [conference] = verb
                    side.status = "in-progress"
                    side.room = str(conference.text)
                    side.ends_room = conference.get("endConferenceOnExit") == "true"
                    side.after = verb.attrib["action"]
                    return
                case "Enqueue":
                    side.queue = str(verb.text)
                    side.after, side.waiting = verb.attrib["action"], verb.attrib["waitUrl"]
                    self._jobs.append(lambda: side.queue and self.poll(side))
                    return
                case "Reject":
                    side.status = "busy"
                    return
                case "Hangup":
                    self._jobs.append(lambda: self.hang_up(side))
                    return
                case _:
                    raise AssertionError(verb.tag)
        self._jobs.append(lambda: self.hang_up(side))

    def _report(self, side: Side, status: str) -> None:
        if side.direction == "inbound" and status != "completed":
            return
        url = side.callback
        self._send(url, self._form(side, status) | {"CallDuration": "30", "SequenceNumber": "0"})

    def _form(self, side: Side, status: str) -> dict[str, str]:
        ours, theirs = side.other, side.number
        caller, called = (theirs, ours) if side.direction == "inbound" else (ours, theirs)
        return {
            "AccountSid": ACCOUNT,
            "CallSid": side.sid,
            "CallStatus": status,
            "ApiVersion": "2010-04-01",
            "Direction": side.direction,
            "From": caller,
            "Caller": caller,
            "To": called,
            "Called": called,
        }

    def _send(self, url: str, form: dict[str, str]) -> tuple[int, str]:
        if self.held is not None and "/voice-events" in url:
            self.held.append((url, form))
            return 204, ""
        self.requests.append((url, form))
        return self.repeat(url, form)

    def repeat(self, url: str, form: dict[str, str]) -> tuple[int, str]:
        """Deliver a request (once more), signed."""
        signature = RequestValidator(TOKEN).compute_signature(url, form)
        return self.deliver(url, form, {"X-Twilio-Signature": signature})


def _resource(side: Side, status: int) -> Answer:
    return Answer(status, json.dumps({"sid": side.sid, "status": side.status}).encode())


def _sound(verb: ET.Element) -> str:
    if verb.tag == "Pause":
        return "silence"
    if verb.tag == "Say":
        return f"says {verb.text}"
    return (verb.text or "").rpartition("/")[2].removesuffix(".mp3") or "tone"
