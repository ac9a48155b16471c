"""A campaign in a real browser without JavaScript, from the draft to the end, on the screen of a phone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from handlers.desk.desk import COOKIE
from helpline.cases.calendar import local
from helpline.cases.roles import Member, Role
from helpline.service import campaigns as service
from helpline.service.desk import sessions
from helpline.settings import Settings
from helpline.store.database import connect
from tests.desk.office import Office
from tests.desk.served import Served, served
from tests.phone.conftest import ARGUMENTS, CHROMIUM
from tests.readers import plant

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

WIDTH = 390
NEUTRAL = "আগামী সপ্তাহে মেলা হবে। সময় পেলে আসবেন।"
_WIDTH = "document.documentElement.scrollWidth"


@pytest.fixture
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def desk(sqlite_url: str, tmp_path: Path) -> Iterator[Served]:
    office = Office(
        connect(sqlite_url), replace(Settings.demo(tmp_path / "var", 8000), simulator=False)
    )
    with served(office) as running:
        yield running


def _page(desk: Served, browser: Browser, who: Member, *, scripts: bool) -> Page:
    parts = desk.office.parts
    with parts.database.transaction() as connection:
        token = sessions.begin(parts, connection, who.id, desk.office.clock(), proved=True)
    context = browser.new_context(
        viewport={"width": WIDTH, "height": 844}, java_script_enabled=scripts
    )
    context.add_cookies([{"name": COOKIE, "value": token, "url": f"{desk.url}/desk"}])
    return context.new_page()


def _faults(page: Page, url: str) -> list[str]:
    page.goto(url)
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    wide = page.evaluate(_WIDTH)
    found = [f"{url}: {wide} wide"] if wide > WIDTH else []
    return found + [
        f"{url}: {each['id']}: {each['nodes'][0]['html'][:200]}"
        for each in Axe().run(page).response["violations"]
    ]


@pytest.mark.parametrize("language", ["en", "bn"])
def test_a_campaign_needs_no_script_and_stands_in_nobodys_way(
    desk: Served, browser: Browser, language: str
) -> None:
    office = desk.office
    ring, now = office.parts.ring, office.clock()
    plant(office.parts.database, ring, now, ["reader"] * 8, need="legal")
    head = office.hire(Role.SUPERVISOR, language=language)
    writer = _page(desk, browser, office.hire(Role.PROGRAMME, language=language), scripts=False)
    second = _page(desk, browser, head, scripts=False)
    looker = _page(desk, browser, head, scripts=True)
    faults = []

    writer.goto(f"{desk.url}/desk/campaigns")
    writer.locator("main a.button").click()
    writer.locator("#title").fill("A fair")
    writer.locator("#text_bn").fill("বিনা খরচে আইনি পরামর্শ।")
    writer.locator("input[name=languages][value=bn]").check()
    writer.locator("input[name=needs][value=legal]").check()
    until = local(now).date() + timedelta(days=3)
    writer.locator("#valid_until").fill(until.isoformat())
    writer.locator("button[name=look]").click()
    expect(writer.locator("main [role=alert]")).to_contain_text("আইনি")
    writer.locator("#text_bn").fill(NEUTRAL)
    writer.locator("form.card button").first.click()
    campaign = writer.url

    def press(page: Page, step: str) -> None:
        page.goto(campaign)
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        page.locator(f"form[action$='/{step}'] button").click()
        faults.extend(_faults(looker, campaign))

    faults += _faults(looker, campaign)
    faults += _faults(looker, f"{campaign}/change")
    faults += _faults(looker, f"{desk.url}/desk/campaigns")
    press(writer, "submit")
    press(second, "approve")
    press(writer, "start")
    service.sweep(office.parts)
    office.house.tick()
    press(writer, "pause")
    press(writer, "resume")
    press(writer, "cancel")
    with writer.expect_download() as download:
        writer.goto(campaign)
        writer.locator("form[action$='/file'] button").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    assert len(office.house.gateway.sent) == 8
    assert faults == []
