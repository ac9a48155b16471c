"""Clients are found by the work they did abroad, as far as a member may open their cases; and counted."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from time import sleep

from sqlalchemy import update

from helpline.cases.measures import Measure
from helpline.cases.needs import TRADES
from helpline.cases.roles import Role
from helpline.service.desk import assessments
from helpline.store.desk import merging, trades
from helpline.store.tables import Audit, CareCase, CaseTrade
from tests.desk.casebook import Deeds, Registered, register_by_phone, rows
from tests.desk.office import Browser, Office
from tests.desk.test_report_counting import counted
from tests.house import RAHIMA

ANSWERS = {"mood": ["well"], "trade": ["driving", "machines"], "certificate": ["yes"]}


def assessed(office: Office, number: str = RAHIMA, **said: list[str]) -> Registered:
    """Somebody registered by phone, and was asked what work she did."""
    here = register_by_phone(office, number)
    Deeds(office, office.hire()).do(assessments.take, here.case_id, "needs-1", {**ANSWERS, **said})
    return here


def search(browser: Browser, trade: str = "driving", **other: str) -> str:
    browser.open("/desk/people")
    return browser.submit("/desk/people/trade", trade=trade, **other)


def put(office: Office, case_id: str, **columns: object) -> None:
    with office.parts.database.transaction() as connection:
        connection.execute(update(CareCase).where(CareCase.id == case_id).values(**columns))


def test_a_client_is_found_by_each_trade(office: Office) -> None:
    here = assessed(office)
    browser = office.browser(office.hire())
    for trade in ("driving", "machines"):
        assert "with a certificate" in search(browser, trade)
        assert f"/desk/case/{here.case_id}" in browser.page
    assert "Nothing was found that you may see." in search(browser, "garments")
    assert "Rahima" not in browser.page


def test_the_search_is_narrowed_by_district_and_certificate(office: Office) -> None:
    here = assessed(office, certificate=["no"])
    browser = office.browser(office.hire())
    assert "without a certificate" in search(browser, district="BD-13")
    for narrower in ({"district": "BD-10"}, {"certified": "yes"}):
        search(browser, **narrower)
        assert here.case_id not in browser.page


def test_what_was_said_later_takes_the_place_of_what_was_said_before(office: Office) -> None:
    here = assessed(office)
    by = Deeds(office, office.hire())
    by.do(assessments.take, here.case_id, "needs-1", {"trade": ["care"]})
    assert [each.trade for each in rows(office, CaseTrade)] == ["care"]
    by.do(assessments.take, here.case_id, "needs-1", {"mood": ["well"]})
    assert [each.trade for each in rows(office, CaseTrade)] == ["care"]


def test_of_two_who_ask_at_once_the_last_word_counts(office: Office) -> None:
    here = assessed(office)

    def write(said: str, before: Callable[[], object] = lambda: None) -> None:
        with office.parts.database.transaction() as connection:
            trades.replace(connection, here.case_id, [said], certificate="", now=office.clock())
            before()

    later: list[Future[None]] = []
    with ThreadPoolExecutor(1) as other:
        write("care", lambda: (later.append(other.submit(write, "care")), sleep(0.3)))
        later[0].result(timeout=30)
    assert [each.trade for each in rows(office, CaseTrade)] == ["care"]


def test_nobody_finds_a_case_that_is_not_theirs(office: Office) -> None:
    here = assessed(office)
    elsewhere = office.browser(office.hire(districts="BD-10"))
    assert "Nothing was found that you may see." in search(elsewhere)
    owner = office.hire()
    put(office, here.case_id, restricted="gbv", owner_id=owner.id)
    other = office.browser(office.hire())
    assert "Nothing was found that you may see." in search(other)
    theirs = office.browser(owner)
    search(theirs)
    assert f"/desk/case/{here.case_id}" in theirs.page
    noted = [(each.subject_id, each.detail) for each in rows(office, Audit, action="search")]
    assert noted == [("trade", "0"), ("trade", "0"), ("trade", "1")]


def test_only_those_who_may_open_cases_may_search(office: Office) -> None:
    for role in Role:
        browser = office.browser(office.hire(role))
        browser.open("/desk/people")
        may = role in (Role.COUNSELLOR, Role.SPECIALIST, Role.SUPERVISOR)
        assert browser.status == (200 if may else 403), role


def test_a_closed_case_and_an_unknown_trade_are_not_found(office: Office) -> None:
    here = assessed(office)
    put(office, here.case_id, stage="closed", closed_at=office.clock())
    browser = office.browser(office.hire())
    assert "Nothing was found that you may see." in search(browser)
    for trade, district in (("<script>alert(1)</script>", ""), ("", ""), ("driving", "BD-99")):
        shown = search(browser, trade, district=district)
        assert browser.status == 422
        assert "One of the answers is not among those offered." in shown
        assert "<script>alert" not in browser.page


def test_two_registrations_of_one_person_keep_every_trade(office: Office) -> None:
    kept, gone = assessed(office), assessed(office, "+8801300000777", trade=["driving", "care"])
    with office.parts.database.transaction() as connection:
        merging.move_case(connection, becomes=kept.case_id, was=gone.case_id)
    trades = {each.trade for each in rows(office, CaseTrade, case_id=kept.case_id)}
    assert trades == {"driving", "machines", "care"}


def test_trades_are_counted_as_they_stand_and_a_few_are_hidden(office: Office) -> None:
    for number in range(6):
        assessed(office, f"+880130000{number:04}", trade=["driving"])
    assessed(office, "+8801300009999", trade=["care", "driving"])
    assert counted(office, Measure.TRADE) == {"driving": 7, "care": 1}
    shown = office.browser(office.hire(Role.PROGRAMME)).open("/desk/reach")
    assert "Work done abroad" in shown
    assert "Driving – " in shown or "Driving 7" in shown
    assert "Care 1" not in shown


def test_every_trade_has_a_name_in_both_languages() -> None:
    assert len(TRADES) == 9
    assert all(each.bn and each.en for each in TRADES.values())
