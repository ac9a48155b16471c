"""A household at the desk: who belongs to it, whom they look after, and what members of staff may see of it."""

from __future__ import annotations

from typing import Any

import pytest

from helpline.cases.effects import AddDependant, CorrectData, RateService
from helpline.cases.families import MOST
from helpline.cases.measures import Measure
from helpline.cases.roles import Member, Role
from helpline.service import correcting, erasing, families, feedback
from helpline.service.desk import households, merging, people_rights
from helpline.service.desk.acting import NotAllowed, Stale
from helpline.service.desk.cases import Blocked
from helpline.service.visit import Visit
from helpline.store.tables import (
    Audit,
    CareCase,
    Correction,
    Dependant,
    Feedback,
    HouseholdMember,
    Person,
    WorkItem,
)
from tests.desk.casebook import (
    HOSTILE,
    Deeds,
    Registered,
    case_row,
    moves,
    register_by_phone,
    row,
    rows,
)
from tests.desk.office import Office
from tests.desk.test_report_counting import counted
from tests.house import RAHIMA, SHIRIN

SISTER = "+8801300000003"


@pytest.fixture
def nasrin(office: Office) -> Member:
    return office.hire(Role.COUNSELLOR, districts="BD-13")


@pytest.fixture
def head(office: Office) -> Member:
    return office.hire(Role.SUPERVISOR)


@pytest.fixture
def shirin(office: Office) -> Registered:
    return register_by_phone(office, SHIRIN)


@pytest.fixture
def rahima(office: Office) -> Registered:
    return register_by_phone(office, RAHIMA, sex="man")


def reference(office: Office, who: Registered) -> str:
    return str(case_row(office, who.case_id).reference)


def joined(office: Office) -> set[str]:
    return {each.person_id for each in rows(office, HouseholdMember, state="joined")}


def visiting(office: Office, who: Registered, act: Any, wish: Any) -> None:
    """Something that a person does on her own phone."""
    caller = office.parts.ring.fingerprint("phone", who.number)
    with office.parts.database.transaction() as connection:
        act(Visit(office.parts, connection, "ussd", who.number, caller, office.clock(), "bn"), wish)


def restrict(office: Office, case_id: str, owner: Member) -> None:
    with office.parts.database.transaction() as connection:
        connection.execute(
            CareCase.__table__.update()
            .where(CareCase.id == case_id)
            .values(restricted="gbv", owner_id=owner.id)
        )


def test_two_registrations_become_a_household_and_both_cases_say_so(
    office: Office, nasrin: Member, shirin: Registered, rahima: Registered
) -> None:
    browser = office.browser(nasrin)
    browser.open(f"/desk/case/{shirin.case_id}")
    text = browser.submit(
        f"/desk/case/{shirin.case_id}/household", reference=reference(office, rahima)
    )
    assert joined(office) == {shirin.person_id, rahima.person_id}
    number = reference(office, rahima)
    assert f"{number[:3]} {number[3:6]} {number[6:]}" in text
    number = reference(office, shirin)
    assert f"{number[:3]} {number[3:6]} {number[6:]}" in browser.open(
        f"/desk/case/{rahima.case_id}"
    )
    noted = [(each.action, each.case_id) for each in rows(office, Audit, action="household_join")]
    assert sorted(noted) == sorted(
        [("household_join", shirin.case_id), ("household_join", rahima.case_id)]
    )


def test_a_third_one_joins_and_the_last_two_leave_together(
    office: Office, nasrin: Member, shirin: Registered, rahima: Registered
) -> None:
    sister = register_by_phone(office, SISTER)
    desk = Deeds(office, nasrin)
    desk.do(households.join, shirin.case_id, reference(office, rahima))
    desk.do(households.join, sister.case_id, reference(office, rahima))
    assert len(joined(office)) == 3
    desk.do(households.leave, shirin.case_id, sister.case_id)
    assert joined(office) == {shirin.person_id, rahima.person_id}
    desk.do(households.leave, shirin.case_id, rahima.case_id)
    assert joined(office) == set()
    ended = rows(office, HouseholdMember)
    assert {each.state for each in ended} == {"left"}
    for each in ended:
        assert moves(office, "household_member", each.id)[-1] == ("joined", "left", "")
    with pytest.raises(Blocked):
        desk.do(households.leave, shirin.case_id, rahima.case_id)


