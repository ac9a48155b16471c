"""Read what the reports are made of: the indicators, and the shapes of the districts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from helpline.cases.indicators import Criterion, How, Indicator
from helpline.cases.measures import Measure
from helpline.data.files import BadData, table_of, toml

_INDICATORS: Final = "indicators.toml"
_SHAPES: Final = "places/shapes.tsv"

WIDTH: Final = 708
HEIGHT: Final = 1000
"""Of the drawing in which the shapes are given."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One district on the map: its outline as the `d` of an SVG path, and where a number fits best."""

    iso: str
    x: int
    y: int
    path: str


@cache
def load_shapes() -> tuple[Shape, ...]:
    """The shapes of the 64 districts, by code.

    Raises:
        BadData: the file is not as its header says.
    """
    return tuple(
        Shape(row["iso"], int(row.number("x")), int(row.number("y")), row["path"])
        for row in table_of(_SHAPES)
    )


@cache
def load_indicators() -> tuple[Indicator, ...]:
    """The indicators, in the order in which they are shown.

    Raises:
        BadData: an entry is incomplete, or names what is not counted.
    """
    listed = toml(_INDICATORS).get("indicator", [])
    try:
        return tuple(
            Indicator(
                bn=entry["name"]["bn"],
                en=entry["name"]["en"],
                key=entry["key"],
                criterion=Criterion(entry["criterion"]),
                requirement=entry["requirement"],
                how=How(entry["how"]),
                measure=Measure(entry["measure"]),
                dimension=entry["dimension"],
                part=tuple(entry["part"]),
                whole=tuple(entry["whole"]),
            )
            for entry in listed
        )
    except (KeyError, ValueError) as error:
        raise BadData(f"{_INDICATORS}: {error}") from error
