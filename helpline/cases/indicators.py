"""The indicators of the programme: each is one figure that the desk counts, under one of six criteria."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from helpline.cases.measures import Measure, quantile
from helpline.cases.services import Named
from helpline.cases.suppression import Figure, Line, share


class Criterion(StrEnum):
    """The six questions that the framework's monitoring asks (S1 2.11, S4 chapter 4)."""

    EFFECTIVENESS = "effectiveness"
    EFFICIENCY = "efficiency"
    RELEVANCE = "relevance"
    IMPACT = "impact"
    SUSTAINABILITY = "sustainability"
    COHERENCE = "coherence"


class How(StrEnum):
    """What kind of figure an indicator is."""

    COUNT = "count"
    SHARE = "share"
    MIDDLE = "middle"
    """The time within which half of them lie."""


@dataclass(frozen=True, slots=True)
class Indicator(Named):
    """One indicator; `requirement` is the number of the requirement it answers to."""

    key: str
    criterion: Criterion
    requirement: str
    how: How
    measure: Measure
    dimension: str
    part: tuple[str, ...]
    whole: tuple[str, ...]
    """Empty: everything that was counted."""


Value = Figure | float | str
"""A count, a share from 0 to 1, or a step of `measures.STEPS`; none when it may not be shown."""


def value(indicator: Indicator, counted: Line, steps: Mapping[str, int]) -> Value:
    """What an indicator says of a line of counts, or for `MIDDLE` of how many lie in which step."""
    if indicator.how is How.MIDDLE:
        return quantile(steps, 0.5) or None
    part = counted.sum(indicator.part) if indicator.part else counted.total
    if indicator.how is How.COUNT:
        return part
    return share(part, counted.sum(indicator.whole) if indicator.whole else counted.total)
