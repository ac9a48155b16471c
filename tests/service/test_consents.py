from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpline.cases.consents import PURPOSES, ConsentTo, kind_of, words_of
from helpline.cases.effects import RequestCallback, WithdrawConsent
from helpline.cases.permits import Purpose
from helpline.service import consents
from helpline.store.tables import (
    Callback,
    CareCase,
    Consent,
    CounsellingRequest,
    Message,
    Person,
    PersonPhone,
)
from tests.house import MORNING, SHIRIN, House
from tests.service.steps import (
    COUNSELLING,
    number,
    perform,
    person,
    post,
    register,
    reminders,
    rows,
    state,
    visiting,
)

if TYPE_CHECKING:
    from helpline.store.database import Database

WORDS = {purpose: asked.current for purpose, asked in PURPOSES.items()}


@pytest.fixture
def house(database: Database) -> House:
    return House(database)


def give(house: House, person_id: str, purpose: str, version: str = "") -> None:
    with visiting(house) as visit:
        consents.give(visit, person_id, purpose, version or WORDS[purpose])


def refuse(house: House, person_id: str, purpose: str) -> None:
    with visiting(house) as visit:
        consents.refuse(visit, person_id, purpose, WORDS[purpose])


def take_back(house: House, person_id: str, purpose: str) -> bool:
    with visiting(house) as visit:
        return consents.take_back(visit, person_id, purpose)


def stands(house: House, person_id: str, purpose: str) -> bool:
    with house.database.reading() as connection:
        return consents.stands(connection, person_id, purpose)


def ledger(house: House, **where: Any) -> list[tuple[str, bool, bool]]:
    return [
        (row["purpose"], row["given"], row["withdrawn_at"] is not None)
        for row in rows(house, Consent, **where)
    ]


# -- what is written ------------------------------------------------------------------------------


def test_a_line_says_which_words_in_which_language_by_which_way_when_and_to_whom(
    house: House,
) -> None:
    register(house)
    [first, _second] = rows(house, Consent)
    assert (first["purpose"], first["text_version"]) == ("registration", "registration-2026-11")
    assert (first["language"], first["channel"], first["recorded_by"]) == ("en", "ussd", "caller")
    assert (first["given"], first["given_at"], first["withdrawn_at"]) == (True, MORNING, None)


def test_every_line_names_words_that_somebody_can_still_read(house: House) -> None:
    register(house)
    with visiting(house) as visit, pytest.raises(consents.NoSuchText):
        consents.give(visit, person(house)["id"], ConsentTo.NEWS, "news-of-nobody")
    with visiting(house) as visit, pytest.raises(consents.NoSuchText):
        consents.refuse(visit, person(house)["id"], "<script>", "%s {x} {{7*7}}")
    for row in rows(house, Consent):
        assert words_of(row["purpose"], row["text_version"], "bn")
        assert words_of(row["purpose"], row["text_version"], "en")


def test_agreeing_twice_is_one_line_and_agreeing_to_new_words_another(house: House) -> None:
    register(house)
    ident = person(house)["id"]
    give(house, ident, ConsentTo.NEWS)
    give(house, ident, ConsentTo.NEWS)
    assert ledger(house, purpose="news") == [("news", True, False)]
    give(house, ident, ConsentTo.FOLLOW_UP, "follow-up-1")
    assert len(ledger(house, purpose="follow_up")) == 2
    assert take_back(house, ident, ConsentTo.FOLLOW_UP)
    assert all(ended for _purpose, _given, ended in ledger(house, purpose="follow_up"))


def test_a_refusal_is_a_line_and_ends_what_stood(house: House) -> None:
    register(house)
    ident = person(house)["id"]
    give(house, ident, ConsentTo.STATISTICS)
    refuse(house, ident, ConsentTo.STATISTICS)
    assert ledger(house, purpose="statistics") == [
        ("statistics", True, True),
        ("statistics", False, False),
    ]
    assert not stands(house, ident, ConsentTo.STATISTICS)
    give(house, ident, ConsentTo.STATISTICS)
    assert stands(house, ident, ConsentTo.STATISTICS)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    said=st.lists(
        st.tuples(st.sampled_from(("give", "refuse", "take_back")), st.sampled_from(ConsentTo)),
        max_size=12,
    )
)
def test_what_was_said_last_to_a_purpose_is_what_stands(
    house: House, said: list[tuple[str, ConsentTo]]
) -> None:
    register(house, number(len(rows(house, Person))), sms=False, call=False)
    ident = rows(house, Person)[-1]["id"]
    standing = {ConsentTo.REGISTRATION}
    for verb, purpose in said:
        house.clock.skip(minutes=1)
        if verb == "give":
            give(house, ident, purpose)
            standing.add(purpose)
        elif verb == "refuse":
            refuse(house, ident, purpose)
            standing.discard(purpose)
        else:
            take_back(house, ident, purpose)
            standing.discard(purpose)
        if verb != "give" and purpose == ConsentTo.REGISTRATION:
            standing.clear()
        for each in ConsentTo:
            assert stands(house, ident, each) is (each in standing)


# -- what ends with it ----------------------------------------------------------------------------


