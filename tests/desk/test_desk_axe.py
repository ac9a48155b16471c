"""axe looks at every page of the desk, in both languages: nothing serious, nothing critical."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.desk.served import Served
from tests.desk.shown import everybodys, living, nobodys, window

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

SERIOUS = frozenset({"serious", "critical"})
MANY = 30
"""Fewer kinds of pages than this, and the walk has lost its way."""


@pytest.fixture
def desk(sqlite_url: str, tmp_path: Path) -> Iterator[Served]:
    with living(sqlite_url, tmp_path) as running:
        yield running


@pytest.fixture
def page() -> Iterator[Page]:
    with window(1366, 768) as opened:
        yield opened


def _faults(page: Page, url: str) -> list[str]:
    page.goto(url)
    found = Axe().run(page).response["violations"]
    return [
        f"{url.partition('/desk')[2]}: {each['id']}: {each['nodes'][0]['html'][:200]}"
        for each in found
        if each["impact"] in SERIOUS
    ]


@pytest.mark.parametrize("language", ["bn", "en"])
def test_nothing_serious_stands_in_anybodys_way(desk: Served, page: Page, language: str) -> None:
    looked_at = [_faults(page, url) for url in everybodys(desk, page, language)]
    assert [fault for faults in looked_at for fault in faults] == []
    assert len(looked_at) > MANY


@pytest.mark.parametrize("language", ["bn", "en"])
def test_nothing_serious_stands_before_the_door(desk: Served, page: Page, language: str) -> None:
    assert [fault for url in nobodys(desk, language) for fault in _faults(page, url)] == []
