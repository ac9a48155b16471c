"""The safe-contact gate: may this message go to this phone now?

Every outgoing message passes `decide` at the moment of sending; nothing else may send. When
nothing is known, the answer is no: she contacts us.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from helpline.cases.calendar import QUIET, SILENT, WINDOWS, Span, local, next_in

PROMPT: Final = timedelta(minutes=15)
"""How long a text still counts as the answer to something the caller has just done."""


class Purpose(StrEnum):
    """Why a message is sent; it decides which permission it needs."""

    REPLY = "reply"
    """The answer to an SMS that has just come from this phone."""
    LAST = "last"
    """The one answer to "stop": the only thing a stopped phone still gets, at once or never."""
    ASKED = "asked"
    """Something the caller has just asked for, and said yes to an SMS, in this conversation."""
    SLOT = "slot"
    """About a time the caller chose, if they agreed to be reminded of it."""
    PERSON = "person"
    """Confirmation, follow-up and centre reminders of a registered person."""
    STAFF = "staff"
    """To somebody who works here, on their own number: at any hour, and never about a person."""
    OFFICE = "office"
    """To an office, about a referral: it names nobody, and keeps the quiet hours."""


class Ruling(StrEnum):
    """What the gate says."""

    SEND = "send"
    HOLD = "hold"
    REFUSE = "refuse"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Permit:
    """What is known about one phone, and about the person or request the message is for.

    `allowed` is the permission the purpose needs: the person's on this phone, the request's, or
    the one just given. `window` names the part of the day that is safe.
    """

    stopped: bool = False
    unsafe: bool = False
    allowed: bool = False
    ended: bool = False
    window: str = "any"
    settled: bool = False
    """The thing the message is about is over, moved or cancelled."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The ruling, why (a code for staff), and until when a held message waits."""

    ruling: Ruling
    why: str = ""
    until: datetime | None = None


def decide(  # noqa: PLR0911 (one line a rule, in the order in which they count)
    permit: Permit,
    purpose: Purpose,
    *,
    now: datetime,
    since: datetime,
    expires: datetime,
    quiet: Span = QUIET,
) -> Decision:
    """Rule on one message.

    Args:
        permit: what is known.
        purpose: why it is sent.
        now: the moment of sending.
        since: when it was asked for or fell due.
        expires: after this it is skipped, never sent late.
        quiet: the configured quiet hours.
    """
    if permit.unsafe:
        return Decision(Ruling.REFUSE, "unsafe")
    if permit.stopped and purpose is not Purpose.LAST:
        return Decision(Ruling.REFUSE, "stopped")
    if permit.ended:
        return Decision(Ruling.REFUSE, "withdrawn")
    if permit.settled:
        return Decision(Ruling.SKIP, "settled")
    if now >= expires:
        return Decision(Ruling.SKIP, "stale")
    if purpose in (Purpose.REPLY, Purpose.LAST, Purpose.STAFF):
        return Decision(Ruling.SEND)
    if not permit.allowed:
        return Decision(Ruling.REFUSE, "no_permit")
    if purpose is Purpose.ASKED and now - since <= PROMPT:
        return Decision(Ruling.SEND)
    return _by_the_clock(permit, now, expires, quiet)


_STEPS: Final = 8
"""More than three spans of a day can ask for until one moment is outside two and inside the third."""


def _by_the_clock(permit: Permit, now: datetime, expires: datetime, quiet: Span) -> Decision:
    safe = WINDOWS.get(permit.window, WINDOWS["any"])
    at = now
    for _step in range(_STEPS):
        moment = local(at).time()
        if quiet.holds(moment):
            at = next_in(Span(quiet.ends, quiet.begins), at)
        elif SILENT.holds(moment):
            at = next_in(Span(SILENT.ends, SILENT.begins), at)
        elif not safe.holds(moment):
            at = next_in(safe, at)
        else:
            break
    else:  # the quiet hours leave nothing of the safe time
        return Decision(Ruling.SKIP, "no_safe_time")
    if at == now:
        return Decision(Ruling.SEND)
    if at >= expires:
        return Decision(Ruling.SKIP, "no_safe_time")
    return Decision(Ruling.HOLD, "quiet" if quiet.holds(local(now).time()) else "window", at)
