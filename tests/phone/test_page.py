"""The phone in the browser, driven by a headless Chromium as a person would use it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from handlers.phone.dialling import AfricasTalkingCaller, room
from helpline.flow.lettering import segments, units
from helpline.gateways.port import Charset
from tests.phone.stub import BYE, CONSENT, ENGLISH, HOME, TOO_LONG, Stub

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from helpline.clock import SkippableClock
    from helpline.gateways.rehearsal import Rehearsal

LAPTOP: ViewportSize = {"width": 1366, "height": 768}
USSD = "africastalking/demo/ussd"

pytestmark = pytest.mark.browser

WATCH = """
window.violations = [];
addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective));
"""


@pytest.fixture
def faults() -> list[str]:
    """Give what a test may expect to be complained about; anything else fails it."""
    return []


@pytest.fixture
def page(browser: Browser, stub: Stub, faults: list[str]) -> Iterator[Page]:
    """Give the page on a laptop, in English; whatever the console or the policy says fails the test."""
    context = browser.new_context(viewport=LAPTOP, locale="en-GB")
    context.add_init_script(WATCH)
    page = context.new_page()
    page.set_default_timeout(20_000)
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"error: {error}"))
    page.goto(f"{stub.url}/phone")
    yield page
    violations = page.evaluate("window.violations")
    context.close()
    assert violations == []
    assert [line for line in said if not any(fault in line for fault in faults)] == []


def until(seen: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait for what the browser does in its own time."""
    ends = time.monotonic() + seconds
    while not seen() and time.monotonic() < ends:
        time.sleep(0.05)


def lcd(page: Page) -> str:
    return page.locator("#view").inner_text()


def press(page: Page, key: str, screen: str) -> None:
    page.keyboard.type(key)
    page.keyboard.press("Enter")
    expect(page.locator("#view")).to_have_text(screen)


def dial(page: Page) -> None:
    press(page, "", HOME)


def test_a_call_is_made_with_the_keyboard_alone(page: Page, stub: Stub, tmp_path: Path) -> None:
    dial(page)
    assert page.locator("#view p").get_attribute("lang") == "bn"
    expect(page.locator("#room-count")).to_have_text(f"{len(HOME)} / 80 UCS-2")
    press(page, "1", CONSENT)
    expect(page.locator("#entry")).to_be_focused()
    page.screenshot(path=tmp_path / "phone.png")
    press(page, "2", BYE)

    assert [form["text"] for form in stub.forms(USSD)] == ["", "1", "1*2"]
    assert {form["phoneNumber"] for form in stub.forms(USSD)} == {"+8801300000001"}
    assert {form["serviceCode"] for form in stub.forms(USSD)} == {"*0000#"}
    expect(page.locator("#steps li")).to_have_count(3)
    assert (tmp_path / "phone.png").stat().st_size > 10_000


def test_the_bangla_screen_is_shaped_with_a_bangla_font(page: Page) -> None:
    dial(page)

    client = page.context.new_cdp_session(page)
    client.send("DOM.enable")
    client.send("CSS.enable")
    root = client.send("DOM.getDocument")["root"]["nodeId"]
    node = client.send("DOM.querySelector", {"nodeId": root, "selector": "#view p"})["nodeId"]
    fonts = client.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    assert any("Bengali" in font["familyName"] for font in fonts), fonts


def test_the_number_and_the_code_are_marked_as_fictional_in_both_languages(page: Page) -> None:
    expect(page.locator(".controls mark")).to_have_text(["fictional number", "fictional code"])
    page.get_by_role("button", name="বাংলা").click()
    expect(page.locator(".controls mark")).to_have_text(["কাল্পনিক নম্বর", "কাল্পনিক কোড"])
    assert page.evaluate("document.documentElement.lang") == "bn"


def test_the_drawn_keys_type_and_call_and_hang_up(page: Page, stub: Stub) -> None:
    page.locator("#call").click()
    expect(page.locator("#view")).to_have_text(HOME)
    page.locator("[data-key='1']").click()
    page.locator("#call").click()
    expect(page.locator("#view")).to_have_text(CONSENT)
    page.locator("#end").click()

    expect(page.locator("#lcd")).to_have_attribute("data-state", "standby")
    expect(page.locator("#steps li")).to_have_count(3)
    assert stub.forms("africastalking/demo/session-end")[0]["input"] == "1"


def test_tapping_a_key_again_in_letters_goes_on_to_its_next_letter(page: Page) -> None:
    dial(page)
    for key in "#227":
        page.locator(f"[data-key='{key}']").click()

    expect(page.locator("#entry")).to_have_value("bp")


