"""When a case may move on: what the table of its stages leaves to be decided by what is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from helpline.cases.services import SERVICES, Area
from helpline.cases.states import CASE, move

GRADUATED: Final = frozenset({"graduated", "completed"})
"""Endings of a case whose support is completed; a supervisor agrees to them."""
BROKEN_OFF: Final = frozenset(
    {"dropped_out", "cancelled", "declined", "transferred_out", "deceased"}
)
"""Endings of a case at any stage; whatever is still under way ends with it."""
ENDINGS: Final = GRADUATED | BROKEN_OFF
REOPENINGS: Final = frozenset({"came_back", "new_need", "closed_by_mistake"})


class Obstacle(StrEnum):
    """Why a case cannot move on yet."""

    NO_OWNER = "no_owner"
    NO_CONSENT = "no_consent"
    NO_PLAN = "no_plan"
    PLAN_NOT_APPROVED = "plan_not_approved"
    STEPS_OPEN = "steps_open"
    NO_REASON = "no_reason"
    NOT_COMPLETED = "not_completed"
    NOT_APPROVED = "not_approved"
    ANOTHER_OPEN = "another_open"
    REFERRALS_OPEN = "referrals_open"
    WORK_OPEN = "work_open"
    DANGER_OPEN = "danger_open"
    """A sign of danger that nobody has looked into."""
    UNDER_WAY = "under_way"
    """A conversation or an attended referral that only its own room can end."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the plan."""

    service: str
    state: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What the guards of a case look at."""

    stage: str
    owned: bool = False
    consented: bool = False
    """The person's agreement to registration stands."""
    steps: tuple[Step, ...] = ()
    plan_approved: bool = False
    """A supervisor agreed to the plan with the steps that it has now."""
    closing_approved: str = ""
    """The ending that a supervisor agreed to since the support was completed."""
    intention: str = ""
    """job, enterprise, remigrate or empty, as last said."""
    referrals: tuple[str, ...] = ()
    """The states of all referrals."""
    under_way: bool = False
    """Somebody talks with the client about it this minute."""
    work_open: bool = False
    """Something the client asked for is not done."""
    another_open: bool = False
    """The person has another case that is open."""
    danger_open: bool = False
    """A review of danger is not done."""


SETTLED_BY_CLOSING: Final[Mapping[str, str]] = {
    "draft": "cancelled",
    "sent": "revoked",
    "accepted": "revoked",
    "not_attended": "cancelled",
}
"""How a referral ends with the case; one that was attended is ended by what came of it."""
OPEN_REFERRALS: Final = frozenset({*SETTLED_BY_CLOSING, "attended"})


def obstacles(case: Standing, becomes: str, why: str = "") -> tuple[Obstacle, ...]:
    """Why a case cannot become `becomes` yet; nothing when it can.

    Raises:
        helpline.cases.states.IllegalMove: the table does not lead there at all.
    """
    move(CASE, case.stage, becomes)
    if becomes == "closed":
        return _to_closed(case, why)
    checks = {
        "assigned": ((not case.owned, Obstacle.NO_OWNER),),
        "assessment": (
            (not case.consented, Obstacle.NO_CONSENT),
            (case.stage == "closed" and why not in REOPENINGS, Obstacle.NO_REASON),
            (case.stage == "closed" and case.another_open, Obstacle.ANOTHER_OPEN),
        ),
        "support_ongoing": (
            (not case.steps, Obstacle.NO_PLAN),
            (bool(case.steps) and not case.plan_approved, Obstacle.PLAN_NOT_APPROVED),
        ),
        "support_completed": (
            (not case.steps, Obstacle.NO_PLAN),
            (bool(steps_left(case)), Obstacle.STEPS_OPEN),
        ),
    }[becomes]
    return tuple(obstacle for stands, obstacle in checks if stands)


def steps_left(case: Standing) -> tuple[Step, ...]:
    """The steps that must be done or waived before the support is completed.

    Who goes abroad again may leave the social part out (framework of services, figure 4.1).
    """
    return tuple(
        step
        for step in case.steps
        if step.state == "planned" and not (case.intention == "remigrate" and _social(step))
    )


def _to_closed(case: Standing, why: str) -> tuple[Obstacle, ...]:
    if why not in ENDINGS:
        return (Obstacle.NO_REASON,)
    if why in BROKEN_OFF:
        attended = "attended" in case.referrals
        hindered = (
            (case.under_way or attended, Obstacle.UNDER_WAY),
            (case.danger_open and why != "deceased", Obstacle.DANGER_OPEN),
        )
        return tuple(obstacle for stands, obstacle in hindered if stands)
    checks = (
        (case.stage != "support_completed", Obstacle.NOT_COMPLETED),
        (case.closing_approved != why, Obstacle.NOT_APPROVED),
        (bool(OPEN_REFERRALS & set(case.referrals)), Obstacle.REFERRALS_OPEN),
        (case.work_open, Obstacle.WORK_OPEN),
        (case.under_way, Obstacle.UNDER_WAY),
    )
    return tuple(obstacle for stands, obstacle in checks if stands)


def _social(step: Step) -> bool:
    service = SERVICES.get(step.service)
    return service is not None and service.area is Area.SOCIAL
