"""Check-ins: scores stay between 0 and 1, better answers never score lower, missing ones are not guessed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpline.cases.instruments import BadInstrument, Instrument, Item, Threshold, score
from helpline.data.files import BadData
from helpline.data.load import load_instrument

SHORT = load_instrument("wellbeing-short-1")
CODES = [item.code for item in SHORT.items]
ANSWER = st.sampled_from(["1", "2", "3", "4"])
SOME_ANSWERS = st.dictionaries(
    st.sampled_from(CODES), st.sampled_from(["1", "2", "3", "4", "5", "x"])
)
ALL_ANSWERS = st.fixed_dictionaries(dict.fromkeys(CODES, ANSWER))


def two(first: float = 1.0, second: float = 1.0, enough: float = 0.5) -> Instrument:
    scores = {"1": 1.0, "2": 0.0}
    items = (Item("a", "life", scores, first), Item("b", "life", scores, second))
    return Instrument("two", 1, items, {"life": 1.0}, enough=enough)


@given(SOME_ANSWERS)
def test_every_score_lies_between_nothing_and_all(answers: dict[str, str]) -> None:
    result = score(SHORT, answers)
    for value in (*result.scores.values(), result.composite):
        assert value is None or 0 <= value <= 1


@given(ALL_ANSWERS, st.sampled_from(CODES))
def test_a_better_answer_never_makes_a_score_worse(answers: dict[str, str], code: str) -> None:
    better = answers | {code: str(max(1, int(answers[code]) - 1))}
    before, after = score(SHORT, answers), score(SHORT, better)
    for dimension in SHORT.weights:
        assert (after.scores[dimension] or 0) >= (before.scores[dimension] or 0)
    assert (after.composite or 0) >= (before.composite or 0)


@given(ALL_ANSWERS)
def test_the_order_of_the_answers_changes_nothing(answers: dict[str, str]) -> None:
    assert score(SHORT, answers) == score(SHORT, dict(reversed(answers.items())))


def test_the_best_and_the_worst_answers_are_one_and_nothing() -> None:
    assert score(SHORT, dict.fromkeys(CODES, "1")).composite == 1
    worst = score(SHORT, dict.fromkeys(CODES, "4"))
    assert worst.composite == 0
    assert worst.tasks == ("review_plan", "offer_counselling")
    assert worst.distress == ("mind",)


def test_the_weight_of_a_missing_item_goes_to_the_others_of_its_dimension() -> None:
    assert score(two(), {"a": "1"}).scores == {"life": 1.0}
    assert score(two(3, 1), {"a": "1", "b": "2"}).scores == {"life": 0.75}


@pytest.mark.parametrize(
    ("answers", "expected"), [({}, None), ({"b": "1"}, None), ({"a": "1"}, 1.0)]
)
def test_too_few_answers_give_no_score_and_open_no_task(
    answers: dict[str, str], expected: float | None
) -> None:
    instrument = replace(two(3, 1), thresholds=(Threshold("life", 1.0, "look"),))
    result = score(instrument, answers)
    assert (result.scores["life"], result.composite, result.tasks) == (expected, expected, ())


def test_without_one_dimension_there_is_no_score_of_the_whole() -> None:
    answers = {code: "1" for code in CODES if code not in {"people", "respect", "mind"}}
    result = score(SHORT, answers)
    assert result.scores == {"economic": 1.0, "social": 1.0, "psychosocial": None}
    assert result.composite is None


def test_who_would_rather_not_say_is_not_counted_as_worst() -> None:
    answers = dict.fromkeys(CODES, "1") | {"mind": "5"}
    assert score(SHORT, answers).composite == 1


def test_a_result_names_the_version_it_was_scored_with() -> None:
    assert score(SHORT, {}).instrument == "wellbeing-short-1"


@pytest.mark.parametrize(
    "wrong",
    [
        {"items": ()},
        {"items": (SHORT.items[0], SHORT.items[0])},
        {"weights": {"economic": 1.0}},
        {"weights": dict(SHORT.weights) | {"luck": 1.0}},
        {"weights": dict(SHORT.weights) | {"social": 0.0}},
        {"weights": dict(SHORT.weights) | {"social": float("nan")}},
        {"items": (*SHORT.items, Item("more", "social", {"1": 1.5}))},
        {"items": (*SHORT.items, Item("more", "social", {"1": 1.0}, weight=-1))},
        {"enough": 0.0},
        {"thresholds": (Threshold("luck", 0.4, "look"),)},
    ],
)
def test_an_instrument_that_cannot_be_scored_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadInstrument):
        replace(SHORT, **wrong)  # type: ignore[arg-type]


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
