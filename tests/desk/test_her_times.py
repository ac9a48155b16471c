"""A call that staff plan anew is made in the client's times, and what she said since counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from helpline.cases.calendar import Slot, local
from helpline.cases.roles import Role
from helpline.cases.work import Kind
from helpline.service.desk import callbacks, outcomes, queue, safe_contact
from helpline.service.desk.acting import acting
from helpline.service.desk.callable import safety
from helpline.service.desk.safe_contact import Allowed
from helpline.settings import Settings
from helpline.store.conversations import opening
from helpline.store.database import Database
from helpline.store.tables import Callback, CounsellingRequest, PersonPhone, Phone, WorkItem
from tests.conversations.screens import HOME, REGISTER_IN_JASHORE, screen
from tests.desk.phones import NASRIN, PhoneOffice, phone_office
from tests.house import SHIRIN

IN_THE_MORNING = (*REGISTER_IN_JASHORE[:13], "1", *REGISTER_IN_JASHORE[14:])


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Iterator[PhoneOffice]:
    settings = replace(Settings.demo(tmp_path / "var", 8000), simulator=False)
    with phone_office(database, settings) as made:
        yield made


def registered(office: PhoneOffice, keys: tuple[str, ...] = REGISTER_IN_JASHORE) -> None:
    shirin = office.house.phone()
    shirin.dial()
    shirin.press(*keys)
    assert shirin.over
    office.house.work()


def unreachable(office: PhoneOffice) -> str:
    """Three calls in vain; the id of the supervisor's item."""
    item = office.promise()
    nasrin = office.on_duty("Nasrin", NASRIN)
    for _attempt in range(3):
        office.clock.now = max(office.clock.now, office.callback.slot_at)
        with acting(office.parts, nasrin) as deed:
            outcomes.record(deed, item, "no_answer")
    return str(office.one(WorkItem, kind=Kind.UNREACHABLE.value).id)


def at(office: PhoneOffice, hour: int, days: int = 1):
    day = local(office.clock.now) + timedelta(days=days)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


def test_a_supervisor_cannot_have_her_called_outside_her_times(office: PhoneOffice) -> None:
    registered(office, IN_THE_MORNING)
    notice = unreachable(office)
    supervisor = office.hire(Role.SUPERVISOR)
    evening = at(office, 18)
    with pytest.raises(outcomes.Wrong), acting(office.parts, supervisor) as deed:
        outcomes.call_again(deed, notice, Slot(evening, evening + outcomes.SLOT))
    browser = office.browser(supervisor)
    browser.open("/desk/queue")
    text = browser.submit(f"/desk/calls/item/{notice}/again", later=f"{evening:%Y-%m-%dT%H:%M}")
    assert browser.status == 400
    assert "Choose a time to come" in text
    assert office.callback.state == "unreachable"


def test_a_slot_that_staff_choose_ends_where_her_times_end(office: PhoneOffice) -> None:
    registered(office, IN_THE_MORNING)
    notice = unreachable(office)
    late = at(office, 11).replace(minute=30)
    with acting(office.parts, office.hire(Role.SUPERVISOR)) as deed:
        outcomes.call_again(deed, notice, Slot(late, late + outcomes.SLOT))
    assert local(office.callback.slot_ends_at) == at(office, 12)
    with office.parts.database.reading() as connection:
        for minutes, may in ((0, True), (29, True), (31, False), (110, False)):
            moment = late + timedelta(minutes=minutes)
            assert safety(office.parts, connection, office.callback.id, moment).now is may


def test_a_no_said_between_asking_and_the_call_in_vain_is_not_forgotten(
    office: PhoneOffice,
) -> None:
    """She asked for a counsellor, then said that nobody may call; the call in vain promises no other."""
    registered(office)
    item = office.counselling()
    nasrin = office.on_duty("Nasrin", NASRIN)
    with acting(office.parts, nasrin) as deed:
        queue.claim(deed, item)
    office.skip(minutes=5)
    shirin = office.house.phone()
    shirin.dial()
    shirin.press("9", "5", "2580", "2", "2")
    office.skip(minutes=1)
    with acting(office.parts, nasrin) as deed:
        assert outcomes.record(deed, item, "no_answer") == "no_contact"
    assert office.one(Callback) is None
    assert office.one(CounsellingRequest).state == "no_contact"


def test_a_call_in_vain_at_a_time_that_passed_promises_another(office: PhoneOffice) -> None:
    registered(office)
    item = office.counselling()
    nasrin = office.on_duty("Nasrin", NASRIN)
    office.skip(hours=13)
    with acting(office.parts, nasrin) as deed:
        assert outcomes.record(deed, item, "no_answer") == "scheduled"


# -- what was begun on a phone that others hold ---------------------------------------------


def draft_there(office: PhoneOffice) -> bool:
    with office.parts.database.reading() as connection:
        caller = office.parts.ring.fingerprint("phone", SHIRIN)
        since = office.clock.now - timedelta(days=7)
        found = opening(connection, gateway="x", kind="ussd", event="x", caller=caller, since=since)
    return found.draft is not None


def begun(office: PhoneOffice) -> None:
    shirin = office.house.phone()
    shirin.dial()
    shirin.press("9", "6", "1")
    assert draft_there(office)


def test_a_phone_that_staff_mark_unsafe_offers_nothing_that_was_begun(office: PhoneOffice) -> None:
    registered(office)
    begun(office)
    case = office.one(WorkItem, id=office.promise()).case_id
    nasrin = office.on_duty("Nasrin", NASRIN)
    with acting(office.parts, nasrin) as deed:
        safe_contact.mark_unsafe(deed, case, office.one(Phone).id)
    assert not draft_there(office)
    assert office.house.phone().dial() == screen(HOME)


def test_where_somebody_else_answered_nothing_that_was_begun_is_offered(
    office: PhoneOffice,
) -> None:
    registered(office)
    his = office.house.phone()
    his.dial()
    his.press(*REGISTER_IN_JASHORE[:3], "2", *REGISTER_IN_JASHORE[4:15], "1470", "1")
    begun(office)
    links = office.parts.database
    with links.reading() as connection:
        assert len(list(connection.execute(PersonPhone.__table__.select()))) == 2
    item = office.promise()
    nasrin = office.on_duty("Nasrin", NASRIN)
    with acting(office.parts, nasrin) as deed:
        queue.claim(deed, item)
        callbacks.begin(deed.connection, office.callback.id, now=deed.now, actor=nasrin.id)
    with acting(office.parts, nasrin) as deed:
        callbacks.dial(deed.connection, office.callback.id, now=deed.now, actor=nasrin.id)
        callbacks.wrong_person(
            deed.parts, deed.connection, office.callback.id, now=deed.now, actor=nasrin.id
        )
    assert not draft_there(office)


def test_hours_that_she_allows_now_count_for_a_call_that_was_planned_before(
    office: PhoneOffice,
) -> None:
    registered(office)
    item = office.promise()
    case = office.one(WorkItem, id=item).case_id
    nasrin = office.on_duty("Nasrin", NASRIN)
    office.skip(minutes=1)
    with office.parts.database.reading() as connection:
        link = connection.execute(PersonPhone.__table__.select()).one()
    said = Allowed("own", sole=True, sms=True, call=True, window="evening")
    with acting(office.parts, nasrin) as deed:
        safe_contact.permit(deed, case, link.phone_id, confirmed=link.confirmed_at, said=said)
    with office.parts.database.reading() as connection:
        assert not safety(office.parts, connection, office.callback.id, office.clock.now).now
        evening = at(office, 17, days=0)
        assert safety(office.parts, connection, office.callback.id, evening).now
