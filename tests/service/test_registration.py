"""One person, one registration: however often, from wherever and however much at once it is confirmed."""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from helpline.cases import references
from helpline.cases.effects import WithdrawConsent
from helpline.service.pins import opened
from helpline.store.database import connect
from helpline.store.sealing import KeyRing
from helpline.store.tables import (
    CareCase,
    Consent,
    Event,
    FollowUp,
    Message,
    Person,
    PersonPhone,
    Phone,
    Reminder,
    WorkItem,
)
from tests.house import RAHIMA, SHIRIN, House
from tests.service.steps import (
    REGISTER,
    crowd,
    number,
    perform,
    person,
    register,
    reminders,
    rows,
    visiting,
)

if TYPE_CHECKING:
    from helpline.store.database import Database

PASSPORT = {"identity_kind": "passport", "identity": "AB1234567"}


def link(house: House) -> dict[str, Any]:
    [row] = rows(house, PersonPhone)
    return dict(row)


def opens(house: House, pin: str, phone: str = SHIRIN) -> str:
    """Whose dates a secret number opens."""
    with visiting(house, phone) as visit:
        return opened(visit, pin)


def counts(house: House) -> dict[str, int]:
    tables = (Person, PersonPhone, Consent, Message, Reminder, FollowUp)
    return {table.__tablename__: len(rows(house, table)) for table in tables}


def test_a_registration_is_everything_that_follows_from_it_in_one(database: Database) -> None:
    house = House(database)
    reference = register(house)
    assert references.understood(reference) == person(house)["reference"]
    assert counts(house) == {
        "person": 1,
        "person_phone": 1,
        "consent": 2,
        "message": 1,
        "reminder": 3,
        "follow_up": 3,
    }
    assert {row["purpose"] for row in rows(house, Consent)} == {"registration", "follow_up"}
    house.tick()
    assert reference in house.texts()[0]


def test_confirmed_again_it_is_the_same_person_with_the_same_number(database: Database) -> None:
    house = House(database)
    first = register(house)
    before = counts(house)
    house.clock.skip(days=3)
    assert register(house) == first
    assert counts(house) == before
    events = [row["became"] for row in rows(house, Event, subject="person")]
    assert events == ["registered", "confirmed_again"]


@pytest.mark.parametrize(
    "other",
    [
        {"returned": "3_months"},
        {"reason": "health"},
        {"need": "work"},
        {"window": "morning"},
        {"sole_phone": False},
        PASSPORT,
    ],
    ids=lambda wish: next(iter(wish)),
)
def test_what_may_be_answered_differently_the_second_time_makes_no_second_person(
    database: Database, other: dict[str, Any]
) -> None:
    house = House(database)
    first = register(house)
    before = person(house)
    assert register(house, **other) == first
    assert person(house) == before


@pytest.mark.parametrize(
    "other",
    [
        {"for_whom": "family"},
        {"sex": "man"},
        {"district": "BD-13"},
        {"upazila": ""},
        {"country": "MY"},
    ],
    ids=lambda wish: next(iter(wish)),
)
def test_another_person_on_the_same_phone_is_another_person(
    database: Database, other: dict[str, Any]
) -> None:
    house = House(database)
    assert register(house) != register(house, **other)
    assert len(rows(house, Person)) == 2
    assert len(rows(house, Phone)) == 1


def test_the_same_words_from_two_phones_are_two_people(database: Database) -> None:
    house = House(database)
    assert register(house) != register(house, RAHIMA)
    assert len(rows(house, Person)) == 2


def test_the_same_identity_from_a_strange_phone_changes_nothing_of_hers_and_tells_nothing(
    database: Database,
) -> None:
    """He knows her number. What he can try out afterwards is as if nobody had given it before."""
    house = House(database)
    mine = register(house, **PASSPORT)
    house.tick()
    before, mine_link = person(house), link(house)
    planned = [(row["id"], row["due_at"]) for row in reminders(house)]
    his = register(house, RAHIMA, **PASSPORT, pin="1111", need="legal", sms=False)
    assert re.fullmatch(r"\d{3} \d{3} \d{3}", his)
    assert his != mine
    assert register(house, RAHIMA, pin="1111") == his
    assert opens(house, "1111", RAHIMA) not in ("", before["id"])
    assert opens(house, "2580", RAHIMA) == ""
    assert opens(house, "2580") == before["id"]
    [other] = [row for row in rows(house, Person) if row["id"] != before["id"]]
    assert before in rows(house, Person)
    assert (other["identity_kind"], other["identity_key"]) == ("passport", None)
    assert other["identity"]
    assert mine_link in [dict(row) for row in rows(house, PersonPhone)]
    hers = [(row["id"], row["due_at"]) for row in reminders(house, person_id=before["id"])]
    assert hers == planned
    assert "identity_elsewhere" in [row["became"] for row in rows(house, Event, subject="person")]
    [asked] = rows(house, WorkItem, kind="other")
    assert asked["case_id"] in [row["id"] for row in rows(house, CareCase, person_id=other["id"])]