def test_ending_follow_up_cancels_reminders_and_what_waits_in_the_same_moment(
    house: House,
) -> None:
    register(house)
    ident = person(house)["id"]
    perform(house, COUNSELLING)
    waits = post(house, purpose=Purpose.PERSON, person_id=ident)
    assert take_back(house, ident, ConsentTo.FOLLOW_UP)
    assert {row["state"] for row in reminders(house, person_id=ident)} == {"cancelled"}
    assert state(house, waits) == "cancelled"
    assert stands(house, ident, ConsentTo.REGISTRATION)
    assert person(house)["withdrawn_at"] is None
    house.clock.skip(days=100)
    house.tick()
    assert house.texts() == []


def test_what_ends_is_nothing_of_anybody_else_on_the_same_phone(house: House) -> None:
    register(house)
    mine = person(house)["id"]
    register(house, for_whom="family", pin="1111")
    theirs = next(row["id"] for row in rows(house, Person) if row["id"] != mine)
    take_back(house, mine, ConsentTo.FOLLOW_UP)
    assert {row["state"] for row in reminders(house, person_id=mine)} == {"cancelled"}
    assert "scheduled" in {row["state"] for row in reminders(house, person_id=theirs)}
    assert stands(house, theirs, ConsentTo.FOLLOW_UP)


def test_a_message_that_is_posted_after_the_end_does_not_pass_the_gate(house: House) -> None:
    register(house)
    house.tick()
    ident = person(house)["id"]
    take_back(house, ident, ConsentTo.FOLLOW_UP)
    late = post(house, purpose=Purpose.PERSON, person_id=ident)
    before = house.texts()
    house.tick()
    assert state(house, late) == "refused"
    assert house.texts() == before
    give(house, ident, ConsentTo.FOLLOW_UP)
    again = post(house, purpose=Purpose.PERSON, person_id=ident)
    house.tick()
    assert state(house, again) == "sent"


def test_ending_the_registration_ends_every_consent(house: House) -> None:
    register(house)
    ident = person(house)["id"]
    for purpose in (ConsentTo.NEWS, ConsentTo.STATISTICS):
        give(house, ident, purpose)
    perform(house, WithdrawConsent(ident))
    assert all(ended for _purpose, said_yes, ended in ledger(house) if said_yes)
    assert {row["withdrawn_by"] for row in rows(house, Consent, given=True)} == {"caller"}
    perform(house, WithdrawConsent(ident))
    assert all(ended for _purpose, said_yes, ended in ledger(house) if said_yes)


@pytest.mark.parametrize("purpose", [ConsentTo.FOLLOW_UP, ConsentTo.REGISTRATION])
@pytest.mark.parametrize("breaks", ["cancelled", "events.record", "outbox.cancel_person"])
def test_a_crash_in_the_middle_leaves_everything_as_it_was(
    house: House, monkeypatch: pytest.MonkeyPatch, purpose: ConsentTo, breaks: str
) -> None:
    register(house)
    ident = person(house)["id"]
    waits = post(house, purpose=Purpose.PERSON, person_id=ident)
    was = [rows(house, table) for table in (Consent, Message, Person, PersonPhone)]
    planned = reminders(house)

    def lost(*_args: object, **_named: object) -> None:
        raise ConnectionError("the process was lost")

    monkeypatch.setattr(f"helpline.service.consents.{breaks}", lost)
    with pytest.raises(ConnectionError):
        take_back(house, ident, purpose)
    assert [rows(house, table) for table in (Consent, Message, Person, PersonPhone)] == was
    assert reminders(house) == planned
    monkeypatch.undo()
    take_back(house, ident, purpose)
    assert state(house, waits) == "cancelled"


# -- a refusal costs nothing ----------------------------------------------------------------------


def test_who_refuses_everything_is_served_like_anybody_else(house: House) -> None:
    register(house, sms=False, call=False)
    ident = person(house)["id"]
    for purpose in ConsentTo:
        if purpose not in (ConsentTo.REGISTRATION, ConsentTo.REFERRAL):
            refuse(house, ident, purpose)
    assert perform(house, COUNSELLING)["reference"]
    perform(house, RequestCallback("home", COUNSELLING.slot_at, COUNSELLING.slot_ends_at))
    assert len(rows(house, CounsellingRequest)) == len(rows(house, Callback)) == 1
    assert rows(house, CareCase, person_id=ident)
    phone = house.phone(SHIRIN)
    for keys in (("3",), ("2",), ("6",)):
        assert phone.dial()
        assert phone.press(*keys)
        assert not phone.over


def test_who_says_no_at_the_first_question_is_served_and_nothing_is_kept(house: House) -> None:
    phone = house.phone(SHIRIN)
    phone.dial()
    phone.press("1", "2")
    assert phone.over
    assert rows(house, Person) == rows(house, Consent) == []
    phone.dial()
    phone.press("2")
    assert not phone.over


# -- the words ------------------------------------------------------------------------------------


def test_every_purpose_has_its_words_in_both_languages_and_fits_the_ledger() -> None:
    assert set(PURPOSES) == set(ConsentTo)
    for purpose, asked in PURPOSES.items():
        assert asked.current in asked.texts
        for version, text in asked.texts.items():
            assert len(version) <= 40
            assert text.bn.strip()
            assert text.en.strip()
            shown = words_of(f"{purpose}:12345678:3", version, "bn")
            assert shown.split("…") == re.split(r"\{\w+\}", text.bn)
    assert kind_of("referral:12345678:3") == ConsentTo.REFERRAL
    assert words_of("nothing", "x", "bn") == ""
