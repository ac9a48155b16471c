"""Calls at the desk: the panel of a promise, by hand and through the helpline, and who is on the phone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from handlers.app import create_app
from helpline.cases.calendar import local
from helpline.cases.roles import Member, Role
from helpline.cases.work import Kind
from helpline.service.desk import callbacks, contact_words
from helpline.service.desk.acting import acting
from helpline.service.desk.contact_words import Card
from helpline.settings import Settings
from helpline.store.database import Database
from helpline.store.tables import Audit, CareCase, Contact, CounsellingRequest, Phone, WorkItem
from tests.desk.office import Office
from tests.desk.phones import HOTLINE, NASRIN, TAHMINA, PhoneOffice, phone_office
from tests.house import SHIRIN

HOSTILE = "<script>alert(1)</script>{{7*7}}%s=cmd()" + "x" * 200


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Iterator[PhoneOffice]:
    settings = replace(Settings.demo(tmp_path / "var", 8000), simulator=False)
    with phone_office(database, settings) as made:
        made.party(NASRIN, "answer", "1")
        yield made


@pytest.fixture
def nasrin(office: PhoneOffice):
    return office.on_duty("Nasrin", NASRIN)


def without_voice(office: PhoneOffice) -> None:
    office.parts = replace(office.parts, voice=None)
    office.app = create_app(office.parts, office.settings)


def local_time(office: PhoneOffice, **ahead: float) -> str:
    return f"{local(office.clock() + timedelta(**ahead)):%Y-%m-%dT%H:%M}"


def write_card(office: PhoneOffice, who: Member, card: Card) -> None:
    case, phone = office.one(CareCase), office.one(Phone)
    with acting(office.parts, who) as deed:
        contact_words.write(deed, case.id, phone.id, 0, card)


def test_the_panel_says_what_is_safe_and_how_to_begin(office: PhoneOffice, nasrin) -> None:
    item = office.promise()
    card = Card(others="brother", cover="sewing course", safe_word="mango", danger="rice")
    write_card(office, nasrin, card)
    text = office.browser(nasrin).open(f"/desk/item/{item}")
    for said in ("brother", "sewing course", "mango", "rice", "+880•••••001", "at any time of day"):
        assert said in text
    assert SHIRIN not in text
    assert "Call through the helpline" in text


def test_what_staff_wrote_into_the_card_is_only_text(office: PhoneOffice, nasrin) -> None:
    item = office.promise()
    write_card(office, nasrin, Card(others=HOSTILE, cover=HOSTILE, safe_word=HOSTILE))
    browser = office.browser(nasrin)
    browser.open(f"/desk/item/{item}")
    assert "<script>alert" not in browser.page
    assert "{{7*7}}%s=cmd()" in browser.text


def test_one_button_bridges_both_and_the_outcome_ends_the_work(office: PhoneOffice, nasrin) -> None:
    item = office.promise()
    browser = office.browser(nasrin)
    browser.open(f"/desk/item/{item}")
    browser.submit(f"/desk/calls/item/{item}/ring")
    office.work()
    assert office.network.talking(NASRIN, SHIRIN)
    assert "In conversation" in browser.open("/desk/calls")
    office.network.hang_up(office.network.side(SHIRIN))
    office.work()
    assert "The client hung up" in browser.open(f"/desk/item/{item}")
    browser.submit(f"/desk/calls/item/{item}/outcome", outcome="reached")
    assert browser.status == 200
    assert "Now write what was said." in browser.text
    assert office.callback.state == "completed"
    assert office.one(WorkItem, id=item).outcome == "completed"
    assert office.one(Contact).disposition == "reached"


def test_with_no_provider_the_desk_says_so_and_the_number_is_shown_once_asked_for(
    office: PhoneOffice, nasrin
) -> None:
    without_voice(office)
    item = office.promise()
    browser = office.browser(nasrin)
    text = browser.open(f"/desk/item/{item}")
    assert "No telephone provider is configured" in text
    assert "Call through the helpline" not in text
    assert SHIRIN not in text
    assert SHIRIN in browser.submit(f"/desk/calls/item/{item}/number")
    noted = office.one(Audit, action="unmask")
    assert noted is not None
    assert SHIRIN not in noted.detail
    browser.submit(f"/desk/calls/item/{item}/outcome", outcome="reached")
    assert office.callback.state == "completed"
    assert office.moves("promise") == ["kept"]


@pytest.mark.parametrize("outcome", ["no_answer", "busy", "rejected", "number_off"])
def test_nobody_reached_by_hand_is_tried_at_another_time(
    office: PhoneOffice, nasrin, outcome: str
) -> None:
    item = office.promise()
    browser = office.browser(nasrin)
    browser.open(f"/desk/item/{item}")
    browser.submit(f"/desk/calls/item/{item}/number")
    browser.submit(f"/desk/calls/item/{item}/outcome", outcome=outcome)
    assert "Done. It is written down." in browser.text
    assert (office.callback.state, office.callback.attempts) == ("scheduled", 1)
    assert office.one(WorkItem, id=item).state == "open"


def test_somebody_else_who_answered_ends_everything_to_that_phone(
    office: PhoneOffice, nasrin
) -> None:
    item = office.promise()
    browser = office.browser(nasrin)
    browser.open(f"/desk/item/{item}")
    browser.submit(f"/desk/calls/item/{item}/number")
    browser.submit(f"/desk/calls/item/{item}/outcome", outcome="wrong_person")
    assert office.callback.state == "paused"
    assert office.one(Phone).unsafe_at is not None
    supervisor = office.hire(Role.SUPERVISOR)
    notice = office.one(WorkItem, kind="unreachable")
    assert "somebody else answered" in office.browser(supervisor).open(f"/desk/item/{notice.id}")


def test_a_client_who_wants_a_later_call_gets_it_at_that_time(office: PhoneOffice, nasrin) -> None:
    item = office.promise()
    browser = office.browser(nasrin)
    browser.open(f"/desk/item/{item}")
    browser.submit(f"/desk/calls/item/{item}/number")
    for later in ("", "nonsense", local_time(office, hours=-1), local_time(office, hours=14)):
        browser.submit(f"/desk/calls/item/{item}/outcome", outcome="asked_later", later=later)
        assert browser.status == 400
        assert "Choose a time to come" in browser.text
        assert 'value="asked_later" required checked' in browser.page
    later = local_time(office, hours=26)
    browser.submit(f"/desk/calls/item/{item}/outcome", outcome="asked_later", later=later)
    assert f"{local(office.callback.slot_at):%Y-%m-%dT%H:%M}" == later
    assert office.moves("promise") == ["kept"]


def test_an_outcome_that_is_none_changes_nothing(office: PhoneOffice, nasrin) -> None:
    item = office.promise()
    browser = office.browser(nasrin)
    browser.open(f"/desk/item/{item}")
    browser.submit(f"/desk/calls/item/{item}/outcome", outcome="=cmd()")
    assert browser.status == 400
    assert office.callback.state == "requested"


def test_of_two_who_write_an_outcome_the_second_sees_who_has_it(
    office: PhoneOffice, nasrin
) -> None:
    other = office.on_duty("Tahmina", TAHMINA)
    item = office.promise()
    first, second = office.browser(nasrin), office.browser(other)
    for browser in (first, second):
        browser.open(f"/desk/item/{item}")
    first.submit(f"/desk/calls/item/{item}/number")
    text = second.submit(f"/desk/calls/item/{item}/outcome", outcome="reached")
    assert "Nasrin has it already" in text
    assert office.callback.state == "requested"


def test_an_outcome_written_twice_is_stale(office: PhoneOffice, nasrin) -> None:
    item = office.promise()
    browser = office.browser(nasrin)
    browser.open(f"/desk/item/{item}")
    browser.submit(f"/desk/calls/item/{item}/outcome", outcome="reached")
    browser.open("/desk/calls")
    browser.open("/desk/account")
    browser.submit(f"/desk/calls/item/{item}/outcome", outcome="busy")
    assert browser.status in (404, 409)
    assert office.callback.state == "completed"


def test_at_night_neither_button_nor_number_is_given(office: PhoneOffice, nasrin) -> None:
    item = office.promise()
    office.skip(hours=12)
    browser = office.browser(nasrin)
    text = browser.open(f"/desk/item/{item}")
    assert "time of quiet" in text
    assert "Call through the helpline" not in text
    browser.submit(f"/desk/calls/item/{item}/number")
    assert (browser.status, SHIRIN in browser.text) == (409, False)
    browser.submit(f"/desk/calls/item/{item}/ring")
    assert browser.status == 409


def test_who_has_no_registered_number_is_told_so(office: PhoneOffice) -> None:
    item = office.promise()
    browser = office.browser(office.hire(name="Mina"))
    assert "not registered" in browser.open(f"/desk/item/{item}")
    assert "not registered" in browser.submit(f"/desk/calls/item/{item}/ring")


def test_a_supervisor_plans_another_call_or_ends_it(office: PhoneOffice, nasrin) -> None:
    item = office.promise()
    office.skip(days=8)
    callbacks.sweep(office.parts)
    notice = office.one(WorkItem, kind="unreachable")
    browser = office.browser(office.hire(Role.SUPERVISOR))
    assert "Not called within seven days" in browser.open(f"/desk/item/{notice.id}")
    browser.submit(f"/desk/calls/item/{notice.id}/again", later=local_time(office, hours=2))
    assert office.callback.state == "scheduled"
    assert office.one(WorkItem, id=item).state == "open"
    assert office.one(WorkItem, id=notice.id).state == "done"


def test_a_supervisor_may_cancel_with_a_reason(office: PhoneOffice, nasrin) -> None:
    office.promise()
    office.skip(days=8)
    callbacks.sweep(office.parts)
    notice = office.one(WorkItem, kind="unreachable")
    browser = office.browser(office.hire(Role.SUPERVISOR))
    browser.open(f"/desk/item/{notice.id}")
    browser.submit(f"/desk/calls/item/{notice.id}/cancel", why="number_dead")
    assert office.one(WorkItem, id=notice.id).outcome == "number_dead"


def test_asking_somebody_in_and_leaving_is_done_on_the_page(office: PhoneOffice, nasrin) -> None:
    office.party(TAHMINA, "answer", "1")
    tahmina = office.on_duty("Tahmina", TAHMINA)
    call = office.ring(nasrin, office.promise())
    browser = office.browser(nasrin)
    assert "Ask somebody in" in browser.open("/desk/calls")
    browser.submit(f"/desk/calls/{call}/ask-in", staff=tahmina.id)
    office.work()
    browser.submit(f"/desk/calls/{call}/leave")
    office.work()
    assert office.network.talking(TAHMINA, SHIRIN)


def test_a_call_of_a_restricted_case_shows_others_neither_number_nor_case(
    office: PhoneOffice, nasrin
) -> None:
    office.ring(nasrin, office.promise())
    with office.parts.database.transaction() as connection:
        connection.execute(CareCase.__table__.update().values(restricted="gbv"))
    other = office.browser(office.hire(name="Other"))
    text = other.open("/desk/calls")
    assert "In conversation" in text
    assert "•••••001" not in text
    assert "/desk/case/" not in other.page


def test_a_waiting_caller_is_shown_and_the_part_is_fetched_alone(
    office: PhoneOffice, nasrin
) -> None:
    office.party(NASRIN, "ring")
    office.party(SHIRIN, "answer", "1", "1")
    office.network.dial(SHIRIN, HOTLINE)
    office.work()
    browser = office.browser(nasrin)
    assert "Waiting callers" in browser.open("/desk/calls/now")
    assert "<html" not in browser.page


def test_counselling_by_phone_that_reached_nobody_becomes_a_promise(
    office: PhoneOffice, nasrin
) -> None:
    item = office.counselling()
    browser = office.browser(nasrin)
    assert "By phone" in browser.open(f"/desk/item/{item}")
    browser.submit(f"/desk/calls/item/{item}/outcome", outcome="no_answer")
    assert office.one(CounsellingRequest).state == "callback_scheduled"
    assert office.callback.about == "counselling"
    again = office.one(WorkItem, kind="callback")
    office.clock.now = office.callback.slot_at
    browser = office.browser(nasrin)
    browser.open(f"/desk/item/{again.id}")
    browser.submit(f"/desk/calls/item/{again.id}/outcome", outcome="reached")
    assert office.callback.state == "completed"
    assert office.one(CounsellingRequest).state == "completed"


def test_partners_do_not_see_calls(office: Office) -> None:
    browser = office.browser(office.hire(Role.PARTNER, organisation="clinic"))
    browser.open("/desk/calls")
    assert browser.status == 403


@pytest.mark.parametrize("kind", [Kind.CALLBACK, Kind.MISSED_CALL])
@pytest.mark.parametrize("language", ["bn", "en"])
def test_both_languages_show_the_panel(office: PhoneOffice, kind: Kind, language: str) -> None:
    item = office.promise(kind=kind)
    member = office.hire(name="Rupa", language=language)
    browser = office.browser(member)
    browser.open(f"/desk/item/{item}")
    assert browser.status == 200
    assert f'lang="{language}"' in browser.page