def test_the_same_digits_on_another_kind_of_paper_are_another_person(database: Database) -> None:
    house = House(database)
    digits = "1234567890"
    one = register(house, identity_kind="nid", identity=digits)
    other = register(house, RAHIMA, identity_kind="bmet", identity=digits)
    assert one != other


def test_without_papers_nobody_is_taken_for_somebody_else(database: Database) -> None:
    house = House(database)
    shown = {register(house, number(place)) for place in range(6)}
    assert len(shown) == len(rows(house, Person)) == 6


@pytest.mark.parametrize("first_sms", [True, False])
@pytest.mark.parametrize("first_call", [True, False])
@pytest.mark.parametrize("then_sms", [True, False])
@pytest.mark.parametrize("then_call", [True, False])
def test_permissions_only_shrink_without_the_secret_number(
    sqlite_house: House, first_sms: bool, first_call: bool, then_sms: bool, then_call: bool
) -> None:
    register(sqlite_house, sms=first_sms, call=first_call)
    register(sqlite_house, sms=then_sms, call=then_call)
    after = link(sqlite_house)
    assert (after["sms"], after["call"]) == (first_sms and then_sms, first_call and then_call)


@pytest.fixture
def sqlite_house(sqlite_url: str):
    """Give a house on SQLite, for tables of many cases."""
    with closing(connect(sqlite_url)) as database:
        yield House(database)


def test_permissions_shrink_on_both_databases(database: Database) -> None:
    house = House(database)
    register(house)
    register(house, sms=False)
    assert (link(house)["sms"], link(house)["call"]) == (False, True)
    register(house, call=False)
    register(house)
    assert (link(house)["sms"], link(house)["call"]) == (False, False)


@pytest.mark.parametrize("again", ["1111", ""])
def test_a_secret_number_is_never_overwritten(database: Database, again: str) -> None:
    """The new one opens a registration of its own: that it did not would tell of the old one."""
    house = House(database)
    first = register(house, pin="2580")
    ident = person(house)["id"]
    second = register(house, pin=again)
    assert second != first
    assert register(house, pin=again) == second
    assert opens(house, "2580") == ident
    assert opens(house, "1111") != ident
    assert bool(opens(house, "1111")) is bool(again)


def test_who_forgot_the_secret_number_takes_permissions_back_all_the_same(
    database: Database,
) -> None:
    house = House(database)
    register(house, pin="2580")
    register(house, RAHIMA, pin="2580")
    register(house, pin="2580", sex="man")
    register(house, pin="1111", sms=False)
    allowed = [(row["sms"], row["call"]) for row in rows(house, PersonPhone)]
    assert sorted(allowed) == [(False, True), (False, True), (True, True), (True, True)]


def test_a_secret_number_is_not_given_to_a_registration_that_had_none(database: Database) -> None:
    """Whoever holds the phone later must not open what its owner left closed."""
    house = House(database)
    register(house, pin="")
    first = link(house)
    register(house, pin="1111")
    assert opens(house, "1111") not in ("", first["person_id"])
    assert first in [dict(row) for row in rows(house, PersonPhone)]


def test_the_safe_time_and_the_relation_stay_as_they_were_first_said(database: Database) -> None:
    house = House(database)
    register(house, window="morning")
    register(house, window="any", sole_phone=False)
    row = link(house)
    assert (row["window"], row["sole"], row["relation"]) == ("morning", True, "own")


def test_without_permission_for_sms_nothing_is_sent_and_consent_says_so(
    database: Database,
) -> None:
    house = House(database)
    register(house, sms=False, call=False)
    house.tick()
    assert rows(house, Message) == []
    assert {row["purpose"]: row["given"] for row in rows(house, Consent)} == {
        "registration": True,
        "follow_up": False,
    }
    house.clock.skip(days=8)
    house.tick()
    assert house.texts() == []


