"""What the codes of clocks, alarms and escalations are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from handlers.desk.case_words import KINDS, named, when
from handlers.desk.language import _
from handlers.desk.queue_words import LEVELS, PRIORITIES, lasting, urgency

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.desk.desk import Here

__all__ = ["KINDS", "LEVELS", "PRIORITIES", "lasting", "named", "urgency", "when"]

TO: Final[Mapping[str, str]] = {
    "supervisor": _("To a supervisor"),
    "psychologist": _("To a psychologist"),
    "legal": _("To somebody for legal questions"),
    "agency": _("To another office"),
}
RAISED: Final[Mapping[str, str]] = {
    **TO,
    "trusted": _("The person the client named is called"),
    "hospital": _("A hospital or an ambulance is called"),
    "police": _("The police are told, as two people agreed"),
}
"""To whom something was raised; the last steps are of a review of danger alone."""
REASONS: Final[Mapping[str, str]] = {
    "danger": _("Somebody may be in danger"),
    "beyond_me": _("It is more than I can decide"),
    "needs_specialist": _("It needs special knowledge"),
    "client_asks": _("The client asks for it"),
    "conflict": _("I cannot do this one myself"),
    "no_service": _("We have no such service"),
    "not_reached": _("The client cannot be reached"),
    "other": _("Another reason"),
}
"""What staff may choose."""
SIGNS: Final[Mapping[str, str]] = {
    "said_so": _("She or he said so"),
    "somebody_else_says": _("Somebody else says so"),
    "voice": _("How the voice sounded"),
    "answers": _("Answers to our questions"),
    "text": _("Words of a message"),
    "other": _("Another sign"),
}
CLOCKS: Final[Mapping[str, str]] = {
    "claim": _("Somebody takes it"),
    "first_response": _("First answer to the client"),
    "next_response": _("Answer to a new message"),
    "resolution": _("Work done"),
    "referral_response": _("Answer of the office"),
}
CLOCK_STATES: Final[Mapping[str, str]] = {
    "active": _("Running"),
    "warned": _("Little time left"),
    "hit": _("In time"),
    "missed": _("Too late"),
    "active_with_misses": _("Too late, still running"),
    "paused": _("Standing still"),
}
WHY: Final[Mapping[str, str]] = {
    **REASONS,
    **dict.fromkeys((f"{clock}_missed" for clock in CLOCKS), _("A promise was not kept")),
    "client_agrees": _("The client agrees"),
    "life_in_danger": _("Life is in danger and the client cannot be asked"),
    "two_agreed": _("Two people agreed"),
}
"""Why something was raised, by staff or by a clock."""
_STEPS: Final[Mapping[str, Mapping[str, str]]] = {
    "work_item": {"open": _("In the queue"), "claimed": _("Taken"), "done": _("Done")},
    "alarm": {
        "paging": _("Called"),
        "acknowledged": _("Answered"),
        "passed_on": _("Did not answer in time"),
        "ended": _("No longer needed"),
        "nobody_to_page": _("Nobody was on the rota"),
    },
    "escalation": RAISED,
    "sla_clock": CLOCK_STATES,
}


def step(here: Here, subject: str, became: str) -> str:
    """One step of an item in words."""
    return named(here, _STEPS.get(subject, {}), became)


def left(here: Here, due_at: datetime | None, now: datetime) -> str:
    """How much time is left until a moment, or how long ago it was."""
    if due_at is None:
        return ""
    if due_at >= now:
        return here.say(_("{time} left")).format(time=lasting(here, due_at - now))
    return here.say(_("late by {time}")).format(time=lasting(here, now - due_at))
