"""From messages to calls, and from a call's end to verdicts: the same rules for every gateway."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Generic, TypeVar

from helpline.gateways.numbers import textable
from helpline.gateways.port import Outcome, Outgoing, Verdict

LONGEST_TEXT = 1600
"""Characters of one text: Twilio's limit (error 21617), and far above any text of ours."""
_LONGEST_WAIT = 3600.0

_OURS_TO_FIX = frozenset({401, 402, 403, 404, 405, 407})
_NOT_TAKEN_YET = frozenset({408, 425, 429, 503})

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
"""Hosts that need neither TLS nor a proxy."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ending:
    """What one message of a call came to; `Verdict` without the message."""

    outcome: Outcome
    trouble: str = ""
    retry_after: float = 0.0
    external_id: str = ""


NOT_TRIED = Ending(Outcome.UNTRIED, "not-tried")
"""For the messages after a call that failed as a whole: no attempt was made for them."""
_UNEXPECTED = Ending(Outcome.AMBIGUOUS, "unexpected")

Call = Callable[[list[Outgoing]], list[Ending]]


class CallError(Exception):
    """A call ended in the same way for all its messages. `code` is the gateway's own error code."""

    def __init__(self, ending: Ending, code: int = 0) -> None:
        super().__init__(ending.trouble)
        self.ending = ending
        self.code = code


def by_status(status: int, retry_after: str = "") -> Ending:
    """What an HTTP status other than 2xx says about the messages of the call (faults.md, row 8).

    * 429 and 503 (and 408, 425: the request was not taken in) were not accepted: RETRY.
    * 3xx and 401-405, 407 come from a wrong address, credentials or account: MISCONFIGURED.
    * other 4xx are about this very call: REFUSED. Were 400 MISCONFIGURED, one text that a gateway
      does not like would pause it for everybody.
    * other 5xx may have come after the message was taken: AMBIGUOUS.
    """
    trouble = f"http-{status}"
    if status in _NOT_TAKEN_YET:
        return Ending(Outcome.RETRY, trouble, _seconds(retry_after))
    if status in _OURS_TO_FIX or 300 <= status < 400:  # noqa: PLR2004
        return Ending(Outcome.MISCONFIGURED, trouble)
    if 400 <= status < 500:  # noqa: PLR2004
        return Ending(Outcome.REFUSED, trouble)
    return Ending(Outcome.AMBIGUOUS, trouble)


def send_in_calls(messages: Sequence[Outgoing], call: Call, *, most: int) -> list[Verdict]:
    """One verdict for each of `messages`, in order, from calls of at most `most` recipients.

    `call` gets messages of one text to different numbers and returns one ending for each, or
    raises `CallError`. After a call that could not be placed or decided, or that says the account
    is not usable, the rest is `not-tried`: a gateway that is down is not asked a hundred times.
    Never raises.
    """
    endings: dict[int, Ending] = {}
    for place, message in enumerate(messages):
        if trouble := _unsendable(message):
            endings[place] = Ending(Outcome.REFUSED, trouble)
    stopped = False
    for places in _calls(messages, [p for p in range(len(messages)) if p not in endings], most):
        if stopped:
            endings.update(dict.fromkeys(places, NOT_TRIED))
            continue
        results, stopped = _end([messages[place] for place in places], call)
        endings.update(zip(places, results, strict=True))
    return [_verdict(message, endings[place]) for place, message in enumerate(messages)]


class PerProcess(Generic[T]):
    """Something built once in each process: a client must not share its sockets across a fork."""

    def __init__(self, build: Callable[[], T]) -> None:
        self._build = build
        self._built: tuple[int, T] | None = None

    def get(self) -> T:
        """This process's own; two threads that come first together may each build one."""
        if self._built is None or self._built[0] != os.getpid():
            self._built = (os.getpid(), self._build())
        return self._built[1]

    def drop(self) -> T | None:
        """Forget it, and return it if it was built here."""
        built, self._built = self._built, None
        return built[1] if built and built[0] == os.getpid() else None


def _end(batch: list[Outgoing], call: Call) -> tuple[list[Ending], bool]:
    """The endings of one call, and whether it was the last."""
    try:
        results = call(batch)
        if len(results) != len(batch):
            return [_UNEXPECTED] * len(batch), True
    except CallError as failed:
        about_the_text = failed.ending.outcome in {Outcome.REFUSED, Outcome.OPTED_OUT}
        return [failed.ending] * len(batch), not about_the_text
    except Exception:  # noqa: BLE001  whatever it was (a job's time-out too), the text may be out
        return [_UNEXPECTED] * len(batch), True
    return results, any(ending.outcome is Outcome.MISCONFIGURED for ending in results)


def _calls(messages: Sequence[Outgoing], places: list[int], most: int) -> list[list[int]]:
    """`places` by text, in order; a number that comes twice goes into two calls.

    The answer of a bulk call tells recipients apart by number only.
    """
    if most == 1:
        return [[place] for place in places]
    groups: dict[tuple[str, int], list[int]] = {}
    seen: Counter[tuple[str, str]] = Counter()
    for place in places:
        message = messages[place]
        earlier = seen[message.text, message.number]
        seen[message.text, message.number] += 1
        groups.setdefault((message.text, earlier), []).append(place)
    return [
        group[start : start + most]
        for group in groups.values()
        for start in range(0, len(group), most)
    ]


def _unsendable(message: Outgoing) -> str:
    if not textable(message.number):
        return "bad-number"
    if not message.text.strip():
        return "empty-text"
    if len(message.text) > LONGEST_TEXT:
        return "too-long"
    try:
        message.text.encode()
    except UnicodeEncodeError:
        return "bad-text"
    return "bad-text" if "\0" in message.text else ""


def _verdict(message: Outgoing, ending: Ending) -> Verdict:
    return Verdict(
        message.message_id,
        ending.outcome,
        external_id=ending.external_id,
        trouble=ending.trouble,
        retry_after=ending.retry_after,
    )


def _seconds(retry_after: str) -> float:
    """A Retry-After header, in seconds or as a date, as seconds from now; 0 if it cannot be read."""
    if retry_after.isascii() and retry_after.strip().isdigit():
        wait = float(retry_after[:9])
    else:
        try:
            wait = (parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds()
        except (TypeError, ValueError):
            return 0.0
    return min(max(wait, 0.0), _LONGEST_WAIT)
