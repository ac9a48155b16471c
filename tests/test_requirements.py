"""The table of requirements: all 86, and everything it names exists."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

import menus
from handlers.desk.rooms import create_desk
from helpline.cases.texts import TEXTS
from helpline.cli import main
from helpline.settings import Settings
from helpline.store.tables import Base
from helpline.wiring import build, close

ROOT = Path(__file__).parents[1]
LINES = [
    [cell.strip() for cell in line.strip("|\n").split("|")]
    for line in (ROOT / "docs" / "requirements.md").read_text("utf-8").splitlines()
    if re.match(r"\| \d+ \|", line)
]
NAMED = sorted({name for line in LINES for name in re.findall(r"`(\w+:[^`]+)`", line[2])})


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    settings = Settings.demo(tmp_path_factory.mktemp("desk") / "var", 8000)
    parts = build(settings)
    endpoints = {name.removeprefix("desk.") for name in create_desk(parts, settings).rights}
    close(parts)
    return endpoints


@cache
def words() -> set[str]:
    return {word for keyword in menus.BOOK.keywords for word in keyword.words}


def a_module(name: str) -> bool:
    return importlib.import_module(name) is not None


EXISTS: dict[str, Callable[[str], bool]] = {
    "screen": lambda name: name in menus.BOOK.pages,
    "sms": lambda name: name in words(),
    "text": lambda name: name in TEXTS,
    "table": lambda name: name in Base.metadata.tables,
    "code": a_module,
    "data": lambda name: (ROOT / "helpline" / "data" / name).is_file(),
    "command": lambda name: name in main.commands,
}


def test_all_86_are_there_once() -> None:
    assert [int(line[0]) for line in LINES] == list(range(1, 87))


def test_each_says_what_meets_it_or_what_is_missing() -> None:
    for number, _what, where, state in LINES:
        assert state.startswith(("met", "partly: ", "missing: ")), number
        assert bool(where) is not state.startswith("missing"), number


@pytest.mark.parametrize("name", NAMED)
def test_what_is_named_exists(name: str, pages: set[str]) -> None:
    kind, _, what = name.partition(":")
    if kind == "page":
        assert what in pages
    else:
        assert EXISTS[kind](what)
