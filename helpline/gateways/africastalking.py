"""Africa's Talking: USSD answered inline, SMS through the official SDK, webhooks by secret address.

Wire facts and their sources: gateways.md sections 1.1 to 1.5.
"""

from __future__ import annotations

import secrets as random
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec

from helpline.gateways import forms
from helpline.gateways.numbers import e164
from helpline.gateways.port import (
    Capabilities,
    Charset,
    Delivery,
    Heard,
    HookReply,
    HookRequest,
    Kind,
    Malformed,
    OptedOut,
    Outcome,
    Outgoing,
    ReceiptHeard,
    Secrets,
    SessionEnded,
    SmsHeard,
    UssdHeard,
    Verdict,
)
from helpline.gateways.proof import PathSecret
from helpline.gateways.sending import CallError, Ending, PerProcess, send_in_calls

if TYPE_CHECKING:
    from collections.abc import Sequence

    from helpline.gateways.africastalking_sdk import KeptSMSService, KeptVoiceService
    from helpline.gateways.africastalking_voice import AfricasTalkingVoice
    from helpline.gateways.voice import Sounds

RECIPIENT: dict[int, tuple[Outcome, str]] = {
    100: (Outcome.ACCEPTED, "Processed"),
    101: (Outcome.ACCEPTED, "Sent"),
    102: (Outcome.ACCEPTED, "Queued"),
    401: (Outcome.MISCONFIGURED, "RiskHold"),
    402: (Outcome.MISCONFIGURED, "InvalidSenderId"),
    403: (Outcome.REFUSED, "InvalidPhoneNumber"),
    404: (Outcome.REFUSED, "UnsupportedNumberType"),
    405: (Outcome.MISCONFIGURED, "InsufficientBalance"),
    406: (Outcome.OPTED_OUT, "UserInBlacklist"),
    407: (Outcome.RETRY, "CouldNotRoute"),
    409: (Outcome.REFUSED, "DoNotDisturbRejection"),
    500: (Outcome.AMBIGUOUS, "InternalServerError"),
    501: (Outcome.AMBIGUOUS, "GatewayError"),
    502: (Outcome.REFUSED, "RejectedByGateway"),
}
"""`statusCode` of a recipient in the answer to a send, and what may be done next.

407 names no fault of the number and was certainly not taken: a route may come back, and tries are
counted. 500 and 501 happened somewhere behind the door: the operator may have the text. 502 is
the operator's own no. Any other code is AMBIGUOUS.
"""

_BY_WORD = {word.lower(): outcome for outcome, word in RECIPIENT.values()}
_RISK_HOLD = 401
_NO_ID = frozenset({"", "None"})
_MISSING = Ending(Outcome.AMBIGUOUS, "not-in-answer")
_TWICE = Ending(Outcome.AMBIGUOUS, "twice-in-answer")

DELIVERY = {
    "sent": Delivery.SENT,
    "submitted": Delivery.SENT,
    "buffered": Delivery.SENT,
    "success": Delivery.DELIVERED,
    "rejected": Delivery.FAILED,
    "failed": Delivery.FAILED,
    "expired": Delivery.FAILED,
}
"""`status` of a delivery report, in lower case. Each public client lacks some of them."""

