"""After a form somebody comes back to where they were, and is told that it is done."""

from __future__ import annotations

import re
from typing import Any

import pytest

from handlers.desk.case_page import DONE
from helpline.cases.roles import Role
from helpline.cases.work import Kind
from helpline.store.tables import Note, WorkItem
from tests.desk.casebook import Registered, case_row, register_by_phone, row, rows
from tests.desk.office import Browser, Office
from tests.desk.work import put

WRITTEN = "Done. It is written down."


@pytest.fixture
def here(office: Office) -> Registered:
    return register_by_phone(office)


@pytest.fixture
def browser(office: Office, here: Registered) -> Browser:
    made = office.browser(office.hire(Role.SUPERVISOR))
    made.open(f"/desk/case/{here.case_id}")
    return made


def _said_above(page: str, heading: str) -> str:
    """What is said right above the panel with this heading."""
    found = re.search(
        rf'role="status" tabindex="-1">([^<]*)</p>\s*<section class="card" aria-labelledby="{heading}"',
        page,
    )
    return found[1] if found else ""


def _send(office: Office, browser: Browser, here: Registered, form: str, **fields: Any) -> str:
    """Where the browser is led after one of the forms of the case."""
    version = case_row(office, here.case_id).version
    path = f"/desk/case/{here.case_id}/{form.format(phone=here.phone_id)}"
    token = browser._token
    answer = browser.client.post(path, data={"form_token": token, "version": version, **fields})
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def test_the_index_of_a_case_names_every_panel_and_leads_to_it(
    browser: Browser, here: Registered
) -> None:
    browser.open(f"/desk/case/{here.case_id}")
    index = browser.page.partition('<nav class="index"')[2].partition("</nav>")[0]
    linked = re.findall(r'href="#([a-z-]+)"', index)
    panels = re.findall(r'<section class="card" aria-labelledby="([a-z-]+)"', browser.page)
    assert sorted(linked) == sorted(panels)
    assert linked[:4] == ["safety", "notes", "write", "escalate"]


def test_a_note_stands_before_what_is_not_needed_while_talking(
    browser: Browser, here: Registered
) -> None:
    browser.open(f"/desk/case/{here.case_id}")
    places = [browser.page.index(f'id="{each}"') for each in ("safety", "notes", "write", "plan")]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("form", "fields", "panel"),
    [
        ("note", {"words": "She is well."}, "notes"),
        ("phone/{phone}/words", {"cover": "sewing", "version": "0"}, "safety"),
        ("weigh", {"risk": "low", "waiting_on": "us"}, "stage"),
        ("plan", {"service": "legal_aid", "goal": "Pay"}, "plan"),
        ("follow-up", {"kind": "check_in", "at": "2031-01-01T10:00"}, "dates"),
        ("dependant", {"relation": "child", "age": "6_17", "need": "school"}, "family"),
    ],
)
def test_what_was_done_is_said_above_its_panel(
    office: Office,
    browser: Browser,
    here: Registered,
    form: str,
    fields: dict[str, str],
    panel: str,
) -> None:
    led_to = _send(office, browser, here, form, **fields)
    assert led_to == f"/desk/case/{here.case_id}?done={panel}#done"
    browser.open(led_to)
    assert _said_above(browser.page, panel) == WRITTEN
    assert browser.text.count(WRITTEN) == 1


def test_an_sms_is_said_to_go_when_it_may(
    office: Office, browser: Browser, here: Registered
) -> None:
    browser.open(_send(office, browser, here, "text", words="Please call.", language="en"))
    assert "as soon as it may" in _said_above(browser.page, "write")


def test_who_says_danger_stays_with_the_client(
    office: Office, browser: Browser, here: Registered
) -> None:
    led_to = _send(office, browser, here, "danger", why="voice")
    review = row(office, WorkItem, kind="risk_review", subject_id=here.case_id)
    assert led_to == f"/desk/case/{here.case_id}?item={review.id}&done=danger"
    seen = browser.open(led_to)
    assert seen.index("A supervisor is being called now") < seen.index("A sign is not a judgement")


