"""How long what is kept about people is kept, what for, and what then happens to it.

Words and numbers go long before the row they stand in: that somebody asked for help on a day, and
whether they got it, is still counted when nobody can tell any more who it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from helpline.cases.services import Named


class Aim(StrEnum):
    """What something is kept for."""

    REGISTRATION = "registration"
    SERVICE = "service"
    SAFETY = "safety"
    FOLLOW_UP = "follow_up"
    REFERRAL = "referral"
    NEWS = "news"
    STATISTICS = "statistics"
    DELIVERY = "delivery"
    PROOF = "proof"
    STAFF = "staff"


AIMS: Final[dict[Aim, Named]] = {
    Aim.REGISTRATION: Named("নিবন্ধন", "Registration: to know again who registered"),
    Aim.SERVICE: Named("সেবা", "The service that was asked for"),
    Aim.SAFETY: Named("নিরাপত্তা", "Safety: what may be said to whom, and who is in danger"),
    Aim.FOLLOW_UP: Named("খোঁজখবর", "Follow-up: how somebody is later on"),
    Aim.REFERRAL: Named("রেফারেল", "Referral to another office"),
    Aim.NEWS: Named("খবর", "News to those who asked for it"),
    Aim.STATISTICS: Named("পরিসংখ্যান", "Statistics, in which nobody can be found"),
    Aim.DELIVERY: Named("বার্তা পৌঁছানো", "Delivery: that nothing is lost and nothing is sent twice"),
    Aim.PROOF: Named("জবাবদিহি", "Accountability: who agreed to what, and who did what"),
    Aim.STAFF: Named("কর্মী", "The accounts of those who work here"),
}


class Then(StrEnum):
    """What happens when the time is over."""

    EMPTY = "empty"
    """Words, names, numbers and what they are found by are wiped; the row stays and is counted."""
    DELETE = "delete"
    """The row goes."""
    KEEP = "keep"
    """Nothing: there is a reason."""


CASE: Final = "case"
"""Counted from the day on which the case was closed; a case that is open again is not due."""
PERSON: Final = "person"
"""Counted from the day on which the last case of the person was closed."""
UNHEARD: Final = "unheard"
"""Counted from the last time a phone was heard of; not while a case of its user is open."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One line: for what a table is kept, how long since when, and what then."""

    table: str
    aim: Aim
    then: Then
    days: int = 0
    since: str = ""
    """A column of the table; or `CASE`, `PERSON`, `UNHEARD`."""
    states: tuple[str, ...] = ()
    """Only in these states."""
    why: str = ""
    """Where something is kept on."""


YEAR: Final = 365
_SETTLED: Final = (
    "sent",
    "delivered",
    "failed",
    "refused",
    "skipped",
    "cancelled",
    "opted_out",
    "unconfirmed",
)
_COUNTED: Final = "Codes only; counted."

