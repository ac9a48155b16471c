"""What the codes of the queue are called, and how waiting and promises are said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from handlers.desk.case_words import KINDS, day, district, named, when
from handlers.desk.language import _
from helpline.cases.work import Kind, Priority

if TYPE_CHECKING:
    from handlers.desk.desk import Here

__all__ = ["KINDS", "day", "district", "named", "when"]

PRIORITIES: Final[Mapping[int, str]] = {
    Priority.IMMINENT: _("At once"),
    Priority.HIGH: _("High"),
    Priority.NORMAL: _("Normal"),
    Priority.LOW: _("Low"),
}
TOPICS: Final[Mapping[str, str]] = {
    "family": _("Family"),
    "worries": _("Worries"),
    "money": _("Money or debt"),
    "health": _("Health"),
    "law": _("Law or papers"),
    "other": _("Something else"),
}
COMPLAINTS: Final[Mapping[str, str]] = {
    "pay": _("Pay that was not paid"),
    "contract": _("Contract or work"),
    "agency": _("Agency or broker"),
    "treatment": _("How the client was treated"),
    "documents": _("The client's papers"),
    "service": _("This helpline itself"),
}
"""What a complaint is about."""
MAY_CALL: Final[Mapping[bool, str]] = {
    True: _("The client may be called at the time they chose"),
    False: _("Do not call: the client contacts us"),
}
CHANNELS: Final[Mapping[str, str]] = {
    "call": _("by phone"),
    "visit": _("at a centre"),
    "sms": _("by SMS"),
}
WISHES: Final[Mapping[str, str]] = {
    "any": _("No wish about the counsellor"),
    "woman": _("Wants a woman"),
    "man": _("Wants a man"),
}
LANGUAGES: Final[Mapping[str, str]] = {
    "bn": _("Bangla"),
    "bn_Latn": _("Bangla in Latin letters"),
    "en": _("English"),
}
LEVELS: Final[Mapping[int, str]] = {
    1: _("For a supervisor"),
    2: _("For a specialist"),
    3: _("For another office"),
}
RELEASES: Final[Mapping[str, str]] = {
    "no_time": _("I have no time for it"),
    "not_for_me": _("Somebody else can do it better"),
    "known_to_me": _("I know this person"),
    "my_shift_ends": _("My shift ends"),
    "other": _("Another reason"),
}
"""Why an item is given back."""
REQUEST_STATES: Final[Mapping[str, str]] = {
    "requested": _("Asked for"),
    "queued": _("Waiting"),
    "claimed": _("Somebody has it"),
    "callback_scheduled": _("To be called"),
    "in_session": _("In conversation"),
    "completed": _("Completed"),
    "no_contact": _("Could not be reached"),
    "withdrawn": _("Withdrawn by the client"),
    "declined": _("Not our service: told where to go"),
    "duplicate": _("Asked for twice"),
}
ENDS: Final[Mapping[str, Mapping[str, str]]] = {
    Kind.COUNSELLING: {
        end: REQUEST_STATES[end]
        for end in ("completed", "no_contact", "withdrawn", "declined", "duplicate")
    },
    Kind.TEXT: {
        "answered": _("Read and answered"),
        "nothing_to_do": _("Read, nothing to do"),
    },
}
"""How an item of a kind can end."""
ENDS_OF_OTHERS: Final[Mapping[str, str]] = {
    "done": _("Done"),
    "nothing_to_do": _("Nothing to do"),
}
MESSAGE_STATES: Final[Mapping[str, str]] = {
    "ambiguous": _("The gateway did not answer clearly"),
    "unconfirmed": _("Sent, but no receipt came"),
    "parked": _("It cannot be sent as it is"),
    "queued": _("Waiting to be sent"),
    "sending": _("Being sent"),
    "sent": _("Sent"),
    "delivered": _("Delivered"),
    "failed": _("Not sent"),
}
MESSAGE_ANSWERS: Final[Mapping[str, str]] = {
    "was_sent": _("It was sent"),
    "was_not_sent": _("It was not sent"),
    "send_again": _("Send it again"),
    "leave": _("Leave it as it is"),
}


def lasting(here: Here, time: timedelta) -> str:
    """A time in one unit, rounded down: `12 min`, `3 h`, `2 days`."""
    minutes = max(0, int(time.total_seconds() // 60))
    if minutes < 60:  # noqa: PLR2004  an hour
        return here.say(_("{count} min")).format(count=minutes)
    if minutes < 48 * 60:
        return here.say(_("{count} h")).format(count=minutes // 60)
    return here.say(_("{count} days")).format(count=minutes // (24 * 60))


def promise(here: Here, promised_at: datetime, now: datetime) -> str:
    """How much time is left until something was promised, or how late it is."""
    if promised_at >= now:
        return here.say(_("{time} left")).format(time=lasting(here, promised_at - now))
    return here.say(_("late by {time}")).format(time=lasting(here, now - promised_at))


def about(here: Here, item: Any) -> str:
    """What an item is about, in codes' names only: nothing that a client said."""
    if item.kind == Kind.COUNSELLING and item.topic:
        return f"{named(here, TOPICS, item.topic)}, {named(here, CHANNELS, item.channel)}"
    if item.attempts:
        return here.say(_("tried {count} times")).format(count=item.attempts)
    return ""


def urgency(priority: int) -> str:
    """The class of a badge."""
    return {Priority.IMMINENT: "urgent", Priority.HIGH: "warn"}.get(Priority(priority), "")
