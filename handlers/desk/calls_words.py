"""What the codes of calls are called on the desk's pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from handlers.desk.case_words import named, when
from handlers.desk.language import _
from handlers.desk.safe_words import times

if TYPE_CHECKING:
    from handlers.desk.desk import Here
    from helpline.service.desk.calling import NotSafe

__all__ = ["named", "times", "when"]

NO_VOICE: Final = _(
    "No telephone provider is configured, so the desk cannot place calls. Call by hand: you see the number, and write down what came of it."
)
STATES: Final[Mapping[str, str]] = {
    "placed": _("Begins"),
    "ringing_staff": _("Rings at the counsellor"),
    "ringing_client": _("Rings at the client"),
    "waiting": _("Waits for somebody"),
    "connected": _("In conversation"),
    "failed": _("Not connected"),
    "ended": _("Over"),
}
PURPOSES: Final[Mapping[str, str]] = {
    "callback": _("Call-back"),
    "hotline": _("Call to the helpline"),
    "missed": _("Missed call"),
    "page": _("Alarm"),
    "dial_back": _("Call by a member of staff"),
}
ENDINGS: Final[Mapping[str, str]] = {
    "busy": _("The line was busy"),
    "no_answer": _("Nobody answered"),
    "rejected": _("The call was rejected"),
    "network": _("The network did not connect it"),
    "client_left": _("The client hung up"),
    "staff_left": _("The counsellor hung up"),
    "gave_up": _("The caller did not wait"),
    "caller_done": _("The caller did not want more"),
    "call_back": _("The caller is called back"),
    "silent": _("Nothing was heard of it any more"),
    "quiet": _("It was the time of quiet"),
    "window": _("It was not the safe time of day"),
    "unsafe": _("The phone is marked unsafe"),
    "stopped": _("The client wants no contact"),
    "unlinked": _("The phone is not the client's any more"),
    "no_permit": _("The client did not allow calls"),
    "expired": _("What the client allowed has expired"),
    "no_safe_time": _("No time of day is safe"),
    "no_number": _("There is no number"),
    "not_theirs": _("The work had become somebody else's"),
}
NOT_SAFE: Final[Mapping[str, str]] = {
    "quiet": _("Not now: it is the time of quiet."),
    "window": _("Not now: it is not the time of day that is safe for the client."),
    "unsafe": _("Not at all: this phone is marked unsafe."),
    "stopped": _("Not at all: the client wants no contact."),
    "unlinked": _("Not at all: this phone is not the client's any more."),
    "no_permit": _("Not at all: the client did not ask for a call. The client contacts us."),
    "expired": _("Not at all: what the client allowed has expired. The client contacts us."),
    "no_safe_time": _("Not at all: the client named no time at which it may ring."),
    "no_number": _("There is no number to call."),
    "unknown": _("There is no number to call."),
}
OUTCOMES: Final[Mapping[str, str]] = {
    "reached": _("Reached, and we talked"),
    "asked_later": _("Reached, wants to be called later"),
    "no_answer": _("Nobody answered"),
    "busy": _("The line was busy"),
    "rejected": _("The call was rejected"),
    "number_off": _("The phone is off or the number is dead"),
    "wrong_person": _("Somebody else answered"),
}
CALLBACK_STATES: Final[Mapping[str, str]] = {
    "requested": _("Asked for"),
    "scheduled": _("Planned"),
    "due": _("To be called now"),
    "held": _("Waits until it is safe or somebody is there"),
    "dialling_staff": _("Rings at the counsellor"),
    "dialling_client": _("Rings at the client"),
    "connected": _("Connected: what came of it is not written yet"),
    "completed": _("Completed"),
    "attempt_failed": _("Not connected"),
    "unreachable": _("Not reached in any attempt"),
    "wrong_person": _("Somebody else answered"),
    "paused": _("Stopped: somebody else answered"),
    "cancelled": _("Cancelled"),
    "expired": _("Not called within seven days"),
}
CANCELS: Final[Mapping[str, str]] = {
    "client_said_no": _("The client does not want to be called"),
    "reached_otherwise": _("The client was reached in another way"),
    "number_dead": _("The number does not work"),
    "not_safe": _("Calling is not safe"),
}
FAULTS: Final[Mapping[str, str]] = {
    "outcome": _("Choose one of the outcomes."),
    "time": _("Choose a time to come at which people may be called."),
}


def not_safe(here: Here, refusal: NotSafe) -> str:
    """Why a phone may not ring, and when it may."""
    said = named(here, NOT_SAFE, refusal.why)
    if refusal.when is None:
        return said
    again = here.say(_("It may ring from {time}.")).format(time=when(here, refusal.when))
    return f"{said} {again}"
