"""Clients are seen alone, with their family or in a group: one group is counted once, and names nobody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from helpline.cases.measures import Measure
from helpline.cases.roles import Role
from helpline.service.desk import appointments, counting
from helpline.service.desk.cases import Blocked
from helpline.store.tables import Appointment
from tests.desk.casebook import Deeds, register_by_phone, row, rows
from tests.desk.office import Office
from tests.desk.test_report_counting import counted
from tests.house import RAHIMA

PLACE = "ttc.bd-13"
TYPES = ("alone", "family", "group")


def planned(office: Office, by: Deeds, case_id: str, session: str, **other: Any) -> str:
    """An appointment in two days; gives its id."""
    said = {"what": "counselling", "place": PLACE, "begins_at": office.clock() + timedelta(days=2)}
    ident = by.do(appointments.plan, case_id, session=session, **{**said, **other})
    return str(ident)


def kept(office: Office, session: str, came: int = 0, *, cases: int = 1) -> None:
    """So many cases have a session of this kind at one place and time, and the clients came."""
    by = Deeds(office, office.hire())
    for number in range(cases):
        here = register_by_phone(office, f"+8801300001{number:03}")
        ident = planned(office, by, here.case_id, session)
        by.do(appointments.turn, ident, was="planned", becomes="kept", came=came)


@pytest.mark.parametrize("session", TYPES)
def test_a_session_has_a_type(office: Office, session: str) -> None:
    here, by = register_by_phone(office), Deeds(office, office.hire())
    planned(office, by, here.case_id, session)
    assert row(office, Appointment, case_id=here.case_id).session == session


def test_an_unknown_type_and_a_group_without_a_place_are_refused(office: Office) -> None:
    here, by = register_by_phone(office), Deeds(office, office.hire())
    for session, place, why in (
        ("crowd", PLACE, "no_such_value"),
        ("", PLACE, "no_such_value"),
        ("group", "", "group_place"),
    ):
        with pytest.raises(Blocked, match=why):
            planned(office, by, here.case_id, session, place=place)
    assert rows(office, Appointment) == []


@pytest.mark.parametrize("came", [-1, 0, 1, 201, 10**6])
def test_a_group_has_met_when_it_is_said_how_many_came(office: Office, came: int) -> None:
    here, by = register_by_phone(office), Deeds(office, office.hire())
    ident = planned(office, by, here.case_id, "group")
    with pytest.raises(Blocked, match="group_size"):
        by.do(appointments.turn, ident, was="planned", becomes="kept", came=came)
    assert row(office, Appointment, id=ident).state == "planned"


def test_nobody_is_counted_where_no_group_met(office: Office) -> None:
    here, by = register_by_phone(office), Deeds(office, office.hire())
    alone = planned(office, by, here.case_id, "alone")
    by.do(appointments.turn, alone, was="planned", becomes="kept", came=7)
    group = planned(office, by, here.case_id, "group")
    by.do(appointments.turn, group, was="planned", becomes="missed", came=7)
    assert {each.came for each in rows(office, Appointment)} == {None}


def test_one_group_in_several_cases_is_counted_once_with_all_who_came(office: Office) -> None:
    kept(office, "group", came=9, cases=3)
    office.skip(days=3)
    assert counted(office, Measure.SESSION) == {"session:group": 1, "came:group": 9}


def test_what_did_not_take_place_is_not_counted(office: Office) -> None:
    here, by = register_by_phone(office), Deeds(office, office.hire())
    ident = planned(office, by, here.case_id, "family")
    office.skip(days=3)
    assert counted(office, Measure.SESSION) == {}
    by.do(appointments.turn, ident, was="planned", becomes="kept")
    assert counted(office, Measure.SESSION) == {"session:family": 1}


def test_the_report_shows_how_many_came_to_groups_and_hides_a_few(office: Office) -> None:
    kept(office, "group", came=9, cases=2)
    office.skip(days=3)
    counting.sweep(office.parts)
    browser = office.browser(office.hire(Role.PROGRAMME))
    shown = browser.open("/desk/outcome")
    assert "People who came to groups" in shown
    assert "in a group 9" in shown
    assert "in a group –" in shown  # one session


def test_a_group_is_written_down_at_the_desk_and_names_nobody_else(office: Office) -> None:
    here = register_by_phone(office)
    other = register_by_phone(office, RAHIMA)
    browser = office.browser(office.hire())
    at = (office.clock() + timedelta(days=2)).strftime("%Y-%m-%dT10:00")
    for case, name in ((here, "Shirin Example"), (other, "Rahima Example")):
        browser.open(f"/desk/case/{case.case_id}")
        browser.submit(
            f"/desk/case/{case.case_id}/details", version=1, name=name, language="bn", wish="any"
        )
        shown = browser.submit(
            f"/desk/case/{case.case_id}/appointment",
            what="counselling",
            place=PLACE,
            session="group",
            at=at,
        )
        assert "in a group" in shown
    ident = row(office, Appointment, case_id=here.case_id).id
    path = f"/desk/case/{here.case_id}/appointment/{ident}"
    shown = browser.submit(path, was="planned", becomes="kept", came="many")
    assert "Please write how many came, from 2 to 200." in shown
    shown = browser.submit(path, was="planned", becomes="kept", came="৮")
    assert "8 came" in shown
    assert "Rahima" not in browser.open(f"/desk/case/{here.case_id}")
    assert "Shirin" not in browser.open(f"/desk/case/{other.case_id}")
