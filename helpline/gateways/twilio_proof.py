"""Whether a webhook really comes from Twilio: the official validator, and what it does not check.

The signature covers the address and then every name and value, sorted, without separators, and no
time. So by itself it also proves `Body1From=+880…`, a JSON body next to a signed address, and last
year's request (faults.md section 4). What is checked here:

* the address is exactly ours, with at most our message's id as its query (never `bodySHA256`);
* the body is a form, each field once, names look like Twilio's, and the required fields have their
  exact shape: a text split into other fields loses or spoils one of them;
* no other field swallows the start of a required one, and the ids that come twice are equal.

Replays are left to the inbox, where a MessageSid (with its status) counts once: every split that
passes here still carries the MessageSid that was signed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from twilio.request_validator import (  # type: ignore[import-untyped]
    HMAC_SHA1,
    HMAC_SHA256,
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    get_signature_algorithm,
)

from helpline.gateways import forms
from helpline.gateways.port import Forbidden, HookRequest, Kind, Malformed
from helpline.gateways.voice import mark_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_ENCODED = {
    HMAC_SHA1: re.compile(r"[A-Za-z0-9+/]{27}="),
    HMAC_SHA256: re.compile(r"[A-Za-z0-9+/]{43}="),
}
_LONGEST_SETTINGS = 256

_SID = r"(?:SM|MM)[0-9a-f]{32}"
_E164 = r"\+[1-9][0-9]{6,14}"
_CALL = r"CA[0-9a-f]{32}"
_STATUS = r"[a-z-]{1,40}"
_PARTY = r"\+?[0-9A-Za-z]{0,20}"
"""Who hides the number comes as a word or a short code."""
SHAPES = {
    Kind.SMS: {"MessageSid": _SID, "From": _E164, "To": r"\+?[0-9]{3,15}", "Body": r"(?s:.*)"},
    Kind.RECEIPT: {"MessageSid": _SID, "To": _E164, "MessageStatus": r"[a-z_]{1,40}"},
    Kind.VOICE: {"CallSid": _CALL, "CallStatus": _STATUS, "From": _PARTY, "To": _PARTY},
    Kind.VOICE_EVENTS: {"CallSid": _CALL, "CallStatus": _STATUS},
}
"""The fields each kind must have besides our `AccountSid`, and what they must match whole."""

_TWINS = (
    *(("SmsSid", "MessageSid"), ("SmsMessageSid", "MessageSid"), ("SmsStatus", "MessageStatus")),
    *(("Caller", "From"), ("Called", "To")),
)
_CALLS = frozenset({Kind.VOICE, Kind.VOICE_EVENTS})
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{0,40}")
_OPEN = frozenset({"Body", "From", "To"})
_SWALLOWED = re.compile(r"Body|(?:From|To)\+[0-9]")
_MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def query_for(message_id: str) -> str:
    """The query that carries our message id to the receipt and back, signed with the address."""
    return f"?m={message_id}" if _MESSAGE_ID.fullmatch(message_id) else ""


def message_id(url: str) -> str:
    """Our message id in the address of a receipt that was admitted, or an empty string."""
    query = url.partition("#")[0].partition("?")[2]
    found = query.removeprefix("m=")
    return found if query.startswith("m=") and _MESSAGE_ID.fullmatch(found) else ""


class SignedHooks:
    """The webhooks of one account below `address`, signed with one of `tokens` (several: rotation)."""

    def __init__(self, address: str, account_sid: str, tokens: Iterable[str]) -> None:
        self._address = address
        self._account_sid = account_sid
        self._validators = [RequestValidator(token) for token in tokens if token]

    def check(self, request: HookRequest) -> None:
        """Raise `Forbidden` unless everything above holds; its line is fixed, never content."""
        try:
            self._prove(request)
        except Malformed as malformed:
            raise Forbidden(str(malformed)) from None
        except (ValueError, TypeError, LookupError, AttributeError):
            raise Forbidden("the request cannot be checked") from None

    def _prove(self, request: HookRequest) -> None:
        algorithm = get_signature_algorithm(_header(request.headers, SIGNATURE_SETTINGS_HEADER))
        signature = _header(request.headers, SIGNATURE_HEADER)
        # Checked before the SDK, which would log an unknown algorithm as it was sent.
        if algorithm not in _ENCODED or not _ENCODED[algorithm].fullmatch(signature):
            raise Forbidden("the signature is missing or no signature")
        url = self._url(request)
        form = forms.fields(request.content_type, request.body)
        _check_fields(form, request.kind, self._account_sid)
        # Every token is tried, so the time tells nothing about which one matched.
        proved = [each.validate(url, form, signature, algorithm) for each in self._validators]
        if not any(proved):
            raise Forbidden("the signature does not match")

    def _url(self, request: HookRequest) -> str:
        """The address Twilio was told to call; a `#rc=…` of its connection settings is not signed."""
        url = request.url.partition("#")[0]
        path, _, query = url.partition("?")
        if path != f"{self._address}/{request.kind}":
            raise Forbidden("the address is not the one that was given to Twilio")
        ours = message_id(url) if request.kind is Kind.RECEIPT else ""
        if request.kind in _CALLS:
            ours = mark_of(url)
        if query and not ours:
            raise Forbidden("the address has a query that was not given to Twilio")
        return url


def _header(headers: Mapping[str, str], name: str) -> str:
    values = [value for key, value in headers.items() if key.lower() == name.lower()]
    if len(values) > 1 or any(len(value) > _LONGEST_SETTINGS for value in values):
        raise Forbidden("a signature header is repeated or too long")
    return values[0] if values else ""


def _check_fields(form: Mapping[str, str], kind: Kind, account_sid: str) -> None:
    if kind not in SHAPES:
        raise Forbidden("Twilio delivers SMS, receipts and calls only")
    if not account_sid or form.get("AccountSid") != account_sid:
        raise Forbidden("the account is not ours")
    shapes = SHAPES[kind]
    if not all(name in form and re.fullmatch(shape, form[name]) for name, shape in shapes.items()):
        raise Forbidden("a required field is missing or has another shape")
    if any(form[a] != form[b] for a, b in _TWINS if a in form and b in form):
        raise Forbidden("two fields that must be equal differ")
    for name, value in form.items():
        if not _NAME.fullmatch(name) or (name not in _OPEN and _SWALLOWED.search(name + value)):
            raise Forbidden("a field is not one of Twilio's")
