"""Twilio: SMS through the official SDK, webhooks proved by their signature.

Wire facts and their sources: gateways.md sections 2.1 to 2.3; what the official validator lets
through by itself: faults.md section 4.
"""

from __future__ import annotations

import logging
from base64 import b64decode
from typing import TYPE_CHECKING, NoReturn, TypeVar

import msgspec

from helpline.gateways import forms
from helpline.gateways.port import (
    Capabilities,
    Delivery,
    Heard,
    HookReply,
    HookRequest,
    Kind,
    Malformed,
    Outcome,
    Outgoing,
    ReceiptHeard,
    Secrets,
    SmsHeard,
    Verdict,
)
from helpline.gateways.sending import CallError, Ending, PerProcess, send_in_calls
from helpline.gateways.twilio_proof import SignedHooks, message_id, query_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from helpline.gateways.twilio_sdk import Caller, Sender
    from helpline.gateways.twilio_voice import TwilioVoice
    from helpline.gateways.voice import Sounds

S = TypeVar("S", bound="Sender")

ERRORS: dict[int, Outcome] = {
    20003: Outcome.MISCONFIGURED,  # authentication failed
    20429: Outcome.RETRY,  # too many requests, not processed
    21211: Outcome.REFUSED,  # invalid To
    21408: Outcome.REFUSED,  # no permission for that country
    21606: Outcome.REFUSED,  # From cannot reach that country
    21610: Outcome.OPTED_OUT,  # unsubscribed
    21611: Outcome.RETRY,  # the queue of From is full
    21612: Outcome.REFUSED,  # To cannot be reached
    21614: Outcome.REFUSED,  # not a mobile
    21617: Outcome.REFUSED,  # too long
    21703: Outcome.MISCONFIGURED,  # the messaging service is empty
    21704: Outcome.MISCONFIGURED,
    30001: Outcome.RETRY,  # queue overflow
    30003: Outcome.REFUSED,  # unreachable
    30004: Outcome.REFUSED,  # blocked
    30005: Outcome.REFUSED,  # unknown handset
    30006: Outcome.REFUSED,  # landline
    30007: Outcome.REFUSED,  # filtered
    30008: Outcome.AMBIGUOUS,  # unknown
    30410: Outcome.AMBIGUOUS,  # the operator did not answer in time
}
"""What Twilio's error codes say about a send; any other code is judged by its HTTP status."""

ABOUT_A_COUNTRY = frozenset({21408, 21606})
"""Ours to fix for the country we serve; elsewhere they must not pause the gateway for everybody."""
_HOME = "+880"

DELIVERY = {
    "accepted": Delivery.PENDING,
    "scheduled": Delivery.PENDING,
    "queued": Delivery.PENDING,
    "sending": Delivery.PENDING,
    "sent": Delivery.SENT,
    "partially_delivered": Delivery.SENT,
    "delivered": Delivery.DELIVERED,
    "read": Delivery.DELIVERED,
    "undelivered": Delivery.FAILED,
    "failed": Delivery.FAILED,
    "canceled": Delivery.FAILED,
}
"""`MessageStatus` of a receipt."""

_STOPS = {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "optout", "revoke"}
_STARTS = {"start", "yes", "unstop", "help", "info"}
RESERVED = frozenset(_STOPS | _STARTS)
"""Words that Twilio answers by itself (twilio.com/docs/api/errors/23002; optout, revoke: memory)."""

ACKNOWLEDGED = HookReply(
    '<?xml version="1.0" encoding="UTF-8"?><Response/>', content_type="text/xml; charset=utf-8"
)

