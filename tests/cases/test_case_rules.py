"""When a case may move on: every stage to every other, and every guard."""

from __future__ import annotations

from dataclasses import replace

import pytest

from helpline.cases.case_rules import (
    BROKEN_OFF,
    ENDINGS,
    GRADUATED,
    REOPENINGS,
    SETTLED_BY_CLOSING,
    Obstacle,
    Standing,
    Step,
    obstacles,
)
from helpline.cases.states import CASE, REFERRAL, IllegalMove, may_move

READY = Standing(
    stage="new",
    owned=True,
    consented=True,
    steps=(Step("training", "done"), Step("education", "waived")),
    plan_approved=True,
    closing_approved="graduated",
)


@pytest.mark.parametrize("becomes", CASE)
@pytest.mark.parametrize("was", CASE)
def test_a_case_with_everything_in_order_goes_where_the_table_leads_and_nowhere_else(
    was: str, becomes: str
) -> None:
    case = replace(READY, stage=was)
    why = "came_back" if was == "closed" else "cancelled"
    if may_move(CASE, was, becomes):
        assert obstacles(case, becomes, why) == ()
    else:
        with pytest.raises(IllegalMove):
            obstacles(case, becomes, why)


@pytest.mark.parametrize(
    ("was", "becomes", "why", "lacking", "obstacle"),
    [
        ("new", "assigned", "", {"owned": False}, Obstacle.NO_OWNER),
        ("assigned", "assessment", "", {"consented": False}, Obstacle.NO_CONSENT),
        ("closed", "assessment", "came_back", {"consented": False}, Obstacle.NO_CONSENT),
        ("closed", "assessment", "", {}, Obstacle.NO_REASON),
        ("closed", "assessment", "graduated", {}, Obstacle.NO_REASON),
        ("closed", "assessment", "new_need", {"another_open": True}, Obstacle.ANOTHER_OPEN),
        ("assessment", "support_ongoing", "", {"steps": ()}, Obstacle.NO_PLAN),
        (
            "assessment",
            "support_ongoing",
            "",
            {"plan_approved": False},
            Obstacle.PLAN_NOT_APPROVED,
        ),
        (
            "support_ongoing",
            "support_completed",
            "",
            {"steps": (Step("training", "planned"),)},
            Obstacle.STEPS_OPEN,
        ),
        ("support_ongoing", "support_completed", "", {"steps": ()}, Obstacle.NO_PLAN),
        ("support_ongoing", "closed", "graduated", {}, Obstacle.NOT_COMPLETED),
        (
            "support_completed",
            "closed",
            "graduated",
            {"closing_approved": "completed"},
            Obstacle.NOT_APPROVED,
        ),
        (
            "support_completed",
            "closed",
            "graduated",
            {"referrals": ("completed", "sent")},
            Obstacle.REFERRALS_OPEN,
        ),
        ("support_completed", "closed", "completed", {"work_open": True}, Obstacle.WORK_OPEN),
        ("support_completed", "closed", "graduated", {"under_way": True}, Obstacle.UNDER_WAY),
        ("new", "closed", "cancelled", {"under_way": True}, Obstacle.UNDER_WAY),
        ("assessment", "closed", "deceased", {"referrals": ("attended",)}, Obstacle.UNDER_WAY),
        ("new", "closed", "", {}, Obstacle.NO_REASON),
        ("new", "closed", "tired", {}, Obstacle.NO_REASON),
    ],
)
def test_each_guard_says_what_is_lacking(
    was: str, becomes: str, why: str, lacking: dict[str, object], obstacle: Obstacle
) -> None:
    case = replace(READY, stage=was, **lacking)  # type: ignore[arg-type]
    assert obstacle in obstacles(case, becomes, why)


def test_who_goes_abroad_again_may_leave_the_social_part_out() -> None:
    left = replace(READY, stage="support_ongoing", steps=(Step("education", "planned"),))
    assert obstacles(left, "support_completed") == (Obstacle.STEPS_OPEN,)
    assert obstacles(replace(left, intention="remigrate"), "support_completed") == ()
    trained = replace(left, intention="remigrate", steps=(Step("training", "planned"),))
    assert obstacles(trained, "support_completed") == (Obstacle.STEPS_OPEN,)


def test_an_ending_is_of_one_kind() -> None:
    assert not GRADUATED & BROKEN_OFF
    assert not ENDINGS & REOPENINGS


def test_closing_ends_referrals_only_as_their_own_table_leads() -> None:
    for was, becomes in SETTLED_BY_CLOSING.items():
        assert may_move(REFERRAL, was, becomes)
    over = {state for state, leads in REFERRAL.items() if not leads}
    assert over | SETTLED_BY_CLOSING.keys() | {"attended"} == REFERRAL.keys()
