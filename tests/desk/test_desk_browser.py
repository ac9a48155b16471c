"""A first day at the desk in a real browser: from the log-in to a call, a referral, an alarm."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from handlers.desk import demo_office
from handlers.desk.demo_callers import CALL_BACK, PIN, REHANA, Phones
from helpline.settings import Settings
from helpline.store.database import Database
from tests.desk.office import Office
from tests.desk.served import Served, served
from tests.phone.conftest import ARGUMENTS, CHROMIUM

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

OFFICE_PHONE = "+8801300000911"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium; where none is installed the test is skipped."""
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Iterator[Served]:
    """The demo's office, to which Rehana has registered; she asked to be called."""
    office = Office(database, replace(Settings.demo(tmp_path / "var", 8000), simulator=False))
    demo_office.furnish(office.parts)
    phones = Phones(office.parts)
    phones.register(REHANA, "tangail", pin=PIN)
    phones.dial(REHANA, CALL_BACK)
    with served(office) as running:
        yield running


def test_a_first_day_at_the_desk(desk: Served, browser: Browser) -> None:
    nasrin = desk.log_in(browser, "nasrin")
    _take_the_next(desk, nasrin)
    case = _open_the_case(nasrin)
    _call_by_hand(nasrin)
    nasrin.goto(case)
    expect(_story(nasrin)).to_contain_text("Call-back: Completed")
    _refer(nasrin, case)
    _office_takes_the_client(desk, browser)
    _client_confirms(desk)
    _say_that_it_may_be_danger(nasrin, case)
    _second_on_the_rota_answers(desk, browser)
    _everything_is_on_the_case(nasrin, case)


def _take_the_next(desk: Served, page: Page) -> None:
    page.get_by_role("button", name="I am here").click()
    expect(page.get_by_text("On duty until")).to_be_visible()
    page.get_by_role("button", name="Take the next one").click()
    expect(page.locator("main")).to_contain_text("Call-back")


def _open_the_case(page: Page) -> str:
    """The page of the case, with its card of safe contact; its address."""
    expect(page).to_have_url(re.compile("/desk/case/"))
    expect(page.locator("#safety")).to_be_visible()
    expect(page.locator("main")).to_contain_text("+880•••••101")
    expect(page.locator("main")).not_to_contain_text(REHANA)
    return page.url.partition("?")[0]


def _call_by_hand(page: Page) -> None:
    page.get_by_role("button", name="Call by hand: show the number").click()
    expect(page.locator("main")).to_contain_text(REHANA)
    page.get_by_label("Reached, and we talked").check()
    page.get_by_role("button", name="Write down").click()
    expect(page.locator("#done")).to_have_text(
        "What came of the call is written down. Now write what was said."
    )
    expect(page.locator("#done")).to_be_in_viewport()


def _story(page: Page) -> Locator:
    """What happened so far, as the case tells it."""
    return page.locator("section[aria-labelledby=timeline]")


def _refer(page: Page, case: str) -> None:
    """Legal aid, with consent to share the district and what is needed."""
    page.goto(case)
    page.get_by_role("link", name="New referral").click()
    page.get_by_label("Which service?").select_option("legal_aid")
    page.get_by_role("button", name="Show the offices").click()
    page.locator("input[name=fields][value=district]").check()
    page.locator("input[name=fields][value=need]").check()
    page.locator("#words").fill("Help with a wage claim")
    for point in page.locator("input[name=asked]").all():
        point.check()
    page.get_by_role("button", name="Save the draft").click()
    expect(page.locator("blockquote").first).to_be_visible()
    page.get_by_role("button", name="The client agrees: send it").click()
    expect(page.locator("main")).to_contain_text("Sent on")


def _office_takes_the_client(desk: Served, browser: Browser) -> None:
    """The office opens its link on a phone, without any account: accepted, was there, finished."""
    desk.tick()
    [*_, text] = desk.office.house.texts(OFFICE_PHONE)
    link = re.search(r"/desk/partner/\S+", text)
    assert link, text
    page = browser.new_context(viewport={"width": 390, "height": 800}).new_page()
    page.goto(f"{desk.url}{link[0]}?language=en")
    expect(page.locator("main")).to_contain_text("Help with a wage claim")
    expect(page.locator("main")).not_to_contain_text("রেহানা")
    page.get_by_role("button", name="Accept").click()
    page.get_by_role("button", name="Yes, the client was there").click()
    page.get_by_role("button", name="It is finished").click()
    expect(page.locator("main")).to_contain_text("There is nothing more to do")
    page.context.close()


def _client_confirms(desk: Served) -> None:
    """One digit, behind her secret number."""
    phone = desk.office.house.phone(REHANA)
    phone.dial()
    phone.press("6", PIN, "1")
    assert phone.press("1").startswith("জানানোর জন্য ধন্যবাদ")


def _say_that_it_may_be_danger(page: Page, case: str) -> None:
    page.goto(case)
    page.get_by_label("What makes you think of danger").select_option("said_so")
    page.get_by_role("button", name="This may be danger").click()
    expect(page.locator("main")).to_contain_text("ফারজানা")


def _second_on_the_rota_answers(desk: Served, browser: Browser) -> None:
    """The first is called, by SMS too, and does not answer within two minutes: then it is the second's."""
    desk.tick()
    assert desk.office.house.texts("+8801300000901")
    assert not desk.office.house.texts("+8801300000902")
    desk.tick(seconds=125)
    assert desk.office.house.texts("+8801300000902")
    selim = desk.log_in(browser, "selim")
    selim.goto(f"{desk.url}/desk/alarms")
    expect(selim.get_by_role("heading", name="You are being called")).to_be_visible()
    selim.get_by_role("button", name="I am on it").first.click()
    expect(selim.locator("main")).to_contain_text("Risk review")
    selim.context.close()


def _everything_is_on_the_case(page: Page, case: str) -> None:
    """The call, both sides of the referral, and who did and who did not answer the alarm."""
    page.goto(case)
    for line in ("Call-back: Completed", "Referral: Service given", "Work: Somebody has it"):
        expect(_story(page)).to_contain_text(line)
    expect(_story(page)).to_contain_text("সেলিম")
    ladder = page.locator("section[aria-labelledby=escalate] ol.timeline li")
    expect(ladder.filter(has_text="Did not answer in time: ফারজানা")).to_have_count(1)
    expect(ladder.filter(has_text="Answered: সেলিম")).to_have_count(1)
    expect(page.locator("main")).not_to_contain_text("somebody is being called")


def test_the_referral_says_that_both_sides_agree(desk: Served, browser: Browser) -> None:
    kamal = desk.log_in(browser, "kamal")
    kamal.get_by_role("button", name="Take the next one").click()
    case = _open_the_case(kamal)
    _refer(kamal, case)
    referral = kamal.url
    _office_takes_the_client(desk, browser)
    kamal.goto(referral)
    expect(kamal.locator("main")).not_to_contain_text("Both sides say")
    _client_confirms(desk)
    kamal.goto(referral)
    expect(kamal.locator("main")).to_contain_text("Both sides say that the client got the service.")


def test_a_queue_that_nobody_sits_before_leads_to_the_log_in(
    desk: Served, browser: Browser
) -> None:
    page = desk.log_in(browser, "nasrin")
    page.goto(f"{desk.url}/desk/queue")
    desk.office.skip(minutes=20)
    with page.expect_response("**/desk/queue/rows*") as refreshed:
        pass
    assert refreshed.value.status in {200, 304}
    desk.office.skip(minutes=11)
    expect(page).to_have_url(re.compile("/desk/log-in"))
