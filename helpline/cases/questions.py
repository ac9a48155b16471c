"""What a versioned set of questions with coded answers is made of, and which answers count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from helpline.cases.services import Named

Answers = Mapping[str, Sequence[str]]
"""By question: the codes of what was chosen."""


@dataclass(frozen=True, slots=True)
class Choice(Named):
    """One answer."""

    code: str
    distress: bool = False
    """It may mean that the person is not well: the money questions are left for another day."""


@dataclass(frozen=True, slots=True)
class Question(Named):
    """One question with its answers; `several` may be chosen together."""

    code: str
    choices: tuple[Choice, ...]
    several: bool = False


@dataclass(frozen=True, slots=True)
class Family(Named):
    """Questions that belong together. `money` is left out after an answer that means distress."""

    code: str
    questions: tuple[Question, ...]
    money: bool = False


class NotAnAnswer(ValueError):
    """An answer that the question does not have."""


@dataclass(frozen=True, slots=True)
class Instrument:
    """A versioned set of questions, asked in two parts: how somebody is, then what she needs."""

    key: str
    first: tuple[Family, ...]
    second: tuple[Family, ...]

    @property
    def families(self) -> tuple[Family, ...]:
        """All questions, in the order in which they are asked."""
        return (*self.first, *self.second)

    def distressed(self, answers: Answers) -> bool:
        """Whether an answer may mean that the person is not well."""
        return _distressed(self.families, answers)

    def after(self, answers: Answers) -> tuple[Family, ...]:
        """The second part, as it is asked after these answers to the first.

        What turns out in the second part, as a lender who threatens, is kept with the rest of it.
        """
        if _distressed(self.first, answers):
            return tuple(family for family in self.second if not family.money)
        return self.second

    def understood(self, answers: Answers) -> dict[str, tuple[str, ...]]:
        """The answers that count: of known questions, in their order; empty ones left out.

        Raises:
            NotAnAnswer: naming the question.
        """
        families = (*self.first, *self.after(answers))
        questions = [question for family in families for question in family.questions]
        kept: dict[str, tuple[str, ...]] = {}
        for question in questions:
            given = [code for code in answers.get(question.code, ()) if code]
            known = {choice.code for choice in question.choices}
            if not known.issuperset(given) or (len(given) > 1 and not question.several):
                raise NotAnAnswer(question.code)
            if given:
                kept[question.code] = tuple(dict.fromkeys(given))
        return kept


def _distressed(families: Sequence[Family], answers: Answers) -> bool:
    return any(
        choice.distress and choice.code in answers.get(question.code, ())
        for family in families
        for question in family.questions
        for choice in question.choices
    )
