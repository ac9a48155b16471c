"""Reads the sets and the weights by which texts lean towards danger."""

from __future__ import annotations

from functools import cache
from typing import Final

from helpline.cases.crisis_leaning import Bars, Leaning, WordSet
from helpline.data.files import table_of

SETS: Final = "crisis/sets.tsv"
WEIGHTS: Final = "crisis/weights.tsv"
_BAR: Final = "bar "


@cache
def load_sets() -> tuple[WordSet, ...]:
    """The sets of words that count as one.

    Raises:
        BadData: a line is not as the head of the file says.
    """
    return tuple(
        WordSet(row["name"], row["topic"], tuple(row["words"].split())) for row in table_of(SETS)
    )


@cache
def load_leaning() -> Leaning:
    """The sets, the weight of every trait, and how far a text must lean.

    Raises:
        BadData: a line is not as the head of the files says.
    """
    weights = {row["trait"]: row.number("weight") for row in table_of(WEIGHTS)}
    bars = Bars(*(weights.pop(_BAR + name) for name in Bars._fields))
    return Leaning(load_sets(), weights, bars)