@pytest.mark.parametrize("done", ["nonsense", "<script>", "{{7*7}}", "", "top"])
def test_only_what_was_done_is_said(browser: Browser, here: Registered, done: str) -> None:
    browser.client.get("/desk/queue")
    answer = browser.client.get(f"/desk/case/{here.case_id}", query_string={"done": done})
    assert 'id="done"' not in answer.text
    assert "<script>" not in answer.text.partition("<main")[2]


def test_all_that_can_be_said_is_said_once(browser: Browser, here: Registered) -> None:
    for done in DONE:
        browser.open(f"/desk/case/{here.case_id}?done={done}")
        assert browser.page.count('id="done"') == 1, done


def test_a_phone_is_given_up_only_after_a_second_thought(
    browser: Browser, here: Registered
) -> None:
    browser.open(f"/desk/case/{here.case_id}")
    folded = re.search(
        r"<details><summary>This phone is not safe.*?</details>", browser.page, re.DOTALL
    )
    assert folded is not None
    assert f"/phone/{here.phone_id}/unsafe" in folded[0]
    assert "nothing is sent to it any more" in folded[0]


def test_the_queue_says_what_became_of_the_work(office: Office) -> None:
    browser, first, second = office.browser(office.hire()), put(office), put(office)
    browser.open("/desk/queue")
    for item in (first, second):
        browser.submit(f"/desk/queue/{item}/claim")
    assert "It is back in the queue for others." in browser.submit(f"/desk/queue/{first}/release")
    assert WRITTEN in browser.submit(f"/desk/queue/{second}/finish", outcome="done")
    assert WRITTEN not in browser.open("/desk/queue?done=nonsense")
    browser.open("/desk/queue?done=written&whose=mine")
    assert 'data-live="/desk/queue/rows?whose=mine"' in browser.page


def test_whoever_has_work_is_asked_before_leaving_it(office: Office) -> None:
    browser, item = office.browser(office.hire()), put(office)
    browser.open("/desk/queue")
    assert "goes back to the queue" not in browser.submit("/desk/here")
    browser.submit(f"/desk/queue/{item}/claim")
    assert "goes back to the queue" in browser.open("/desk/queue")
    assert "Given back: 1." in browser.submit("/desk/away")


def test_the_figures_of_the_queue_lead_to_what_they_count(office: Office) -> None:
    browser, mine, other = office.browser(office.hire()), put(office), put(office, Kind.TEXT)
    browser.open("/desk/queue")
    browser.submit(f"/desk/queue/{mine}/claim")
    browser.open("/desk/queue")
    for link, there in (("whose=mine", [mine]), ("whose=unassigned", [other]), ("tab=later", [])):
        assert f'href="/desk/queue?{link}"' in browser.page
        answer = browser.client.get(f"/desk/queue?{link}").text
        assert re.findall(r'href="/desk/item/([0-9a-f]{32})"', answer) == there
        assert answer.count('aria-current="true"') == 1


def test_the_filters_are_folded_until_one_is_set(office: Office) -> None:
    browser = office.browser(office.hire())
    browser.open("/desk/queue")
    assert '<details class="card filter"><summary>' in browser.page
    browser.open("/desk/queue?kind=text")
    assert '<details class="card filter" open><summary>' in browser.page


def test_a_note_is_written_once_however_often_the_page_is_loaded(
    office: Office, browser: Browser, here: Registered
) -> None:
    led_to = _send(office, browser, here, "note", words="Once.")
    for _ in range(2):
        browser.open(led_to)
    assert len(rows(office, Note, case_id=here.case_id)) == 1


def test_what_nobody_needs_with_a_client_on_the_line_is_folded_but_not_what_was_just_done(
    browser: Browser, here: Registered
) -> None:
    browser.open(f"/desk/case/{here.case_id}?done=plan")
    folded = re.findall(
        r'<details class="fold"( open)?><summary>[^<]+</summary>(?:<p [^>]+>[^<]*</p>)?\s*'
        r'<section class="card" aria-labelledby="([a-z-]+)"',
        browser.page,
    )
    panels = re.findall(r'<section class="card" aria-labelledby="([a-z-]+)"', browser.page)
    assert [name for is_open, name in folded if is_open] == ["plan"]
    assert set(panels) - {name for _open, name in folded} == {
        "safety",
        "notes",
        "write",
        "escalate",
    }
