"""Steps of a plan may be for a child, an old person or somebody with a disability of the household."""

from __future__ import annotations

import pytest

from helpline.cases.families import AGES, CARED_FOR, NEEDS, cared_for
from helpline.service.desk import households, plans
from helpline.service.desk.cases import Blocked
from helpline.store.tables import CareCase, Dependant, PlanStep
from tests.desk.casebook import Deeds, Registered, register_by_phone, row, rows
from tests.desk.office import Office
from tests.house import RAHIMA


def looked_after(office: Office, here: Registered, age: str, need: str) -> str:
    """Somebody whom the client of a case looks after; gives the id."""
    by = Deeds(office, office.hire())
    by.do(households.add_dependant, here.case_id, relation="child", age=age, need=need)
    return str(rows(office, Dependant, person_id=here.person_id)[-1].id)


def add(office: Office, here: Registered, dependant_id: str, goal: str = "A goal") -> str:
    step = Deeds(office, office.hire()).do(
        plans.add_step,
        here.case_id,
        service="education",
        goal=goal,
        due_on=None,
        dependant_id=dependant_id,
    )
    return str(step)


@pytest.mark.parametrize("age", AGES)
@pytest.mark.parametrize("need", NEEDS)
def test_whoever_is_looked_after_is_of_one_kind_and_a_child_first(age: str, need: str) -> None:
    kind = cared_for(age, need)
    assert kind in CARED_FOR
    assert (kind == "child") is (age in ("0_5", "6_17"))
    assert (kind == "disabled") is (kind != "child" and need == "disability")


def test_a_step_for_somebody_of_the_household_stands_in_the_care_plan(office: Office) -> None:
    here = register_by_phone(office)
    child = looked_after(office, here, "6_17", "school")
    browser = office.browser(office.hire())
    assert "Care plan" not in browser.open(f"/desk/case/{here.case_id}")
    shown = browser.submit(
        f"/desk/case/{here.case_id}/plan", service="education", goal="Class six", dependant=child
    )
    assert "Care plan Children" in shown
    step = row(office, PlanStep, case_id=here.case_id)
    assert (step.care_of, step.dependant_id) == ("child", child)
    section = shown.split("Care plan")[1]
    assert "Son or daughter, 6 to 17 years" in section
    assert "Class six" in section
    shown = browser.submit(f"/desk/case/{here.case_id}/plan", service="training", goal="Sewing")
    assert "Sewing" in shown.split("Care plan")[0]
    browser.submit(f"/desk/case/{here.case_id}/plan/{step.id}", was="planned", becomes="done")
    assert row(office, PlanStep, id=step.id).state == "done"


@pytest.mark.parametrize(
    ("age", "need", "heading"),
    [
        ("60_up", "allowance", "Old people"),
        ("18_59", "disability", "People with a disability"),
        ("18_59", "work", "Others of the household"),
    ],
)
def test_each_kind_has_its_own_part(office: Office, age: str, need: str, heading: str) -> None:
    here = register_by_phone(office)
    add(office, here, looked_after(office, here, age, need))
    shown = office.browser(office.hire()).open(f"/desk/case/{here.case_id}")
    assert f"Care plan {heading}" in shown


def test_nobody_of_another_household_is_planned_for(office: Office) -> None:
    here, other = register_by_phone(office), register_by_phone(office, RAHIMA)
    theirs = looked_after(office, other, "0_5", "health")
    for wrong in (theirs, "0" * 32, "<script>"):
        with pytest.raises(Blocked, match="no_such_value"):
            add(office, here, wrong)
    assert rows(office, PlanStep) == []


def test_whom_another_member_looks_after_is_planned_for_as_long_as_the_case_may_be_seen(
    office: Office,
) -> None:
    here, other = register_by_phone(office), register_by_phone(office, RAHIMA)
    theirs = looked_after(office, other, "60_up", "health")
    by = Deeds(office, office.hire())
    by.do(households.join, here.case_id, row(office, CareCase, id=other.case_id).reference)
    add(office, here, theirs)
    with office.parts.database.transaction() as connection:
        connection.execute(
            CareCase.__table__.update()
            .where(CareCase.id == other.case_id)
            .values(restricted="gbv", owner_id=office.hire().id)
        )
    with pytest.raises(Blocked, match="no_such_value"):
        add(office, here, theirs)
    shown = office.browser(office.hire()).open(f"/desk/case/{here.case_id}")
    assert "Care plan Old people" in shown
    assert "no longer on the list of the household" in shown


def test_a_step_stays_when_somebody_is_taken_out(office: Office) -> None:
    here = register_by_phone(office)
    child = looked_after(office, here, "0_5", "health")
    add(office, here, child, goal="Vaccination card")
    Deeds(office, office.hire()).do(households.remove_dependant, here.case_id, child)
    shown = office.browser(office.hire()).open(f"/desk/case/{here.case_id}")
    assert "Vaccination card" in shown
    assert "no longer on the list of the household" in shown
