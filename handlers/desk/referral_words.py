"""What the codes of referrals and offices are called on pages, and how what is shared is written out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from babel.dates import format_date, format_datetime

from handlers.desk.language import _, translated
from handlers.desk.safe_words import times_in
from helpline.cases.calendar import local
from helpline.cases.references import spoken
from helpline.cases.referral_rules import FIELDS, Field
from helpline.service.desk.offices import Safe

if TYPE_CHECKING:
    from datetime import date, datetime

    from helpline.cases.places import Places

STATES: Final[Mapping[str, str]] = {
    "draft": _("Draft"),
    "sent": _("Sent, no answer yet"),
    "accepted": _("Accepted by the office"),
    "attended": _("The client was there"),
    "completed": _("Service given"),
    "not_attended": _("The client did not go"),
    "declined": _("Declined"),
    "revoked": _("Taken back"),
    "cancelled": _("Cancelled"),
}
GOOD: Final = frozenset({"attended", "completed"})
POOR: Final = frozenset({"not_attended", "declined", "revoked"})
PRIORITIES: Final[Mapping[str, str]] = {
    "emergency": _("Emergency: answer within 24 hours"),
    "urgent": _("Urgent: answer within 72 hours"),
    "normal": _("Normal: answer within two weeks"),
}
SHORT_PRIORITIES: Final[Mapping[str, str]] = {
    "emergency": _("Emergency"),
    "urgent": _("Urgent"),
    "normal": _("Normal"),
}
SAID: Final[Mapping[str, str]] = {
    "": _("nothing yet"),
    "attended": _("the client was there"),
    "completed": _("the service was given"),
    "not_attended": _("the client did not get the service"),
}
WHY_NOT: Final[Mapping[str, str]] = {
    "cost": _("The cost"),
    "distance": _("Too far"),
    "fear": _("Fear or shame"),
    "did_not_know": _("Did not know where or when"),
    "other": _("Another reason"),
}
DECLINED: Final[Mapping[str, str]] = {
    "no_capacity": _("No capacity at present"),
    "not_eligible": _("The client does not meet the conditions"),
    "not_our_service": _("Not our service"),
    "outside_area": _("Outside our area"),
    "other": _("Another reason"),
}
OUTCOMES: Final[Mapping[str, str]] = {
    "served": _("The service was given in full"),
    "partly_served": _("A part of the service was given"),
    "goes_on": _("It goes on at our office"),
    "sent_elsewhere": _("Sent on to another office"),
    "nothing_to_do": _("There was nothing we could do"),
}
GAPS: Final[Mapping[str, str]] = {
    "no_provider": _("No office offers it here"),
    "declined": _("The offices declined"),
    "too_far": _("The nearest one is too far"),
    "too_expensive": _("It costs too much"),
    "not_eligible": _("The client does not meet the conditions"),
}
FUNDINGS: Final[Mapping[str, str]] = {
    "project": _("Our project"),
    "own": _("The client"),
    "government": _("The government or a public fund"),
    "partner": _("The office itself"),
    "unclear": _("Not clear yet"),
}
LEFT_OUT: Final[Mapping[str, str]] = {
    "emergency": _("An emergency: there was no time"),
    "unsafe": _("It was not safe to ask"),
    "unwilling": _("The client did not want to say"),
    "no_papers": _("There are no papers"),
    "does_not_fit": _("It does not fit here"),
    "later": _("It will be asked before the visit"),
}
CHANNELS: Final[Mapping[str, str]] = {
    "voice": _("By voice, on the phone or in person"),
    "sms": _("By SMS"),
    "ussd": _("In the phone menu"),
    "paper": _("On paper"),
}
CALLED_OFF: Final[Mapping[str, str]] = {
    "client_wish": _("The client does not want it any more"),
    "unsafe": _("It has become unsafe"),
    "no_answer": _("The office does not answer"),
    "mistake": _("It was a mistake"),
}
EVENTS: Final[Mapping[str, str]] = {
    "changed": _("The draft was changed"),
    "agreed_voice": _("The client agreed, by voice"),
    "agreed_sms": _("The client agreed, by SMS"),
    "agreed_ussd": _("The client agreed, in the phone menu"),
    "agreed_paper": _("The client agreed, on paper"),
    "consent_refused": _("The client did not agree"),
    "waits_for_check": _("A supervisor has to look at it"),
    "rejected": _("The supervisor did not let it go out"),
    "no_response": _("No answer in time"),
    "try_another": _("Still no answer: look for another office"),
    "asked_both": _("Both sides were asked what came of it"),
    "no_outcome": _("Nobody said what came of it"),
    "conflict": _("The two sides do not say the same"),
    "office_says_attended": _("Office: the client was there"),
    "office_says_completed": _("Office: the service was given"),
    "office_says_not_attended": _("Office: the client did not come"),
    "client_says_attended": _("Client: got the service"),
    "client_says_not_attended": _("Client: did not get the service"),
    "new_link": _("The office got a new link"),
    "office_suspended": _("The office was suspended"),
    "withdrawn": _("The client withdrew consent"),
    "by_staff": _("Decided by staff"),
    "funding": _("Who pays was written down"),
}
PROBLEMS: Final[Mapping[str, str]] = {
    "service": _("Please choose a service."),
    "priority": _("Please choose how soon."),
    "words_too_long": _("What is needed may have 300 letters at most."),
    "words_missing": _("Please write what is needed, or do not share it."),
    "not_enlisted": _("This office is not enlisted: nobody may be sent there."),
    "does_not_serve": _("This office does not offer that service in the client's district."),
    "not_a_draft": _("This is no longer a draft."),
    "not_agreed": _("The client has not agreed yet."),
    "not_now": _("That does not fit what this referral has come to."),
    "no_number": _("The directory has no number for this office: please call them."),
    "how": _("Please choose how the client said it."),
    "funding": _("Please choose who pays."),
    "guide": _("Please tick what was seen to, or say why something was left out."),
    "why": _("Please choose a reason."),
    "day": _("Please choose a day from today to three months ahead, and a time."),
    "name": _("An office needs a name in Bangla and in English, of 120 letters at most."),
    "kind": _("Please choose what kind of office it is."),
    "services": _("Please choose at least one service."),
    "districts": _("One of these districts does not exist."),
    "focal_name": _("The name of the focal person is too long."),
    "retired": _("A number that is wrong: please give the right one, or none"),
    "focal_number": _("This is not a phone number that can get SMS."),
    "criteria": _("An office can be enlisted only when it meets every criterion."),
}
STATUSES: Final[Mapping[str, str]] = {
    "proposed": _("Proposed"),
    "enlisted": _("Enlisted"),
    "suspended": _("Suspended"),
}
PROVIDER_KINDS: Final[Mapping[str, str]] = {
    "government": _("Government"),
    "ngo": _("NGO or community organisation"),
    "private": _("Private"),
}
CRITERIA: Final[Mapping[str, str]] = {
    "registered": _("It is registered, or a government office"),
    "confidential": _("It agreed in writing to keep what it learns to itself"),
    "focal_point": _("A focal person answers within the time"),
    "no_harm": _("No complaint of harm or abuse is open"),
    "cost_known": _("What it costs the client is known, or it is free"),
}
_SEXES: Final[Mapping[str, str]] = {
    "woman": _("Woman"),
    "man": _("Man"),
    "other": _("Other"),
    "unsaid": _("Not said"),
}
_CODED: Final[Mapping[str, Mapping[str, str]]] = {Field.SEX: _SEXES, Field.FUNDING: FUNDINGS}
_CALLS: Final = {True: _("Calls are fine"), False: _("No calls")}
_SMS: Final = {True: _("SMS is fine"), False: _("No SMS")}
_SOLE: Final = {True: _("only the client uses the phone"), False: _("others use the phone, too")}


def named(language: str, names: Mapping[str, str], code: str) -> str:
    """What a code is called; one without a name as it stands. What follows a colon is shown after it."""
    code, colon, word = code.partition(":")
    called = translated(language, names[code]) if code in names else code
    return f"{called}{colon} {word}" if colon else called


def told(
    language: str, places: Places, fields: Mapping[str, Any], *, hide_phone: bool
) -> list[tuple[str, str]]:
    """What is shared, written out: the name of each field, and its value."""
    return [
        (
            _capital(FIELDS[field].name(language)),
            _written(language, places, field, value, hide_phone),
        )
        for field, value in fields.items()
    ]


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def masked(number: str) -> str:
    """A number as staff see it: its beginning and its last three digits."""
    return f"{number[:4]}{'•' * 5}{number[-3:]}" if number else ""


def moment(language: str, at: datetime | None) -> str:
    """A moment in Dhaka: `3 Dec 2026, 10:00`; empty for none."""
    return format_datetime(local(at), "d MMM y, HH:mm", locale=language) if at else ""


def day(language: str, on: date | None) -> str:
    """A day: `3 Dec 2026`; empty for none."""
    return format_date(on, "d MMM y", locale=language) if on else ""


def _written(language: str, places: Places, field: str, value: Any, hide_phone: bool) -> str:  # noqa: FBT001
    if field == Field.REFERENCE:
        return spoken(value)
    if field in _CODED:
        return named(language, _CODED[field], value)
    if field == Field.DISTRICT:
        district = places.district(value)
        return district.name.in_language(language) if district else value
    if field == Field.PHONE and hide_phone:
        return masked(value)
    if isinstance(value, Safe):
        return _safety(language, value)
    return str(value)


def _safety(language: str, safe: Safe) -> str:
    said = [_CALLS[safe.call], _SMS[safe.sms], _SOLE[safe.sole]]
    return ", ".join(
        [*(translated(language, each) for each in said), times_in(language, safe.times)]
    )
