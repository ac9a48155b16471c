"""What holds for every page of the desk."""

from __future__ import annotations

from werkzeug.test import TestResponse

from handlers.desk.desk import REFRESHING
from helpline.cases.roles import Role
from tests.desk.office import Browser, Office


def test_a_stranger_is_sent_to_the_log_in(office: Office) -> None:
    answer = office.stranger().client.get("/desk")
    assert (answer.status_code, answer.location) == (303, "/desk/log-in")


def test_somebody_who_is_logged_in_sees_their_name(office: Office) -> None:
    nasrin = office.hire(Role.COUNSELLOR, name="Nasrin")
    assert "Nasrin" in office.browser(nasrin).open("/desk/account")


def test_a_log_in_that_slept_for_half_an_hour_is_over(office: Office) -> None:
    browser = office.browser(office.hire())
    office.skip(minutes=31)
    assert browser.client.get("/desk/account").status_code == 303


def test_a_page_that_refreshes_itself_does_not_keep_a_log_in_awake(office: Office) -> None:
    browser = office.browser(office.hire())
    for _ in range(6):
        office.skip(minutes=5)
        assert _refresh(browser).status_code == 200
    office.skip(minutes=1)
    answer = _refresh(browser)
    assert (answer.status_code, answer.location) == (303, "/desk/log-in")


def test_somebody_who_reads_while_the_page_refreshes_itself_stays(office: Office) -> None:
    browser = office.browser(office.hire())
    for _ in range(3):
        office.skip(minutes=20)
        assert browser.client.get("/desk/queue").status_code == 200
        assert _refresh(browser).status_code == 200


def _refresh(browser: Browser) -> TestResponse:
    return browser.client.get("/desk/queue/rows", headers={REFRESHING: "yes"})


def test_a_form_without_the_token_of_the_page_changes_nothing(office: Office) -> None:
    browser = office.browser(office.hire())
    assert browser.client.post("/desk/log-out").status_code == 403