_OPTED_OUT = "21610"
_FAILED = frozenset({"failed", "undelivered", "canceled"})
_LONGEST_VALIDITY = 36_000
_SHORTEST_BASE64 = 60


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the configuration says about one account.

    Secrets: `auth_token`; for a rotation also `auth_token_previous` (webhooks only); `signing_key`
    for webhooks signed with a shared key. One of `sender` and `messaging_service_sid` is set.
    `content_retention` is `discard` (Twilio forgets the text once it is sent), `retain`, or empty
    for the account's own default.
    """

    account_sid: str = ""
    sender: str = ""
    messaging_service_sid: str = ""
    base_url: str = ""
    content_retention: str = "discard"
    connect_seconds: float = 3.0
    read_seconds: float = 10.0


class Twilio:
    """One account."""

    def __init__(self, name: str, secrets: Secrets, options: Options, *, public_url: str) -> None:
        self.name = name
        self.capabilities = Capabilities(sms=True, reserved_words=RESERVED)
        self._hooks = f"{public_url.partition('#')[0].rstrip('/')}/hooks/{name}"
        self._signed = SignedHooks(
            self._hooks,
            options.account_sid,
            [secrets.get(key) for key in ("auth_token", "auth_token_previous", "signing_key")],
        )
        self._secrets = secrets
        self._options = options
        self._sender = PerProcess(self._build)
        # At INFO it prints addresses and queries, which may hold phone numbers.
        logging.getLogger("twilio.http_client").setLevel(logging.WARNING)

    def admit(self, request: HookRequest, secret: str | None) -> None:
        del secret  # the signature is the proof
        self._signed.check(request)

    def read(self, request: HookRequest) -> Heard:
        form = forms.fields(request.content_type, request.body)
        sid = forms.ident(form, "MessageSid")
        if request.kind is Kind.SMS:
            return SmsHeard(
                address=forms.phone(form, "From"),
                to=forms.word(form, "To"),
                text=_unwrapped(forms.required(form, "Body")),
                event_id=sid,
            )
        if request.kind is not Kind.RECEIPT:
            raise Malformed("Twilio delivers SMS and receipts only")
        status, reason = forms.word(form, "MessageStatus"), forms.word(form, "ErrorCode")
        return ReceiptHeard(
            sid,
            status,
            reason=reason,
            event_id=f"{sid}:{status}",
            message_id=message_id(request.url),
            opted_out=reason == _OPTED_OUT,
        )

    def screen(self, text: str, *, final: bool) -> NoReturn:
        raise NotImplementedError("Twilio carries no USSD")

    def acknowledge(self, kind: Kind) -> HookReply:
        del kind
        return ACKNOWLEDGED

    def send(self, messages: Sequence[Outgoing]) -> list[Verdict]:
        return send_in_calls(messages, self._call, most=self.capabilities.bulk)

    def delivery(self, status: str) -> Delivery:
        return DELIVERY.get(status.strip().lower(), Delivery.UNKNOWN)

    def voice(self, number: str, sounds: Sounds) -> TwilioVoice:
        """The voice side of this account, speaking as `number`."""
        # Imported here: most installations have no voice.
        from helpline.gateways.twilio_voice import TwilioVoice  # noqa: PLC0415

        return TwilioVoice(self.name, number, self._hooks, sounds, self._build_caller)

    def close(self) -> None:
        """Close this process's connections."""
        if sender := self._sender.drop():
            sender.close()

    def _call(self, batch: list[Outgoing]) -> list[Ending]:
        (message,) = batch
        try:
            sid, status, code = self._sender.get().create(**self._fields(message))
        except CallError as error:
            raise _judged(error, message.number) from None
        if not sid:
            raise CallError(Ending(Outcome.AMBIGUOUS, "unreadable-answer"))
        if status in _FAILED:
            outcome = _outcome(code, message.number) or Outcome.REFUSED
            return [Ending(outcome, _trouble(code) if code else status, external_id=sid)]
        return [Ending(Outcome.ACCEPTED, external_id=sid)]

    def _fields(self, message: Outgoing) -> dict[str, object]:
        """The arguments of `messages.create`; a late reminder dies with `validity_period`."""
        fields: dict[str, object] = {
            "to": message.number,
            "body": message.text,
            "status_callback": f"{self._hooks}/{Kind.RECEIPT}{query_for(message.message_id)}",
        }
        if self._options.content_retention:
            fields["content_retention"] = self._options.content_retention
        if self._options.messaging_service_sid:
            fields["messaging_service_sid"] = self._options.messaging_service_sid
        else:
            fields["from_"] = self._options.sender
        if message.valid_seconds > 0:
            fields["validity_period"] = min(message.valid_seconds, _LONGEST_VALIDITY)
        return fields

    def _build(self) -> Sender:
        # Imported here: the SDK takes 0.1 to 0.6 s, and a web process never sends.
        from helpline.gateways.twilio_sdk import Sender  # noqa: PLC0415

        return self._client(Sender)

    def _build_caller(self) -> Caller:
        from helpline.gateways.twilio_sdk import Caller  # noqa: PLC0415

        return self._client(Caller)

    def _client(self, kind: type[S]) -> S:
        return kind(
            self._options.account_sid,
            self._secrets.get("auth_token"),
            base_url=self._options.base_url,
            connect_seconds=self._options.connect_seconds,
            read_seconds=self._options.read_seconds,
        )


def _outcome(code: int, number: str) -> Outcome | None:
    if code in ABOUT_A_COUNTRY and number.startswith(_HOME):
        return Outcome.MISCONFIGURED
    return ERRORS.get(code)


def _judged(error: CallError, number: str) -> CallError:
    """`error` with the outcome of Twilio's own code, where that is known."""
    outcome = _outcome(error.code, number)
    if outcome is None:
        return error
    return CallError(Ending(outcome, _trouble(error.code), error.ending.retry_after), error.code)


def _trouble(code: int) -> str:
    return f"twilio-{code}"


def _unwrapped(body: str) -> str:
    """`body`, decoded if it is text in base64: Twilio sends some concatenated SMS that way.

    Only a long run of nothing but base64, that is text of several words inside, is taken for one.
    """
    if len(body) < _SHORTEST_BASE64 or len(body) % 4:
        return body
    try:
        text = b64decode(body, validate=True).decode()
    except ValueError:
        return body
    return text if " " in text and text.replace("\n", " ").isprintable() else body
