"""Two steps: who registered a client and who assessed her, each with the office they worked for that day."""

from __future__ import annotations

from typing import Any

from helpline.cases.measures import Measure
from helpline.cases.roles import Role
from helpline.service.desk import assessments, check_ins, counting, people, registering
from helpline.service.desk.registering import Told
from helpline.store.tables import Assessment, Person, Staff
from tests.desk.casebook import HOSTILE, Deeds, register_by_phone, row
from tests.desk.office import Office
from tests.desk.test_report_counting import counted

UDC = "Example union centre (fictional)"
DEMO = "Example DEMO (fictional)"


def registered_by(office: Office, organisation: str, name: str = "Salma") -> str:
    """Somebody of an office registers a client who came in person; gives the id of the case."""
    by = Deeds(office, office.hire(name=name, organisation=organisation))
    case_id = by.do(
        people.walk_in, name="", typed="", district="BD-13", upazila="", language="bn", wish="any"
    )
    told: dict[str, Any] = {
        "for_whom": "self",
        "sex": "woman",
        "district": "BD-13",
        "upazila": "",
        "country": "SA",
        "returned": "3_months",
        "reason": "work",
        "need": "counselling",
    }
    by.do(registering.register, case_id, 2, Told(told, "voice", "registration-2026-11"))
    return str(case_id)


def test_the_office_of_who_registered_and_of_who_assessed_stays_what_it_was(
    office: Office,
) -> None:
    case_id = registered_by(office, UDC)
    nasrin = office.hire(name="Nasrin", organisation=DEMO)
    Deeds(office, nasrin).do(assessments.take, case_id, "needs-1", {"mood": ["well"]})
    with office.parts.database.transaction() as connection:
        connection.execute(Staff.__table__.update().values(organisation="Elsewhere"))
    shown = office.browser(office.hire()).open(f"/desk/case/{case_id}")
    assert f"Salma, {UDC}" in shown
    assert f"Nasrin, {DEMO} (needs-1)" in shown
    assert "Elsewhere" not in shown


def test_our_own_staff_are_the_helpline(office: Office) -> None:
    case_id = registered_by(office, "")
    Deeds(office, office.hire(name="Nasrin")).do(
        assessments.take, case_id, "needs-1", {"mood": ["well"]}
    )
    shown = office.browser(office.hire()).open(f"/desk/case/{case_id}")
    assert "Salma, the helpline" in shown
    assert "Nasrin, the helpline (needs-1)" in shown


def test_who_registers_by_phone_was_identified_by_nobody(office: Office) -> None:
    here = register_by_phone(office)
    assert row(office, Person, id=here.person_id).office == ""
    found = Deeds(office, office.hire(organisation=UDC)).do(
        lambda deed: assessments.identified(deed, assessments.access.find_case(deed, here.case_id))
    )
    assert (found.staff_id, found.office) == ("", "")
    shown = office.browser(office.hire()).open(f"/desk/case/{here.case_id}")
    assert "by phone, the client" in shown


def test_a_check_in_at_the_desk_keeps_the_office(office: Office) -> None:
    here = register_by_phone(office)
    Deeds(office, office.hire(organisation=DEMO)).do(
        check_ins.take, here.case_id, "wellbeing-short-1", {"food": "1"}
    )
    assert row(office, Assessment, case_id=here.case_id).office == DEMO


def test_registrations_and_assessments_are_counted_by_office(office: Office) -> None:
    register_by_phone(office)
    case_id = registered_by(office, UDC)
    registered_by(office, "")
    by = Deeds(office, office.hire(organisation=DEMO))
    by.do(assessments.take, case_id, "needs-1", {"mood": ["well"]})
    by.do(check_ins.take, case_id, "wellbeing-short-1", {"food": "1"})
    found = counted(office, Measure.REGISTERED)
    assert (found["office:phone"], found[f"office:{UDC}"[:40]], found["office:helpline"]) == (
        1,
        1,
        1,
    )
    assert counted(office, Measure.ASSESSED) == {f"office:{DEMO}"[:40]: 1}


def test_the_name_of_an_office_is_shown_as_it_is(office: Office) -> None:
    for words in HOSTILE:
        for _ in range(6):
            registered_by(office, words[:80])
    counting.sweep(office.parts)
    browser = office.browser(office.hire(Role.SUPERVISOR))
    browser.open("/desk/reach")
    assert browser.status == 200
    assert "<script>alert" not in browser.page
    assert "{{7*7}}" in browser.text
