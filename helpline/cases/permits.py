"""The safe-contact gate: may this go to this phone now?

Every SMS, every call, every message left and every missed call that is a sign passes `decide` at
the moment of sending or dialling; nothing else may reach out. When nothing is known, or what was
known has expired, the answer is no: she contacts us.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from helpline.cases.calendar import QUIET, SILENT, Slot, Span, local
from helpline.cases.safe_times import ANY_TIME, SafeTimes, next_safe

PERMIT_LIVES: Final = timedelta(days=400)
"""How long what somebody allowed on a phone stands without being said anew."""
SILENCE: Final = timedelta(days=400)
"""A phone not heard of for so long may be another's by now: operators give numbers out again."""
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
    NEWS = "news"
    """A campaign: needs the person's permit on this phone, and their wish for news, when it is sent."""
    OFFICE = "office"
    """To an office, about a referral: it names nobody, and keeps the quiet hours."""


class Channel(StrEnum):
    """How somebody is reached. Each is allowed or not by itself; none of them is the rule."""

    SMS = "sms"
    CALL = "call"
    MESSAGE = "message"
    """Words left with whoever, or whatever, answers instead."""
    SIGNAL = "signal"
    """A call that rings once and means: please dial us when you can."""


class Detail(StrEnum):
    """What a text may tell somebody who reads it over a shoulder."""

    NEUTRAL = "neutral"
    DETAILED = "detailed"


class Ruling(StrEnum):
    """What the gate says."""

    SEND = "send"
    HOLD = "hold"
    REFUSE = "refuse"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Permit:
    """What is known about one phone, and about the person or request something is for.

    `channels` are those the purpose may use: the person's on this phone, the request's, or the
    one just asked for. `times` are those in which this is safe.
    """

    stopped: bool = False
    unsafe: bool = False
    channels: frozenset[Channel] = frozenset()
    ended: bool = False
    times: SafeTimes = ANY_TIME
    expires_at: datetime | None = None
    """None: what is asked for now and dies with the asking."""
    detailed: bool = False
    chosen: Slot | None = None
    """The time somebody named for this very call: it is safe even outside their usual times."""
    settled: bool = False
    """The thing it is about is over, moved or cancelled."""


def expiry(confirmed_at: datetime) -> datetime:
    """Until when what was confirmed at a moment stands."""
    return confirmed_at + PERMIT_LIVES


@dataclass(frozen=True, slots=True)
class Decision:
    """The ruling, why (a code for staff), and until when a held message waits."""

    ruling: Ruling
    why: str = ""
    until: datetime | None = None


def decide(  # noqa: C901, PLR0911 (one line a rule, in the order in which they count)
    permit: Permit,
    purpose: Purpose,
    channel: Channel = Channel.SMS,
    detail: Detail = Detail.NEUTRAL,
    *,
    now: datetime,
    since: datetime,
    expires: datetime,
    quiet: Span = QUIET,
) -> Decision:
    """Rule on one message, call or sign.

    Args:
        permit: what is known.
        purpose: why it is sent, or dialled.
        channel: how.
        detail: what its words may tell.
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
    if purpose in (Purpose.LAST, Purpose.STAFF):
        return Decision(Ruling.SEND)
    if channel not in permit.channels:
        return Decision(Ruling.REFUSE, "no_permit")
    if permit.expires_at is not None and now >= permit.expires_at:
        return Decision(Ruling.REFUSE, "expired")
    if detail is Detail.DETAILED and not permit.detailed:
        return Decision(Ruling.REFUSE, "not_detailed")
    if channel is Channel.SMS and purpose in _AWAITED and now - since <= PROMPT:
        return Decision(Ruling.SEND)
    return _by_the_clock(permit, now, expires, quiet)


_AWAITED: Final = (Purpose.REPLY, Purpose.ASKED)
"""Whoever asked a moment ago is awake, and looking at the phone."""


def _by_the_clock(permit: Permit, now: datetime, expires: datetime, quiet: Span) -> Decision:
    times = permit.times
    if permit.chosen and permit.chosen.begins <= now < permit.chosen.ends:
        times = ANY_TIME
    at = next_safe(now, times, quiet)
    if at == now:
        return Decision(Ruling.SEND)
    if at is None or at >= expires:
        return Decision(Ruling.SKIP, "no_safe_time")
    here = local(now).time()
    if quiet.holds(here) or SILENT.holds(here):
        return Decision(Ruling.HOLD, "quiet", at)
    return Decision(Ruling.HOLD, "window", at)
