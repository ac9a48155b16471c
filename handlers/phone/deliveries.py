"""What a gateway delivers over HTTP, and how it is posted; independent of Flask."""

from __future__ import annotations

import hmac
import secrets
from base64 import b64encode
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

FORM: Final = "application/x-www-form-urlencoded"
_OK: Final = range(200, 300)


class NoAnswer(Exception):
    """Nothing usable came back; the one line says why and repeats nothing that was sent."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One delivery: the path of the webhook, its form, and headers that prove where it comes from."""

    path: str
    form: Mapping[str, str]
    headers: Mapping[str, str] = field(default_factory=dict)


def post(server: str, envelope: Envelope, *, seconds: float = 15.0) -> str:
    """Deliver `envelope` to the server at this URL and return the body of its answer.

    15 seconds is how long Africa's Talking waits (gateways.md section 1.1).

    Raises:
        NoAnswer: nobody answered in time, or the status is not 2xx.
    """
    return _ask(
        server,
        "POST",
        envelope.path,
        seconds,
        body=urlencode(envelope.form).encode(),
        headers={"Content-Type": FORM, **envelope.headers},
    )


def fetch(server: str, path: str, *, seconds: float = 5.0) -> str:
    """The body at `path`; raises as `post` does."""
    return _ask(server, "GET", path, seconds)


def twilio_sms(
    hooks: str, account_sid: str, token: str, *, public_url: str, number: str, to: str, text: str
) -> Envelope:
    """An incoming SMS as Twilio delivers it: signed over the public address and the sorted form."""
    sid = f"SM{secrets.token_hex(16)}"
    form = {
        "AccountSid": account_sid,
        "Body": text,
        "From": number,
        "MessageSid": sid,
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsMessageSid": sid,
        "To": to,
    }
    path = f"{hooks}/sms"
    signed = public_url.rstrip("/") + path + "".join(key + form[key] for key in sorted(form))
    signature = b64encode(hmac.digest(token.encode(), signed.encode(), "sha1")).decode()
    return Envelope(path, form, {"X-Twilio-Signature": signature})


def _ask(
    server: str,
    method: str,
    path: str,
    seconds: float,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> str:
    try:
        parts = urlsplit(server)
        kind = {"http": HTTPConnection, "https": HTTPSConnection}[parts.scheme]
        connection = kind(parts.hostname or "", parts.port, timeout=seconds)
    except (KeyError, ValueError):
        raise NoAnswer(f"{server} is not an address such as http://127.0.0.1:8000") from None
    try:
        connection.request(method, parts.path.rstrip("/") + path, body, dict(headers or {}))
        answer = connection.getresponse()
        text: str = answer.read().decode(errors="replace")
    except TimeoutError:
        raise NoAnswer(f"no answer from {server} in {seconds:g} seconds") from None
    except (OSError, HTTPException):
        raise NoAnswer(f"nothing answers at {server}: is `helpline run` running?") from None
    finally:
        connection.close()
    if answer.status not in _OK:
        raise NoAnswer(f"the server answered {answer.status} {answer.reason}".rstrip())
    return text
