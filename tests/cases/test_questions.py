"""The sets of questions: codes are one each, both languages are there, answers count as the questions allow."""

from __future__ import annotations

import pytest

from helpline.cases.needs import INSTRUMENTS, NEEDS_1, suggestions
from helpline.cases.needs_short import NEEDS_SHORT_1
from helpline.cases.questions import Instrument, NotAnAnswer


@pytest.mark.parametrize("instrument", INSTRUMENTS.values())
def test_every_question_and_answer_has_one_code_and_both_names(instrument: Instrument) -> None:
    questions = [question for family in instrument.families for question in family.questions]
    codes = [question.code for question in questions]
    assert len(codes) == len(set(codes))
    for question in questions:
        answers = [choice.code for choice in question.choices]
        assert len(answers) == len(set(answers)) > 1
        for named in (question, *question.choices):
            assert named.bn
            assert named.en
            assert not named.bn.isascii()


def test_an_answer_that_means_distress_leaves_out_the_money() -> None:
    assert any(family.money for family in NEEDS_1.after({"mood": ["well"]}))
    assert not any(family.money for family in NEEDS_1.after({"mood": ["no_hope"]}))
    kept = NEEDS_1.understood({"mood": ["no_hope"], "debt": ["over_5l"], "intention": ["job"]})
    assert kept == {"mood": ("no_hope",), "intention": ("job",)}


def test_a_lender_who_threatens_is_kept_with_the_debt_it_is_about() -> None:
    said = {"mood": ["well"], "debt": ["over_5l"], "pressure": ["threatened"]}
    assert NEEDS_1.understood(said) == {code: tuple(codes) for code, codes in said.items()}
    assert NEEDS_1.distressed(said)
    said = {"safe": ["yes"], "owed": ["threatened"]}
    assert NEEDS_SHORT_1.understood(said) == {"safe": ("yes",), "owed": ("threatened",)}


def test_the_short_screening_has_at_most_eight_questions_none_of_them_with_several_answers() -> (
    None
):
    questions = [each for family in NEEDS_SHORT_1.families for each in family.questions]
    assert len(questions) == 8
    assert not any(question.several for question in questions)
    assert all(len(question.choices) <= 5 for question in questions)


def test_several_answers_count_where_several_may_hold() -> None:
    assert NEEDS_1.understood({"health": ["illness", "injury", "illness"]}) == {
        "health": ("illness", "injury")
    }
    with pytest.raises(NotAnAnswer):
        NEEDS_1.understood({"mood": ["well", "no_hope"]})


@pytest.mark.parametrize("said", [{"mood": ["purple"]}, {"debt": ["-1"]}, {"age": ["<b>"]}])
def test_an_answer_that_is_none_is_refused(said: dict[str, list[str]]) -> None:
    with pytest.raises(NotAnAnswer):
        NEEDS_1.understood(said)


def test_unknown_questions_and_empty_answers_are_left_out() -> None:
    assert NEEDS_1.understood({"colour": ["red"], "mood": [""], "sleep": []}) == {}


def test_suggestions_are_only_suggestions_and_the_urgent_ones_say_so() -> None:
    assert suggestions({}) == ()
    assert suggestions({"debt": ["over_5l"]}) == ("debt",)
    assert suggestions({"threat": ["yes"], "debt": ["over_5l"]})[0] == "high_priority"
    every = {
        question.code: [choice.code for choice in question.choices]
        for family in NEEDS_1.families
        for question in family.questions
    }
    assert len(suggestions(every)) == len(set(suggestions(every)))
