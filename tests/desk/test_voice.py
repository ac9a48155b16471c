"""What callers think, in the reports: by question, few hidden, and of nobody."""

from __future__ import annotations

import secrets
from datetime import date
from itertools import product

from sqlalchemy import insert

from helpline.cases.measures import Measure
from helpline.cases.roles import Role
from helpline.service.desk import counting
from helpline.store.tables import Opinion
from menus.opinion import INSTRUMENT, QUESTIONS
from tests.desk import reported
from tests.desk.office import Office
from tests.desk.test_report_counting import counted
from tests.desk.test_reports import THE_DASH, row


def said(office: Office, answers: dict[str, int], *, district: str = "BD-13") -> None:
    """So many gave each answer, all of them the same to every question."""
    made = [
        {
            "id": secrets.token_hex(16),
            "instrument": INSTRUMENT,
            "question": question,
            "said": answer,
            "district": district,
            "quarter": date(2026, 10, 1),
        }
        for question, (answer, number) in product(QUESTIONS, answers.items())
        for _ in range(number)
    ]
    reported.people(office, 6)
    with office.parts.database.transaction() as connection:
        connection.execute(insert(Opinion), made)


def test_opinions_are_counted_in_their_quarter_however_often_one_counts(office: Office) -> None:
    said(office, {"1": 2})
    expected = {f"{INSTRUMENT}:{question}:1": 2 for question in QUESTIONS}
    assert counted(office, Measure.VOICE) == expected
    office.skip(days=20)
    assert counted(office, Measure.VOICE) == expected


def test_the_report_shows_each_question_with_its_answers(office: Office) -> None:
    said(office, {"1": 12, "2": 7, "3": 9, "4": 6})
    counting.sweep(office.parts)
    browser = office.browser(office.hire(Role.PROGRAMME))
    browser.open("/desk/outcome")
    assert row(browser.page, "Is help near enough?") == ["12", "7", "9", "6"]
    assert row(browser.page, "Is everybody treated alike there?") == ["12", "7", "9", "6"]


def test_a_few_are_hidden_and_no_other_row_gives_them_away(office: Office) -> None:
    said(office, {"1": 20, "2": 3, "3": 11})
    counting.sweep(office.parts)
    browser = office.browser(office.hire(Role.PROGRAMME))
    browser.open("/desk/outcome")
    for question in ("Is help near enough?", "Do offices listen to you?"):
        cells = row(browser.page, question)
        assert cells[1] == THE_DASH
        assert cells.count(THE_DASH) >= 2


def test_of_one_district_alone_nothing_is_shown(office: Office) -> None:
    said(office, {"1": 50})
    counting.sweep(office.parts)
    shown = office.browser(office.hire(Role.PROGRAMME)).open("/desk/outcome?district=BD-13")
    assert "What callers think Nothing was counted." in shown
    assert "Shown for all districts together only." in shown


def test_a_member_sees_the_opinions_of_their_districts(office: Office) -> None:
    said(office, {"1": 8})
    said(office, {"1": 30}, district="BD-10")
    counting.sweep(office.parts)
    browser = office.browser(office.hire(Role.PROGRAMME, districts="BD-13"))
    browser.open("/desk/outcome")
    assert row(browser.page, "Is help near enough?")[0] == "8"
