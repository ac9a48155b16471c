"""A Bangla page is in Bangla: nothing English is left on it but names, codes and usual abbreviations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from handlers.desk import demo, demo_office
from helpline.settings import Settings
from helpline.store.database import Database
from tests.desk.office import Office
from tests.desk.pages import read, walked

WORD = re.compile(r"\[?[A-Za-z][A-Za-z_]{2,}\]?")
KNOWN = frozenset({"CSV", "XLSX", "[voice]"})
"""File formats, and a line of the configuration."""
NAMES = frozenset({demo_office.LEGAL_AID, *(each.username for each in demo_office.STAFF)})
"""What somebody typed as a name stays as they typed it."""


@pytest.fixture
def lively(database: Database, tmp_path: Path) -> Office:
    settings = replace(Settings.demo(tmp_path / "var", 8000), simulator=False)
    office = Office(database, settings)
    demo.live(office.parts)
    office.house.work()
    return office


def english_on(office: Office, username: str) -> Iterator[str]:
    browser = office.browser(demo_office.known(office.parts, username))
    for path, page in walked(office, browser):
        assert '<html lang="bn">' in page or "<html" not in page, path
        text = read(page)
        for name in NAMES:
            text = text.replace(name, "")
        words = sorted(set(WORD.findall(text)) - KNOWN)
        if words:
            yield f"{username} {path}: {' '.join(words)}"


@pytest.mark.parametrize("username", [each.username for each in demo_office.STAFF])
def test_no_bangla_page_has_english_on_it(lively: Office, username: str) -> None:
    assert list(english_on(lively, username)) == []