def test_escape_hangs_up_and_the_gateway_tells_the_helpline(page: Page, stub: Stub) -> None:
    dial(page)
    page.keyboard.press("Escape")

    expect(page.locator("#lcd")).to_have_attribute("data-state", "standby")
    page.wait_for_function("document.querySelectorAll('#steps li').length === 2")
    until(lambda: stub.forms("africastalking/demo/session-end"))
    assert stub.forms("africastalking/demo/session-end")


def test_a_duplicate_delivery_sends_the_same_twice_and_shows_that_the_answers_agree(
    page: Page, stub: Stub
) -> None:
    dial(page)
    page.get_by_role("button", name="Duplicate delivery").click()
    page.keyboard.type("5")
    page.keyboard.press("Enter")

    expect(page.locator("#steps li").last).to_contain_text("both answers are identical")
    assert stub.heard[1] == stub.heard[2]
    press(page, "1", CONSENT)
    assert len(stub.heard) == 4, "only one key is delivered twice"


def test_answers_that_differ_are_not_called_identical(page: Page, stub: Stub) -> None:
    stub.forgets = True
    dial(page)
    page.get_by_role("button", name="Duplicate delivery").click()
    page.keyboard.type("5")
    page.keyboard.press("Enter")

    expect(page.locator("#steps li").last).to_contain_text("THE ANSWERS DIFFER")


def test_after_a_dropped_network_the_key_was_heard_and_redial_begins_anew(
    page: Page, stub: Stub
) -> None:
    dial(page)
    page.get_by_role("button", name="Drop the network").click()
    page.keyboard.type("1")
    page.keyboard.press("Enter")

    expect(page.locator("#view")).to_have_text("Network lost")
    assert CONSENT not in page.locator("#steps").inner_text()
    assert stub.heard[-1][1]["text"] == "1"
    page.get_by_role("button", name="Redial").click()
    expect(page.locator("#view")).to_have_text(HOME)
    assert stub.heard[-1][1]["sessionId"] != stub.heard[0][1]["sessionId"]


def test_the_gateway_can_end_the_session_it_lost(page: Page, stub: Stub) -> None:
    ends = page.get_by_role("button", name="Gateway ends the session")
    expect(ends).to_be_disabled()
    dial(page)
    ends.click()

    expect(page.locator("#steps li").last).to_contain_text("end-of-session notice delivered")
    assert stub.forms("africastalking/demo/session-end")[0]["status"] == "Failed"
    expect(ends).to_be_disabled()


def test_a_slow_reply_comes_late_and_can_be_hung_up_on(page: Page) -> None:
    dial(page)
    page.get_by_role("button", name="Slow reply").click()
    page.keyboard.type("1")
    page.keyboard.press("Enter")

    expect(page.locator("#view")).to_have_text("USSD running…")
    page.keyboard.press("Escape")
    expect(page.locator("#lcd")).to_have_attribute("data-state", "standby")


def test_a_screen_over_the_budget_is_warned_about_and_cut_where_the_network_would(
    page: Page,
) -> None:
    dial(page)
    press(page, "3", TOO_LONG)

    expect(page.locator("#room-warning")).to_have_text("5 too many: would be cut")
    kept = TOO_LONG.removesuffix(page.locator("#view s").inner_text())
    assert kept == "ক" * 75 + "ক্ষ্ম", "no letter is torn"


def test_the_page_counts_letters_as_the_server_does(page: Page) -> None:
    texts = [HOME, ENGLISH, "€ [x] ~", "naïve ÇÆ", "😀 ক্ষ্ম", "tab\tx", "", "a" * 161, "ক" * 135]
    counted = page.evaluate(
        """async (texts) => {
            const { Scale } = await import("/phone/static/units.js");
            const { alphabet, budgets } = JSON.parse(document.body.dataset.setup);
            const scale = new Scale(alphabet, budgets);
            return texts.map((text) => [scale.screen(text, "ucs2"), scale.sms(text)]);
        }""",
        texts,
    )

    for text, (screen, sms) in zip(texts, counted, strict=True):
        budget, parts = room(text, Charset.UCS2), segments(text)
        assert (screen["size"], screen["budget"]) == (units(text, budget.unit), budget.size), text
        assert (sms["size"], sms["parts"]) == (parts.units, parts.parts), text


def test_the_console_gateway_can_be_chosen(page: Page, stub: Stub) -> None:
    page.get_by_label("Gateway", exact=True).select_option("console")
    page.locator("#entry").focus()
    dial(page)
    press(page, "1", CONSENT)

    forms = stub.forms("console/demo/ussd")
    assert [(form["text"], form.get("new")) for form in forms] == [("", "1"), ("1", None)]


