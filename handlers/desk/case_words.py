"""What the codes of a case are called on its pages, and how its days and numbers are shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from babel.dates import format_date, format_datetime

from handlers.desk.language import _
from helpline.cases.calendar import local
from helpline.cases.work import Kind

if TYPE_CHECKING:
    from datetime import date, datetime

    from handlers.desk.desk import Here

STAGES: Final[Mapping[str, str]] = {
    "new": _("New"),
    "assigned": _("Assigned"),
    "assessment": _("Assessment"),
    "support_ongoing": _("Support ongoing"),
    "support_completed": _("Support completed"),
    "closed": _("Closed"),
}
RISKS: Final[Mapping[str, str]] = {
    "none": _("No known risk"),
    "low": _("Low risk"),
    "medium": _("Medium risk"),
    "high": _("High risk"),
    "imminent": _("Imminent danger"),
}
RESTRICTED: Final[Mapping[str, str]] = {
    "": _("Not restricted"),
    "gbv": _("Violence against women"),
    "trafficking": _("Trafficking"),
    "suicide": _("Danger of suicide"),
    "minor": _("Under 18"),
}
WAITING: Final[Mapping[str, str]] = {
    "us": _("Waiting for us"),
    "client": _("Waiting for the client"),
    "agency": _("Waiting for another office"),
}
COUNSELLORS: Final[Mapping[str, str]] = {
    "any": _("No wish about the counsellor"),
    "woman": _("Wants a woman"),
    "man": _("Wants a man"),
}
LANGUAGES: Final[Mapping[str, str]] = {"bn": _("Bangla"), "en": _("English")}
KINDS: Final[Mapping[str, str]] = {
    Kind.COUNSELLING: _("Counselling request"),
    Kind.CALLBACK: _("Call-back"),
    Kind.MISSED_CALL: _("Missed call"),
    Kind.TEXT: _("Incoming message"),
    Kind.RISK_REVIEW: _("Risk review"),
    Kind.COMPLAINT: _("Complaint"),
    Kind.REFERRAL: _("Referral"),
    Kind.UNREACHABLE: _("Could not be reached"),
    Kind.UNDECIDED: _("Message of unknown fate"),
    Kind.STALE_FACT: _("Out-of-date fact"),
    Kind.FOLLOW_UP: _("Follow-up"),
    Kind.APPROVAL: _("Approval"),
    Kind.TRANSFER: _("Transfer"),
    Kind.FEEDBACK: _("A service was not good"),
    Kind.ERASURE: _("Asked to be erased"),
    Kind.DEPENDANT: _("Somebody of the family"),
    Kind.BREACH: _("Broken promise"),
    Kind.SAFE_CONTACT: _("Ask what is safe, when next in contact"),
    Kind.CHILD: _("Somebody under 18"),
    Kind.ON_BEHALF: _("Somebody asks for another person"),
    Kind.CHECK_IN: _("Low check-in"),
    Kind.NEEDS: _("Needs told by phone"),
    Kind.OTHER: _("Other work"),
}

RELATIONS: Final[Mapping[str, str]] = {
    "own": _("The client's own phone"),
    "family": _("A phone of the family"),
    "neighbour": _("A neighbour's phone"),
    "unknown": _("Not known whose phone"),
}
WINDOWS: Final[Mapping[str, str]] = {
    "any": _("any time of the day"),
    "morning": _("in the morning, 9 to 12"),
    "afternoon": _("in the afternoon, 12 to 4"),
    "evening": _("in the evening, 4 to 8"),
}
OBSTACLES: Final[Mapping[str, str]] = {
    "no_owner": _("Nobody has the case yet."),
    "no_consent": _("The client has not agreed to be registered, or has taken it back."),
    "no_plan": _("There is no step in the plan."),
    "plan_not_approved": _("A supervisor has not approved the plan as it is now."),
    "steps_open": _("Some steps of the plan are neither done nor waived."),
    "no_reason": _("A reason is needed."),
    "not_completed": _("The support is not completed."),
    "not_approved": _("A supervisor has not approved this ending."),
    "another_open": _("This person has another open case."),
    "referrals_open": _("A referral is still open."),
    "work_open": _("Something the client asked for is not done."),
    "danger_open": _("A risk review is not done."),
    "no_trusted": _(
        "The client named nobody whom we may call, or the number or the words to say are missing."
    ),
    "trusted_first": _("The client named somebody whom we may call: call that person first."),
    "no_form": _(
        "The risk form has not been gone through in this review, or it found no imminent danger."
    ),
    "under_way": _("Somebody is talking with the client, or a referral waits for its outcome."),
    "not_theirs": _("This person may not have the case."),
    "no_such_value": _("One of the answers is not among those offered."),
    "no_such_time": _("The day or the time cannot be read."),
    "no_day": _("Choose at least one day."),
    "no_such_day": _("The day has passed already."),
    "no_such_place": _("There is no such place."),
    "in_the_past": _("The time has passed already."),
    "months": _("Please write for how many months, from 1 to 120."),
    "taka": _("Please write the amount in taka, in digits."),
    "group_place": _("A group meets at a place: please choose one."),
    "group_size": _("Please write how many came, from 2 to 200."),
    "in_a_household": _("Both belong to a household already."),
    "too_many": _("The list is full."),
    "supervisor_only": _("Only a supervisor may do this."),
    "no_supervisor": _("Please name a supervisor."),
    "closed": _("The case is closed."),
    "asked_already": _("This was asked already and waits for an answer."),
    "own_question": _("Whoever asked cannot answer."),
    "no_outcome": _("Please say what came of it."),
    "empty": _("There are no words."),
    "too_long": _("This is too long."),
    "no_phone": _("No phone is known."),
    "unsafe": _("Somebody else may hold this phone: nothing is sent to it."),
    "stopped": _("This phone asked for no more messages."),
    "ended": _("This phone is no longer the client's."),
    "no_permit": _("The client did not allow SMS to this phone."),
    "expired": _("What the client allowed on this phone has expired."),
    "no_such_number": _("This is no phone number."),
    "owner_only": _("Only whoever has the case, or its named supervisor, may do this."),
    "no_safe_word": _("No safe word is written down for this phone: it proves nothing."),
    "registered_already": _("This client is registered already."),
    "not_registered": _("Nobody is registered in this case."),
    "no_such_reference": _("No other registration that you may see has this number."),
    "same_person": _("This is the same registration."),
    "kept_withdrew": _("This person took consent back: join them the other way round."),
    "not_repeated": _("The case number was not typed as it is."),
    "nothing_known": _(
        "Nobody registered from this phone, and it did not write in the last day: the client contacts us."
    ),
}
WARNINGS: Final[Mapping[str, str]] = {
    "romanised": _("Bangla in Latin letters: it must be in Bangla script"),
    "wrong_script": _("The text is not in the language that was chosen"),
    "retired": _("A number that is wrong: please give the right one, or none"),
    "service": _("A word that tells what this is about"),
    "organisation": _("The name of an office that tells what this is about"),
    "name": _("The name of the person"),
    "sign": _("The safe word, or the words for danger: once others have read them they are none"),
    "link": _("A link"),
    "reference": _("A reference number"),
}
SUGGESTIONS: Final[Mapping[str, str]] = {
    "high_priority": _("This should not wait"),
    "risk_form": _("Go through the risk form"),
    "safety_first": _("Talk about safety first"),
    "counselling": _("Offer counselling"),
    "restrict_minor": _("Restrict the case: under 18"),
    "restrict_trafficking": _("Restrict the case: trafficking"),
    "shelter": _("Look for a place to stay"),
    "food": _("Look for help with food"),
    "treatment": _("Refer for treatment"),
    "debt": _("Look for help with the debt"),
    "skills": _("Recognition of skills"),
    "social_protection": _("Apply for social protection"),
    "training": _("Look for training"),
    "work": _("Look for work"),
    "enterprise": _("Talk about a business of their own"),
    "remigration": _("Inform about going abroad safely"),
    "wages": _("Claim the pay that is owed"),
    "legal": _("Offer legal help"),
    "papers": _("Help with the papers"),
}
ENDINGS: Final[Mapping[str, str]] = {
    "graduated": _("Stands on own feet"),
    "completed": _("Support completed"),
    "dropped_out": _("Dropped out"),
    "cancelled": _("Opened twice or by mistake"),
    "declined": _("Wants no help from us"),
    "transferred_out": _("Handed to another office"),
    "deceased": _("Died"),
    "came_back": _("Came back"),
    "new_need": _("A new need"),
    "closed_by_mistake": _("Closed by mistake"),
}
WAIVED: Final[Mapping[str, str]] = {
    "not_needed": _("No longer needed"),
    "refused": _("The client did not want it"),
    "no_service": _("Nobody offers it there"),
    "got_elsewhere": _("Got it elsewhere"),
    "goes_abroad": _("Goes abroad again"),
}
STEP_STATES: Final[Mapping[str, str]] = {
    "planned": _("Planned"),
    "done": _("Done"),
    "waived": _("Waived"),
}
APPROVALS: Final[Mapping[str, str]] = {
    "plan": _("The plan"),
    "closing": _("Closing the case"),
    "police": _("Telling the police"),
    "pending": _("Waits for an answer"),
    "approved": _("Approved"),
    "rejected": _("Not approved"),
}
APPOINTMENTS: Final[Mapping[str, str]] = {
    "counselling": _("Counselling"),
    "assessment": _("Assessment"),
    "service": _("A service"),
    "home_visit": _("A visit at home"),
    "other": _("Something else"),
    "planned": _("Planned"),
    "kept": _("Kept"),
    "missed": _("Missed"),
    "cancelled": _("Cancelled"),
}
SESSIONS: Final[Mapping[str, str]] = {
    "alone": _("alone"),
    "family": _("with the family"),
    "group": _("in a group"),
}
FOLLOW_UPS: Final[Mapping[str, str]] = {
    "check_in": _("Ask how things are"),
    "month_3": _("Check-in after 3 months"),
    "month_6": _("Check-in after 6 months"),
    "month_12": _("Check-in after 12 months"),
    "answered": _("Answered"),
    "she_contacts_us": _("We may not call: the client contacts us"),
    "no_answer": _("No answer"),
    "after_risk": _("After danger"),
    "debrief": _("Talk it over with the colleague"),
    "after_service": _("After a service"),
    "other": _("Something else"),
    "planned": _("Planned"),
    "due": _("Due"),
    "done": _("Done"),
    "missed": _("Missed"),
    "waived": _("Waived"),
    "cancelled": _("Cancelled"),
    "well": _("All is well"),
    "needs_more": _("Needs more help"),
    "not_reached": _("Could not be reached"),
    "no_longer_wanted": _("Not wanted any more"),
}
CHANNELS: Final[Mapping[str, str]] = {
    "call": _("Call"),
    "sms": _("SMS"),
    "walk_in": _("Came in person"),
}
DIRECTIONS: Final[Mapping[str, str]] = {"in": _("to us"), "out": _("from us")}
DISPOSITIONS: Final[Mapping[str, str]] = {
    "talked": _("We talked"),
    "no_answer": _("No answer"),
    "busy": _("Busy"),
    "switched_off": _("Switched off"),
    "wrong_person": _("Somebody else answered"),
    "not_convenient": _("Could not talk then"),
    "refused": _("Did not want to talk"),
}

TRANSFERS: Final[Mapping[str, str]] = {
    "requested": _("Waits for an answer"),
    "accepted": _("Taken over"),
    "rejected": _("Not taken over"),
}


def named(here: Here, names: Mapping[str, str], code: str) -> str:
    """What a code is called in the language of the page; one without a name as it stands."""
    return here.say(names[code]) if code in names else code


def when(here: Here, moment: datetime | None) -> str:
    """A moment in Dhaka: `3 Dec 2026, 10:00`; empty for none."""
    if moment is None:
        return ""
    return format_datetime(local(moment), "d MMM y, HH:mm", locale=here.language)


def day(here: Here, on: date | None) -> str:
    """A day: `3 Dec 2026`; empty for none."""
    return format_date(on, "d MMM y", locale=here.language) if on else ""


def district(here: Here, code: str) -> str:
    """The name of a district; empty where it is not known."""
    found = here.parts.places.district(code)
    return found.name.in_language(here.language) if found else code


def upazila(here: Here, key: str) -> str:
    """The name of an upazila; empty where it is not known."""
    found = here.parts.places.upazila(key)
    return found.name.in_language(here.language) if found else key
