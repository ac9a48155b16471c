"""axe looks at every page of the desk, in both languages: nothing serious, nothing critical."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from handlers.desk import demo, demo_office
from handlers.desk.desk import COOKIE
from helpline.cases.roles import Member
from helpline.service.desk import own_account, sessions
from helpline.service.desk.acting import acting
from helpline.settings import Settings
from helpline.store.database import connect
from tests.desk.office import Office
from tests.desk.pages import NUMBERED, walked
from tests.desk.served import Served, served
from tests.phone.conftest import ARGUMENTS, CHROMIUM

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

SERIOUS = frozenset({"serious", "critical"})
WHO = ("nasrin", "farzana", "rokeya", "anwar", "hasan")
"""One of each role that has pages of its own."""
MANY = 30
"""Fewer kinds of pages than this, and the walk has lost its way."""


@pytest.fixture
def desk(sqlite_url: str, tmp_path: Path) -> Iterator[Served]:
    """The demo as it opens, with its page of log-ins."""
    database = connect(sqlite_url)
    office = Office(database, replace(Settings.demo(tmp_path / "var", 8000), gateways=()))
    demo.live(office.parts)
    with served(office) as running:
        running.tick()
        yield running
    database.close()


@pytest.fixture
def page() -> Iterator[Page]:
    """A page of a headless Chromium; where none is installed the test is skipped."""
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}")
    with sync_playwright() as playwright:
        browser: Browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
        browser.close()


def _enter(desk: Served, page: Page, who: Member, language: str) -> None:
    parts = desk.office.parts
    with acting(parts, who) as deed:
        own_account.read_in(deed, language)
        token = sessions.begin(parts, deed.connection, who.id, deed.now, proved=True)
    page.context.clear_cookies()
    page.context.add_cookies([{"name": COOKIE, "value": token, "url": f"{desk.url}/desk"}])


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
    seen: set[str] = set()
    faults: list[str] = []
    for username in WHO:
        who = demo_office.known(desk.office.parts, username)
        _enter(desk, page, who, language)
        for path, shown in walked(desk.office, desk.office.browser(who), most_of_a_kind=1):
            kind = NUMBERED.sub("*", path)
            if "<html" in shown and kind not in seen:  # the rest are parts of pages
                seen.add(kind)
                faults += _faults(page, desk.url + path)
    assert faults == []
    assert len(seen) > MANY


@pytest.mark.parametrize("language", ["bn", "en"])
def test_nothing_serious_stands_before_the_door(desk: Served, page: Page, language: str) -> None:
    link = next(
        word.partition("/desk")[2]
        for text in desk.office.house.texts("+8801300000911")
        for word in text.split()
        if "/desk/partner/" in word
    )
    paths = ("/log-in", "/demo", "/invitation/nothing", link, "/partner/nothing")
    assert [
        each
        for path in paths
        for each in _faults(page, f"{desk.url}/desk{path}?language={language}")
    ] == []
