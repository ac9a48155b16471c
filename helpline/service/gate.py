"""What is known of a phone at this moment, put before the safe-contact gate: for messages.

Calls ask the same gate in `helpline.service.desk.callable`. Nothing else reaches out to anybody.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Final

from helpline.cases.permits import Channel, Decision, Permit, Purpose, decide
from helpline.cases.safe_times import ANY_TIME, SafeTimes, narrower
from helpline.cases.texts import detail_of

if TYPE_CHECKING:
    from datetime import datetime

    from helpline.service.parts import Parts
    from helpline.store.outbox import Waiting

OVER: Final = frozenset({"withdrawn", "completed", "declined", "duplicate", "no_contact"})
"""States of a counselling request after which nothing about its time is sent."""

_SMS: Final = frozenset({Channel.SMS})
_NONE: Final = frozenset[Channel]()
_BY_ASKING: Final = (
    Purpose.REPLY,
    Purpose.LAST,
    Purpose.ASKED,
    Purpose.STAFF,
    Purpose.OFFICE,
)
"""Whoever wrote, asked or works with us wants the answer; everything else needs the person's permit."""


def message(parts: Parts, waiting: Waiting, now: datetime) -> Decision:
    """Rule on one message at the moment of sending."""
    purpose = Purpose(waiting.purpose)
    return decide(
        _permit(waiting, purpose),
        purpose,
        Channel.SMS,
        detail_of(waiting.template),
        now=now,
        since=waiting.created_at,
        expires=waiting.expires_at,
        quiet=parts.quiet,
    )


def _permit(waiting: Waiting, purpose: Purpose) -> Permit:
    asked = purpose in _BY_ASKING
    slot = purpose is Purpose.SLOT
    return Permit(
        stopped=waiting.stopped_at is not None,
        unsafe=waiting.unsafe_at is not None,
        ended=waiting.withdrawn_at is not None or waiting.link_ended_at is not None,
        channels=_SMS if asked or _allowed(waiting, purpose) else _NONE,
        times=_of_phone(waiting) if asked else _times(waiting),
        expires_at=None if asked or slot else waiting.link_expires_at,
        detailed=asked or bool(waiting.link_detailed),
        settled=slot and waiting.request_state in OVER,
    )


def _allowed(waiting: Waiting, purpose: Purpose) -> bool:
    if purpose is Purpose.SLOT:
        return _slot(waiting)
    wanted = waiting.news if purpose is Purpose.NEWS else waiting.follow_up
    return bool(waiting.link_sms) and wanted


def _slot(waiting: Waiting) -> bool:
    """The request's own permission, unless its person said otherwise later."""
    later = (
        waiting.link_confirmed_at is not None
        and waiting.request_at is not None
        and waiting.link_confirmed_at > waiting.request_at
    )
    return bool(waiting.request_sms) and (bool(waiting.link_sms) or not later)


def _of_phone(waiting: Waiting) -> SafeTimes:
    """For an answer that is late: hours in which everybody whose phone it is may be reached."""
    own = [SafeTimes(window, weekdays) for window, weekdays in waiting.phone_times]
    return reduce(narrower, own) if own else ANY_TIME


def _times(waiting: Waiting) -> SafeTimes:
    if waiting.link_window is None:
        return ANY_TIME
    return SafeTimes(waiting.link_window, waiting.link_weekdays or "")
