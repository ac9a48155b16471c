"""What a gateway that carries voice does for us: it asks what to do next, we answer, it reports.

Instructions name steps of a conversation, never another party's number (but `Reach`, which is the
dial request itself where a gateway knows no conference).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from helpline.cases.voice import SENTENCES, Failure, Prompt

if TYPE_CHECKING:
    from helpline.gateways.port import HookReply, HookRequest, Outcome

XML: Final = "text/xml; charset=utf-8"
_MARK = re.compile(r"[A-Za-z0-9._-]{1,80}")
_OURS = re.compile(r"\+[1-9][0-9]{6,14}|[0-9]{3,8}")
"""The helpline's own number: E.164 or a short code. Whether it exists is for the gateway to say."""


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[voice]` of the configuration.

    `gateway` is the name of a configured gateway that carries voice, `number` the helpline's own
    number there (the caller ID of every call, and the hotline). A call to one of `missed` is not
    taken: it asks for a call back. `prompts` are recordings by name (`menu`, and `menu_en` for
    English): addresses, or paths below the public address. Without one there is a tone, or, with
    `say`, the gateway's own voice, whose Bangla nobody has vouched for.
    """

    gateway: str = ""
    number: str = ""
    missed: list[str] = []
    prompts: dict[str, str] = {}
    say: bool = False
    ring_seconds: int = 25


@dataclass(frozen=True, slots=True)
class Play:
    """Let a recording be heard."""

    prompt: Prompt
    language: str = "bn"


@dataclass(frozen=True, slots=True)
class Ask:
    """Play and wait for keys; `then` is the step that hears them, or that there were none."""

    prompt: Prompt
    then: str
    language: str = "bn"
    digits: int = 1
    """How many; 0: until the hash key."""
    seconds: int = 6


@dataclass(frozen=True, slots=True)
class Meet:
    """Join the conference `room`; `then` is the step after it. Somebody alone hears nothing."""

    room: str
    then: str
    ends_with_me: bool = False
    """When this side hangs up the conference is over for all."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait in the queue `room`; `meanwhile` is asked again and again, `then` follows on leaving."""

    room: str
    meanwhile: str
    then: str


@dataclass(frozen=True, slots=True)
class Leave:
    """Said meanwhile: leave the queue."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """Take the one who waits in the queue `room`, where there is no conference."""

    room: str
    number: str
    """The helpline's own number on which the queue is."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Dial the other side from here, where there is no conference; `then` follows if nobody answers."""

    number: str
    caller_id: str
    then: str


@dataclass(frozen=True, slots=True)
class Reject:
    """Do not take the call: it costs the caller nothing."""


@dataclass(frozen=True, slots=True)
class HangUp:
    """End this side of the call."""


Instruction = Play | Ask | Meet | Wait | Leave | Fetch | Reach | Reject | HangUp


@dataclass(frozen=True, slots=True)
class CallHop:
    """The gateway asks what to do with one side of a call."""

    external_id: str
    """The gateway's id of this side."""
    caller: str
    called: str
    """E.164; empty where the gateway hides it."""
    mark: str
    """The step we named, or empty: a call that comes in, or one whose gateway keeps no marks."""
    digits: str
    event_id: str
    """Names this delivery."""
    incoming: bool


@dataclass(frozen=True, slots=True)
class CallEvent:
    """The gateway reports on one side of a call."""

    external_id: str
    status: str
    """In its own words."""
    state: str
    """A state of `helpline.cases.voice.LEG`; empty when the word is not known."""
    failure: Failure | None
    """Why it ended before anybody spoke."""
    seconds: int
    mark: str
    event_id: str
    talked: bool | None = None
    """Whether a side dialled by `Reach` was reached, where the gateway tells."""


@dataclass(frozen=True, slots=True)
class Rung:
    """What became of a wish: to ring, to turn to another step, to hang up."""

    outcome: Outcome
    external_id: str = ""
    trouble: str = ""


class VoiceGateway(Protocol):
    """One account's voice side."""

    @property
    def name(self) -> str:
        """The configured name of the gateway."""

    @property
    def meets(self) -> bool:
        """Whether several can talk in a room, so that others join and leave."""

    def hear(self, request: HookRequest) -> CallHop | CallEvent:
        """What an admitted request says, or raise `Malformed`."""

    def tell(self, instructions: Sequence[Instruction]) -> HookReply:
        """Instructions as this gateway's HTTP answer."""

    def ring(self, number: str, mark: str, *, seconds: int) -> Rung:
        """Ring a number; whoever answers is asked about with `mark`. Never raises."""

    def turn(self, external_id: str, mark: str) -> Rung:
        """Ask anew what to do with a side of a call, now. Never raises."""

    def end(self, external_id: str) -> Rung:
        """Hang up on one side. Never raises."""


@dataclass(frozen=True, slots=True)
class Sounds:
    """Where each prompt is heard from."""

    prompts: Mapping[str, str] = field(default_factory=dict)
    say: bool = False
    public_url: str = ""

    def address(self, prompt: Prompt, language: str) -> str:
        """The recording of a prompt; empty when there is none. Bangla stands in for English."""
        names = (f"{prompt}_en", prompt.value) if language == "en" else (prompt.value,)
        found = next((self.prompts[name] for name in names if self.prompts.get(name)), "")
        if not found or "://" in found:
            return found
        return f"{self.public_url}/{found.lstrip('/')}"

    def sentence(self, prompt: Prompt, language: str) -> str:
        """What the gateway's own voice says, if it may; empty otherwise."""
        return SENTENCES[prompt][language == "en"] if self.say else ""


@dataclass(frozen=True, slots=True)
class VoiceLine:
    """The helpline's telephone: a gateway that carries voice and the numbers on it."""

    gateway: VoiceGateway
    number: str
    missed: frozenset[str]
    ring_seconds: int


def problems(options: Options, gateways: Mapping[str, str]) -> list[str]:
    """What keeps `[voice]` from being used, one line each. `gateways` are kinds by name."""
    found = []
    if gateways.get(options.gateway) not in {"twilio", "africastalking"}:
        found.append("gateway must name a gateway of the kind twilio or africastalking")
    if not _OURS.fullmatch(options.number):
        found.append("number is not a telephone number like +8809600000001")
    found += [
        "missed holds something that is not a telephone number"
        for number in options.missed
        if not _OURS.fullmatch(number)
    ][:1]
    if options.number in options.missed:
        found.append("number is also in missed: a number is either answered or not")
    known = {name for prompt in Prompt for name in (prompt.value, f"{prompt}_en")}
    found += [
        f"prompts: there is no prompt {name}" for name in options.prompts if name not in known
    ]
    found += [
        f"prompts: {name} must be https or a path"
        for name, where in options.prompts.items()
        if "://" in where and not where.startswith(("https://", "http://127.0.0.1"))
    ]
    if not 10 <= options.ring_seconds <= 60:  # noqa: PLR2004
        found.append("ring_seconds must be from 10 to 60")
    return [f"voice: {line}" for line in found]


def missing_prompts(options: Options) -> list[str]:
    """The prompts for which callers hear only a tone."""
    return [prompt.value for prompt in Prompt if not options.prompts.get(prompt.value)]


def own_number(text: str) -> str:
    """A number of ours as a gateway wrote it; empty if it is none."""
    written = text.strip()
    if written.isdigit() and len(written) > 8:  # noqa: PLR2004  a forgotten plus
        written = f"+{written}"
    return written if _OURS.fullmatch(written) else ""


def query_for_mark(mark: str) -> str:
    """The query that carries a step of a call there and back."""
    return f"?c={mark}" if mark else ""


def mark_of(url: str) -> str:
    """The step in the address of a request about a call; empty if there is none of ours."""
    query = url.partition("#")[0].partition("?")[2]
    mark = query.removeprefix("c=")
    return mark if query.startswith("c=") and _MARK.fullmatch(mark) else ""


def whole(text: str) -> int:
    """A gateway's number of seconds; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0  # noqa: PLR2004
