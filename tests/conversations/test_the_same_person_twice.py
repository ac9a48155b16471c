"""A person who registers again is one person, and nobody learns from the answer that she was known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpline.store.tables import Event, Message, Person, PersonPhone, Phone, Reminder
from tests.conversations.screens import HOME, REGISTER_IN_JASHORE, reference_on, rows, screen
from tests.house import RAHIMA, SHIRIN, House

if TYPE_CHECKING:
    from helpline.store.database import Database

WITH_NID = (*REGISTER_IN_JASHORE[:14], "1", "1234567890", "2580", "1")
FOR_MY_BROTHER = ("1", "1", "2", "2", *REGISTER_IN_JASHORE[4:])


def register(house: House, keys: tuple[str, ...], number: str = SHIRIN) -> str:
    """Dial, press `keys`, and give the number that is shown at the end."""
    phone = house.phone(number)
    phone.dial()
    reference = reference_on(phone.press(*keys))
    assert phone.screen == screen(
        f"নিবন্ধন হয়েছে। নম্বর {reference}, লিখে রাখুন। আরও বলতে ডায়াল করে 9, 6 চাপুন।"
    )
    house.work()
    return reference


def test_the_same_words_from_the_same_phone_are_the_same_person(database: Database) -> None:
    house = House(database)
    first = register(house, REGISTER_IN_JASHORE)
    assert register(house, REGISTER_IN_JASHORE) == first
    assert len(rows(database, Person)) == 1
    assert len(rows(database, Reminder)) == 3
    assert len(house.texts()) == 1
    known = [row["became"] for row in rows(database, Event) if row["subject"] == "person"]
    assert sorted(known) == ["confirmed_again", "registered"]


def test_the_second_time_looks_like_the_first(database: Database) -> None:
    house = House(database)
    shown = []
    for _time in range(2):
        shirin = house.phone()
        screens = [shirin.dial(), *(shirin.press(key) for key in REGISTER_IN_JASHORE)]
        shown.append(screens)
    assert shown[0] == shown[1]
    assert shown[0][0] == screen(HOME)


def test_somebody_else_of_the_same_phone_is_another_person(database: Database) -> None:
    house = House(database)
    assert register(house, REGISTER_IN_JASHORE) != register(house, FOR_MY_BROTHER)
    assert len(rows(database, Person)) == 2
    assert len(rows(database, Phone)) == 1


def test_the_same_words_from_another_phone_are_another_person(database: Database) -> None:
    house = House(database)
    assert register(house, REGISTER_IN_JASHORE) != register(house, REGISTER_IN_JASHORE, RAHIMA)
    assert len(rows(database, Person)) == 2


def tried_out(house: House, number: str, identity: str) -> list[str]:
    """Somebody registers with an identity number and tries out whatever there is; all they saw."""
    with_nid = (*REGISTER_IN_JASHORE[:14], "1", identity, "1470", "1")
    without = (*REGISTER_IN_JASHORE[:14], "4", "1470", "1")
    his = house.phone(number)
    found = []
    for keys in (
        with_nid,
        ("6", "1470"),
        ("9", "4", "1470", "1"),
        ("9", "4", "1470", "5", "1", "98"),
        ("9", "4", "1470", "5", "1", "5", "1", identity, "1"),
        ("9", "4", "1470", "5", "1", "98"),
        without,
        with_nid,
        ("9", "5", "1470", "3"),
    ):
        found += [his.dial(), *(his.press(key) for key in keys)]
    house.work()
    found += house.texts(number)
    told = [reference_on(shown) for shown in found if screen("নিবন্ধন হয়েছে") in shown]
    for place, reference in enumerate(dict.fromkeys(told)):
        found = [shown.replace(reference, f"<{place}>") for shown in found]
    return found


def test_who_knows_her_identity_number_cannot_find_out_that_she_registered(
    database: Database,
) -> None:
    house = House(database)
    register(house, WITH_NID)
    hers = tried_out(house, RAHIMA, "1234567890")
    nobodys = tried_out(house, "+8801300000003", "9876543210")
    assert [each.replace("1234567890", "9876543210") for each in hers] == nobodys


def test_the_same_identity_number_from_another_phone_touches_nothing_of_hers(
    database: Database,
) -> None:
    house = House(database)
    first = register(house, WITH_NID)
    (hers,) = rows(database, Person)
    (link,) = rows(database, PersonPhone, "person_id")
    assert register(house, WITH_NID, RAHIMA) != first
    assert hers in rows(database, Person)
    assert link in rows(database, PersonPhone, "person_id")
    assert [row["identity_key"] for row in rows(database, Person)].count(None) == 1
    mine = [row for row in rows(database, Message) if row["person_id"] == hers["id"]]
    assert {row["phone_id"] for row in mine} == {link["phone_id"]}
    assert len(house.texts()) == len(house.texts(RAHIMA)) == 1


def test_permissions_given_before_may_be_taken_back_by_registering_again(
    database: Database,
) -> None:
    house = House(database)
    register(house, REGISTER_IN_JASHORE)
    register(house, (*REGISTER_IN_JASHORE[:11], "2", "1", "4", "4", "2580", "1"))
    (link,) = rows(database, PersonPhone, "person_id")
    assert (link["sms"], link["call"]) == (False, True)
    house.clock.skip(days=7)
    house.tick()
    assert len(house.texts()) == 1


def test_permissions_never_grow_by_registering_again(database: Database) -> None:
    house = House(database)
    register(house, (*REGISTER_IN_JASHORE[:11], "2", "2", "4", "1", "1"))
    register(house, (*REGISTER_IN_JASHORE[:14], "4", "1", "1"))
    (link,) = rows(database, PersonPhone, "person_id")
    assert (link["sms"], link["call"], link["pin_key"]) == (False, False, None)
    house.clock.skip(days=7)
    house.tick()
    assert house.texts() == []


def test_with_another_secret_number_it_is_another_registration_and_the_first_stays(
    database: Database,
) -> None:
    """On her phone he says of her what he knows, and tries the secret number that he chose."""
    house = House(database)
    register(house, REGISTER_IN_JASHORE)
    (hers,) = rows(database, PersonPhone, "person_id")
    his = house.phone()
    his.dial()
    his.press(*(*REGISTER_IN_JASHORE[:15], "1470", "1"))
    assert his.over
    his.dial()
    assert his.press("6", "1470").startswith(screen("আমার তারিখ:"))
    assert hers in rows(database, PersonPhone, "person_id")
    his.dial()
    assert his.press("6", "2580").startswith(screen("আমার তারিখ:"))


def test_who_took_back_her_consent_may_come_back_as_on_the_first_day(database: Database) -> None:
    house = House(database)
    first = register(house, WITH_NID)
    shirin = house.phone()
    shirin.dial()
    assert shirin.press("8", "2", "2580", "1") == screen(
        "বন্ধ করা হয়েছে। চাইলে আবার নিবন্ধন করতে পারবেন।"
    )
    house.clock.skip(days=1)
    second = register(house, WITH_NID)
    assert second != first
    house.clock.skip(days=7)
    house.tick()
    assert house.texts() == [
        screen(f"ধন্যবাদ। আপনার নম্বর {first}। রেখে দিন।"),
        screen(f"ধন্যবাদ। আপনার নম্বর {second}। রেখে দিন।"),
        screen("কেমন আছেন? সময় হলে *0000# ডায়াল করুন।"),
    ]
    shirin.dial()
    assert shirin.press("6", "2580").startswith(screen("আমার তারিখ:"))