def test_nobody_belongs_to_two_households(
    office: Office, nasrin: Member, shirin: Registered, rahima: Registered
) -> None:
    others = [register_by_phone(office, f"+88013000000{n}") for n in (11, 12)]
    desk = Deeds(office, nasrin)
    desk.do(households.join, shirin.case_id, reference(office, rahima))
    desk.do(households.join, others[0].case_id, reference(office, others[1]))
    with pytest.raises(Blocked, match="in_a_household"):
        desk.do(households.join, shirin.case_id, reference(office, others[0]))
    with pytest.raises(Blocked, match="same_person"):
        desk.do(households.join, shirin.case_id, reference(office, shirin))
    for typed in ("", "123", "000 000 000", *HOSTILE):
        with pytest.raises(Blocked, match="no_such_reference"):
            desk.do(households.join, shirin.case_id, typed)


def test_a_restricted_case_of_the_family_is_neither_shown_nor_counted_nor_joined(
    office: Office, nasrin: Member, head: Member, shirin: Registered, rahima: Registered
) -> None:
    Deeds(office, head).do(households.join, shirin.case_id, reference(office, rahima))
    Deeds(office, head).do(
        households.add_dependant, rahima.case_id, relation="child", age="0_5", need="health"
    )
    owner = office.hire(Role.COUNSELLOR)
    restrict(office, rahima.case_id, owner)
    desk = Deeds(office, nasrin)
    found = desk.do(households.kin, case_row(office, shirin.case_id))
    assert (found.joined, found.cases, found.dependants) == (False, (), ())
    assert "None that you may see" in office.browser(nasrin).open(f"/desk/case/{shirin.case_id}")
    sister = register_by_phone(office, SISTER)
    with pytest.raises(Blocked, match="no_such_reference"):
        desk.do(households.join, sister.case_id, reference(office, rahima))
    with pytest.raises(NotAllowed):
        desk.do(households.leave, shirin.case_id, rahima.case_id)
    assert Deeds(office, owner).do(households.kin, case_row(office, shirin.case_id)).joined


def test_dependants_are_written_and_taken_out_at_the_desk(
    office: Office, nasrin: Member, shirin: Registered
) -> None:
    browser = office.browser(nasrin)
    browser.open(f"/desk/case/{shirin.case_id}")
    text = browser.submit(
        f"/desk/case/{shirin.case_id}/dependant", relation="parent", age="60_up", need="allowance"
    )
    assert "Mother or father, 60 years or more: An allowance" in text
    one = row(office, Dependant)
    browser.submit(f"/desk/case/{shirin.case_id}/dependant/remove", one=one.id)
    assert row(office, Dependant).state == "removed"
    actions = {each.action for each in rows(office, Audit)}
    assert {"dependant_add", "dependant_remove"} <= actions
    with pytest.raises(Stale):
        Deeds(office, nasrin).do(households.remove_dependant, shirin.case_id, one.id)


@pytest.mark.parametrize("typed", [*HOSTILE, "", "adult"])
def test_only_the_codes_of_the_menu_are_written(
    office: Office, nasrin: Member, shirin: Registered, typed: str
) -> None:
    for said in (
        {"relation": typed, "age": "0_5", "need": "none"},
        {"relation": "child", "age": typed, "need": "none"},
        {"relation": "child", "age": "0_5", "need": typed},
    ):
        with pytest.raises(Blocked, match="no_such_value"):
            Deeds(office, nasrin).do(households.add_dependant, shirin.case_id, **said)
        visiting(office, shirin, families.by_person, AddDependant(shirin.person_id, **said))
    assert rows(office, Dependant) == []


