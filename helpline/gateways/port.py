"""What every gateway does for us, and the values that pass through it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Charset(StrEnum):
    """What a channel can carry: it decides which of the three renderings is used, and the budget."""

    ASCII = "ascii"
    GSM7 = "gsm7"
    UCS2 = "ucs2"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a gateway can do; the engine and the screens never ask which gateway it is."""

    ussd: bool = False
    sms: bool = False
    charset: Charset = Charset.UCS2
    """The characters its USSD screens may use. SMS always carries UCS-2."""
    reply_inline: bool = True
    """True: a USSD screen is the HTTP answer. False: it is pushed by a call of its own."""
    bulk: int = 1
    """How many recipients one call of `send` with one text may have."""
    receipts: str = "push"
    """`push`, `poll` or `none`."""
    masked_addresses: bool = False
    reserved_words: frozenset[str] = frozenset()
    """Words the gateway answers by itself, in lower case; no keyword of ours may be one of them."""


class Kind(StrEnum):
    """The `<kind>` at the end of a webhook address."""

    USSD = "ussd"
    SESSION_END = "session-end"
    SMS = "sms"
    RECEIPT = "receipt"
    OPT_OUT = "opt-out"
    VOICE = "voice"
    """What to do with a call now? Read by `helpline.gateways.voice`."""
    VOICE_EVENTS = "voice-events"


@dataclass(frozen=True, slots=True)
class HookRequest:
    """An HTTP request of a gateway, before anything in it is believed."""

    kind: Kind
    content_type: str
    body: bytes
    url: str
    """The address the gateway was told to call, built from `HELPLINE_PUBLIC_URL`, with the query."""
    headers: Mapping[str, str]


class Forbidden(Exception):
    """The request does not prove where it comes from: 403, nothing stored."""


class Malformed(Exception):
    """The request is not what the gateway's contract says: 400 with this one line, nothing stored.

    The line never repeats what was sent.
    """


@dataclass(frozen=True, slots=True)
class UssdHeard:
    """One key press of a USSD session. `text` is everything typed so far if `cumulative`, else the last."""

    session_id: str
    address: str
    text: str
    begins: bool
    cumulative: bool
    event_id: str
    """Names this delivery: the same key press delivered again has the same `event_id`."""


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """The USSD session is over; nothing the notification repeats of the conversation is kept."""

    session_id: str
    status: str
    event_id: str


@dataclass(frozen=True, slots=True)
class SmsHeard:
    """One incoming SMS."""

    address: str
    to: str
    text: str
    event_id: str


@dataclass(frozen=True, slots=True)
class ReceiptHeard:
    """What became of a message we sent, in the gateway's own words."""

    external_id: str
    status: str
    reason: str = ""
    event_id: str = ""
    message_id: str = ""
    """Our own id of the message, where it travelled with it and came back proved; else empty."""
    opted_out: bool = False
    """The reason says that the number wants no more messages."""


@dataclass(frozen=True, slots=True)
class OptedOut:
    """The gateway tells us that a number wants no more messages.

    Gateways give such a notice no id, so each delivery gets an `event_id` of its own: hearing it
    twice does no harm, and a second opt-out after a new consent must not pass for a duplicate.
    """

    address: str
    event_id: str


Heard = UssdHeard | SessionEnded | SmsHeard | ReceiptHeard | OptedOut


@dataclass(frozen=True, slots=True)
class HookReply:
    """The HTTP answer in the gateway's own contract."""

    body: str = ""
    status: int = 200
    content_type: str = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One text to one number. `message_id` is ours; it may travel with the message where that is possible."""

    message_id: str
    number: str
    text: str
    valid_seconds: int = 0
    """How long the gateway may still try to deliver it, where it can be told; 0 is its own default."""


class Outcome(StrEnum):
    """What a try at sending came to. The words say what may be done next."""

    ACCEPTED = "accepted"
    RETRY = "retry"
    """Certainly not accepted, and worth another try later (429, connection refused)."""
    UNTRIED = "untried"
    """It never left: a call before it in the same batch showed that the gateway cannot be used."""
    REFUSED = "refused"
    """Certainly not accepted, and another try would not help (invalid or blocked number)."""
    OPTED_OUT = "opted_out"
    MISCONFIGURED = "misconfigured"
    """Not accepted because of us (credentials, sender, balance): pause the gateway, tell someone."""
    AMBIGUOUS = "ambiguous"
    """It may have been accepted (time-out or 5xx after the request was written): never resend blindly."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome for one message of a call. `trouble` is a short code for staff, never personal data."""

    message_id: str
    outcome: Outcome
    external_id: str = ""
    trouble: str = ""
    retry_after: float = 0.0
    """Seconds the gateway asked us to wait; 0 when it did not say."""


class Delivery(StrEnum):
    """A gateway's receipt status, translated. Unknown words are `UNKNOWN` and are stored as they came."""

    PENDING = "pending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Gateway(Protocol):
    """One configured gateway."""

    @property
    def name(self) -> str:
        """The configured name: the `<gateway>` of its webhook addresses."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""

    def admit(self, request: HookRequest, secret: str | None) -> None:
        """Raise `Forbidden` unless `request` proves that it comes from this gateway.

        `secret` is the secret part of the address, for gateways that do not sign.
        """

    def read(self, request: HookRequest) -> Heard:
        """What the request says, or raise `Malformed`. Only called once it was admitted."""

    def screen(self, text: str, *, final: bool) -> HookReply:
        """A USSD screen as the HTTP answer of this gateway."""

    def acknowledge(self, kind: Kind) -> HookReply:
        """The HTTP answer that tells this gateway its delivery was taken."""

    def send(self, messages: Sequence[Outgoing]) -> list[Verdict]:
        """Send texts, one verdict each, in order. Messages of one call may share a text; never raises."""

    def delivery(self, status: str) -> Delivery:
        """What a receipt's status word means."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """Credentials of one gateway, by name. Printing them shows nothing."""

    values: Mapping[str, str] = field(repr=False, default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.values[name]

    def get(self, name: str, default: str = "") -> str:
        """The credential called `name`, or `default`."""
        return self.values.get(name, default)
