"""The guideline for referrals: every service has something to ask and something that is never sent."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from helpline.cases.guidelines import EVERY, Guideline, Kind, Point
from helpline.cases.services import SERVICES
from helpline.data.files import toml
from helpline.data.guidelines import load_guideline

GUIDE = load_guideline()
ONE = Point(bn="কিছু", en="Something", code="one", kind=Kind.ASK, services=(EVERY,))
NEVER = replace(ONE, code="two", kind=Kind.NEVER)


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_has_points_that_fit_a_column(service: str) -> None:
    codes = [each.code for each in GUIDE.to_do(service)]
    assert 4 <= len(codes) <= 9
    assert len(" ".join(codes)) <= 300
    assert GUIDE.never(service)


@pytest.mark.parametrize("point", GUIDE.points, ids=lambda point: point.code)
def test_each_point_is_said_in_both_languages_without_numbers(point: Point) -> None:
    assert re.search("[\u0980-\u09ff]", point.bn)
    assert not re.search("[A-Za-z]", point.bn)
    assert not re.search("[\u0980-\u09ff]", point.en)
    for text in (point.bn, point.en):
        assert not re.search(r"\d", text), "numbers, amounts and dates are facts"
    assert len(point.en) < 120


def test_each_point_names_its_source() -> None:
    for point in toml("guidelines.toml")["point"]:
        assert point["source"].strip(), point["key"]


def test_treatment_asks_who_pays_and_never_names_the_illness() -> None:
    for service in ("health", "hospital", "mental_health"):
        assert "payer" in {each.code for each in GUIDE.to_do(service)}
        assert "illness" in {each.code for each in GUIDE.never(service)}


def test_what_the_law_punishes_is_never_sent_to_the_police() -> None:
    assert "attempt" in {each.code for each in GUIDE.never("police")}


def test_what_was_left_out_is_what_was_not_seen_to() -> None:
    every = [each.code for each in GUIDE.to_do("debt")]
    assert GUIDE.seen_to("debt", every[::-1]) == tuple(every)
    assert GUIDE.missing("debt", every) == ()
    assert GUIDE.seen_to("debt", ["wish", "project", "<script>"]) == ("wish",)
    assert [each.code for each in GUIDE.missing("debt", every[1:])] == every[:1]


@pytest.mark.parametrize(
    ("points", "fault"),
    [
        ((ONE, ONE, NEVER), "two points of one code"),
        ((replace(ONE, services=("magic",)), NEVER), "no such service: magic"),
        ((replace(ONE, services=()), NEVER), "no service or no words"),
        ((replace(ONE, en=""), NEVER), "no service or no words"),
        ((ONE,), "nothing that is never sent"),
        ((replace(ONE, services=("debt",)), NEVER), "nothing to ask"),
    ],
)
def test_a_guideline_that_staff_could_not_follow_is_refused(
    points: tuple[Point, ...], fault: str
) -> None:
    with pytest.raises(ValueError, match=fault):
        Guideline(1, points)


def test_a_version_is_named_in_what_was_made_by_it() -> None:
    assert Guideline(7, (ONE, NEVER)).key == "guide-7"
    assert GUIDE.key == "guide-1"
