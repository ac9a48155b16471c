"""How the scores of one version of a check-in went: a small drawing, and the table it is made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from handlers.desk import check_ins_words as words
from handlers.desk.case_words import day, named
from helpline.cases.calendar import local

if TYPE_CHECKING:
    from handlers.desk.desk import Here
    from helpline.cases.instruments import Instrument
    from helpline.service.desk.check_ins import Checked

WIDTH: Final = 320
HEIGHT: Final = 140
EDGE: Final = 14
_STROKES: Final = (("#0b4f49", ""), ("#8a4b00", "6 3"), ("#5b2a86", "2 3"))
"""Colour and dashes of the lines: nobody needs to tell colours apart."""


@dataclass(frozen=True, slots=True)
class Path:
    """One dimension as it is drawn; `points` are where it was measured."""

    name: str
    colour: str
    dashes: str
    line: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """One check-in as a line of the table: the day, who asked, a score or none for each dimension."""

    day: str
    by: str
    scores: tuple[float | None, ...]
    low: tuple[bool, ...]
    whole: float | None


@dataclass(frozen=True, slots=True)
class Trend:
    """Everything the template shows of one version."""

    key: str
    heads: tuple[str, ...]
    rows: tuple[Measured, ...]
    paths: tuple[Path, ...]
    """None before there are two check-ins to compare."""


def drawn(
    here: Here, instrument: Instrument, several: Sequence[Checked], names: Mapping[str, str]
) -> Trend:
    """The check-ins of one version, the oldest first."""
    dimensions = tuple(instrument.weights)
    heads = tuple(named(here, words.DIMENSIONS, each) for each in dimensions)
    rows = tuple(
        Measured(
            day(here, local(each.taken_at).date()),
            names.get(each.staff_id or "", ""),
            tuple(each.result.scores[dimension] for dimension in dimensions),
            tuple(dimension in each.result.low for dimension in dimensions),
            each.result.composite,
        )
        for each in several
    )
    paths: tuple[Path, ...] = ()
    if len(several) > 1:
        paths = tuple(
            _path(head, place, [row.scores[place] for row in rows])
            for place, head in enumerate(heads)
        )
    return Trend(instrument.key, heads, rows, paths)


def _path(name: str, place: int, scores: Sequence[float | None]) -> Path:
    colour, dashes = _STROKES[place % len(_STROKES)]
    step = (WIDTH - 2 * EDGE) / (len(scores) - 1)
    points = tuple(
        (round(EDGE + number * step, 1), round(EDGE + (1 - value) * (HEIGHT - 2 * EDGE), 1))
        for number, value in enumerate(scores)
        if value is not None
    )
    return Path(name, colour, dashes, " ".join(f"{x},{y}" for x, y in points), points)
