"""A log-in ends while somebody writes: nothing is written, and nobody writes it twice."""

from __future__ import annotations

from html import escape

import pytest
from markupsafe import escape as markup_escape

from helpline.cases.roles import Role
from helpline.store.tables import Note
from tests.desk.casebook import HOSTILE, register_by_phone, rows
from tests.desk.office import Browser, Office


@pytest.fixture
def browser(office: Office) -> Browser:
    made = office.browser(office.hire())
    made.open("/desk/queue")
    return made


def test_words_of_a_log_in_that_ended_are_shown_once_more(office: Office, browser: Browser) -> None:
    here = register_by_phone(office)
    browser.open(f"/desk/case/{here.case_id}")
    office.skip(minutes=31)
    seen = browser.submit(f"/desk/case/{here.case_id}/note", words="She needs the medicine.")
    assert browser.status == 401
    assert "আপনার লগ ইনের সময় শেষ হয়ে গিয়েছিল।" in seen
    assert "She needs the medicine." in seen
    assert "<nav" not in browser.page
    assert here.case_id not in browser.page
    assert rows(office, Note) == []


@pytest.mark.parametrize("words", HOSTILE)
def test_what_is_shown_once_more_is_only_text(office: Office, browser: Browser, words: str) -> None:
    here = register_by_phone(office)
    office.skip(minutes=31)
    browser.submit(f"/desk/case/{here.case_id}/note", words=words)
    assert str(markup_escape(words)) in browser.page or escape(words) in browser.page


def test_passwords_and_numbers_are_never_shown_once_more(office: Office, browser: Browser) -> None:
    office.skip(minutes=31)
    for path, field in (("/desk/account/password", "password"), ("/desk/people/search", "number")):
        answer = browser.client.post(path, data={field: "seven green boats"})
        assert (answer.status_code, answer.location) == (303, "/desk/log-in")


def test_another_site_gets_nothing_back(office: Office, browser: Browser) -> None:
    here = register_by_phone(office)
    path, form = f"/desk/case/{here.case_id}/note", {"words": "lure"}
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = browser.client.post(path, data=form, headers=headers)
    assert answer.status_code == 403
    assert "lure" not in answer.text
    office.skip(minutes=31)
    answer = browser.client.post(path, data=form, headers=headers)
    assert (answer.status_code, answer.location) == (303, "/desk/log-in")


def test_words_from_a_page_of_an_older_log_in_are_shown_once_more(office: Office) -> None:
    who, here = office.hire(language="bn"), register_by_phone(office)
    older, newer = office.browser(who), office.browser(who)
    older.open(f"/desk/case/{here.case_id}")
    newer._token = older._token
    seen = newer.submit(f"/desk/case/{here.case_id}/note", words="ওষুধ লাগবে")
    assert newer.status == 403
    assert "কিছুই লেখা হয়নি" in seen
    assert "ওষুধ লাগবে" in seen
    assert rows(office, Note) == []


def test_a_page_that_is_not_ones_own_is_refused_in_ones_language(office: Office) -> None:
    browser = office.browser(office.hire(Role.PROGRAMME, language="bn"))
    seen = browser.open("/desk/queue")
    assert browser.status == 403
    assert "এখানে আপনার দেখার মতো কিছু নেই।" in seen
    assert 'href="/desk"' in browser.page
