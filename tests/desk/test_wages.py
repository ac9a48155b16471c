"""Unpaid pay is written down at the desk in figures, sealed, and summed by country with few hidden."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from helpline.cases.consents import ConsentTo
from helpline.cases.measures import Measure
from helpline.cases.roles import Role
from helpline.service import retain
from helpline.service.desk import counting, people_rights, plans, wages
from helpline.service.desk import merging as joining
from helpline.service.desk.acting import NotAllowed, Stale
from helpline.service.desk.cases import Blocked
from helpline.service.desk.wages import Told
from helpline.store import shredding
from helpline.store.desk import merging
from helpline.store.desk import wages as claims
from helpline.store.tables import Audit, Consent, PlanStep, WageClaim, WorkItem
from tests.desk.casebook import HOSTILE, Deeds, Registered, case_row, register_by_phone, row, rows
from tests.desk.office import Office
from tests.desk.test_report_counting import counted
from tests.house import RAHIMA

PAY = Told("SA", 4, 120_500, "Example Household", "Example Agency")


def owed(office: Office, number: str = RAHIMA, told: Told = PAY) -> Registered:
    """A client of whom unpaid pay is written down."""
    here = register_by_phone(office, number)
    Deeds(office, office.hire()).do(wages.write, here.case_id, told)
    return here


def test_a_complaint_about_pay_leads_to_the_form_and_the_form_to_figures(office: Office) -> None:
    phone = office.house.phone()
    phone.dial()
    phone.press("9", "2", "1", "2")
    browser = office.browser(office.hire(Role.SUPERVISOR))
    browser.open("/desk/queue")
    item = row(office, WorkItem)
    shown = browser.open(f"/desk/item/{item.id}")
    assert "Write down what is owed" in shown
    assert 'href="#wages"' in browser.page
    shown = browser.submit(
        f"/desk/case/{item.case_id}/wages",
        country="SA",
        months="৪",
        taka="1,20,500",
        employer="Example Household",
        agency="",
    )
    assert "120,500" in shown
    claim = row(office, WageClaim)
    assert (claim.country, claim.months) == ("SA", "4")


def test_amount_and_names_are_sealed(office: Office) -> None:
    owed(office)
    claim = row(office, WageClaim)
    for sealed in (claim.amount, claim.employer, claim.agency):
        assert b"120500" not in sealed
        assert b"Example" not in sealed
    for noted in rows(office, Audit, action="wages"):
        assert (noted.subject_id, noted.detail) == (claim.id, "SA")


def test_another_entry_for_a_country_takes_the_place_of_the_first(office: Office) -> None:
    here = owed(office)
    by = Deeds(office, office.hire())
    by.do(wages.write, here.case_id, replace(PAY, taka=90_000))
    by.do(wages.write, here.case_id, replace(PAY, country="MY", taka=10_000))
    found = by.do(lambda deed: wages.of_case(deed, wages.access.find_case(deed, here.case_id)))
    assert [(each.country, each.taka) for each in found] == [("SA", 90_000), ("MY", 10_000)]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"country": "XX"}, "no_such_value"),
        ({"country": ""}, "no_such_value"),
        ({"months": 0}, "months"),
        ({"months": 121}, "months"),
        ({"taka": 0}, "taka"),
        ({"taka": 100_000_001}, "taka"),
        ({"employer": "x" * 121}, "too_long"),
        ({"agency": "ক" * 400}, "too_long"),
    ],
)
def test_what_cannot_be_is_refused(office: Office, wrong: dict[str, Any], why: str) -> None:
    here = register_by_phone(office)
    with pytest.raises(Blocked, match=why):
        Deeds(office, office.hire()).do(wages.write, here.case_id, replace(PAY, **wrong))
    assert rows(office, WageClaim) == []


def test_typed_words_are_no_figures_and_stored_words_are_shown_as_they_are(
    office: Office,
) -> None:
    here = register_by_phone(office)
    browser = office.browser(office.hire())
    for words in HOSTILE:
        browser.open(f"/desk/case/{here.case_id}")
        path = f"/desk/case/{here.case_id}/wages"
        shown = browser.submit(path, country="SA", months=words, taka=words)
        assert browser.status == 422
        assert "Please write for how many months" in shown
        browser.submit(path, country="SA", months="1", taka="5", employer=words[:120])
        assert browser.status == 200
        assert "<script>alert" not in browser.page


def test_it_is_taken_out_once_and_only_from_its_own_case(office: Office) -> None:
    here, other = owed(office), register_by_phone(office)
    by, claim = Deeds(office, office.hire()), row(office, WageClaim)
    with pytest.raises(Stale):
        by.do(wages.take_out, other.case_id, claim.id)
    by.do(wages.take_out, here.case_id, claim.id)
    with pytest.raises(Stale):
        by.do(wages.take_out, here.case_id, claim.id)
    assert rows(office, WageClaim) == []


def test_nobody_writes_into_a_case_that_is_not_theirs(office: Office) -> None:
    here = register_by_phone(office)
    with pytest.raises(NotAllowed):
        Deeds(office, office.hire(districts="BD-10")).do(wages.write, here.case_id, PAY)


def test_sums_are_counted_by_country_in_thousands(office: Office) -> None:
    owed(office)
    owed(office, "+8801300000555", replace(PAY, taka=1))
    owed(office, "+8801300000556", replace(PAY, country="MY", taka=2_000))
    assert counted(office, Measure.WAGES) == {
        "country:SA": 2,
        "taka:SA": 122,
        "country:MY": 1,
        "taka:MY": 2,
    }


def test_secrets_are_read_for_many_claims_at_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        owed(office, f"+880130000{number:04}")
    retain.bind(office.parts)
    monkeypatch.delattr(shredding, "_READ")  # which reads one
    assert counted(office, Measure.WAGES) == {"country:SA": 3, "taka:SA": 363}


def test_who_wants_not_to_be_counted_is_not(office: Office) -> None:
    here = owed(office)
    with office.parts.database.transaction() as connection:
        connection.execute(
            Consent.__table__.insert().values(
                id="0" * 32,
                person_id=here.person_id,
                purpose=ConsentTo.STATISTICS,
                given=False,
                text_version="statistics-1",
                language="bn",
                channel="voice",
                recorded_by="caller",
                given_at=office.clock(),
            )
        )
    assert counted(office, Measure.WAGES) == {}


def test_the_report_shows_a_sum_only_behind_five_claims(office: Office) -> None:
    for number in range(7):
        owed(office, f"+880130000{number:04}")
    for number in range(3):
        owed(office, f"+880130001{number:04}", replace(PAY, country="MY", taka=777_000))
    for number in range(6):
        owed(office, f"+880130002{number:04}", replace(PAY, country="QA", taka=50_000))
    counting.sweep(office.parts)
    shown = office.browser(office.hire(Role.PROGRAMME)).open("/desk/outcome")
    table = shown.split("Unpaid pay by country")[1]
    assert "Malaysia – –" in table
    assert "Saudi Arabia 7 847" in table
    assert "Qatar – –" in table  # else Malaysia could be worked out from the total
    assert "Total 16 3478" in table


def test_what_is_erased_is_neither_shown_nor_summed_and_still_counted(office: Office) -> None:
    here = owed(office)
    assert counted(office, Measure.WAGES) == {"country:SA": 1, "taka:SA": 121}
    boss = Deeds(office, office.hire(Role.SUPERVISOR))
    reference = boss.do(lambda deed: wages.access.find_case(deed, here.case_id)).reference
    boss.do(people_rights.erase, here.case_id, reference)
    found = boss.do(lambda deed: wages.of_case(deed, wages.access.find_case(deed, here.case_id)))
    assert [(each.taka, each.employer, each.agency) for each in found] == [(None, "", "")]
    office.clock.now += timedelta(minutes=1)
    assert counted(office, Measure.WAGES) == {"country:SA": 1}


def test_of_two_who_write_at_once_the_second_is_told(office: Office) -> None:
    here = owed(office)
    seen = row(office, WageClaim)
    office.clock.now += timedelta(minutes=1)
    Deeds(office, office.hire()).do(wages.write, here.case_id, replace(PAY, taka=7))
    with office.parts.database.transaction() as connection:
        assert not claims.change(connection, seen.id, seen.updated_at, months="9")
    assert row(office, WageClaim).months == "4"


def test_claims_go_with_the_case_that_is_kept(office: Office) -> None:
    kept, gone = owed(office), owed(office, "+8801300000557", replace(PAY, country="OM"))
    with office.parts.database.transaction() as connection:
        merging.move_case(connection, becomes=kept.case_id, was=gone.case_id)
    found = rows(office, WageClaim, case_id=kept.case_id)
    assert {each.country for each in found} == {"SA", "OM"}


def test_what_moved_with_a_merge_still_opens_when_the_other_case_is_forgotten(
    office: Office,
) -> None:
    kept, gone = owed(office), owed(office, "+8801300000557", replace(PAY, country="OM"))
    by = Deeds(office, office.hire(Role.SUPERVISOR))
    for case_id in (kept.case_id, gone.case_id):
        by.do(plans.add_step, case_id, service="training", goal="A goal", due_on=None)
    retain.bind(office.parts)
    stays = by.do(joining.merge, kept.case_id, case_row(office, gone.case_id).reference)
    retain.bind(office.parts)
    office.skip(days=3 * 365 + 1)
    retain.retain(office.parts)
    found = by.do(lambda deed: wages.of_case(deed, wages.access.find_case(deed, stays)))
    assert [(each.taka, each.employer) for each in found] == [(PAY.taka, PAY.employer)] * 2
    with office.parts.database.reading():
        goals = [
            office.parts.ring.unseal_text(each.goal, "plan_step.goal", each.id)
            for each in rows(office, PlanStep, case_id=stays)
        ]
    assert goals == ["A goal"] * 2