def test_the_list_of_one_person_has_an_end(
    office: Office, nasrin: Member, shirin: Registered
) -> None:
    wish = AddDependant(shirin.person_id, "child", "6_17", "none")
    for _time in range(MOST + 2):
        visiting(office, shirin, families.by_person, wish)
    assert len(rows(office, Dependant)) == MOST
    with pytest.raises(Blocked, match="too_many"):
        Deeds(office, nasrin).do(
            households.add_dependant, shirin.case_id, relation="child", age="0_5", need="none"
        )


def test_a_dependant_of_another_member_is_shown_and_cannot_be_taken_out_there(
    office: Office, nasrin: Member, shirin: Registered, rahima: Registered
) -> None:
    desk = Deeds(office, nasrin)
    desk.do(households.join, shirin.case_id, reference(office, rahima))
    visiting(
        office, rahima, families.by_person, AddDependant(rahima.person_id, "child", "0_5", "none")
    )
    one = row(office, Dependant)
    found = desk.do(households.kin, case_row(office, shirin.case_id))
    assert [each.id for each in found.dependants] == [one.id]
    assert found.own == frozenset()
    with pytest.raises(Stale):
        desk.do(households.remove_dependant, shirin.case_id, one.id)


def test_joining_two_registrations_takes_the_family_along(
    office: Office, head: Member, shirin: Registered, rahima: Registered
) -> None:
    twin = register_by_phone(office, SISTER)
    desk = Deeds(office, head)
    desk.do(households.join, twin.case_id, reference(office, rahima))
    visiting(office, twin, families.by_person, AddDependant(twin.person_id, "child", "0_5", "none"))
    desk.do(merging.merge, shirin.case_id, reference(office, twin))
    assert joined(office) == {shirin.person_id, rahima.person_id}
    assert row(office, Dependant).person_id == shirin.person_id


# -- what clients ask for on the phone ------------------------------------------------------------


def test_work_about_somebody_of_the_family_says_who_and_that_a_child_comes_first(
    office: Office, nasrin: Member, shirin: Registered
) -> None:
    visiting(
        office, shirin, families.by_person, AddDependant(shirin.person_id, "child", "0_5", "health")
    )
    item = row(office, WorkItem, kind="dependant")
    text = office.browser(nasrin).open(f"/desk/case/{shirin.case_id}?item={item.id}")
    assert "Son or daughter, up to 5 years: Treatment" in text
    assert "This is a child." in text


def test_what_a_client_put_right_stands_among_the_corrections_without_the_number(
    office: Office, nasrin: Member, shirin: Registered
) -> None:
    wish = CorrectData(shirin.person_id, (("country", "MY"),))
    visiting(office, shirin, correcting.by_person, wish)
    papers = CorrectData(shirin.person_id, (("papers", "nid"),), "1234567890")
    visiting(office, shirin, correcting.by_person, papers)
    browser = office.browser(nasrin)
    text = browser.open(f"/desk/case/{shirin.case_id}/data")
    assert "by phone, the client: Country, Saudi Arabia → Malaysia" in text
    assert "Number from papers, not known → NID card" in text
    assert "1234567890" not in browser.page


@pytest.mark.parametrize(
    "values",
    [
        (("country", "XX"),),
        (("sex", "man"),),
        (("withdrawn_at", "1"),),
        (("district", "BD-99"),),
        (("upazila", "bd-22.jashore-sadar"),),
        (("need", "<script>"),),
        (("papers", "<script>"),),
    ],
)
def test_what_the_menu_could_not_have_said_is_not_written(
    office: Office, shirin: Registered, values: tuple[tuple[str, str], ...]
) -> None:
    before = row(office, Person)
    visiting(office, shirin, correcting.by_person, CorrectData(shirin.person_id, values, "x"))
    assert row(office, Person) == before
    assert rows(office, Correction) == []


