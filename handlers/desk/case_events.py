"""What the entries of a timeline are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from handlers.desk import case_words as words
from handlers.desk.alarm_words import RAISED, step
from handlers.desk.calls_words import CALLBACK_STATES, OUTCOMES
from handlers.desk.calls_words import STATES as CALL_STATES
from handlers.desk.check_ins_words import STEPS as CHECK_IN_STEPS
from handlers.desk.language import _
from handlers.desk.people_words import PROOFS
from handlers.desk.queue_words import COMPLAINTS, MAY_CALL, REQUEST_STATES
from handlers.desk.referral_words import EVENTS as REFERRAL_EVENTS
from handlers.desk.referral_words import STATES as REFERRAL_STATES

if TYPE_CHECKING:
    from sqlalchemy import Row

    from handlers.desk.desk import Here
    from helpline.service.desk.timeline import Entry

MESSAGES: Final[Mapping[str, str]] = {
    "queued": _("Waiting to be sent"),
    "sending": _("Being sent"),
    "sent": _("Sent"),
    "delivered": _("Delivered"),
    "failed": _("Not sent"),
    "ambiguous": _("The gateway did not answer clearly"),
    "unconfirmed": _("Sent, but no receipt came"),
    "opted_out": _("The phone wants no messages"),
    "refused": _("Not allowed"),
    "skipped": _("Not sent: too late"),
    "cancelled": _("Cancelled"),
    "parked": _("It cannot be sent as it is"),
}
_GOOD: Final = frozenset({"sent", "delivered"})
_POOR: Final = frozenset({"failed", "refused", "opted_out", "ambiguous", "parked"})
_WORK: Final[Mapping[str, str]] = {
    "open": _("In the queue"),
    "claimed": _("Somebody has it"),
    "done": _("Done"),
}
_PERSON: Final[Mapping[str, str]] = {
    "registered": _("Registered"),
    "confirmed_again": _("Registered once more"),
    "seen_on_another_phone": _("Seen on another phone"),
    "withdrawn": _("Took consent back"),
    "consent_ended": _("Took one consent back"),
    "reminders_stopped": _("Wants no reminders"),
    "gave_opinion": _("Said what they think, without a name"),
    "attended_centre": _("Was at the centre"),
    "permit_changed": _("What is allowed on a phone was changed"),
    "corrected": _("An answer was corrected"),
    "identity_elsewhere": _("Gave a number from papers that somebody else gave"),
    "erasure_asked": _("Asked for everything to be erased"),
    "merged": _("Two registrations were joined"),
    "pin_allowed": _("Staff gave a code for a new secret number"),
    "pin_renewed": _("Chose a new secret number"),
    "exported": _("The data were given out"),
    "erased": _("Everything personal was erased"),
}
_CASE: Final[Mapping[str, str]] = {
    "owner": _("Somebody else has the case now"),
    "safety": _("The safe-contact card was changed"),
    "details": _("Details were changed"),
    "supervisor_named": _("A supervisor was named"),
}
_SUBJECTS: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "case": (_("Case"), words.STAGES),
    "risk": (_("Risk"), words.RISKS),
    "restricted": (_("Restricted"), {**words.RESTRICTED, "open": words.RESTRICTED[""]}),
    "waiting": (_("Whom we wait for"), words.WAITING),
    "work_item": (_("Work"), _WORK),
    "counselling_request": (_("Counselling request"), REQUEST_STATES),
    "callback": (_("Call-back"), CALLBACK_STATES),
    "referral": (_("Referral"), REFERRAL_STATES),
    "approval": (_("Approval"), words.APPROVALS),
    "appointment": (_("Appointment"), words.APPOINTMENTS),
    "follow_up": (_("Follow-up"), words.FOLLOW_UPS),
    "transfer": (_("Transfer"), words.TRANSFERS),
    "plan_step": (_("Step of the plan"), words.STEP_STATES),
    "person": (_("Client"), _PERSON),
}

_REASONS: Final[Mapping[str, Mapping[str, str]]] = {
    "case": words.ENDINGS,
    "follow_up": CHECK_IN_STEPS,
    "work_item": words.KINDS,
    "referral": REFERRAL_EVENTS,
    "callback": OUTCOMES,
    "person": PROOFS,
}
"""Why a thing moved, where that says more than its state."""


def told(here: Here, entry: Entry) -> str:
    """One entry in a line, without the words of anybody."""
    row = entry.row
    match entry.table:
        case "note":
            line = here.say(_("Correction of a note") if row.corrects_id else _("Note"))
        case "contact":
            line = _contact(here, entry)
        case "message":
            line = here.say(_("SMS from staff") if entry.who else _("SMS from the helpline"))
        case "incoming_text":
            line = here.say(_("SMS from the client"))
        case "assessment":
            line = f"{here.say(_('Assessment'))} ({row.instrument})"
        case "call":
            line = f"{here.say(_('Call'))}: {words.named(here, CALL_STATES, row.state)}"
        case "escalation":
            line = f"{here.say(_('Escalated'))}: {words.named(here, RAISED, row.to)}"
        case _:
            line = _event(here, entry)
    return line


def fate(state: str) -> str:
    """The class of the badge of a message's state."""
    return "good" if state in _GOOD else "warn" if state in _POOR else ""


def _contact(here: Here, entry: Entry) -> str:
    row = entry.row
    said = [
        words.named(here, words.CHANNELS, row.channel),
        words.named(here, words.DIRECTIONS, row.direction),
        words.named(here, words.DISPOSITIONS, row.disposition),
    ]
    if row.seconds:
        said.append(here.say(_("{count} min")).format(count=max(1, row.seconds // 60)))
    return ", ".join(said)


def _event(here: Here, entry: Entry) -> str:
    row = entry.row
    if line := _of_case(here, row) if row.subject == "case" else "":
        return line
    if row.subject == "alarm":
        line = f"{here.say(_('Alarm'))}: {step(here, 'alarm', row.became)}"
        return f"{line} ({entry.whom})" if entry.whom else line
    if row.subject == "complaint":
        about, call = complaint(row.why)
        line = f"{here.say(words.KINDS['complaint'])}: {words.named(here, COMPLAINTS, about)}"
        return f"{line}. {here.say(MAY_CALL[call])}"
    subject, states = _SUBJECTS.get(row.subject, (row.subject, {}))
    reasons = _REASONS.get(row.subject, {})
    became, why = words.named(here, states, row.became), reasons.get(row.why, "")
    if why and row.was == row.became:  # it stays what it is; something was said or done about it
        return f"{here.say(subject)}: {here.say(why)}"
    return f"{here.say(subject)}: {became}" + (f" ({here.say(why)})" if why else "")


def _of_case(here: Here, row: Row[Any]) -> str:
    """What moves in a case besides its stage; nothing for the others."""
    if row.why in _CASE:
        return words.named(here, _CASE, row.why)
    if row.became == "checked_in":
        return here.say(_("The client checked in"))
    return here.say(_("Somebody may be in danger")) if row.why.startswith("risk_") else ""


def complaint(why: str) -> tuple[str, bool]:
    """What a complaint is about, and whether one may call; as its event says it."""
    return why.removesuffix("_no_call").removesuffix("_call"), not why.endswith("_no_call")
