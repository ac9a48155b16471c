"""The kinds of work in the desk's queue: how urgent each is, and how soon something is promised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum, StrEnum
from typing import Final


class Priority(IntEnum):
    """The lower, the sooner."""

    IMMINENT = 0
    HIGH = 1
    NORMAL = 2
    LOW = 3


class Level(IntEnum):
    """Whose work an item is; escalation raises it."""

    WORKER = 0
    SUPERVISOR = 1
    SPECIALIST = 2
    AGENCY = 3


class Kind(StrEnum):
    """What an item is about; its subject is a row of the table named behind it."""

    COUNSELLING = "counselling"
    """counselling_request"""
    CALLBACK = "callback"
    """callback"""
    MISSED_CALL = "missed_call"
    """callback"""
    TEXT = "text"
    """incoming_text"""
    RISK_REVIEW = "risk_review"
    """care_case: somebody, a text or an answer may speak of danger"""
    COMPLAINT = "complaint"
    """incoming_text or care_case"""
    REFERRAL = "referral"
    """referral: no answer, a conflict, not attended"""
    UNREACHABLE = "unreachable"
    """callback: every attempt failed"""
    UNDECIDED = "undecided"
    """message: nobody knows whether it was sent"""
    STALE_FACT = "stale_fact"
    """a fact, by the digest of its name"""
    FOLLOW_UP = "follow_up"
    """follow_up"""
    APPROVAL = "approval"
    """approval"""
    TRANSFER = "transfer"
    """transfer"""
    FEEDBACK = "feedback"
    """feedback: somebody says that a service was not good"""
    ERASURE = "erasure"
    """person: asked that everything about them be erased"""
    DEPENDANT = "dependant"
    """dependant: somebody in a client's family needs something"""
    BREACH = "breach"
    """sla_clock: a promise was not kept"""
    CHECK_IN = "check_in"
    """assessment: somebody's scores are low"""
    NEEDS = "needs"
    """care_case: somebody said on the phone what they need"""
    SAFE_CONTACT = "safe_contact"
    """a person on a phone, by a digest: what is safe there is to be asked when next in contact"""
    ON_BEHALF = "on_behalf"
    """incoming_text: somebody says that another person needs help; nobody is contacted for it"""
    CHILD = "child"
    """person: somebody under 18 is registered; nothing is sent to them by itself"""
    OTHER = "other"
    """care_case"""


@dataclass(frozen=True, slots=True)
class Promise:
    """How an item begins."""

    priority: Priority
    within: timedelta
    """From when it is offered; a slot of the client's own choice ends it sooner or later."""
    level: Level = Level.WORKER


PROMISES: Final[Mapping[Kind, Promise]] = {
    Kind.COUNSELLING: Promise(Priority.NORMAL, timedelta(hours=24)),
    Kind.CALLBACK: Promise(Priority.NORMAL, timedelta(hours=24)),
    Kind.MISSED_CALL: Promise(Priority.NORMAL, timedelta(hours=4)),
    Kind.TEXT: Promise(Priority.NORMAL, timedelta(hours=24)),
    Kind.RISK_REVIEW: Promise(Priority.IMMINENT, timedelta(minutes=2)),
    Kind.COMPLAINT: Promise(Priority.HIGH, timedelta(hours=24), Level.SUPERVISOR),
    Kind.REFERRAL: Promise(Priority.HIGH, timedelta(hours=24)),
    Kind.UNREACHABLE: Promise(Priority.HIGH, timedelta(hours=24), Level.SUPERVISOR),
    Kind.UNDECIDED: Promise(Priority.LOW, timedelta(days=2)),
    Kind.STALE_FACT: Promise(Priority.LOW, timedelta(days=7), Level.SUPERVISOR),
    Kind.FOLLOW_UP: Promise(Priority.NORMAL, timedelta(days=2)),
    Kind.APPROVAL: Promise(Priority.NORMAL, timedelta(hours=24), Level.SUPERVISOR),
    Kind.TRANSFER: Promise(Priority.NORMAL, timedelta(hours=24)),
    Kind.FEEDBACK: Promise(Priority.NORMAL, timedelta(hours=48), Level.SUPERVISOR),
    Kind.ERASURE: Promise(Priority.HIGH, timedelta(days=7), Level.SUPERVISOR),
    Kind.DEPENDANT: Promise(Priority.NORMAL, timedelta(days=3)),
    Kind.BREACH: Promise(Priority.HIGH, timedelta(hours=4), Level.SUPERVISOR),
    Kind.CHECK_IN: Promise(Priority.NORMAL, timedelta(days=2)),
    Kind.NEEDS: Promise(Priority.NORMAL, timedelta(days=2)),
    Kind.SAFE_CONTACT: Promise(Priority.LOW, timedelta(days=90)),
    Kind.ON_BEHALF: Promise(Priority.NORMAL, timedelta(hours=24)),
    Kind.CHILD: Promise(Priority.HIGH, timedelta(hours=4), Level.SUPERVISOR),
    Kind.OTHER: Promise(Priority.NORMAL, timedelta(hours=24)),
}
