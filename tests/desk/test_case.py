"""The page of a case: who may open it, what stands on it, what of it is written down."""

from __future__ import annotations

from sqlalchemy import update

from helpline.cases.references import spoken
from helpline.store.tables import Audit, CareCase
from tests.desk.casebook import case_row, register_by_phone, rows
from tests.desk.office import Office


def test_the_page_of_a_case_says_whose_it_is_and_where(office: Office) -> None:
    here = register_by_phone(office)
    seen = office.browser(office.hire()).open(f"/desk/case/{here.case_id}")
    assert spoken(case_row(office, here.case_id).reference) in seen
    assert "Dhaka" in seen
    assert "nobody yet" in seen


def test_every_look_at_a_case_is_written_down(office: Office) -> None:
    here, nasrin = register_by_phone(office), office.hire()
    office.browser(nasrin).open(f"/desk/case/{here.case_id}")
    (entry,) = rows(office, Audit, case_id=here.case_id)
    assert (entry.actor, entry.action, entry.subject) == (nasrin.id, "read", "case")


def test_a_case_of_another_district_answers_like_one_that_does_not_exist(office: Office) -> None:
    here = register_by_phone(office)
    browser = office.browser(office.hire(districts="BD-10"))
    theirs = browser.open(f"/desk/case/{here.case_id}")
    assert browser.status == 404
    assert browser.open(f"/desk/case/{'0' * 32}") == theirs


def test_a_restricted_case_is_not_there_for_others(office: Office) -> None:
    here, owner = register_by_phone(office), office.hire()
    with office.parts.database.transaction() as connection:
        connection.execute(
            update(CareCase)
            .where(CareCase.id == here.case_id)
            .values(restricted="gbv", owner_id=owner.id)
        )
    browser = office.browser(office.hire())
    browser.open(f"/desk/case/{here.case_id}")
    assert browser.status == 404
    assert "Violence against women" in office.browser(owner).open(f"/desk/case/{here.case_id}")
