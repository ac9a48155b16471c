"""What the tests of danger share: a review that was raised, and forms that were gone through."""

from __future__ import annotations

from typing import Any

from helpline.cases.roles import Member
from helpline.service import risk
from helpline.service.desk import queue, risk_reviews
from helpline.service.desk.acting import acting
from helpline.service.desk.risk_forms import Trusted
from tests.desk.oncall import Desk

IMMINENT = {
    "thoughts": ["always"],
    "plan": ["clear"],
    "means": ["at_hand"],
    "when": ["two_days"],
    "alone": ["alone"],
}
CALM = {
    "acted": ["no"],
    "thoughts": ["no"],
    "plan": ["no"],
    "when": ["none"],
    "alone": ["together"],
}
BROTHER = Trusted("Karim", "+8801300000077", "ট্রেনিংয়ের খবর")


def raised(desk: Desk, case_id: str, why: str = "text", **named: Any) -> str:
    """A sign of danger; the id of its review."""
    with desk.parts.database.transaction() as connection:
        return risk.raise_risk(
            desk.parts, connection, case_id=case_id, why=why, now=desk.now(), **named
        )


def taken(desk: Desk, member: Member, case_id: str, **named: Any) -> str:
    """A review that somebody has claimed."""
    item = raised(desk, case_id, **named)
    with acting(desk.parts, member) as deed:
        queue.claim(deed, item)
    return item


def gone_through(
    desk: Desk, member: Member, case_id: str, answers: dict[str, list[str]], **said: Any
) -> str:
    """A form, kept as the answers suggest unless it is said otherwise; its id."""
    named: dict[str, Any] = {
        "level": "none",
        "why": "",
        "agreed": "",
        "trusted": Trusted(),
        "restrict": False,
        "supervisor_id": "",
        "ends": False,
        **said,
    }
    with acting(desk.parts, member) as deed:
        return risk_reviews.keep_form(deed, case_id, answers, **named)
