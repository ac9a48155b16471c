"""A stand-in for both providers on this machine: it takes texts as they do and shows who got what.

For `helpline demo`, the simulator and the tests. Nothing leaves the machine, and nothing is kept
once it is closed. Served on loopback:

* `POST /version1/messaging` as Africa's Talking (answers: gateways.md section 1.3)
* `POST /2010-04-01/Accounts/<sid>/Messages.json` as Twilio (section 2.2)
* `GET /log?number=+880…` the texts a number got, or all, as JSON: number, text, message_id,
  gateway, at (seconds since 1970)
"""

from __future__ import annotations

import json
import queue
import re
import threading
import time
from dataclasses import asdict, dataclass, field
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_MESSAGES = re.compile(r"/2010-04-01/Accounts/(AC[0-9a-f]{32})/Messages\.json")
_IDLE_SECONDS = 30
_POST_SECONDS = 5
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Text:
    """One text as the phone network got it. `at` is in seconds since 1970."""

    number: str
    text: str
    message_id: str
    gateway: str
    at: float


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to the stand-in; `form` is its body or, for a GET, its query."""

    method: str
    path: str
    form: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the stand-in answers."""

    status: int
    body: bytes
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


class HangUp(Exception):
    """The connection is to be closed without an answer."""


def post(url: str, form: Mapping[str, str], headers: Mapping[str, str] | None = None) -> int:
    """Deliver `form` to a webhook of ours; its status, or 0 if nobody answered in 5 seconds."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port or 80, timeout=_POST_SECONDS)
    try:
        connection.request(
            "POST",
            parts.path + (f"?{parts.query}" if parts.query else ""),
            urlencode(form),
            {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})},
        )
        return connection.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()


def post_signed(url: str, form: Mapping[str, str], token: str) -> int:
    """Deliver `form` as Twilio does: signed with the account's token, over the address and fields."""
    signature = RequestValidator(token).compute_signature(url, dict(form))
    return post(url, form, {"X-Twilio-Signature": signature})


class Rehearsal:
    """The stand-in, a context manager. `port` 0 takes a free one; `url` tells it.

    Africa's Talking's receipts go to `receipts_url`, Twilio's to each message's own callback,
    signed with `auth_token`; both `receipt_seconds` after the text was taken, by one thread.
    Without `receipts_url` or token there are none. Credentials are not checked.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        receipts_url: str = "",
        auth_token: str = "",
        receipt_seconds: float = 0.5,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._receipts_url = receipts_url
        self._auth_token = auth_token
        self._receipt_seconds = receipt_seconds
        self._clock = clock
        self._log: list[Text] = []
        self._lock = threading.Lock()
        self._receipts: queue.Queue[tuple[float, Callable[[], int]] | None] = queue.Queue()
        self.closing = threading.Event()
        self._server = _Server(("127.0.0.1", port), _handler(self))
        self._threads = [
            threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True),
            threading.Thread(target=self._deliver_receipts, daemon=True),
        ]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Begin to serve, in threads that do not keep the process alive."""
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Stop serving and forget the texts."""
        self.closing.set()
        self._receipts.put(None)
        self._server.shutdown()
        self._server.server_close()
        for thread in self._threads:
            thread.join(timeout=_POST_SECONDS)
        with self._lock:
            self._log.clear()

    @property
    def url(self) -> str:
        """The `base_url` of both gateways."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def log(self) -> tuple[Text, ...]:
        """Every text taken, in order."""
        with self._lock:
            return tuple(self._log)

    def answer(self, asked: Asked) -> Answer:
        """The answer to one request; what tests override to put faults in."""
        if asked.method == "GET" and asked.path == "/log":
            return self._show(asked.form.get("number", ""))
        if asked.method == "POST" and asked.path == "/version1/messaging":
            return self.africastalking(asked)
        if asked.method == "POST" and (account := _MESSAGES.fullmatch(asked.path)):
            return self.twilio(asked, account[1])
        return Answer(404, b"{}")

    def africastalking(self, asked: Asked) -> Answer:
        """Take a text for one or many numbers; every recipient gets a verdict of its own."""
        if not asked.form.keys() >= {"username", "to", "message"}:
            return Answer(400, b"Request is missing a required form field", "text/plain")
        numbers = asked.form["to"].split(",")
        recipients = [
            entry for number in numbers if (entry := self.recipient(number, asked.form["message"]))
        ]
        taken = sum(entry["statusCode"] in {100, 101, 102} for entry in recipients)
        data = {"Message": f"Sent to {taken}/{len(numbers)}", "Recipients": recipients}
        return Answer(201, json.dumps({"SMSMessageData": data}).encode())

    def recipient(self, number: str, text: str) -> dict[str, Any] | None:
        """The entry of one recipient in Africa's Talking's answer; None leaves it out."""
        message_id = self.take("africastalking", number, text)
        if self._receipts_url:
            form = {"id": message_id, "status": "Success", "phoneNumber": number}
            self._later(lambda: post(self._receipts_url, form))
        return {
            "statusCode": 101,
            "number": number,
            "status": "Success",
            "cost": "BDT 0",
            "messageId": message_id,
        }

    def twilio(self, asked: Asked, account_sid: str) -> Answer:
        """Take a text for one number, and answer with the message as a resource."""
        form = asked.form
        if not form.keys() >= {"To", "Body"}:
            return Answer(400, b'{"code": 21604, "message": "a field is missing", "status": 400}')
        sid = self.take("twilio", form["To"], form["Body"])
        if (callback := form.get("StatusCallback")) and self._auth_token:
            receipt = {
                "AccountSid": account_sid,
                "MessageSid": sid,
                "MessageStatus": "delivered",
                "SmsSid": sid,
                "SmsStatus": "delivered",
                "To": form["To"],
            }
            self._later(lambda: post_signed(callback, receipt, self._auth_token))
        resource = {"sid": sid, "status": "queued", "error_code": None, "account_sid": account_sid}
        return Answer(201, json.dumps(resource).encode())

    def take(self, gateway: str, number: str, text: str) -> str:
        """Write a text to the log, and return the id the provider gives it."""
        with self._lock:
            serial = len(self._log) + 1
            prefix = "SM" if gateway == "twilio" else "ATXid_"
            message_id = f"{prefix}{serial:032x}"
            self._log.append(Text(number, text, message_id, gateway, self._clock()))
        return message_id

    def _show(self, number: str) -> Answer:
        texts = [asdict(text) for text in self.log if number in {"", text.number}]
        return Answer(200, json.dumps(texts, ensure_ascii=False).encode())

    def _later(self, deliver: Callable[[], int]) -> None:
        self._receipts.put((time.monotonic() + self._receipt_seconds, deliver))

    def _deliver_receipts(self) -> None:
        while (receipt := self._receipts.get()) is not None:
            due, deliver = receipt
            if not self.closing.wait(max(due - time.monotonic(), 0)):
                deliver()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        """Say nothing: callers that hang up are part of a rehearsal."""


def _handler(rehearsal: Rehearsal) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        timeout = _IDLE_SECONDS

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            self._reply("GET", parts.path, parts.query)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self._reply("POST", urlsplit(self.path).path, body.decode())

        def _reply(self, method: str, path: str, form: str) -> None:
            fields = dict(parse_qsl(form, keep_blank_values=True))
            try:
                answer = rehearsal.answer(Asked(method, path, fields, dict(self.headers)))
            except HangUp:
                self.close_connection = True
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            """Say nothing: a request line may hold a number."""

    return Handler
