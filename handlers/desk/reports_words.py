"""What the codes of the reports are called, and how figures and times are said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from babel.dates import format_date

from handlers.desk.case_words import RESTRICTED, SESSIONS, STAGES, district, named, upazila
from handlers.desk.check_ins_words import DIMENSIONS, SCORES
from handlers.desk.language import _
from handlers.desk.queue_words import LANGUAGES, PRIORITIES, REQUEST_STATES, TOPICS
from handlers.desk.referral_words import DECLINED, FUNDINGS, GAPS, OUTCOMES, WHY_NOT
from handlers.desk.referral_words import STATES as REFERRAL_STATES
from helpline.cases.indicators import Criterion
from helpline.cases.measures import LONGER
from helpline.cases.needs import TRADES
from helpline.cases.services import service_name

if TYPE_CHECKING:
    from datetime import date

    from handlers.desk.desk import Here
    from helpline.cases.measures import Quarter

UNKNOWN: Final = _("Not known")

NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "sex": {
        "woman": _("Woman"),
        "man": _("Man"),
        "other": _("Other"),
        "unsaid": _("Would rather not say"),
    },
    "need": {
        "counselling": _("To talk to someone"),
        "health": _("Treatment"),
        "work": _("Work or training"),
        "debt": _("Loan or debt"),
        "papers": _("Papers"),
        "legal": _("Legal help"),
        "shelter": _("Food or shelter"),
        "unknown": UNKNOWN,
    },
    "returned": {
        "3_months": _("Within 3 months"),
        "1_year": _("Within a year"),
        "3_years": _("1 to 3 years ago"),
        "longer": _("Longer ago"),
    },
    "reason": {
        "contract": _("Contract over"),
        "wish": _("Own wish"),
        "health": _("Illness or injury"),
        "work": _("Trouble at work"),
        "sent_back": _("Sent back"),
        "other": _("Other"),
    },
    "channel": {
        "ussd": _("USSD"),
        "sms": _("SMS"),
        "voice": _("By phone, with staff"),
        "call": _("By phone, with staff"),
        "desk": _("By staff"),
        "walk_in": _("At a centre"),
    },
    "trade": {},
    "office": {
        "phone": _("By phone, themselves"),
        "helpline": _("Staff of the helpline"),
    },
    "language": LANGUAGES,
    "topic": TOPICS,
    "counsellor": {"any": _("No wish"), "woman": _("Woman"), "man": _("Man")},
    "request": REQUEST_STATES,
    "priority": {str(int(code)): name for code, name in PRIORITIES.items()},
    "stage": STAGES,
    "restricted": RESTRICTED,
    "came": {
        "kept": _("Kept: talked in time"),
        "tried": _("Tried in time, not reached"),
        "broken": _("Not kept"),
    },
    "given": {"yes": _("With a woman"), "no": _("Not with a woman")},
    "clock": {
        "claim": _("Somebody takes it"),
        "first_response": _("First answer"),
        "next_response": _("Next answer"),
        "resolution": _("Resolution"),
        "referral_response": _("Answer of the office"),
    },
    "clock_came": {
        "hit": _("In time"),
        "missed": _("Missed"),
        "running": _("Still running"),
    },
    "dimension": DIMENSIONS,
    "score": SCORES,
    "to": {
        "supervisor": _("Supervisor"),
        "psychologist": _("Psychologist"),
        "legal": _("Legal specialist"),
        "agency": _("Another agency"),
        "trusted": _("The person the client named is called"),
        "hospital": _("A hospital or an ambulance is called"),
        "police": _("The police are told, as two people agreed"),
    },
    "unanswered": {
        "paging": _("Still being called"),
        "passed_on": _("Passed on to the next person"),
        "ended": _("Ended without an answer"),
    },
    "complaint": {"answered": _("Dealt with"), "waiting": _("Waiting")},
    "feedback": {
        "very_good": _("Very good"),
        "good": _("Good"),
        "fair": _("So-so"),
        "bad": _("Not good"),
        "skipped": _("Would rather not say"),
    },
    "session": SESSIONS,
    "referral": REFERRAL_STATES,
    "confirmed": {
        "both": _("Both sides: service received"),
        "neither": _("Both sides: not received"),
        "office": _("Only the office"),
        "client": _("Only the client"),
        "conflict": _("The two sides differ"),
        "nobody": _("Nobody yet"),
    },
    "outcome": OUTCOMES,
    "why_not": {**WHY_NOT, **DECLINED},
    "gap_why": GAPS,
    "funding": FUNDINGS,
    "follow_up": {
        "planned": _("Planned"),
        "due": _("Due"),
        "done": _("The client answered"),
        "missed": _("Missed"),
        "waived": _("Not needed any more"),
        "cancelled": _("Cancelled"),
    },
    "closed": {
        "graduated": _("Reached the aims"),
        "completed": _("Support completed"),
        "dropped_out": _("Dropped out"),
        "cancelled": _("Cancelled"),
        "declined": _("Declined"),
        "transferred_out": _("Transferred to others"),
        "deceased": _("Deceased"),
        "duplicate": _("Opened twice"),
        "erased": _("Erased at the person's wish"),
    },
    "risk": {
        "none": _("No danger found"),
        "low": _("Low risk"),
        "medium": _("Medium risk"),
        "high": _("High risk"),
        "imminent": _("Imminent danger"),
        "false_alarm": _("False alarm"),
        "not_in_danger": _("It was no sign of danger"),
        "no_contact": _("Nobody answers"),
        "refused": _("The client does not want to talk"),
        "not_safe": _("It is not safe to talk now"),
        "in_care": _("Others are caring for the person already"),
        "unknown_person": _("It cannot be found out who it is about"),
        "case_closed": _("The case is closed."),
        "done": _("Done"),
        "nothing_to_do": _("Nothing to do"),
    },
}
"""By what is counted: the codes and their names. A code without a name is shown as it stands."""

CRITERIA: Final[Mapping[Criterion, str]] = {
    Criterion.EFFECTIVENESS: _("Effectiveness"),
    Criterion.EFFICIENCY: _("Efficiency"),
    Criterion.RELEVANCE: _("Relevance"),
    Criterion.IMPACT: _("Impact"),
    Criterion.SUSTAINABILITY: _("Sustainability"),
    Criterion.COHERENCE: _("Coherence"),
}

PURPOSES: Final[Mapping[str, str]] = {
    "meeting": _("Meeting of the agencies"),
    "ministry": _("Report to a ministry"),
    "donor": _("Report to a donor"),
    "planning": _("Planning of services"),
    "research": _("Research"),
    "other": _("Another purpose"),
}

ANSWERS: Final[Mapping[str, str]] = {
    "pending": _("Waiting for a second person"),
    "approved": _("Agreed, but longer than a day ago"),
    "rejected": _("Not agreed"),
}
"""What became of a question about a file that cannot be taken away."""

NOTE: Final = _(
    "– stands for a figure that is not shown: fewer than five people, or a figure from which fewer than five could be worked out."
)

_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86400


def name(here: Here, what: str, code: str) -> str:
    """What a counted code is called."""
    match what:
        case "country":
            country = here.parts.places.country(code)
            return country.name.in_language(here.language) if country else here.say(UNKNOWN)
        case "service":
            return service_name(code, here.language)
        case "trade" if code in TRADES:
            return TRADES[code].name(here.language)
        case "score":
            return code if code.isdigit() else here.say(UNKNOWN)
    if code in NAMES[what]:
        return named(here, NAMES[what], code)
    return here.say(UNKNOWN) if code in ("", "unknown") else code


def place(here: Here, key: str) -> str:
    """The name of a district, or of an upazila with its district."""
    if not key:
        return here.say(UNKNOWN)
    home, _dot, inside = key.partition(".")
    of_district = district(here, home.upper())
    return f"{upazila(here, key)}, {of_district}" if inside else of_district


def within(here: Here, step: str) -> str:
    """A step of waiting in words: `within 30 minutes`; empty when nothing can be said."""
    if not step:
        return ""
    if step == LONGER:
        return here.say(_("longer than a year"))
    seconds = int(step)
    if seconds < _HOUR:
        return here.say(_("within {count} min")).format(count=seconds // _MINUTE)
    if seconds <= 48 * _HOUR:
        return here.say(_("within {count} h")).format(count=seconds // _HOUR)
    return here.say(_("within {count} days")).format(count=seconds // _DAY)


def quarter_name(here: Here, quarter: Quarter) -> str:
    """A quarter by its first and last month: `Oct – Dec 2026`."""
    first, _middle, last = quarter.months
    begins = format_date(first, "LLL", locale=here.language)
    return f"{begins} – {format_date(last, 'LLL y', locale=here.language)}"


def month_name(here: Here, month: date) -> str:
    """A month: `October 2026`."""
    return format_date(month, "LLLL y", locale=here.language)
