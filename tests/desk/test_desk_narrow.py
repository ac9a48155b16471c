"""Every page of the desk on the screen of a phone: nobody has to push it from side to side."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.desk.served import Served
from tests.desk.shown import everybodys, living, nobodys, window

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

WIDTH = 390
_SHOW_ALL = "for (const each of document.querySelectorAll('details')) each.open = true"
_WIDTH = "document.documentElement.scrollWidth"
_WIDEST = f"""[...document.querySelectorAll('main *, header *')]
    .filter(each => !each.closest('.scroll') && each.getBoundingClientRect().right > {WIDTH})
    .slice(0, 3).map(each => each.outerHTML.slice(0, 120))"""
"""What stands out; a table may be wide inside its own box."""
_BROKEN = """(() => {
    const broken = [];
    for (const cell of document.querySelectorAll('main th, main button, main .badge')) {
        if (cell.classList.contains('typed')) continue;
        const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
        while (texts.nextNode()) {
            const text = texts.currentNode;
            for (const word of text.data.matchAll(/[^\\s\\-–/]+/g)) {
                const range = document.createRange();
                range.setStart(text, word.index);
                range.setEnd(text, word.index + word[0].length);
                const lines = [...range.getClientRects()].map(each => Math.round(each.top));
                if (text.parentElement.closest('.hidden') === null && new Set(lines).size > 1) broken.push(word[0]);
            }
        }
    }
    return broken.slice(0, 5);
})()"""
"""Words of headings, buttons and badges that do not stand on one line."""


@pytest.fixture
def desk(sqlite_url: str, tmp_path: Path) -> Iterator[Served]:
    with living(sqlite_url, tmp_path) as running:
        yield running


@pytest.fixture
def page() -> Iterator[Page]:
    with window(WIDTH, 844) as opened:
        yield opened


@pytest.mark.parametrize("language", ["bn", "en"])
def test_every_page_is_as_wide_as_a_phone_and_breaks_no_word(
    desk: Served, page: Page, language: str
) -> None:
    too_wide, broken = {}, {}
    for url in chain(everybodys(desk, page, language), nobodys(desk, language)):
        page.goto(url)
        page.evaluate(_SHOW_ALL)
        if page.evaluate(_WIDTH) > WIDTH:
            too_wide[url.partition("/desk")[2]] = page.evaluate(_WIDEST)
        if words := page.evaluate(_BROKEN):
            broken[url.partition("/desk")[2]] = words
    assert too_wide == {}
    assert broken == {}


def test_the_filters_of_the_queue_stand_in_one_row_on_a_laptop(desk: Served, page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(next(url for url in everybodys(desk, page, "en") if url.endswith("/desk/queue")))
    page.locator("details.filter summary").click()
    fields = page.locator("details.filter select, details.filter button").all()
    boxes = [box for field in fields if (box := field.bounding_box())]
    assert len({round(box["y"] + box["height"]) for box in boxes}) == 1


def test_a_case_is_short_on_a_phone_and_its_index_opens_what_it_leads_to(
    desk: Served, page: Page
) -> None:
    case = next(url for url in everybodys(desk, page, "bn") if "/desk/case/" in url)
    page.goto(case.partition("?")[0])
    assert page.evaluate("document.documentElement.scrollHeight") < 4000
    plan = page.locator("#plan")
    assert page.locator("details.fold:has(#plan)[open]").count() == 0
    page.locator("nav.index summary").click()
    page.locator("nav.index a[href='#plan']").click()
    page.locator("details.fold:has(#plan)[open]").wait_for(state="visible")
    page.set_viewport_size({"width": 1366, "height": 768})
    page.reload()
    plan.wait_for(state="visible")
    assert page.locator("details.fold:not([open])").count() == 0
