"""Check-ins: scores stay between 0 and 1, better answers never score lower, missing ones are not guessed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpline.cases.instruments import (
    TASKS,
    BadInstrument,
    Instrument,
    Item,
    NotAnAnswer,
    Threshold,
    score,
)
from helpline.data.files import BadData, names_in, toml
from helpline.data.load import load_instrument, load_instruments, read_instrument

SHORT = load_instrument("wellbeing-short-1")
CODES = [item.code for item in SHORT.items]
ANSWER = st.sampled_from(["1", "2", "3", "4"])
SOME_ANSWERS = st.dictionaries(
    st.sampled_from(CODES), st.sampled_from(["1", "2", "3", "4", "5", "x"])
)
ALL_ANSWERS = st.fixed_dictionaries(dict.fromkeys(CODES, ANSWER))
PART = st.floats(0, 1, allow_nan=False)
WEIGHT = st.floats(0.01, 100, allow_nan=False, allow_infinity=False)


@st.composite
def instruments(draw: st.DrawFn) -> Instrument:
    """Any instrument that may be: one to three dimensions, one to four items each, any weights."""
    dimensions = draw(st.lists(st.sampled_from("abc"), min_size=1, max_size=3, unique=True))
    items = tuple(
        Item(
            f"{dimension}{number}",
            dimension,
            {
                str(place): value
                for place, value in enumerate(
                    sorted(draw(st.lists(PART, min_size=1, max_size=5)), reverse=True), 1
                )
            },
            draw(WEIGHT),
        )
        for dimension in dimensions
        for number in range(draw(st.integers(1, 4)))
    )
    thresholds = tuple(
        Threshold(draw(st.floats(0.01, 1)), draw(st.sampled_from(TASKS)), dimension)
        for dimension in dimensions
    )
    weights = {dimension: draw(WEIGHT) for dimension in dimensions}
    enough = draw(st.floats(0.01, 1))
    return Instrument("any", 1, items, weights, thresholds, enough, unsaid="0")


@st.composite
def answered(draw: st.DrawFn) -> tuple[Instrument, dict[str, str]]:
    """Any instrument with some of its answers, some of them unsaid."""
    made = draw(instruments())
    answers = {
        item.code: draw(st.sampled_from([*item.scores, made.unsaid]))
        for item in made.items
        if draw(st.booleans())
    }
    return made, answers


def two(first: float = 1.0, second: float = 1.0, enough: float = 0.5) -> Instrument:
    scores = {"1": 1.0, "2": 0.0}
    items = (Item("a", "life", scores, first), Item("b", "life", scores, second))
    return Instrument("two", 1, items, {"life": 1.0}, enough=enough)


@given(answered())
def test_every_score_lies_between_nothing_and_all(drawn: tuple[Instrument, dict[str, str]]) -> None:
    result = score(*drawn)
    for value in (*result.scores.values(), result.composite):
        assert value is None or 0 <= value <= 1


@given(SOME_ANSWERS)
def test_whatever_is_kept_can_be_scored(answers: dict[str, str]) -> None:
    result = score(SHORT, answers)
    for value in (*result.scores.values(), result.composite):
        assert value is None or 0 <= value <= 1


@given(answered(), st.data())
def test_a_better_answer_never_makes_a_score_worse(
    drawn: tuple[Instrument, dict[str, str]], data: st.DataObject
) -> None:
    made, answers = drawn
    said = [item for item in made.items if answers.get(item.code, "") in item.scores]
    if not said:
        return
    item = data.draw(st.sampled_from(said))
    place = int(answers[item.code])
    better = answers | {item.code: str(data.draw(st.integers(1, place)))}
    before, after = score(made, answers), score(made, better)
    for dimension in made.weights:
        was, becomes = before.scores[dimension], after.scores[dimension]
        assert (was is None) == (becomes is None)
        assert was is None or becomes is None or becomes >= was - 1e-12
    assert (after.composite or 0) >= (before.composite or 0) - 1e-12


@given(answered())
def test_the_missing_weigh_nothing_however_they_are_missing(
    drawn: tuple[Instrument, dict[str, str]],
) -> None:
    made, answers = drawn
    said = {code: answer for code, answer in answers.items() if answer != made.unsaid}
    assert score(made, said) == score(made, answers)


@given(answered())
def test_a_dimension_has_a_score_exactly_when_enough_of_it_was_said(
    drawn: tuple[Instrument, dict[str, str]],
) -> None:
    made, answers = drawn
    result = score(made, answers)
    for dimension in made.weights:
        items = [item for item in made.items if item.dimension == dimension]
        said = sum(item.weight for item in items if answers.get(item.code, "") in item.scores)
        enough = said > 0 and said >= made.enough * sum(item.weight for item in items)
        assert (result.scores[dimension] is not None) == enough
    assert (result.composite is not None) == (None not in result.scores.values())


@given(answered(), WEIGHT)
def test_only_how_weights_compare_counts(
    drawn: tuple[Instrument, dict[str, str]], factor: float
) -> None:
    made, answers = drawn
    heavier = replace(
        made,
        items=tuple(replace(item, weight=item.weight * factor) for item in made.items),
        weights={dimension: weight * factor for dimension, weight in made.weights.items()},
        enough=1e-9,
    )
    before, after = score(replace(made, enough=1e-9), answers), score(heavier, answers)
    for dimension, value in before.scores.items():
        assert after.scores[dimension] == (None if value is None else pytest.approx(value))


@given(answered())
def test_scores_stay_among_the_answers_they_come_from(
    drawn: tuple[Instrument, dict[str, str]],
) -> None:
    made, answers = drawn
    for dimension, value in score(made, answers).scores.items():
        if value is None:
            continue
        given_ = [
            item.scores[answers[item.code]]
            for item in made.items
            if item.dimension == dimension and answers.get(item.code, "") in item.scores
        ]
        assert min(given_) - 1e-9 <= value <= max(given_) + 1e-9


@given(answered())
def test_a_task_is_asked_for_exactly_by_a_score_below_its_threshold(
    drawn: tuple[Instrument, dict[str, str]],
) -> None:
    made, answers = drawn
    result = score(made, answers)
    below = {
        each.dimension: each.task
        for each in made.thresholds
        if (value := result.scores[each.dimension]) is not None and value < each.below
    }
    assert set(result.low) == set(below)
    assert set(result.tasks) == set(below.values())
    assert list(result.tasks) == [task for task in TASKS if task in result.tasks]


@given(ALL_ANSWERS)
def test_the_order_of_the_answers_changes_nothing(answers: dict[str, str]) -> None:
    assert score(SHORT, answers) == score(SHORT, dict(reversed(answers.items())))


GOLDEN = [
    ("111111111", (1.0, 1.0, 1.0), 1.0, (), ()),
    ("222222222", (0.67, 0.67, 0.67), 0.67, (), ()),
    ("333333333", (0.33, 0.33, 0.33), 0.33, ("review_plan", "offer_counselling"), ()),
    ("444444444", (0.0, 0.0, 0.0), 0.0, TASKS, ("mind",)),
    ("555555555", (None, None, None), None, (), ()),
    ("114111111", (2 / 3, 1.0, 1.0), (2 / 3 + 2) / 3, ("debt_referral",), ()),
    ("155111111", (None, 1.0, 1.0), None, (), ()),
    ("151111111", (1.0, 1.0, 1.0), 1.0, (), ()),
    ("111111144", (1.0, 1.0, 1 / 3), (1 / 3 + 2) / 3, ("offer_counselling",), ("mind",)),
    ("111344111", (1.0, 0.11, 1.0), (2 + 0.11) / 3, ("review_plan",), ()),
    ("334111111", (0.22, 1.0, 1.0), 2.22 / 3, ("review_plan", "debt_referral"), ()),
]
"""Answers in the order of the file (food, work, debt, health, services, home, people, respect, mind)."""


@pytest.mark.parametrize(("said", "scores", "composite", "tasks", "distress"), GOLDEN)
def test_our_check_in_scores_as_it_was_worked_out_by_hand(
    said: str,
    scores: tuple[float | None, ...],
    composite: float | None,
    tasks: tuple[str, ...],
    distress: tuple[str, ...],
) -> None:
    result = score(SHORT, dict(zip(CODES, said, strict=True)))
    assert list(result.scores) == ["economic", "social", "psychosocial"]
    for value, expected in zip(result.scores.values(), scores, strict=True):
        assert value == (None if expected is None else pytest.approx(expected))
    assert result.composite == (None if composite is None else pytest.approx(composite))
    assert (result.tasks, result.distress) == (tasks, distress)


def test_the_weight_of_a_missing_item_goes_to_the_others_of_its_dimension() -> None:
    assert score(two(), {"a": "1"}).scores == {"life": 1.0}
    assert score(two(3, 1), {"a": "1", "b": "2"}).scores == {"life": 0.75}


@pytest.mark.parametrize(
    ("answers", "expected"), [({}, None), ({"b": "1"}, None), ({"a": "1"}, 1.0)]
)
def test_too_few_answers_give_no_score_and_open_no_task(
    answers: dict[str, str], expected: float | None
) -> None:
    instrument = replace(two(3, 1), thresholds=(Threshold(1.0, "review_plan", "life"),))
    result = score(instrument, answers)
    assert (result.scores["life"], result.composite, result.tasks) == (expected, expected, ())


def test_a_score_on_the_threshold_is_not_below_it() -> None:
    instrument = replace(two(), thresholds=(Threshold(0.5, "review_plan", "life"),))
    assert score(instrument, {"a": "1", "b": "2"}).tasks == ()
    assert score(instrument, {"a": "2", "b": "2"}).tasks == ("review_plan",)


def test_one_item_may_have_a_threshold_of_its_own() -> None:
    instrument = replace(two(), thresholds=(Threshold(0.5, "debt_referral", item="b"),))
    result = score(instrument, {"a": "1", "b": "2"})
    assert (result.tasks, result.low) == (("debt_referral",), ())
    assert score(instrument, {"a": "2", "b": "1"}).tasks == ()
    assert score(instrument, {"a": "2"}).tasks == ()


def test_who_would_rather_not_say_is_not_counted_as_worst() -> None:
    answers = dict.fromkeys(CODES, "1") | {"mind": "5"}
    assert score(SHORT, answers).composite == 1


def test_a_result_names_the_version_it_was_scored_with() -> None:
    assert score(SHORT, {}).instrument == "wellbeing-short-1"


@given(SOME_ANSWERS)
def test_answers_are_kept_as_the_items_know_them_or_refused(answers: dict[str, str]) -> None:
    if "x" in answers.values():
        with pytest.raises(NotAnAnswer):
            SHORT.understood(answers)
    else:
        assert SHORT.understood(answers) == answers


@pytest.mark.parametrize(
    "said",
    [{"luck": "1"}, {"mind": "6"}, {"mind": "=cmd()"}, {"<script>": "1"}, {"mind": "১" * 400}],
)
def test_unknown_codes_are_refused(said: dict[str, str]) -> None:
    with pytest.raises(NotAnAnswer):
        SHORT.understood(said)


def test_an_empty_answer_is_none() -> None:
    assert SHORT.understood({"mind": "", "food": "1"}) == {"food": "1"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Bad name"},
        {"version": 0},
        {"version": "1"},
        {"items": ()},
        {"items": (SHORT.items[0], SHORT.items[0])},
        {"weights": {"economic": 1.0}},
        {"weights": dict(SHORT.weights) | {"luck": 1.0}},
        {"weights": dict(SHORT.weights) | {"social": 0.0}},
        {"weights": dict(SHORT.weights) | {"social": float("nan")}},
        {"weights": dict(SHORT.weights) | {"social": "1"}},
        {"items": (*SHORT.items, Item("More", "social", {"1": 1.0}))},
        {"items": (*SHORT.items, Item("more", "social", {}))},
        {"items": (*SHORT.items, Item("more", "social", {"1": 1.5}))},
        {"items": (*SHORT.items, Item("more", "social", {"1": float("nan")}))},
        {"items": (*SHORT.items, Item("more", "social", {"1": True}))},
        {"items": (*SHORT.items, Item("more", "social", {"5": 1.0}))},
        {"items": (*SHORT.items, Item("more", "social", {"1": 1.0}, weight=-1))},
        {"items": (*SHORT.items, Item("more", "social", {"1": 1.0}, distress=frozenset("9")))},
        {"enough": 0.0},
        {"enough": 1.1},
        {"thresholds": (Threshold(0.4, "review_plan", "luck"),)},
        {"thresholds": (Threshold(0.4, "review_plan"),)},
        {"thresholds": (Threshold(0.4, "review_plan", "social", "home"),)},
        {"thresholds": (Threshold(0.4, "review_plan", item="luck"),)},
        {"thresholds": (Threshold(0.0, "review_plan", "social"),)},
        {"thresholds": (Threshold(1.5, "review_plan", "social"),)},
        {"thresholds": (Threshold(0.4, "close_the_case", "social"),)},
    ],
)
def test_an_instrument_that_cannot_be_scored_is_refused_in_one_line(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadInstrument) as refused:
        replace(SHORT, **wrong)
    assert "\n" not in str(refused.value)


FILE = toml("instruments/wellbeing-short-1.toml")


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": None},
        {"items": None},
        {"items": 7},
        {"items": [{"code": "a"}]},
        {"items": [{"code": "a", "dimension": "social", "scores": "all"}]},
        {"items": [{"code": 3, "dimension": "social", "scores": {"1": 1}}]},
        {"weights": 1},
        {"enough": "most"},
        {"thresholds": [{"dimension": "social"}]},
        {"thresholds": [{"colour": "red"}]},
        {"thresholds": [{"dimension": "social", "below": "low", "task": "review_plan"}]},
    ],
)
def test_a_broken_file_is_told_in_one_line_that_names_it(wrong: dict[str, Any]) -> None:
    found = {name: value for name, value in {**FILE, **wrong}.items() if value is not None}
    with pytest.raises(BadData, match=r"^bad\.toml: ") as told:
        read_instrument("bad.toml", found)
    assert "\n" not in str(told.value)


def test_every_instrument_that_comes_with_the_program_can_be_used() -> None:
    assert [each.key for each in load_instruments()] == names_in("instruments", ".toml")


def test_our_check_in_has_three_questions_for_each_of_three_dimensions() -> None:
    dimensions = [item.dimension for item in SHORT.items]
    assert {each: dimensions.count(each) for each in dimensions} == {
        "economic": 3,
        "social": 3,
        "psychosocial": 3,
    }


def test_an_instrument_that_is_not_there_is_named() -> None:
    with pytest.raises(BadData, match="rss-1"):
        load_instrument("rss-1")


def test_none_of_ours_bears_the_name_of_a_survey_that_is_not_ours() -> None:
    for each in load_instruments():
        assert "rss" not in each.key
        assert "sustainability" not in each.key