def test_an_erasure_asked_for_waits_for_a_supervisor_and_ends_with_it(
    office: Office, nasrin: Member, head: Member, shirin: Registered, rahima: Registered
) -> None:
    desk = Deeds(office, head)
    desk.do(households.join, shirin.case_id, reference(office, rahima))
    for _time in range(2):
        visiting(office, shirin, erasing.ask, shirin.person_id)
    item = row(office, WorkItem, kind="erasure")
    assert (item.level, item.case_id) == (1, shirin.case_id)
    text = office.browser(head).open(f"/desk/case/{shirin.case_id}?item={item.id}")
    assert "asked on the phone that everything about them be erased" in text
    assert "/erase" in office.browser(head).client.get(
        f"/desk/case/{shirin.case_id}?item={item.id}"
    ).get_data(as_text=True)
    desk.do(people_rights.erase, shirin.case_id, reference(office, shirin))
    done = row(office, WorkItem, kind="erasure")
    assert (done.state, done.outcome) == ("done", "erased")
    assert joined(office) <= {rahima.person_id}


def test_what_is_handed_out_holds_family_and_feedback(
    office: Office, nasrin: Member, shirin: Registered, rahima: Registered
) -> None:
    desk = Deeds(office, nasrin)
    desk.do(households.join, shirin.case_id, reference(office, rahima))
    visiting(
        office, shirin, families.by_person, AddDependant(shirin.person_id, "child", "0_5", "none")
    )
    asked(office, shirin)
    found = desk.do(people_rights.export, shirin.case_id, "asked_for")["tables"]
    assert {"dependant", "feedback", "household_member", "household"} <= found.keys()
    assert [each["person_id"] for each in found["household_member"]] == [shirin.person_id]


# -- how a service was ----------------------------------------------------------------------------


def asked(office: Office, who: Registered, subject_id: str = "f" * 32) -> str:
    """A question that is open; its id."""
    with office.parts.database.transaction() as connection:
        feedback.after(
            connection,
            about="referral",
            subject_id=subject_id,
            case_id=who.case_id,
            now=office.clock(),
        )
    return str(row(office, Feedback, subject_id=subject_id).id)


def test_only_whose_service_it_was_can_say_how_it_was(
    office: Office, shirin: Registered, rahima: Registered
) -> None:
    ident = asked(office, shirin)
    visiting(office, rahima, feedback.answer, RateService(rahima.person_id, ident, "bad"))
    assert row(office, Feedback).state == "asked"
    visiting(office, shirin, feedback.answer, RateService(shirin.person_id, ident, "good"))
    visiting(office, shirin, feedback.answer, RateService(shirin.person_id, ident, "bad"))
    assert row(office, Feedback).said == "good"
    assert rows(office, WorkItem, kind="feedback") == []


def test_marks_are_counted_without_a_name_and_small_numbers_are_hidden(
    office: Office, head: Member
) -> None:
    for number in range(8):
        who = register_by_phone(office, f"+8801300000{number:03}")
        ident = asked(office, who, f"{number:032}")
        said = "very_good" if number < 6 else "bad"
        visiting(office, who, feedback.answer, RateService(who.person_id, ident, said))
    found = counted(office, Measure.FEEDBACK)
    assert found == {"about:referral": 8, "said:very_good": 6, "said:bad": 2}
    page = office.browser(head)
    text = page.open("/desk/quality")
    assert page.status == 200
    at = text.index("How clients found the service, said by phone")
    shown = text[at : at + 300]
    assert "Very good" in shown
    assert " 2 " not in shown


def test_the_lowest_mark_reaches_a_supervisor_and_says_no_mark(
    office: Office, head: Member, shirin: Registered
) -> None:
    ident = asked(office, shirin)
    visiting(office, shirin, feedback.answer, RateService(shirin.person_id, ident, "bad"))
    item = row(office, WorkItem, kind="feedback")
    text = office.browser(head).open(f"/desk/case/{shirin.case_id}?item={item.id}")
    assert "a service was not good" in text
