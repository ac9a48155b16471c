"""The sixteen rules of safe contact, each done for real: by phone, at the desk, and by the clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from helpline.cases.consents import ConsentTo
from helpline.cases.needs import suggestions
from helpline.cases.permits import Purpose
from helpline.cases.roles import Role
from helpline.cases.suppression import is_small, line
from helpline.cases.work import Kind
from helpline.service import consents, outgoing, work
from helpline.service.desk import (
    access,
    accounts,
    assessments,
    break_glass,
    calling,
    cases,
    offices,
    people_rights,
)
from helpline.service.desk.acting import NotAllowed, acting
from helpline.service.desk.callable import item_safety
from helpline.settings import Settings
from helpline.store.desk import items
from helpline.store.idents import new_ident
from helpline.store.tables import (
    Audit,
    CareCase,
    Consent,
    Message,
    Person,
    PersonPhone,
    Phone,
    Reminder,
    WorkItem,
)
from tests.conversations.screens import screen
from tests.desk.casebook import Deeds, case_row, register_by_phone, row, rows
from tests.desk.office import Office
from tests.desk.phones import NASRIN, phone_office
from tests.desk.referring import town
from tests.house import RAHIMA, SHIRIN, House
from tests.service.steps import REGISTER, perform, post, state, visiting

if TYPE_CHECKING:
    from helpline.store.database import Database

FINISHED = screen("ধন্যবাদ। কেন্দ্রের ঠিকানা জানতে আবার ডায়াল করুন।")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(Settings.demo(tmp_path / "var", 8000), simulator=False)


@pytest.fixture
def office(database: Database, settings: Settings) -> Office:
    return Office(database, settings)


def follow_up(house: House, person_id: str) -> str:
    """A message by ourselves, to be sent; what became of it is its state."""
    ident = post(
        house,
        purpose=Purpose.PERSON,
        template="follow_up",
        person_id=person_id,
    )
    outgoing.send(house.parts, [ident])
    return state(house, ident)


def only(house: House, table: Any) -> Any:
    with house.database.reading() as connection:
        return connection.execute(select(table.__table__)).one()


def change(house: House, table: Any, **values: Any) -> None:
    with house.database.transaction() as connection:
        connection.execute(table.__table__.update().values(**values))


def test_rule_1_what_was_allowed_on_a_phone_decides_over_every_way_to_reach_it(
    office: Office,
) -> None:
    here, house = register_by_phone(office, window="evening"), office.house
    link = only(house, PersonPhone)
    assert (link.message, link.signal, link.detailed) == (False, False, False)
    assert link.expires_at - link.confirmed_at == timedelta(days=400)
    assert follow_up(house, here.person_id) == "queued"  # it waits for the evening
    office.skip(hours=7)
    assert follow_up(house, here.person_id) == "sent"
    change(house, PersonPhone, weekdays="3")
    assert follow_up(house, here.person_id) == "queued"
    change(house, PersonPhone, weekdays="1234567", expires_at=office.clock())
    assert follow_up(house, here.person_id) == "refused"
    item = only_item(office, here.case_id)
    with office.parts.database.reading() as connection:
        safe = item_safety(office.parts, connection, item, office.clock())
    assert (safe.now, safe.why, safe.message, safe.signal) == (False, "expired", False, False)


def test_rule_1_nothing_reaches_out_but_where_the_gate_is_asked() -> None:
    ways_out = {
        "gateway.send(": ("outgoing.py", "gate.message("),
        "gateway.ring(": ("desk/calling.py", "call_safety("),
        "Reach(": ("callees.py", "call_safety("),
    }
    service = Path(outgoing.__file__).parent
    for way, (only, asks) in ways_out.items():
        found = {
            path.relative_to(service).as_posix(): path.read_text(encoding="utf-8")
            for path in service.rglob("*.py")
            if way in path.read_text(encoding="utf-8")
        }
        assert found.keys() == {only}, way
        assert asks in found[only], way


def only_item(office: Office, case_id: str) -> Any:
    """Work about a person that no call was asked for with."""
    phone = row(office, Phone)
    with office.parts.database.transaction() as connection:
        ident = work.open_item(
            connection,
            kind=Kind.OTHER,
            subject_id=new_ident(),
            case_id=case_id,
            phone_id=phone.id,
            now=office.clock(),
        )
        return items.by_id(connection, ident)


def test_rule_2_where_nothing_is_known_she_contacts_us(office: Office) -> None:
    here, house = register_by_phone(office, sms=False, call=False), office.house
    house.tick()
    assert house.texts() == []  # not even the receipt
    assert follow_up(house, here.person_id) == "refused"
    item = only_item(office, here.case_id)
    with office.parts.database.reading() as connection:
        safe = item_safety(office.parts, connection, item, office.clock())
    assert (safe.now, safe.why) == (False, "no_permit")


def test_rule_3_a_known_phone_and_a_strange_one_see_the_same_until_the_secret_number(
    database: Database,
) -> None:
    house = House(database)
    perform(house, REGISTER, language="bn")
    known, strange = house.phone(), house.phone(RAHIMA)
    for keys in ([], ["9"], ["9", "5"], ["9", "5", "1111"], ["6"], ["6", "9876"], ["8"]):
        seen = []
        for phone in (known, strange):
            phone.dial()
            seen.append(phone.press(*keys) if keys else phone.screen)
        assert seen[0] == seen[1], keys
    known.dial()
    assert known.press("9", "5", "2580").startswith(screen("এই ফোনের নিয়ম:"))


def test_rule_4_a_text_that_says_too_much_is_held_back_for_staff(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, house = register_by_phone(office), office.house
    monkeypatch.setattr(
        "helpline.service.outgoing.TEXTS", {"follow_up": "Your counselling, {code}"}
    )
    assert follow_up(house, here.person_id) == "parked"
    assert {each.trouble for each in rows(office, Message, state="parked")} == {"not_neutral"}
    assert house.texts() == []


def test_rule_4_a_text_that_names_a_place_needs_a_permit_of_its_own(office: Office) -> None:
    here, house = register_by_phone(office), office.house

    def send() -> str:
        ident = post(
            house, purpose=Purpose.PERSON, template="service_point", person_id=here.person_id
        )
        outgoing.send(house.parts, [ident])
        return state(house, ident)

    assert send() == "refused"
    change(house, PersonPhone, detailed=True)
    assert send() == "sent"


@pytest.mark.parametrize(
    "keys", [("9", "2", "4", "9"), ("9", "7", "9"), ("9", "5", "2580", "1", "9")]
)
def test_rule_5_what_is_not_for_others_ends_with_words_that_tell_nothing(
    database: Database, keys: tuple[str, ...]
) -> None:
    house = House(database)
    perform(house, REGISTER, language="bn")
    shirin = house.phone()
    shirin.dial()
    assert shirin.press(*keys) == FINISHED
    assert shirin.over


@pytest.mark.parametrize("words", ["EXIT", "বন্ধ করুন", "ভুল নম্বর", "wrong number"])
def test_rule_6_exit_and_a_wrong_number_are_answered_with_silence_and_the_owner_is_told(
    office: Office, words: str
) -> None:
    here, house = register_by_phone(office), office.house
    waiting = post(house, purpose=Purpose.PERSON, template="follow_up", person_id=here.person_id)
    house.phone().text(words)
    house.tick()
    assert house.texts() == []
    assert row(office, Phone).unsafe_at == office.clock()
    assert state(house, waiting) == "cancelled"
    told = row(office, WorkItem, kind=Kind.SAFE_CONTACT)
    assert (told.case_id, told.phone_id) == (here.case_id, None)


def test_rule_7_a_phone_that_became_unsafe_while_ours_rang_is_not_rung(
    database: Database, settings: Settings
) -> None:
    with phone_office(database, settings) as office:
        nasrin = office.on_duty("Nasrin", NASRIN)
        item = office.promise()
        office.party(NASRIN, "answer", "1")
        office.party(SHIRIN)
        with acting(office.parts, nasrin) as deed:
            call_id = calling.ring(deed, item)
        change(office.house, Phone, unsafe_at=office.clock())
        calling.wake(office.parts, call_id=call_id)
        office.work()
        assert not office.network.talking(NASRIN, SHIRIN)
        assert all(leg.role != "client" for leg in office.legs())
        assert office.call.ended_why == "unsafe"


def test_rule_7_a_phone_that_became_unsafe_after_the_key_is_not_rung_by_the_worker(
    database: Database, settings: Settings
) -> None:
    with phone_office(database, settings) as office:
        nasrin = office.on_duty("Nasrin", NASRIN)
        item = office.promise()
        office.party(NASRIN, "answer", "1")
        office.party(SHIRIN)
        with acting(office.parts, nasrin) as deed:
            call_id = calling.ring(deed, item)
        calling.wake(office.parts, call_id=call_id)
        bell, jobs = office.house.bell, office.network._jobs
        while bell.woken or jobs:
            while bell.woken:
                _queue, wishes = bell.woken.pop(0)
                if any((leg.role, leg.state) == ("client", "wanted") for leg in office.legs()):
                    change(office.house, Phone, unsafe_at=office.clock())
                calling.carry_out(office.parts, wishes)
            if jobs:
                jobs.popleft()()
        (leg,) = [leg for leg in office.legs() if leg.role == "client"]
        assert leg.state == "ended"
        assert SHIRIN not in {side.number for side in office.network.sides.values()}


def test_rule_8_a_late_worker_holds_what_fell_due_in_the_safe_time(office: Office) -> None:
    here, house = register_by_phone(office), office.house
    ident = post(house, purpose=Purpose.PERSON, template="follow_up", person_id=here.person_id)
    office.skip(hours=12)  # ten at night in Dhaka
    outgoing.send(house.parts, [ident])
    assert state(house, ident) == "queued"
    assert row(office, Message, id=ident).trouble == "quiet"
    office.skip(hours=10)
    outgoing.send(house.parts, [ident])
    assert state(house, ident) == "sent"


def test_rule_9_a_restricted_case_opens_to_others_only_through_broken_glass(
    office: Office,
) -> None:
    here = register_by_phone(office)
    owner, other = office.hire(), office.hire()
    change(office.house, CareCase, restricted="gbv", owner_id=owner.id)
    with acting(office.parts, other) as deed, pytest.raises(NotAllowed):
        access.open_case(deed, here.case_id)
    reference = case_row(office, here.case_id).reference
    with acting(office.parts, other) as deed:
        break_glass.ask(deed, reference, "She is on the line now, and Nasrin is ill.")
    with acting(office.parts, other) as deed:
        access.open_case(deed, here.case_id)
    office.skip(minutes=61)
    with acting(office.parts, other) as deed, pytest.raises(NotAllowed):
        access.open_case(deed, here.case_id)
    assert "read_break_glass" in {each.action for each in rows(office, Audit)}


def test_rule_10_numbers_are_masked_until_somebody_asks_and_that_is_written_down(
    office: Office,
) -> None:
    here = register_by_phone(office)
    browser = office.browser(office.hire())
    browser.open(f"/desk/case/{here.case_id}")
    assert SHIRIN not in browser.page
    assert "+880•••••001" in browser.text
    browser.submit(f"/desk/case/{here.case_id}/phone/{here.phone_id}/number")
    assert SHIRIN in browser.page
    assert row(office, Audit, action="unmask").case_id == here.case_id


def test_rule_11_consent_is_by_purpose_and_taking_it_back_cancels_what_waits(
    office: Office,
) -> None:
    here, house = register_by_phone(office), office.house
    given = {each.purpose: each for each in rows(office, Consent, person_id=here.person_id)}
    assert given.keys() >= {ConsentTo.REGISTRATION, ConsentTo.FOLLOW_UP}
    assert all(each.text_version and each.language and each.channel for each in given.values())
    waiting = post(house, purpose=Purpose.PERSON, template="follow_up", person_id=here.person_id)
    with visiting(house) as visit:
        consents.take_back(visit, here.person_id, ConsentTo.FOLLOW_UP)
    assert state(house, waiting) == "cancelled"
    assert {each.state for each in rows(office, Reminder)} == {"cancelled"}
    assert row(office, Person).withdrawn_at is None


def test_rule_12_an_office_is_told_what_was_agreed_and_nothing_else(office: Office) -> None:
    town_of = town(office)
    ident = town_of.sent(fields=("district", "need"))
    with office.parts.database.reading() as connection:
        told = offices.shared(office.parts, connection, town_of.row(ident))
    assert set(told) == {"reference", "district", "need"}


def test_rule_13_small_figures_are_not_shown() -> None:
    assert is_small(4)
    shown = line({"a": 2, "b": 40, "c": 55})
    assert "2" not in str([shown.cells["a"]])


def test_rule_14_what_is_erased_is_in_no_table_any_more(office: Office) -> None:
    here = register_by_phone(office)
    boss = Deeds(office, office.hire(Role.SUPERVISOR))
    case = case_row(office, here.case_id)
    boss.do(cases.move_on, here.case_id, case.version, "closed", "declined")
    boss.do(people_rights.erase, here.case_id, case.reference)
    assert row(office, Phone).fingerprint != office.parts.ring.fingerprint("phone", SHIRIN)
    assert (
        office.parts.ring.unseal_text(row(office, Phone).number, "phone.number", here.phone_id)
        == ""
    )


def test_rule_15_who_is_under_eighteen_is_on_the_way_to_child_protection(office: Office) -> None:
    here = register_by_phone(office)
    worker = Deeds(office, office.hire())
    worker.do(assessments.take, here.case_id, "needs-1", {"age": ["under_18"]})
    assert "restrict_minor" in suggestions({"age": ["under_18"]})


def test_rule_16_a_lost_device_is_shut_out_and_no_caller_ever_is(office: Office) -> None:
    who = office.hire()
    browser = office.browser(who)
    assert "Log out" in browser.open("/desk/queue")
    Deeds(office, office.hire(Role.ADMINISTRATOR)).do(accounts.suspend, who.id)
    assert "Log out" not in browser.open("/desk/queue")
    shirin = office.house.phone()
    for _time in range(40):
        shirin.text("kill you all")
    assert shirin.dial().startswith(screen("প্রবাসফেরতদের সেবা"))