def test_an_sms_that_came_is_shown_as_a_bubble_on_the_phone_and_in_the_transcript(
    page: Page, rehearsal: Rehearsal
) -> None:
    expect(page.locator("#now")).not_to_be_empty()
    rehearsal.take("africastalking", "+8801300000001", "আপনার বার্তা এসেছে।")

    expect(page.locator("#bubbles li.in")).to_contain_text("আপনার বার্তা এসেছে।")
    expect(page.locator("#idle-hint")).to_have_text("1 new SMS")
    expect(page.locator("#steps li").last).to_contain_text("SMS received")
    page.locator("#soft-left").click()
    expect(page.locator("#view")).to_have_text("আপনার বার্তা এসেছে।")
    expect(page.locator("#envelope")).to_be_hidden()


@pytest.mark.parametrize("gateway", ["africastalking", "console", "twilio"])
def test_an_sms_is_delivered_by_the_chosen_gateway(page: Page, stub: Stub, gateway: str) -> None:
    page.get_by_label("SMS gateway").select_option(gateway)
    page.get_by_label("SMS to the helpline").fill("পরামর্শ")
    page.locator("#compose button").click()

    expect(page.locator("#bubbles li.out")).to_contain_text("7 UCS-2 · 1 SMS")
    path, form = stub.heard[0]
    assert path == ("twilio/sms" if gateway == "twilio" else f"{gateway}/demo/sms")
    assert "পরামর্শ" in form.values()
    assert ("X-Twilio-Signature" in stub.headers[0]) is (gateway == "twilio")


def test_the_clock_is_skipped_by_an_hour_and_a_day(page: Page, clock: SkippableClock) -> None:
    before = clock()
    page.get_by_role("button", name="+1 hour").click()
    expect(page.locator("#steps li").last).to_contain_text("clock skipped by 1 h")
    page.get_by_role("button", name="+1 day").click()
    expect(page.locator("#steps li").last).to_contain_text("clock skipped by 24 h")

    assert 25 * 3600 <= (clock() - before).total_seconds() < 25 * 3600 + 30


def test_a_new_sim_is_another_fictional_number_with_an_empty_inbox(
    page: Page, rehearsal: Rehearsal, stub: Stub
) -> None:
    rehearsal.take("africastalking", "+8801300000001", "for the first number")
    expect(page.locator("#bubbles li")).to_have_count(1)
    page.get_by_role("button", name="New SIM").click()

    expect(page.locator("#bubbles li")).to_have_count(0)
    number = page.get_by_label("Phone number").input_value()
    assert number.startswith("+880130000")
    assert len(number) == 14
    page.locator("#entry").focus()
    dial(page)
    assert stub.heard[-1][1]["phoneNumber"] == number


def test_the_transcript_is_copied_as_a_conversation_that_plays_again(
    page: Page, stub: Stub
) -> None:
    dial(page)
    page.get_by_role("button", name="Duplicate delivery").click()
    press(page, "1", CONSENT)
    page.get_by_role("button", name="Copy as pytest").click()
    code = page.locator("#recorded").input_value()

    recorded: dict[str, Any] = {}
    exec(code, recorded)  # noqa: S102  what the page offers must run as it is
    before = len(stub.heard)
    recorded["test_the_recorded_conversation"](AfricasTalkingCaller(stub.url, secret="demo"))

    assert len(stub.heard) == before + 3
    assert f'"{CONSENT.splitlines()[0]}\\n"' in code


def test_a_webhook_that_refuses_is_shown_on_the_phone(page: Page, faults: list[str]) -> None:
    faults.append("the server responded with a status of 500")
    dial(page)

    press(page, "500", "The webhook refused: 500")


def test_a_laptop_shows_everything_without_scrolling(page: Page) -> None:
    for size in ([1366, 768], [1366, 640], [1920, 1080]):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        for language in ("বাংলা", "English"):
            page.get_by_role("button", name=language).click()
            needed = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
            assert page.evaluate(needed) == size
            box = page.locator("#handset").bounding_box()
            assert box
            assert box["y"] + box["height"] <= size[1]


def test_a_small_phone_needs_no_scrolling_sideways(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    dial(page)

    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_every_control_has_a_name_and_can_be_reached_with_the_tab_key(page: Page) -> None:
    dial(page)
    page.keyboard.press("1")  # the soft keys are only switched on when they do something
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.outerHTML"))

    controls = page.locator(
        "button:enabled:visible, input:visible, select:visible, textarea:visible"
    )
    for control in controls.all():
        html = control.evaluate("(element) => element.outerHTML")
        assert html in reached, html
        name = control.evaluate(
            "(e) => e.getAttribute('aria-label') || e.labels?.[0]?.textContent || e.textContent"
        )
        assert name.strip(), html
