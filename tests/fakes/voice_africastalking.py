"""Africa's Talking voice over real HTTP: takes `/call`, answers with a session, and does what XML says.

A call is one session: a staff side that may dial one number at its end, or a caller in a queue.
"""

import json
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

from helpline.gateways.rehearsal import Answer, Asked
from tests.fakes.gateway_server import GatewayServer


class AfricasTalkingVoiceFake(GatewayServer):
    """`deliver(url, form) -> (status, body)` reaches the webhooks; `numbers` says who answers."""

    def __init__(self, deliver: Callable[..., tuple[int, str]], hooks: str, **options: Any) -> None:
        super().__init__(**options)
        self.deliver = deliver
        self.hooks = hooks
        self.answers: dict[str, str] = {}
        self.keys: dict[str, list[str]] = {}
        self.queues: dict[str, str] = {}
        self.called: list[tuple[str, str]] = []
        self.told: dict[str, list[str]] = {}
        self.talking: list[set[str]] = []
        self._serial = 0

    def answer(self, asked: Asked) -> Answer:
        if asked.method != "POST" or asked.path != "/call":
            return super().answer(asked)
        if not asked.form.keys() >= {"username", "from", "to"}:
            return Answer(400, b"missing", "text/plain")
        number = asked.form["to"]
        status = self.answers.get(number, "answer")
        if status == "refuse":
            entry = {"phoneNumber": number, "status": "InvalidPhoneNumber", "sessionId": "None"}
            return Answer(200, json.dumps({"entries": [entry], "errorMessage": "None"}).encode())
        self._serial += 1
        session = f"ATVId_{self._serial:08d}"
        self.called.append((session, number))
        entry = {"phoneNumber": number, "status": "Queued", "sessionId": session}
        return Answer(201, json.dumps({"entries": [entry], "errorMessage": "None"}).encode())

    def run(self) -> None:
        """Let the phones that were called ring."""
        while self.called:
            session, number = self.called.pop(0)
            how = self.answers.get(number, "answer")
            if how == "answer":
                self.hop(session, number, "Outbound")
            else:
                self.over(session, number, "Outbound", cause=how)

    def hop(
        self, session: str, number: str, direction: str, url: str = "", digits: str = ""
    ) -> None:
        form = {
            "isActive": "1",
            "sessionId": session,
            "direction": direction,
            "callerNumber": number,
            "destinationNumber": "+8809600000001",
        }
        if digits:
            form["dtmfDigits"] = digits
        status, body = self.deliver(url or f"{self.hooks}/voice", form)
        assert status == 200, body
        self.told.setdefault(number, []).append(body)
        self._follow(session, number, direction, ET.fromstring(body))  # noqa: S314

    def over(
        self, session: str, number: str, direction: str, *, cause: str = "", talked: str = ""
    ) -> None:
        form = {
            "isActive": "0",
            "sessionId": session,
            "direction": direction,
            "callerNumber": number,
            "destinationNumber": "+8809600000001",
            "durationInSeconds": "10",
            "amount": "0",
            "currencyCode": "BDT",
        }
        form |= {"hangupCause": cause} if cause else {}
        form |= {"dialDurationInSeconds": talked} if talked else {}
        self.deliver(f"{self.hooks}/voice", form)

    def _follow(self, session: str, number: str, direction: str, response: ET.Element) -> None:
        for verb in response:
            match verb.tag:
                case "Play" | "Say":
                    continue
                case "GetDigits":
                    keys = self.keys.get(number, [])
                    if keys:
                        self.hop(
                            session, number, direction, verb.attrib["callbackUrl"], keys.pop(0)
                        )
                        return
                case "Redirect":
                    self.hop(session, number, direction, str(verb.text))
                    return
                case "Dial":
                    other = verb.attrib["phoneNumbers"]
                    if self.answers.get(other, "answer") == "answer":
                        self.talking.append({number, other})
                        self.over(session, number, direction, talked="42")
                        return
                case "Enqueue":
                    self.queues[verb.attrib["name"]] = number
                    return
                case "Dequeue":
                    waiting = self.queues.pop(verb.attrib["name"])
                    self.talking.append({number, waiting})
                    return
                case "Reject":
                    return
                case _:
                    raise AssertionError(verb.tag)
        self.over(session, number, direction)
