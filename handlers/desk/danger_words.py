"""What the codes of danger are called: signs, topics, levels, reasons, the steps of the ladder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from handlers.desk.alarm_words import RAISED, SIGNS, named, when
from handlers.desk.case_words import APPROVALS, RISKS, district
from handlers.desk.language import _
from handlers.desk.queue_words import lasting

__all__ = ["APPROVALS", "RAISED", "RISKS", "district", "lasting", "named", "when"]

LEVELS: Final[Mapping[str, str]] = {
    "none": _("No danger found"),
    "low": _("Low risk"),
    "high": _("High risk"),
    "imminent": _("Imminent danger"),
}
FOUND: Final[Mapping[str, str]] = {
    **LEVELS,
    "unknown": _("Could not be found out"),
    "waiting": _("Nobody has looked into it yet"),
}
NOTICED: Final[Mapping[str, str]] = {
    **SIGNS,
    "risk_level": _("A member of staff set it"),
    "not_reached": _("Not reached after danger"),
}
TOPICS: Final[Mapping[str, str]] = {
    "self_harm": _("Harming oneself"),
    "violence": _("Violence"),
    "captive": _("Being held"),
    "child": _("A child"),
}
NO_FORM: Final[Mapping[str, str]] = {
    "no_contact": _("Nobody answers"),
    "refused": _("The client does not want to talk"),
    "not_safe": _("It is not safe to talk now"),
    "in_care": _("Others are caring for the person already"),
    "not_in_danger": _("It was no sign of danger"),
    "unknown_person": _("It cannot be found out who it is about"),
}
HOSPITAL: Final[Mapping[str, str]] = {
    "client_agrees": _("The client agrees"),
    "life_in_danger": _("Life is in danger and the client cannot be asked"),
}
DEBRIEFED: Final[Mapping[str, str]] = {
    "well": _("The colleague is well"),
    "needs_more": _("The colleague needs more support"),
}
DEBRIEF_WAIVED: Final[Mapping[str, str]] = {
    "not_wanted": _("The colleague does not want it"),
    "held_elsewhere": _("It was held elsewhere"),
}
