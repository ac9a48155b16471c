"""The safe-contact card at the desk: hours and days of one's own, what has run out, and items that call nobody."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from helpline.cases.effects import TellOfAnother
from helpline.cases.work import Kind
from helpline.service import permits
from helpline.service.desk import calling
from helpline.service.desk.acting import acting
from helpline.service.desk.cases import Blocked
from helpline.service.desk.writing import send_text
from helpline.service.effects import perform
from helpline.store.tables import CareCase, IncomingText, PersonPhone, WorkItem
from tests.desk.casebook import HOSTILE, register_by_phone, row, rows
from tests.desk.office import Browser, Office
from tests.house import RAHIMA, SHIRIN
from tests.service.steps import visiting


def save(office: Office, browser: Browser, **said: Any) -> str:
    here = row(office, PersonPhone)
    case = re.findall(r"/desk/case/([0-9a-f]{32})/phone/", browser.page)[0]
    form = {
        "confirmed": here.confirmed_at.isoformat(),
        "relation": "own",
        "sms": "yes",
        "window": "any",
        "day": list("1234567"),
        **said,
    }
    return browser.submit(f"/desk/case/{case}/phone/{here.phone_id}", **form)


@pytest.fixture
def browser(office: Office) -> Browser:
    here = register_by_phone(office)
    made = office.browser(office.hire())
    made.open(f"/desk/case/{here.case_id}")
    office.skip(minutes=1)
    return made


def test_hours_and_days_of_her_own_are_kept_and_shown(office: Office, browser: Browser) -> None:
    shown = save(office, browser, hours="9.30 - 11.00, 18:30-20:00", day=["5", "6"], detailed="yes")
    assert "09:30-11:00, 18:30-20:00; Saturday, Friday" in shown
    assert "A text may say what it is about" in shown
    link = row(office, PersonPhone)
    assert (link.window, link.weekdays) == ("09:30-11:00 18:30-20:00", "56")


@pytest.mark.parametrize("hours", [*HOSTILE, "22:00-06:00", "25:00-26:00", "11:00"])
def test_hours_that_cannot_be_read_change_nothing(
    office: Office, browser: Browser, hours: str
) -> None:
    before = row(office, PersonPhone)
    assert "cannot be read" in save(office, browser, hours=hours)
    assert browser.status == 422
    assert row(office, PersonPhone) == before


def test_a_week_without_a_day_and_a_last_day_gone_by_are_refused(
    office: Office, browser: Browser
) -> None:
    assert "Choose at least one day." in save(office, browser, day=[])
    browser.open(f"/desk/case/{row(office, CareCase).id}")
    assert "The day has passed already." in save(office, browser, until="2026-11-30")
    assert rows(office, WorkItem) == []


def test_what_has_run_out_is_said_on_the_case_and_the_item_calls_nobody(
    office: Office, browser: Browser
) -> None:
    office.skip(days=400)
    assert permits.sweep(office.parts) == 1
    here = row(office, PersonPhone)
    item = row(office, WorkItem, kind=Kind.SAFE_CONTACT)
    who = office.hire()
    with acting(office.parts, who) as deed, pytest.raises(Blocked, match="expired"):
        send_text(deed, item.case_id, "কাল সকালে ফোন করব।", "bn")
    seen = office.browser(who).open(f"/desk/case/{item.case_id}?item={item.id}")
    assert "has expired: nothing is sent and nobody calls" in seen
    assert "Make no contact for that alone." in seen
    assert "Call through the helpline" not in seen
    with acting(office.parts, who) as deed, pytest.raises(calling.NoVoice):
        calling.ring(deed, item.id)
    assert here.expires_at <= office.clock()


def test_saying_it_anew_ends_the_item(office: Office, browser: Browser) -> None:
    office.skip(days=400)
    permits.sweep(office.parts)
    item = row(office, WorkItem, kind=Kind.SAFE_CONTACT)
    again = office.browser(office.hire())
    again.open(f"/desk/case/{item.case_id}")
    save(office, again)
    assert again.status == 200, again.text
    assert row(office, WorkItem, id=item.id).state == "done"
    assert row(office, PersonPhone).expires_at == office.clock() + timedelta(days=400)


def test_the_item_about_another_person_shows_no_number(office: Office) -> None:
    with visiting(office.house, RAHIMA) as visit:
        perform(visit, TellOfAnother("BD-22", SHIRIN))
    item = row(office, WorkItem, kind=Kind.ON_BEHALF)
    browser = office.browser(office.hire())
    shown = browser.open(f"/desk/item/{item.id}")
    assert "It ends in 001" in shown
    assert SHIRIN not in browser.page
    assert RAHIMA not in browser.page
    assert row(office, IncomingText).state == "open"
