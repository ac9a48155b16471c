"""The map of districts: how dark each is, its number, and what the darkness means."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from handlers.desk.reports_words import place
from helpline.data.reports import HEIGHT, WIDTH, load_shapes

if TYPE_CHECKING:
    from handlers.desk.desk import Here
    from helpline.cases.suppression import Figure, Line

STEPS: Final = 5
"""Shades besides the one for nought."""
HIDDEN: Final = "unshown"
NONE: Final = "none"
ELSEWHERE: Final = "elsewhere"


@dataclass(frozen=True, slots=True)
class Area:
    """One district as it is drawn."""

    path: str
    x: int
    y: int
    name: str
    shade: str
    """The class: `shade-1` to `shade-5`, `none`, `unshown`, or `elsewhere` for one that is not theirs."""
    figure: Figure


@dataclass(frozen=True, slots=True)
class Legend:
    """One entry: a shade and the counts it stands for, both ends included."""

    shade: str
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Map:
    """Everything the template draws."""

    width: int
    height: int
    areas: tuple[Area, ...]
    legend: tuple[Legend, ...]
    highest: str
    """The district with the highest figure; empty when none is shown."""


def drawn(here: Here, counted: Line, districts: tuple[str, ...]) -> Map:
    """The districts with their figures; those that are not in `districts` stay blank."""
    shown = {each: counted[each] for each in districts}
    legend = _legend([figure for figure in shown.values() if figure])
    areas = []
    for shape in load_shapes():
        known = shape.iso in shown
        figure = shown.get(shape.iso)
        shade = _shade(figure, legend) if known else ELSEWHERE
        areas.append(Area(shape.path, shape.x, shape.y, place(here, shape.iso), shade, figure))
    highest = max(areas, key=lambda area: area.figure or 0)
    return Map(WIDTH, HEIGHT, tuple(areas), legend, highest.name if highest.figure else "")


def _legend(figures: list[int]) -> tuple[Legend, ...]:
    """At most five shades; each holds about as many of the districts."""
    ordered = sorted(figures)
    if not ordered:
        return ()
    cuts = {ordered[len(ordered) * part // STEPS] for part in range(STEPS)}
    begins = sorted(cuts)
    ends = [after - 1 for _before, after in pairwise(begins)] + [ordered[-1]]
    return tuple(
        Legend(f"shade-{number}", least, most)
        for number, (least, most) in enumerate(zip(begins, ends, strict=True), 1)
    )


def _shade(figure: Figure, legend: tuple[Legend, ...]) -> str:
    if figure is None:
        return HIDDEN
    return next((each.shade for each in legend if each.least <= figure <= each.most), NONE)
