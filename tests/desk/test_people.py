"""Clients: found by whole numbers only, opened at the counter, registered, corrected, joined."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from helpline.cases.roles import Role
from helpline.cases.told import ANSWERS
from helpline.service.desk import (
    cases,
    follow_ups,
    merging,
    new_pins,
    people,
    plans,
    registering,
    safe_contact,
)
from helpline.service.desk.acting import Stale
from helpline.service.desk.cases import Blocked
from helpline.service.desk.registering import Told
from helpline.store import people as store_people
from helpline.store.tables import (
    Audit,
    CareCase,
    Consent,
    Contact,
    Correction,
    FollowUp,
    Merge,
    Message,
    Person,
    PersonPhone,
    Phone,
    Reminder,
)
from menus.registration import REGISTRATION
from tests.desk.casebook import (
    HOSTILE,
    Deeds,
    case_row,
    moves,
    register_by_phone,
    row,
    rows,
)
from tests.desk.office import Office
from tests.house import RAHIMA, SHIRIN

SAID = {
    "for_whom": "self",
    "sex": "woman",
    "district": "BD-13",
    "upazila": "",
    "country": "SA",
    "returned": "1_year",
    "reason": "work",
    "need": "debt",
}


def walk_in(deeds: Deeds, **said: Any) -> str:
    answers = {
        "name": "Rahima",
        "typed": "",
        "district": "BD-13",
        "upazila": "",
        "language": "bn",
        "wish": "any",
        **said,
    }
    return str(deeds.do(people.walk_in, **answers))


@pytest.mark.parametrize("typed", [SHIRIN, "01300 000001", "০১৩০০০০০০০১", "8801300000001"])
def test_a_client_is_found_by_the_whole_number_however_it_is_typed(
    office: Office, typed: str
) -> None:
    here, deeds = register_by_phone(office), Deeds(office, office.hire())
    found = deeds.do(people.search, typed)
    assert [case.id for case in found.cases] == [here.case_id]
    assert deeds.do(people.search, SHIRIN[:-1]).cases == ()


def test_a_client_is_found_by_the_numbers_that_were_told_to_her(office: Office) -> None:
    here, deeds = register_by_phone(office), Deeds(office, office.hire())
    for reference in (
        case_row(office, here.case_id).reference,
        row(office, Person, id=here.person_id).reference,
    ):
        found = deeds.do(people.search, f"{reference[:3]} {reference[3:6]}-{reference[6:]}")
        assert [case.id for case in found.cases] == [here.case_id]


def test_what_is_not_theirs_is_not_found_and_every_search_is_noted_without_the_number(
    office: Office,
) -> None:
    here, owner = register_by_phone(office), office.hire()
    boss = office.hire(Role.SUPERVISOR)
    Deeds(office, owner).do(
        cases.restrict, here.case_id, 1, why="trafficking", supervisor_id=boss.id
    )
    stranger = office.browser(office.hire())
    stranger.open("/desk/people")
    seen = stranger.submit("/desk/people/search", number=SHIRIN)
    assert "Nothing was found that you may see." in seen
    assert seen == stranger.submit("/desk/people/search", number=RAHIMA)
    notes = rows(office, Audit, action="search")
    assert [(each.subject_id, each.detail) for each in notes] == [("phone", "0")] * 2
    assert all(SHIRIN[4:] not in str(each) for each in notes)


@pytest.mark.parametrize("words", [*HOSTILE, "", "1", "০" * 60])
def test_a_search_for_anything_is_answered(office: Office, words: str) -> None:
    browser = office.browser(office.hire())
    browser.open("/desk/people")
    browser.submit("/desk/people/search", number=words)
    assert browser.status == 200
    assert "<script>alert" not in browser.page


def test_somebody_at_the_counter_gets_a_case_of_her_own_with_the_one_who_opens_it(
    office: Office,
) -> None:
    nasrin = office.hire()
    browser = office.browser(nasrin)
    browser.open("/desk/people")
    seen = browser.submit(
        "/desk/people/walk-in",
        name=HOSTILE[0],
        number="01300000002",
        district="BD-13",
        language="bn",
        wish="woman",
    )
    assert HOSTILE[0] in seen
    case = row(office, CareCase)
    assert (case.stage, case.owner_id, case.district) == ("assigned", nasrin.id, "BD-13")
    assert row(office, Contact, case_id=case.id).channel == "walk_in"
    refused = browser.submit(
        "/desk/people/walk-in", name="Shirin", number="12", language="bn", wish="woman"
    )
    assert "This is no phone number." in refused
    assert 'value="Shirin"' in browser.page, "nobody types it twice"
    assert '<option value="woman" selected>' in browser.page
    assert len(rows(office, CareCase)) == 1


def test_a_number_that_belongs_to_a_secret_case_tells_nothing_at_the_counter(
    office: Office,
) -> None:
    here = register_by_phone(office)
    boss, owner = office.hire(Role.SUPERVISOR), office.hire()
    Deeds(office, owner).do(cases.restrict, here.case_id, 1, why="gbv", supervisor_id=boss.id)
    office.house.phone().text("হ্যালো")
    stranger = office.hire()
    opened = walk_in(Deeds(office, stranger), typed=SHIRIN)
    page = office.browser(stranger).open(f"/desk/case/{opened}")
    assert "Nobody registered from it" in page
    assert "SMS from" not in page


def marked(office: Office, **columns: Any) -> None:
    with office.parts.database.transaction() as connection:
        connection.execute(update(Phone).values(**columns))


BADGES = ("Not safe: send nothing", "Wants no messages")


def test_a_typed_number_does_not_tell_what_somebody_said_on_it(office: Office) -> None:
    here = register_by_phone(office)
    boss, owner = office.hire(Role.SUPERVISOR), office.hire()
    Deeds(office, owner).do(cases.restrict, here.case_id, 1, why="gbv", supervisor_id=boss.id)
    stranger = office.hire()
    pages = []
    for at in (None, office.clock()):
        marked(office, stopped_at=at, unsafe_at=at)
        office.skip(minutes=1)
        opened = walk_in(Deeds(office, stranger), typed=SHIRIN)
        pages.append(office.browser(stranger).open(f"/desk/case/{opened}"))
    assert [badge in page for page in pages for badge in BADGES] == [False] * 4
    assert "Somebody else may hold this phone" not in pages[1]
    for who in (owner, boss):
        seen = office.browser(who).open(f"/desk/case/{here.case_id}")
        assert all(badge in seen for badge in BADGES)


def test_who_may_open_a_case_that_leads_to_a_typed_number_sees_its_marks(office: Office) -> None:
    register_by_phone(office)
    marked(office, stopped_at=office.clock(), unsafe_at=office.clock())
    office.skip(minutes=1)
    who = office.hire()
    opened = walk_in(Deeds(office, who), typed=SHIRIN)
    seen = office.browser(who).open(f"/desk/case/{opened}")
    assert all(badge in seen for badge in BADGES)


def test_two_cases_with_the_same_typed_number_do_not_vouch_for_each_other(office: Office) -> None:
    here = register_by_phone(office)
    boss, owner = office.hire(Role.SUPERVISOR), office.hire()
    Deeds(office, owner).do(cases.restrict, here.case_id, 1, why="gbv", supervisor_id=boss.id)
    marked(office, unsafe_at=office.clock())
    office.skip(minutes=1)
    deeds = Deeds(office, office.hire())
    for _time in range(2):
        opened = walk_in(deeds, typed=SHIRIN)
        assert BADGES[0] not in office.browser(deeds.who).open(f"/desk/case/{opened}")


def test_what_is_said_after_the_number_was_typed_is_seen(office: Office) -> None:
    deeds = Deeds(office, office.hire())
    opened = walk_in(deeds, typed=SHIRIN)
    browser = office.browser(deeds.who)
    browser.open(f"/desk/case/{opened}")
    office.skip(minutes=1)
    browser.submit(f"/desk/case/{opened}/phone/{row(office, Phone).id}/unsafe")
    assert all(badge in browser.open(f"/desk/case/{opened}") for badge in BADGES)


def test_who_marks_a_typed_number_sees_the_mark_though_there_was_one(office: Office) -> None:
    here = register_by_phone(office)
    boss, owner = office.hire(Role.SUPERVISOR), office.hire()
    Deeds(office, owner).do(cases.restrict, here.case_id, 1, why="gbv", supervisor_id=boss.id)
    marked(office, unsafe_at=office.clock())
    office.skip(minutes=1)
    deeds = Deeds(office, office.hire())
    opened = walk_in(deeds, typed=SHIRIN)
    deeds.do(safe_contact.mark_unsafe, opened, here.phone_id)
    assert BADGES[0] in office.browser(deeds.who).open(f"/desk/case/{opened}")


def test_typing_a_number_is_not_hearing_of_the_phone(office: Office) -> None:
    register_by_phone(office)
    before = row(office, Phone)
    office.skip(days=100)
    walk_in(Deeds(office, office.hire()), typed=SHIRIN)
    assert row(office, Phone) == before


def test_a_walk_in_registers_with_consent_and_moves_on(office: Office) -> None:
    deeds = Deeds(office, office.hire())
    case_id = walk_in(deeds, typed=RAHIMA)
    with pytest.raises(Blocked, match="no_consent"):
        deeds.do(cases.move_on, case_id, 2, "assessment")
    with pytest.raises(Blocked, match="no_consent"):
        deeds.do(registering.register, case_id, 2, Told(SAID, "", "registration-2026-11"))
    assert rows(office, Person) == []
    deeds.do(
        registering.register, case_id, 2, Told(SAID, "voice", "registration-2026-11", sms=True)
    )
    person = row(office, Person)
    assert {each.purpose for each in rows(office, Consent, channel="voice")} == {
        "registration",
        "follow_up",
    }
    assert len(rows(office, Reminder, person_id=person.id)) == 3
    deeds.do(cases.move_on, case_id, 3, "assessment")
    with pytest.raises(Blocked, match="registered_already"):
        deeds.do(registering.register, case_id, 4, Told(SAID, "voice", "registration-2026-11"))


def test_the_form_of_a_registration_asks_what_the_callers_menu_asks(office: Office) -> None:
    deeds = Deeds(office, office.hire())
    case_id = walk_in(deeds)
    browser = office.browser(deeds.who)
    page = browser.open(f"/desk/case/{case_id}/register")
    for words in ("Loan or debt", "I was sent back", "Saudi Arabia", "Signed a paper"):
        assert words in page
    browser.submit(f"/desk/case/{case_id}/register", **SAID, consent="paper", version="2")
    assert row(office, Person).need == "debt"
    assert rows(office, Reminder) == []
    browser.submit(
        f"/desk/case/{case_id}/register", **{**SAID, "sex": "x"}, consent="paper", version="3"
    )
    assert browser.status == 422


def test_the_coded_answers_are_those_of_the_callers_menu() -> None:
    offered = {
        screen.saves: tuple(option.value for option in screen.options if option.value)
        for screen in REGISTRATION.screens
        if getattr(screen, "saves", "") in ANSWERS and hasattr(screen, "options")
    }
    # "somebody under 18" leads to one question more: whether it is the caller, or the family
    offered["for_whom"] = tuple(each for each in offered["for_whom"] if each != "child")
    assert offered == dict(ANSWERS)


def test_a_correction_keeps_what_stood_there_before(office: Office) -> None:
    here, deeds = register_by_phone(office), Deeds(office, office.hire())
    key = row(office, Person).registration_key
    deeds.do(registering.correct, here.case_id, "district", was="BD-13", becomes="BD-10")
    assert row(office, Person).district == "BD-10"
    assert case_row(office, here.case_id).district == "BD-10"
    kept = row(office, Correction)
    ring = office.parts.ring
    assert ring.unseal_text(kept.was, "correction.was", kept.id) == "BD-13"
    assert ring.unseal_text(kept.became, "correction.became", kept.id) == "BD-10"
    assert row(office, Person).registration_key == key
    with pytest.raises(Stale):
        deeds.do(registering.correct, here.case_id, "district", was="BD-13", becomes="BD-15")
    with pytest.raises(Blocked, match="no_such_value"):
        deeds.do(registering.correct, here.case_id, "reference", was="", becomes="1")
    browser = office.browser(deeds.who)
    assert "Corrected so far" in browser.open(f"/desk/case/{here.case_id}/data")
    browser.submit(
        f"/desk/case/{here.case_id}/correct", column="need", was="counselling", becomes="legal"
    )
    assert row(office, Person).need == "legal"


def two_registrations(office: Office) -> tuple[Deeds, Any, Any]:
    """One woman who registered from two phones."""
    kept = register_by_phone(office, SHIRIN)
    gone = register_by_phone(office, RAHIMA)
    return Deeds(office, office.hire()), kept, gone


def test_two_registrations_are_compared_before_they_are_joined(office: Office) -> None:
    deeds, kept, gone = two_registrations(office)
    reference = case_row(office, gone.case_id).reference
    browser = office.browser(deeds.who)
    browser.open(f"/desk/case/{kept.case_id}/data")
    assert "This cannot be taken back." in browser.submit(
        f"/desk/case/{kept.case_id}/compare", reference=reference
    )
    assert rows(office, Merge) == []
    browser.submit(f"/desk/case/{kept.case_id}/merge", reference=reference)
    assert row(office, Merge).gone_id == gone.person_id


def test_joined_nothing_is_lost_and_nothing_goes_out_twice(office: Office) -> None:
    deeds, kept, gone = two_registrations(office)
    office.house.tick()
    deeds.do(plans.add_step, gone.case_id, service="training", goal="Sewing", due_on=None)
    soon = office.clock() + timedelta(days=1)
    duty = deeds.do(follow_ups.plan, gone.case_id, kind="check_in", due_at=soon)
    before = len(office.house.gateway.sent)
    reference = row(office, Person, id=gone.person_id).reference
    assert deeds.do(merging.merge, kept.case_id, reference) == kept.case_id
    closed = case_row(office, gone.case_id)
    assert (closed.stage, closed.closed_why, closed.person_id) == (
        "closed",
        "cancelled",
        kept.person_id,
    )
    assert row(office, FollowUp, id=duty).case_id == kept.case_id
    links = rows(office, PersonPhone, person_id=kept.person_id)
    assert {link.phone_id for link in links} == {kept.phone_id, gone.phone_id}
    assert {each.person_id for each in rows(office, Message)} == {kept.person_id}
    assert moves(office, "person", gone.person_id)[-1][1] == "merged"
    with office.parts.database.reading() as connection:
        assert store_people.only_person(connection, gone.phone_id) == kept.person_id
    for _day in range(8):
        office.skip(days=1)
        office.house.tick()
    sent = office.house.gateway.sent[before:]
    assert [message.number for message in sent] == [SHIRIN]
    found = deeds.do(people.search, reference)
    assert {case.id for case in found.cases} == {kept.case_id, gone.case_id}


def test_the_secret_number_of_the_registration_that_goes_ends_and_the_other_stays(
    office: Office,
) -> None:
    kept = register_by_phone(office, SHIRIN, pin="2580")
    gone = register_by_phone(office, RAHIMA, pin="7391")
    deeds = Deeds(office, office.hire())
    deeds.do(new_pins.allow, gone.case_id, gone.phone_id, "by_voice")
    deeds.do(merging.merge, kept.case_id, row(office, Person, id=gone.person_id).reference)
    links = {(each.person_id, each.phone_id): each for each in rows(office, PersonPhone)}
    assert links[kept.person_id, kept.phone_id].pin_key is not None
    for person_id in (kept.person_id, gone.person_id):
        ended = links[person_id, gone.phone_id]
        assert (ended.pin_key, ended.code_key, ended.code_until) == (None, None, None)
    deeds.do(new_pins.allow, kept.case_id, gone.phone_id, "by_voice")
    assert row(office, PersonPhone, person_id=kept.person_id, phone_id=gone.phone_id).code_key


def test_on_a_phone_of_both_only_the_number_of_the_one_that_stays_opens(office: Office) -> None:
    kept = register_by_phone(office, SHIRIN)
    gone = register_by_phone(office, SHIRIN, pin="7391")
    deeds = Deeds(office, office.hire())
    deeds.do(merging.merge, kept.case_id, row(office, Person, id=gone.person_id).reference)
    assert [each.pin_key for each in rows(office, PersonPhone)] == [None, None]


def test_joining_twice_or_with_oneself_or_with_what_is_not_theirs_is_refused(
    office: Office,
) -> None:
    deeds, kept, gone = two_registrations(office)
    own = case_row(office, kept.case_id).reference
    with pytest.raises(Blocked, match="same_person"):
        deeds.do(merging.merge, kept.case_id, own)
    for typed in ("", "123456789", HOSTILE[0]):
        with pytest.raises(Blocked, match="no_such_reference"):
            deeds.do(merging.merge, kept.case_id, typed)
    stranger = office.hire().id
    with office.parts.database.transaction() as connection:
        connection.execute(
            update(CareCase)
            .where(CareCase.id == gone.case_id)
            .values(restricted="gbv", owner_id=stranger)
        )
    with pytest.raises(Blocked, match="no_such_reference"):
        deeds.do(merging.merge, kept.case_id, case_row(office, gone.case_id).reference)


def test_the_stricter_restriction_counts_for_both(office: Office) -> None:
    deeds, kept, gone = two_registrations(office)
    boss = office.hire(Role.SUPERVISOR)
    deeds.do(cases.restrict, gone.case_id, 1, why="gbv", supervisor_id=boss.id)
    stays = deeds.do(merging.merge, kept.case_id, case_row(office, gone.case_id).reference)
    assert case_row(office, stays).restricted == "gbv"


def test_on_a_phone_of_both_only_what_both_allow_is_allowed(office: Office) -> None:
    kept = register_by_phone(office, SHIRIN, sms=True, call=True)
    gone = register_by_phone(office, SHIRIN, sms=False, call=True, sex="other")
    deeds = Deeds(office, office.hire())
    deeds.do(merging.merge, kept.case_id, case_row(office, gone.case_id).reference)
    link = row(office, PersonPhone, person_id=kept.person_id)
    assert (link.sms, link.call) == (False, True)
