"""Check-ins: versioned sets of questions whose answers give a score for each dimension, from 0 to 1.

An instrument is data. Scores of different instruments, or of two versions of one, are never put
into one line. A low score opens a task for a person; nothing is ever closed by a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite, isnan


class BadInstrument(ValueError):
    """An instrument that cannot be used. One line: which item, what is wrong."""


@dataclass(frozen=True, slots=True)
class Item:
    """One question. An answer that is not in `scores` (as "would rather not say") counts as missing."""

    code: str
    dimension: str
    scores: Mapping[str, float]
    weight: float = 1.0
    distress: frozenset[str] = frozenset()
    """Answers after which a person is to look at once, whatever the scores say."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A dimension whose score is below opens a task of this kind."""

    dimension: str
    below: float
    task: str


@dataclass(frozen=True, slots=True)
class Instrument:
    """A set of questions, the weight of each dimension in the whole, and what low scores ask for.

    `enough` is the share of a dimension's weight that must be answered for it to have a score.
    """

    name: str
    version: int
    items: tuple[Item, ...]
    weights: Mapping[str, float]
    thresholds: tuple[Threshold, ...] = ()
    enough: float = 0.5

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


@dataclass(frozen=True, slots=True)
class Result:
    """The scores of one set of answers: 1 is best, none where too little was answered."""

    instrument: str
    scores: Mapping[str, float | None]
    composite: float | None
    tasks: tuple[str, ...] = ()
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
        composite = sum(known[each] * weight for each, weight in instrument.weights.items()) / total
    tasks = dict.fromkeys(
        threshold.task
        for threshold in instrument.thresholds
        if threshold.dimension in known and known[threshold.dimension] < threshold.below
    )
    distress = tuple(
        item.code for item in instrument.items if answers.get(item.code) in item.distress
    )
    return Result(instrument.key, scores, composite, tuple(tasks), distress)


def _dimension(instrument: Instrument, dimension: str, answers: Mapping[str, str]) -> float | None:
    items = [item for item in instrument.items if item.dimension == dimension]
    answered = [item for item in items if answers.get(item.code, "") in item.scores]
    weight = sum(item.weight for item in answered)
    if not weight or weight < instrument.enough * sum(item.weight for item in items):
        return None
    total = sum(item.weight * item.scores[answers[item.code]] for item in answered)
    return min(
        1.0, max(0.0, total / weight)
    )  # a sum of fractions may stand a hair beside the border


def _check(instrument: Instrument) -> None:
    codes = [item.code for item in instrument.items]
    if not codes or len(set(codes)) != len(codes):
        raise BadInstrument(f"{instrument.name}: it has no items, or two of one code")
    for item in instrument.items:
        if item.dimension not in instrument.weights:
            raise BadInstrument(f"{item.code}: no weight for {item.dimension}")
        if not item.scores or any(not 0 <= value <= 1 for value in item.scores.values()):
            raise BadInstrument(f"{item.code}: scores lie from 0 to 1")
        if not (isfinite(item.weight) and item.weight > 0):
            raise BadInstrument(f"{item.code}: a weight is above 0")
    _check_weights(instrument)


def _check_weights(instrument: Instrument) -> None:
    measured = {item.dimension for item in instrument.items}
    for dimension, weight in instrument.weights.items():
        if isnan(weight) or not 0 < weight < float("inf") or dimension not in measured:
            raise BadInstrument(f"{dimension}: a dimension has a weight above 0 and items")
    if not 0 < instrument.enough <= 1:
        raise BadInstrument(f"{instrument.name}: enough lies above 0 and up to 1")
    for threshold in instrument.thresholds:
        if threshold.dimension not in instrument.weights:
            raise BadInstrument(f"a threshold for {threshold.dimension}, which is not measured")
