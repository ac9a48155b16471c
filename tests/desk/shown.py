"""Every page of the living desk, one after the other, as each role sees it in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

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

WHO = ("nasrin", "farzana", "rokeya", "anwar", "hasan")
"""One of each role that has pages of its own."""


@contextmanager
def living(sqlite_url: str, folder: Path) -> Iterator[Served]:
    """The demo as it opens, with its page of log-ins."""
    database = connect(sqlite_url)
    office = Office(database, replace(Settings.demo(folder / "var", 8000), gateways=()))
    demo.live(office.parts)
    with served(office) as running:
        running.tick()
        yield running
    database.close()


@contextmanager
def window(width: int, height: int) -> Iterator[Page]:
    """A page of a headless Chromium; where none is installed the test is skipped."""
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser.new_context(viewport={"width": width, "height": height}).new_page()
        browser.close()


def everybodys(desk: Served, page: Page, language: str) -> Iterator[str]:
    """The address of one page of each kind; `page` is logged in as somebody who may open it."""
    seen: set[str] = set()
    for username in WHO:
        who = demo_office.known(desk.office.parts, username)
        _enter(desk, page, who, language)
        for path, shown in walked(desk.office, desk.office.browser(who), most_of_a_kind=1):
            kind = NUMBERED.sub("*", path)
            if "<html" in shown and kind not in seen:  # the rest are parts of pages
                seen.add(kind)
                yield desk.url + path


def nobodys(desk: Served, language: str) -> Iterator[str]:
    """The address of each page for those who are not logged in."""
    link = next(
        word.partition("/desk")[2]
        for text in desk.office.house.texts("+8801300000911")
        for word in text.split()
        if "/desk/partner/" in word
    )
    for path in ("/log-in", "/demo", "/invitation/nothing", link, "/partner/nothing"):
        yield f"{desk.url}/desk{path}?language={language}"


def _enter(desk: Served, page: Page, who: Member, language: str) -> None:
    parts = desk.office.parts
    with acting(parts, who) as deed:
        own_account.read_in(deed, language)
        token = sessions.begin(parts, deed.connection, who.id, deed.now, proved=True)
    page.context.clear_cookies()
    page.context.add_cookies([{"name": COOKIE, "value": token, "url": f"{desk.url}/desk"}])