_OPTED_OUT = "userinblacklist"  # spelt with a capital L in receipts and a small one in answers


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the configuration says about one account; secrets are `api_key`, `path`, `path_previous`.

    `charset` is ASCII unless an operator is known to carry more: Africa's Talking's own pages say
    that menus must not contain special characters.
    """

    username: str = ""
    sender: str = ""
    base_url: str = ""
    charset: Charset = Charset.ASCII
    enqueue: bool = False
    connect_seconds: float = 3.0
    read_seconds: float = 10.0


class AfricasTalking:
    """One account. Its webhooks prove themselves by a secret in their address, nothing else."""

    def __init__(self, name: str, secrets: Secrets, options: Options) -> None:
        self.name = name
        self.capabilities = Capabilities(ussd=True, sms=True, charset=options.charset, bulk=100)
        self._path_secret = PathSecret((secrets.get("path"), secrets.get("path_previous")))
        self._secrets = secrets
        self._options = options
        self._service = PerProcess(self._build)

    def admit(self, request: HookRequest, secret: str | None) -> None:
        del request
        self._path_secret.check(secret)

    def read(self, request: HookRequest) -> Heard:
        form = forms.fields(request.content_type, request.body)
        match request.kind:
            case Kind.USSD:
                return _ussd(form)
            case Kind.SMS:
                # linkId and date are left: one is not always sent, the other has two formats.
                return SmsHeard(
                    address=forms.phone(form, "from"),
                    to=forms.word(form, "to"),
                    text=forms.required(form, "text"),
                    event_id=forms.ident(form, "id"),
                )
            case Kind.RECEIPT:
                return _receipt(form)
            case Kind.SESSION_END:
                # `input` and `lastAppResponse` repeat the whole conversation: they end here.
                session_id = forms.ident(form, "sessionId")
                return SessionEnded(session_id, forms.word(form, "status"), event_id=session_id)
            case Kind.OPT_OUT:
                address = forms.phone(form, "phoneNumber")
                return OptedOut(address, event_id=random.token_hex(16))
            case Kind.VOICE | Kind.VOICE_EVENTS:
                raise Malformed("calls are read by the voice line")

    def screen(self, text: str, *, final: bool) -> HookReply:
        return HookReply(f"END {text}" if final else f"CON {text}")

    def acknowledge(self, kind: Kind) -> HookReply:
        del kind
        return HookReply()

    def send(self, messages: Sequence[Outgoing]) -> list[Verdict]:
        return send_in_calls(messages, self._call, most=self.capabilities.bulk)

    def delivery(self, status: str) -> Delivery:
        return DELIVERY.get(status.strip().lower(), Delivery.UNKNOWN)

    def close(self) -> None:
        """Close this process's connections."""
        if service := self._service.drop():
            service.close()

    def voice(self, number: str, sounds: Sounds, *, public_url: str) -> AfricasTalkingVoice:
        """The voice side of this account, speaking as `number`."""
        # Imported here: most installations have no voice.
        from helpline.gateways.africastalking_voice import AfricasTalkingVoice  # noqa: PLC0415

        hooks = f"{public_url}/hooks/{self.name}/{self._secrets.get('path')}"
        return AfricasTalkingVoice(self.name, number, hooks, sounds, self._build_voice)

    def _build_voice(self) -> KeptVoiceService:
        from helpline.gateways.africastalking_sdk import KeptVoiceService  # noqa: PLC0415

        options = self._options
        return KeptVoiceService(
            options.username,
            self._secrets.get("api_key"),
            options.base_url,
            (options.connect_seconds, options.read_seconds),
        )

    def _call(self, batch: list[Outgoing]) -> list[Ending]:
        answer = self._service.get().send(
            batch[0].text,
            [message.number for message in batch],
            sender_id=self._options.sender or None,
            enqueue=self._options.enqueue,
            timeout=(self._options.connect_seconds, self._options.read_seconds),
        )
        answered = _answered(answer)
        return [answered.get(message.number, _MISSING) for message in batch]

    def _build(self) -> KeptSMSService:
        # Imported here: the SDK takes 0.1 to 0.6 s, and a web process never sends.
        from helpline.gateways.africastalking_sdk import KeptSMSService  # noqa: PLC0415

        options = self._options
        return KeptSMSService(options.username, self._secrets.get("api_key"), options.base_url)


def _ussd(form: dict[str, str]) -> UssdHeard:
    session_id, text = forms.ident(form, "sessionId"), forms.required(form, "text")
    return UssdHeard(
        session_id=session_id,
        address=forms.phone(form, "phoneNumber"),
        text=text,
        begins=not text,
        cumulative=True,
        # The whole history is in `text`: the same text in a session is the same delivery.
        event_id=f"{session_id}:{sha256(text.encode()).hexdigest()[:16]}",
    )


def _receipt(form: dict[str, str]) -> ReceiptHeard:
    external_id, status = forms.ident(form, "id"), forms.word(form, "status")
    reason = forms.word(form, "failureReason")
    return ReceiptHeard(
        external_id,
        status,
        reason=reason,
        event_id=f"{external_id}:{status}",
        opted_out=reason.lower() == _OPTED_OUT,
    )


def _answered(answer: bytes) -> dict[str, Ending]:
    """The endings by number.

    Raises:
        CallError: the answer is not the documented JSON (a 2xx page of some proxy: AMBIGUOUS), or
            names no recipient and says why in `Message`.
    """
    try:
        data = msgspec.json.decode(answer.removeprefix(b"\xef\xbb\xbf"))["SMSMessageData"]
        entries = [_recipient(entry) for entry in data["Recipients"]]
    except (ValueError, LookupError, TypeError, AttributeError):  # DecodeError is a ValueError
        raise CallError(Ending(Outcome.AMBIGUOUS, "unreadable-answer")) from None
    if not entries and (outcome := _BY_WORD.get(str(data.get("Message", "")).lower())):
        raise CallError(Ending(outcome, "no-recipient"))
    answered: dict[str, Ending] = {}
    for number, ending in entries:
        answered[number] = _TWICE if number in answered else ending
    return answered


def _recipient(entry: dict[str, Any]) -> tuple[str, Ending]:
    code, external_id = int(entry.get("statusCode") or 0), str(entry.get("messageId") or "")
    outcome, word = RECIPIENT.get(code, (Outcome.AMBIGUOUS, "unknown-code"))
    if code == _RISK_HOLD and external_id not in _NO_ID:
        outcome = Outcome.AMBIGUOUS  # held under an id of its own: it may yet be let go
    known = external_id not in _NO_ID and len(external_id) <= forms.LONGEST_ID
    number = str(entry["number"])
    ending = Ending(
        outcome,
        "" if outcome is Outcome.ACCEPTED else word,
        external_id=external_id if known else "",
    )
    return e164(number) or number, ending
