"""What a risk form suggests: never less for a graver answer, and imminent when there is no time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpline.cases.questions import NotAnAnswer
from helpline.cases.risk_form import LEVELS, RISK_1, speaks_of_suicide, suggested

WELL = {
    "acted": ["no"],
    "thoughts": ["no"],
    "plan": ["no"],
    "means": ["no"],
    "when": ["none"],
    "from_others": ["no"],
    "who_else": ["nobody"],
    "alone": ["together"],
}
GRAVER = {
    "acted": ("no", "earlier", "now"),
    "thoughts": ("no", "sometimes", "often", "always"),
    "plan": ("no", "vague", "clear"),
    "means": ("no", "possible", "at_hand"),
    "when": ("none", "some_day", "two_days", "now"),
    "from_others": ("no", "threat", "hurt", "held", "now"),
    "who_else": ("nobody", "adult", "child"),
    "alone": ("together", "near", "alone"),
}
"""The answers to each question from the least to the most grave."""


@pytest.mark.parametrize(
    ("said", "level"),
    [
        ({}, "none"),
        ({"thoughts": ["sometimes"]}, "low"),
        ({"thoughts": ["unsaid"]}, "low"),
        ({"acted": ["earlier"]}, "low"),
        ({"from_others": ["threat"]}, "low"),
        ({"thoughts": ["always"]}, "high"),
        ({"plan": ["clear"]}, "high"),
        ({"thoughts": ["often"], "alone": ["alone"]}, "high"),
        ({"acted": ["earlier"], "thoughts": ["sometimes"]}, "high"),
        ({"from_others": ["hurt"]}, "high"),
        ({"from_others": ["held"]}, "high"),
        ({"from_others": ["threat"], "who_else": ["child"]}, "high"),
        ({"acted": ["now"]}, "imminent"),
        ({"from_others": ["now"]}, "imminent"),
        ({"thoughts": ["sometimes"], "when": ["now"]}, "imminent"),
        (
            {"thoughts": ["often"], "plan": ["clear"], "means": ["at_hand"], "when": ["two_days"]},
            "imminent",
        ),
    ],
)
def test_the_level_that_answers_suggest(said: dict[str, list[str]], level: str) -> None:
    assert suggested(WELL | said) == level


def test_nothing_asked_is_not_taken_for_no_danger() -> None:
    assert suggested({}) == "low"
    assert suggested({"may_call": ["not_asked"]}) == "low"


@given(
    st.fixed_dictionaries({q: st.sampled_from(answers) for q, answers in GRAVER.items()}),
    st.sampled_from(sorted(GRAVER)),
)
def test_a_graver_answer_never_suggests_a_lower_level(said: dict[str, str], asked: str) -> None:
    answers = {question: [code] for question, code in said.items()}
    place = GRAVER[asked].index(said[asked])
    before = LEVELS.index(suggested(answers))
    for graver in GRAVER[asked][place:]:
        assert LEVELS.index(suggested(answers | {asked: [graver]})) >= before


@given(
    st.fixed_dictionaries({q: st.sampled_from(answers) for q, answers in GRAVER.items()}),
    st.sampled_from(["children", "faith", "wants_help", "future"]),
    st.sampled_from(["means_away", "company", "calls_us"]),
)
def test_what_holds_somebody_makes_the_danger_no_smaller(
    said: dict[str, str], holds: str, agreed: str
) -> None:
    answers = {question: [code] for question, code in said.items()}
    held = answers | {"protects": [holds], "agreed": [agreed], "may_call": ["yes"]}
    assert suggested(held) == suggested(answers)


def test_every_question_has_codes_and_words_of_its_own() -> None:
    questions = [each for family in RISK_1.families for each in family.questions]
    assert len({each.code for each in questions}) == len(questions)
    for each in questions:
        assert len({choice.code for choice in each.choices}) == len(each.choices)
        assert all(choice.bn and choice.en for choice in each.choices)


def test_every_answer_to_every_question_of_danger_has_a_weight() -> None:
    for family in RISK_1.families[:1]:
        for question in family.questions:
            for choice in question.choices:
                assert suggested(WELL | {question.code: [choice.code]}) in LEVELS


def test_an_answer_that_a_question_does_not_have_is_refused() -> None:
    with pytest.raises(NotAnAnswer):
        RISK_1.understood({"acted": ["maybe"]})


def test_few_see_a_case_about_dying_by_ones_own_hand_not_one_about_violence() -> None:
    assert speaks_of_suicide(WELL | {"thoughts": ["sometimes"]})
    assert speaks_of_suicide(WELL | {"plan": ["vague"]})
    assert not speaks_of_suicide(WELL | {"from_others": ["hurt"]})
    assert not speaks_of_suicide(WELL | {"thoughts": ["unsaid"]})