def test_after_a_withdrawal_registering_again_is_a_new_beginning(database: Database) -> None:
    house = House(database)
    first = register(house, **PASSPORT)
    ident = person(house)["id"]
    perform(house, WithdrawConsent(ident))
    assert opens(house, "2580") == ""
    second = register(house, **PASSPORT, pin="1111")
    assert second != first
    [old, new] = sorted(rows(house, Person), key=lambda row: row["id"])
    assert (old["withdrawn_at"], old["identity_key"]) == (house.clock.now, None)
    assert old["registration_key"] != new["registration_key"]
    assert new["withdrawn_at"] is None
    assert opens(house, "1111") == new["id"]
    assert opens(house, "2580") == ""
    assert {row["state"] for row in reminders(house, person_id=ident)} == {"cancelled"}
    assert {row["state"] for row in reminders(house, person_id=new["id"])} == {"scheduled"}
    assert {row["withdrawn_at"] for row in rows(house, Consent, person_id=ident)} == {
        house.clock.now
    }


def test_a_withdrawal_ends_nothing_of_another_person_on_the_same_phone(
    database: Database,
) -> None:
    house = House(database)
    register(house)
    mine = person(house)["id"]
    register(house, for_whom="family", sex="man", pin="1111")
    perform(house, WithdrawConsent(mine))
    [his] = [row["id"] for row in rows(house, Person) if row["id"] != mine]
    assert opens(house, "1111") == his
    assert {row["state"] for row in reminders(house, person_id=his)} == {"scheduled"}
    house.tick()
    assert len(house.texts()) == 1


def test_a_withdrawal_twice_is_one(database: Database) -> None:
    house = House(database)
    register(house)
    ident = person(house)["id"]
    perform(house, WithdrawConsent(ident))
    house.clock.skip(days=1)
    events = len(rows(house, Event))
    perform(house, WithdrawConsent(ident))
    assert len(rows(house, Event)) == events
    assert person(house)["withdrawn_at"] < house.clock.now


def test_nothing_of_a_registration_is_stored_in_clear_but_codes(database: Database) -> None:
    house = House(database)
    register(house, **PASSPORT)
    stored = repr([rows(house, table) for table in (Person, PersonPhone, Phone, Message, Event)])
    assert PASSPORT["identity"] not in stored
    assert SHIRIN[1:] not in stored
    assert "2580" not in re.sub(r"datetime\([^)]*\)|'[0-9a-f]{32}'|\\x..", "", stored)


# --- races ---


def test_eight_confirmations_at_once_are_one_person(database_url: str, keys: KeyRing) -> None:
    told = crowd(database_url, keys, lambda house, _place: register(house))
    assert len(set(told)) == 1
    [counted, *_same] = crowd(database_url, keys, lambda house, _place: counts(house))
    assert counted == {
        "person": 1,
        "person_phone": 1,
        "consent": 2,
        "message": 1,
        "reminder": 3,
        "follow_up": 3,
    }


def test_one_passport_on_eight_phones_at_once_belongs_to_one_of_them(
    database_url: str, keys: KeyRing
) -> None:
    told = crowd(
        database_url, keys, lambda house, place: register(house, number(place), **PASSPORT)
    )
    assert len(set(told)) == 8
    [owners, *_same] = crowd(
        database_url,
        keys,
        lambda house, _place: [row["id"] for row in rows(house, Person) if row["identity_key"]],
    )
    assert len(owners) == 1


def test_eight_people_at_once_on_one_phone_are_eight_people(
    database_url: str, keys: KeyRing
) -> None:
    countries = ("SA", "AE", "OM", "QA", "KW", "MY", "SG", "BH")
    told = crowd(database_url, keys, lambda house, place: register(house, country=countries[place]))
    assert len(set(told)) == 8
    [counted, *_same] = crowd(database_url, keys, lambda house, _place: counts(house))
    assert counted["person"] == counted["person_phone"] == counted["message"] == 8


def test_a_confirmation_races_a_withdrawal_without_leaving_a_half(
    database_url: str, keys: KeyRing
) -> None:
    crowd(database_url, keys, lambda house, place: register(house, **PASSPORT) if not place else "")

    def race(house: House, place: int) -> None:
        if place % 2:
            [ident, *_more] = [row["id"] for row in rows(house, Person)]
            perform(house, WithdrawConsent(ident))
        else:
            perform(house, replace(REGISTER, **PASSPORT))

    crowd(database_url, keys, race)

    def look(house: House, _place: int) -> tuple[int, bool]:
        alive = [row["id"] for row in rows(house, Person) if row["withdrawn_at"] is None]
        live_links = [row["person_id"] for row in rows(house, PersonPhone) if not row["ended_at"]]
        planned = {row["person_id"] for row in reminders(house, state="scheduled")}
        return len(alive), set(live_links) == planned == set(alive)

    [(alive, whole), *_same] = crowd(database_url, keys, look)
    assert alive <= 1
    assert whole
