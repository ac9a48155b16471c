"""Staff with nothing but a phone: NEXT, CALL and DONE by SMS, from their own number and with a PIN."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from helpline.cases.roles import Role
from helpline.gateways.port import SmsHeard
from helpline.service import converse
from helpline.service.desk import accounts, calling
from helpline.service.desk.acting import acting
from helpline.service.desk.passwords import hashed
from helpline.settings import Settings
from helpline.store.database import Database
from helpline.store.tables import IncomingText, WorkItem
from tests.desk.phones import NASRIN, TAHMINA, PhoneOffice, phone_office
from tests.house import RAHIMA, SHIRIN

PIN = "482913"
_events = count(1)


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Iterator[PhoneOffice]:
    settings = replace(Settings.demo(tmp_path / "var", 8000), simulator=False)
    with phone_office(database, settings) as made:
        made.party(NASRIN, "answer", "1")
        yield made


@pytest.fixture
def nasrin(office: PhoneOffice):
    member = office.on_duty("Nasrin", NASRIN)
    office.set_pin(member, hashed(PIN))
    return member


def text(office: PhoneOffice, words: str, number: str = NASRIN) -> str:
    """Send an SMS to the helpline; gives the answer, or nothing."""
    before = len(office.house.texts(number))
    heard = SmsHeard(number, "0000", words, f"staff-{next(_events)}")
    converse.sms(office.parts, office.house.gateway, heard)
    office.work()
    sent = office.house.texts(number)
    return sent[-1] if len(sent) > before else ""


def take(office: PhoneOffice) -> str:
    """NEXT; gives the code."""
    return text(office, "NEXT").partition(":")[0]


def ring(office: PhoneOffice) -> None:
    office.skip(seconds=6)
    calling.sweep(office.parts)
    office.work()


def test_next_takes_one_item_and_says_nothing_of_who(office: PhoneOffice, nasrin) -> None:
    item = office.promise()
    said = text(office, "next")
    assert office.one(WorkItem, id=item).owner_id == nasrin.id
    assert "call-back" in said
    assert SHIRIN[-9:] not in said
    assert text(office, "নিন") == said, "asked again it is the same piece of work"


def test_two_who_ask_at_once_get_two_different_things(office: PhoneOffice, nasrin) -> None:
    tahmina = office.on_duty("Tahmina", TAHMINA)
    first, second = office.promise(SHIRIN), office.promise(RAHIMA)
    text(office, "NEXT")
    text(office, "NEXT", TAHMINA)
    owners = {office.one(WorkItem, id=each).owner_id for each in (first, second)}
    assert owners == {nasrin.id, tahmina.id}


def test_with_the_pin_the_helpline_bridges_them(office: PhoneOffice, nasrin) -> None:
    office.promise()
    code = take(office)
    assert "Your phone will ring" in text(office, f"call {code} {PIN}")
    ring(office)
    assert office.network.talking(NASRIN, SHIRIN)
    office.network.hang_up(office.network.side(SHIRIN))
    office.work()
    assert "written down" in text(office, f"DONE {code} 1")
    assert office.callback.state == "completed"


def test_bangla_digits_and_words_do_as_well(office: PhoneOffice, nasrin) -> None:
    office.promise()
    code = take(office)
    bangla = code.translate(str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯"))
    assert "written down" in text(office, f"শেষ {bangla} ২")
    assert (office.callback.state, office.callback.attempts) == ("scheduled", 1)


@pytest.mark.parametrize("words", ["call {code}", "call {code} 111111", "call 0000 {pin}x"])
def test_without_the_right_pin_nobody_is_called(office: PhoneOffice, nasrin, words: str) -> None:
    office.promise()
    code = take(office)
    text(office, words.format(code=code, pin=PIN))
    ring(office)
    assert not office.network.sides


def test_after_five_wrong_pins_the_right_one_is_refused_that_day(
    office: PhoneOffice, nasrin
) -> None:
    office.promise()
    code = take(office)
    for _ in range(5):
        text(office, f"call {code} 000000")
    assert "Not done" in text(office, f"call {code} {PIN}")
    assert not office.network.sides


def test_from_any_other_number_the_words_are_a_callers(office: PhoneOffice, nasrin) -> None:
    item = office.promise()
    text(office, "NEXT", RAHIMA)
    assert office.one(WorkItem, id=item).owner_id is None
    text(office, f"CALL 1234 {PIN}", RAHIMA)
    assert not office.network.sides


def test_a_code_of_somebody_else_opens_nothing(office: PhoneOffice, nasrin) -> None:
    office.on_duty("Tahmina", TAHMINA)
    office.promise()
    code = take(office)
    assert "Not done" in text(office, f"DONE {code} 1", TAHMINA)
    assert office.callback.state == "requested"


def test_what_is_no_command_is_left_to_the_conversation(office: PhoneOffice, nasrin) -> None:
    text(office, "next to my house there is a clinic")
    assert office.one(IncomingText) is not None or office.house.texts(NASRIN)
    assert office.one(WorkItem, state="claimed") is None


def test_nothing_to_do_is_said(office: PhoneOffice, nasrin) -> None:
    assert "no work" in text(office, "NEXT")


def test_the_wrong_person_by_sms_ends_everything_to_that_phone(office: PhoneOffice, nasrin) -> None:
    office.promise()
    code = take(office)
    text(office, f"DONE {code} 3")
    assert office.callback.state == "paused"


def test_one_text_delivered_twice_is_one_command(office: PhoneOffice, nasrin) -> None:
    office.promise()
    code = take(office)
    heard = SmsHeard(NASRIN, "0000", f"DONE {code} 2", "the-same")
    for _ in range(3):
        converse.sms(office.parts, office.house.gateway, heard)
    office.work()
    assert office.callback.attempts == 1


def test_codes_cannot_be_tried_by_who_writes_in_the_name_of_a_number(
    office: PhoneOffice, nasrin
) -> None:
    """A text can be made to seem to come from Nasrin's phone; what we answer goes to the real one."""
    office.promise()
    code = take(office)
    others = [f"{number:04d}" for number in range(40) if f"{number:04d}" != code]
    for tried in others[:10]:
        assert "Not done" in text(office, f"DONE {tried} 3")
    assert "Not done" in text(office, f"DONE {code} 3")
    assert office.callback.state != "paused"
    office.skip(days=1)
    assert "written down" in text(office, f"DONE {code} 2")


def test_a_member_whose_account_is_closed_is_a_caller_like_any_other(
    office: PhoneOffice, nasrin
) -> None:
    item = office.promise()
    code = take(office)
    with acting(office.parts, office.hire(Role.ADMINISTRATOR)) as deed:
        accounts.suspend(deed, nasrin.id)
    before = office.one(WorkItem, id=item)
    assert before.owner_id is None
    for words in ("NEXT", f"CALL {code} {PIN}", f"DONE {code} 3"):
        said = text(office, words)
        assert "work" not in said
        assert "Not done" not in said
        assert SHIRIN[-9:] not in said
    ring(office)
    assert not office.network.sides
    assert office.one(WorkItem, id=item) == before