RULES: Final[tuple[Rule, ...]] = (
    Rule("inbox", Aim.DELIVERY, Then.EMPTY, 2, "received_at"),
    Rule("pin_try", Aim.SAFETY, Then.DELETE, 7, "day"),
    Rule("session", Aim.DELIVERY, Then.DELETE, 14, "touched_at"),
    Rule("message", Aim.DELIVERY, Then.EMPTY, 30, "updated_at", _SETTLED),
    Rule("receipt", Aim.DELIVERY, Then.DELETE, 90, "received_at"),
    Rule("alarm", Aim.SAFETY, Then.EMPTY, 30, "paged_at", ("acknowledged", "passed_on", "ended")),
    Rule("incoming_text", Aim.SERVICE, Then.EMPTY, 180, "received_at", ("read",)),
    Rule("staff_text", Aim.SERVICE, Then.EMPTY, 90, CASE),
    Rule("campaign", Aim.NEWS, Then.EMPTY, YEAR, "ended_at"),
    Rule("referral", Aim.REFERRAL, Then.EMPTY, YEAR, CASE),
    Rule("care_case", Aim.SERVICE, Then.EMPTY, 3 * YEAR, CASE),
    Rule("contact_words", Aim.SAFETY, Then.DELETE, 3 * YEAR, CASE),
    Rule("contact_words", Aim.SAFETY, Then.DELETE, 3 * YEAR, PERSON),
    Rule("note", Aim.SERVICE, Then.EMPTY, 3 * YEAR, CASE),
    Rule("assessment", Aim.SERVICE, Then.EMPTY, 3 * YEAR, CASE),
    Rule("case_trade", Aim.SERVICE, Then.DELETE, 3 * YEAR, CASE),
    Rule("wage_claim", Aim.SERVICE, Then.EMPTY, 3 * YEAR, CASE),
    Rule("plan_step", Aim.SERVICE, Then.EMPTY, 3 * YEAR, CASE),
    Rule("approval", Aim.SERVICE, Then.EMPTY, 3 * YEAR, CASE),
    Rule("transfer", Aim.SERVICE, Then.EMPTY, 3 * YEAR, CASE),
    Rule("shred_key", Aim.SERVICE, Then.DELETE, 3 * YEAR, CASE),
    Rule("break_glass", Aim.PROOF, Then.EMPTY, 5 * YEAR, "granted_at"),
    Rule("person", Aim.REGISTRATION, Then.EMPTY, 30, "withdrawn_at"),
    Rule("person", Aim.REGISTRATION, Then.EMPTY, 3 * YEAR, PERSON),
    Rule("person_phone", Aim.SAFETY, Then.EMPTY, 30, "ended_at"),
    Rule("person_phone", Aim.SAFETY, Then.EMPTY, 3 * YEAR, PERSON),
    Rule("correction", Aim.REGISTRATION, Then.EMPTY, 3 * YEAR, PERSON),
    Rule("dependant", Aim.FOLLOW_UP, Then.DELETE, 3 * YEAR, PERSON),
    Rule("phone", Aim.SERVICE, Then.EMPTY, 3 * YEAR, UNHEARD),
    Rule("staff_session", Aim.STAFF, Then.DELETE, 90, "ended_at"),
    Rule("login_try", Aim.STAFF, Then.DELETE, 30, "at"),
    Rule("consent", Aim.PROOF, Then.KEEP, why="Who agreed to what must be shown for ever."),
    Rule("merge", Aim.PROOF, Then.KEEP, why="Ids only."),
    Rule("event", Aim.PROOF, Then.KEEP, why="Codes and ids only; counted."),
    Rule(
        "audit", Aim.PROOF, Then.KEEP, why="A chain: without one line nothing after it is proved."
    ),
    Rule("counselling_request", Aim.SERVICE, Then.KEEP, why=_COUNTED),
    Rule("callback", Aim.SERVICE, Then.KEEP, why=_COUNTED),
    Rule("work_item", Aim.SERVICE, Then.KEEP, why=_COUNTED),
    Rule("sla_clock", Aim.SERVICE, Then.KEEP, why=_COUNTED),
    Rule("escalation", Aim.SERVICE, Then.KEEP, why=_COUNTED),
    Rule("contact", Aim.SERVICE, Then.KEEP, why=_COUNTED),
    Rule("appointment", Aim.SERVICE, Then.KEEP, why=_COUNTED),
    Rule("call", Aim.SERVICE, Then.KEEP, why=_COUNTED),
    Rule("call_leg", Aim.SERVICE, Then.KEEP, why=_COUNTED),
    Rule("service_gap", Aim.STATISTICS, Then.KEEP, why=_COUNTED),
    Rule("risk_flag", Aim.SAFETY, Then.KEEP, why=_COUNTED),
    Rule("follow_up", Aim.FOLLOW_UP, Then.KEEP, why=_COUNTED),
    Rule("reminder", Aim.FOLLOW_UP, Then.KEEP, why=_COUNTED),
    Rule("feedback", Aim.FOLLOW_UP, Then.KEEP, why=_COUNTED),
    Rule("household", Aim.REGISTRATION, Then.KEEP, why="Ids only."),
    Rule("household_member", Aim.REGISTRATION, Then.KEEP, why="Ids only."),
    Rule("opinion", Aim.STATISTICS, Then.KEEP, why="Nobody's: nothing says whose an answer is."),
    Rule("day_count", Aim.STATISTICS, Then.KEEP, why="Counts only."),
    Rule("provider", Aim.REFERRAL, Then.KEEP, why="The contact of an office, while it is listed."),
    Rule("staff", Aim.STAFF, Then.KEEP, why="An account; the log names it."),
)
"""What is done in this order. A table may have several: whichever is due first is done."""


def rules_of(table: str) -> tuple[Rule, ...]:
    """The rules of one table."""
    return tuple(rule for rule in RULES if rule.table == table)
