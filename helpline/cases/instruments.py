"""Check-ins: versioned sets of questions whose answers give a score for each dimension, from 0 to 1.

An instrument is data. Scores of different instruments, or of two versions of one, are never put
into one line. A low score opens a task for a person; nothing is ever closed by a number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Final

TASKS: Final = ("review_plan", "offer_counselling", "debt_referral")
"""What a low score may ask a person to do, in the order in which staff read it."""
_CODE: Final = re.compile(r"[a-z][a-z0-9_-]*")


class BadInstrument(ValueError):
    """An instrument that cannot be used. One line: which item, what is wrong."""


class NotAnAnswer(ValueError):
    """An item that the instrument does not have, or an answer that the item does not have."""


@dataclass(frozen=True, slots=True)
class Item:
    """One question. The answer that the instrument calls `unsaid` counts as missing."""

    code: str
    dimension: str
    scores: Mapping[str, float]
    weight: float = 1.0
    distress: frozenset[str] = frozenset()
    """Answers after which a person is to look at once, whatever the scores say."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A dimension, or one item, whose score is below opens a task of this kind."""

    below: float
    task: str
    dimension: str = ""
    item: str = ""


@dataclass(frozen=True, slots=True)
class Instrument:
    """A set of questions, the weight of each dimension in the whole, and what low scores ask for.

    `enough` is the share of a dimension's weight that must be answered for it to have a score;
    `unsaid` is the answer of whoever would rather not say.
    """

    name: str
    version: int
    items: tuple[Item, ...]
    weights: Mapping[str, float]
    thresholds: tuple[Threshold, ...] = ()
    enough: float = 0.5
    unsaid: str = ""

    def __post_init__(self) -> None:
        """Refuse what could not be scored.

        Raises:
            BadInstrument: naming the first fault.
        """
        _check(self)

    @property
    def key(self) -> str:
        """The name that stored answers bear: `wellbeing-short-1`."""
        return f"{self.name}-{self.version}"

    def understood(self, answers: Mapping[str, str]) -> dict[str, str]:
        """The answers that may be kept, in the order of the items; empty ones are left out.

        Raises:
            NotAnAnswer: naming the item.
        """
        items = {item.code: item for item in self.items}
        for code, said in answers.items():
            if code not in items or (
                said and said != self.unsaid and said not in items[code].scores
            ):
                raise NotAnAnswer(code)
        return {code: answers[code] for code in items if answers.get(code)}


@dataclass(frozen=True, slots=True)
class Result:
    """The scores of one set of answers: 1 is best, none where too little was answered."""

    instrument: str
    scores: Mapping[str, float | None]
    composite: float | None
    tasks: tuple[str, ...] = ()
    low: tuple[str, ...] = ()
    """The dimensions that lie below a threshold."""
    distress: tuple[str, ...] = field(default=())
    """The items whose answers ask for a person at once."""


def score(instrument: Instrument, answers: Mapping[str, str]) -> Result:
    """Score a set of answers by the items' codes. Answers to unknown items are left out.

    A missing item's weight goes to the other items of its dimension, as long as `enough` of the
    dimension was answered. The composite needs every dimension.
    """
    scores = {
        dimension: _dimension(instrument, dimension, answers) for dimension in instrument.weights
    }
    known = {dimension: value for dimension, value in scores.items() if value is not None}
    composite = None
    if len(known) == len(scores):
        total = sum(instrument.weights.values())
        composite = _within(
            sum(known[each] * weight for each, weight in instrument.weights.items()) / total
        )
    items = {
        item.code: item.scores[answers[item.code]]
        for item in instrument.items
        if answers.get(item.code, "") in item.scores
    }
    fired = [
        each
        for each in instrument.thresholds
        if (items if each.item else known).get(each.item or each.dimension, 1.0) < each.below
    ]
    asked = {each.task for each in fired}
    return Result(
        instrument.key,
        scores,
        composite,
        tasks=tuple(task for task in TASKS if task in asked),
        low=tuple(dict.fromkeys(each.dimension for each in fired if each.dimension)),
        distress=tuple(
            item.code for item in instrument.items if answers.get(item.code) in item.distress
        ),
    )


def _dimension(instrument: Instrument, dimension: str, answers: Mapping[str, str]) -> float | None:
    items = [item for item in instrument.items if item.dimension == dimension]
    answered = [item for item in items if answers.get(item.code, "") in item.scores]
    weight = sum(item.weight for item in answered)
    if not weight or weight < instrument.enough * sum(item.weight for item in items):
        return None
    return _within(sum(item.weight * item.scores[answers[item.code]] for item in answered) / weight)


def _within(value: float) -> float:
    """A sum of fractions may stand a hair beside the border."""
    return min(1.0, max(0.0, value))


def _check(instrument: Instrument) -> None:
    if not _CODE.fullmatch(instrument.name) or not _whole(instrument.version):
        raise BadInstrument(f"{instrument.name!r}: a name is a code and a version a number from 1")
    codes = [item.code for item in instrument.items]
    if not codes or len(set(codes)) != len(codes):
        raise BadInstrument(f"{instrument.name}: it has no items, or two of one code")
    for item in instrument.items:
        _check_item(instrument, item)
    _check_weights(instrument)
    for threshold in instrument.thresholds:
        _check_threshold(instrument, threshold)


def _check_item(instrument: Instrument, item: Item) -> None:
    if not _CODE.fullmatch(item.code):
        raise BadInstrument(f"{item.code!r}: a code is written in small Latin letters")
    if item.dimension not in instrument.weights:
        raise BadInstrument(f"{item.code}: no weight for {item.dimension}")
    if not item.scores or not all(_part(value) for value in item.scores.values()):
        raise BadInstrument(f"{item.code}: scores lie from 0 to 1")
    if not _above_nothing(item.weight):
        raise BadInstrument(f"{item.code}: a weight is above 0")
    if instrument.unsaid in item.scores:
        raise BadInstrument(f"{item.code}: {instrument.unsaid} has a score and means unsaid")
    if not item.distress.issubset(item.scores):
        raise BadInstrument(f"{item.code}: distress is not among its answers")


def _check_weights(instrument: Instrument) -> None:
    measured = {item.dimension for item in instrument.items}
    for dimension, weight in instrument.weights.items():
        if not _above_nothing(weight) or dimension not in measured:
            raise BadInstrument(f"{dimension}: a dimension has a weight above 0 and items")
    if not _part(instrument.enough) or not instrument.enough:
        raise BadInstrument(f"{instrument.name}: enough lies above 0 and up to 1")


def _check_threshold(instrument: Instrument, threshold: Threshold) -> None:
    about = threshold.item or threshold.dimension
    known = {item.code for item in instrument.items} if threshold.item else instrument.weights
    if about not in known or (threshold.item and threshold.dimension):
        raise BadInstrument(f"a threshold for {about or 'nothing'}, which is not measured")
    if not _part(threshold.below) or not threshold.below:
        raise BadInstrument(f"the threshold for {about}: below lies above 0 and up to 1")
    if threshold.task not in TASKS:
        raise BadInstrument(f"the threshold for {about}: no such task: {threshold.task}")


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _part(value: float) -> bool:
    return _number(value) and 0 <= value <= 1


def _above_nothing(value: float) -> bool:
    return _number(value) and value > 0
