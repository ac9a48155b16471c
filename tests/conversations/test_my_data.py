"""What is kept about me: seen, put right and given up behind the secret number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helpline.store.tables import (
    CareCase,
    Consent,
    Correction,
    Event,
    Message,
    Person,
    PersonPhone,
    Reminder,
    WorkItem,
)
from tests.conversations.screens import REGISTER_IN_JASHORE, rows, screen
from tests.conversations.test_my_matters import CLOSED, MATTERS, registered
from tests.house import RAHIMA, House, Phone

if TYPE_CHECKING:
    from sqlalchemy import RowMapping

    from helpline.store.database import Database

DATA = (*MATTERS, "5")
LIST = (*DATA, "1")
RESUME = """
    আগের কাজটা চালিয়ে যাবেন?
    1 হ্যাঁ
    2 না, নতুন করে
    0 কথা 00 মেনু
"""
SURE = """
    নতুন উত্তরটি রাখব?
    1 হ্যাঁ
    2 না
    99 পেছনে 0 কথা 00 মেনু
"""
NOTED = "ঠিক আছে। নতুন উত্তর লেখা হয়েছে।"


def person(database: Database) -> RowMapping:
    (found,) = rows(database, Person)
    return found


def corrections(house: House) -> list[tuple[str, str, str, str | None]]:
    """What was put right: column, before, after, by which member of staff."""
    ring = house.parts.ring
    return [
        (
            row["column"],
            ring.unseal_text(row["was"], "correction.was", row["id"]),
            ring.unseal_text(row["became"], "correction.became", row["id"]),
            row["staff_id"],
        )
        for row in rows(house.database, Correction, "at", "id")
    ]


def test_what_is_kept_is_shown_line_by_line(database: Database) -> None:
    _house, shirin = registered(database)
    shirin.dial()
    assert shirin.press(*DATA) == screen("""
        আমার তথ্য
        1 দেখব, ঠিক করব
        2 সব তথ্য চাই
        3 সব মুছে দিন
        98 আরও 99 পেছনে 0 কথা
    """)
    assert shirin.press("1") == screen("""
        কোনটি ভুল?
        1 যশোর, যশোর সদর
        2 সৌদি আরব
        3 গত 1 বছরে
        98 আরও 99 পেছনে 0 কথা
    """)
    assert shirin.press("98") == screen("""
        4 কথা বলার মানুষ
        5 কাগজের নম্বর নেই
        99 পেছনে 0 কথা 00 মেনু
    """)


def test_who_wants_all_of_it_is_called(database: Database) -> None:
    _house, shirin = registered(database)
    shirin.dial()
    assert shirin.press(*DATA, "2").startswith(screen("এই নম্বরে ফোন করা নিরাপদ?"))


@pytest.mark.parametrize(
    ("line", "answers", "column", "was", "became"),
    [
        ("2", ("2",), "country", "SA", "AE"),
        ("3", ("1",), "returned", "1_year", "3_months"),
        ("4", ("3",), "need", "counselling", "work"),
    ],
)
def test_an_answer_is_put_right_and_what_stood_there_is_kept(
    database: Database, line: str, answers: tuple[str, ...], column: str, was: str, became: str
) -> None:
    house, shirin = registered(database)
    key = person(database)["registration_key"]
    shirin.dial()
    assert shirin.press(*LIST, line, *answers) == screen(SURE)
    assert shirin.press("1") == screen(NOTED)
    assert shirin.over
    assert person(database)[column] == became
    assert corrections(house) == [(column, was, became, None)]
    assert person(database)["registration_key"] == key
    (event,) = [row for row in rows(database, Event) if row["became"] == "corrected"]
    assert (event["actor"], event["why"]) == ("caller", column)


def test_another_district_moves_the_case_and_the_work_about_it(database: Database) -> None:
    house, shirin = registered(database)
    shirin.dial()
    shirin.press("2", "3", "1", "1", "5", "1", "1")
    shirin.dial()
    assert shirin.press(*LIST, "1", "dhaka") == screen("""
        কোন উপজেলা?
        1 ধামরাই
        2 দোহার
        3 কেরানীগঞ্জ
        4 নবাবগঞ্জ
        98 আরও 99 পেছনে 0 কথা
    """)
    assert shirin.press("savar", "1") == screen(NOTED)
    kept = person(database)
    assert (kept["district"], kept["upazila"]) == ("BD-13", "bd-13.savar")
    (case,) = rows(database, CareCase)
    assert (case["district"], case["upazila"]) == ("BD-13", "bd-13.savar")
    assert {row["district"] for row in rows(database, WorkItem)} == {"BD-13"}
    assert {each[0] for each in corrections(house)} == {"district", "upazila"}


def test_a_number_from_papers_is_kept_sealed_and_never_shown(database: Database) -> None:
    house, shirin = registered(database)
    shirin.dial()
    shirin.press(*LIST, "5")
    assert shirin.press("1") == screen("""
        এনআইডি নম্বর লিখুন: 10, 13 বা 17 সংখ্যা।
        99 পেছনে 0 কথা 00 মেনু
    """)
    assert shirin.press("1234567890", "1") == screen(NOTED)
    kept = person(database)
    assert kept["identity_kind"] == "nid"
    assert b"1234567890" not in kept["identity"]
    assert (
        house.parts.ring.unseal_text(kept["identity"], "person.identity", kept["id"])
        == "1234567890"
    )
    shirin.dial()
    assert "1234567890" not in shirin.press(*LIST) + shirin.press("98")
    assert screen("5 এনআইডি") in shirin.screen
    shirin.press("5", "4", "1")
    assert person(database)["identity"] is None
    assert [each[0] for each in corrections(house)] == ["papers", "papers"]


def test_a_number_that_somebody_else_gave_looks_the_same_and_is_found_by_nobody(
    database: Database,
) -> None:
    house, shirin = registered(database)
    shirin.dial()
    shirin.press(*LIST, "5", "1", "1234567890", "1")
    rahima = house.phone(RAHIMA)
    rahima.dial()
    rahima.press(*REGISTER_IN_JASHORE)
    rahima.dial()
    assert rahima.press(*LIST, "5", "1", "1234567890", "1") == screen(NOTED)
    people = rows(database, Person, "created_at", "id")
    assert [row["identity_key"] is None for row in people] == [False, True]
    assert [row["identity_kind"] for row in people] == ["nid", "nid"]
    shirin.dial()
    hers = shirin.press(*LIST, "98")
    rahima.dial()
    assert rahima.press(*LIST, "98") == hers
    assert "identity_elsewhere" in {row["became"] for row in rows(database, Event)}
    assert "other" in {row["kind"] for row in rows(database, WorkItem)}


def test_who_thinks_better_of_it_changes_nothing(database: Database) -> None:
    house, shirin = registered(database)
    shirin.dial()
    assert shirin.press(*LIST, "2", "2", "2") == screen("ঠিক আছে। কিছুই বদলায়নি।")
    assert person(database)["country"] == "SA"
    assert corrections(house) == []


# -- a changed mind -------------------------------------------------------------------------------


def test_back_and_the_main_menu_lose_nothing(database: Database) -> None:
    _house, shirin = registered(database)
    shirin.dial()
    shirin.press(*LIST, "2", "2")
    assert shirin.press("99").startswith(screen("কোন দেশ থেকে ফিরেছেন?"))
    assert shirin.press("3") == screen(SURE)
    shirin.press("00")
    assert shirin.press(*DATA) == screen(SURE)
    shirin.press("1")
    assert person(database)["country"] != "SA"


def test_who_dials_again_goes_on_after_the_secret_number(database: Database) -> None:
    _house, shirin = registered(database)
    shirin.dial()
    shirin.press(*LIST, "1", "dhaka")
    assert shirin.dial() == screen(RESUME)
    assert shirin.press("1") == screen("""
        আপনার 4টি গোপন সংখ্যা লিখুন।
        0 কথা 00 মেনু
    """)
    assert shirin.press("2580").startswith(screen("কোন উপজেলা?"))
    shirin.press("savar", "1")
    assert person(database)["upazila"] == "bd-13.savar"


def test_the_secret_number_is_never_part_of_what_is_gone_on_with(database: Database) -> None:
    _house, shirin = registered(database)
    shirin.dial()
    shirin.press(*LIST, "2")
    shirin.dial()
    assert shirin.press("1", "2581") == screen(CLOSED)
    assert shirin.press("1", "2580").startswith(screen("কোন দেশ থেকে ফিরেছেন?"))


def test_a_look_alone_is_no_draft(database: Database) -> None:
    _house, shirin = registered(database)
    shirin.dial()
    shirin.press(*LIST)
    assert shirin.dial().startswith(screen("প্রবাসফেরতদের সেবা"))


def test_an_sms_in_between_tells_nothing_and_the_draft_stays(database: Database) -> None:
    house, shirin = registered(database)
    shirin.dial()
    shirin.press(*LIST, "2")
    shirin.text("আমার তথ্য")
    assert house.texts()[-1].startswith(screen("এ কাজের জন্য *0000# ডায়াল করুন।"))
    shirin.dial()
    assert shirin.press("1", "2580").startswith(screen("কোন দেশ থেকে ফিরেছেন?"))


# -- two persons on one phone ---------------------------------------------------------------------


def with_a_sister(database: Database) -> tuple[House, Phone]:
    """Shirin (2580) and her sister (7413), registered from one phone that both use."""
    house = House(database)
    phone = house.phone()
    for keys in (
        (*REGISTER_IN_JASHORE[:10], "2", *REGISTER_IN_JASHORE[11:]),
        (
            "1",
            "1",
            "2",
            "1",
            "dhaka",
            "savar",
            "2",
            "1",
            "1",
            "3",
            "2",
            "1",
            "1",
            "4",
            "4",
            "7413",
            "1",
        ),
    ):
        phone.dial()
        phone.press(*keys)
    house.work()
    assert len(rows(database, Person)) == 2
    return house, phone


def test_each_sees_her_own_answers_only(database: Database) -> None:
    _house, phone = with_a_sister(database)
    phone.dial()
    assert screen("1 যশোর, যশোর সদর") in phone.press("9", "4", "2580", "5", "1")
    assert screen("1 ঢাকা, সাভার") in phone.press("00", "9", "4", "7413", "5", "1")
    assert screen("যশোর") not in phone.screen


def test_what_one_began_is_not_gone_on_with_by_the_other(database: Database) -> None:
    house, phone = with_a_sister(database)
    phone.dial()
    phone.press("9", "4", "2580", "5", "1", "2", "3")
    phone.dial()
    assert phone.press("1", "7413").startswith(screen("আমার তথ্য"))
    phone.dial()
    assert phone.press("9", "4", "7413", "5").startswith(screen("আমার তথ্য"))
    phone.press("1", "4", "2", "1")
    assert [each[0] for each in corrections(house)] == ["need"]


def test_within_one_session_the_other_number_opens_only_her_own(database: Database) -> None:
    _house, phone = with_a_sister(database)
    phone.dial()
    phone.press("9", "4", "2580", "5", "1", "2", "3")
    assert phone.press("00", "9", "4", "7413", "5").startswith(screen("আমার তথ্য"))
    assert screen("1 ঢাকা, সাভার") in phone.press("1")


# -- deleting -------------------------------------------------------------------------------------


def test_deleting_is_asked_twice(database: Database) -> None:
    _house, shirin = registered(database)
    shirin.dial()
    assert shirin.press(*DATA, "3") == screen("""
        আপনার সব তথ্য মুছে দেব?
        1 হ্যাঁ
        2 না
        99 পেছনে 0 কথা 00 মেনু
    """)
    assert shirin.press("1") == screen("""
        আর ফেরত আনা যাবে না। মুছে দেব?
        1 হ্যাঁ, মুছে দিন
        2 না
        99 পেছনে 0 কথা 00 মেনু
    """)
    assert shirin.press("2") == screen("ঠিক আছে। কিছুই বদলায়নি।")
    assert person(database)["withdrawn_at"] is None


def test_consent_ends_at_once_and_a_human_does_the_rest(database: Database) -> None:
    house, shirin = registered(database)
    shirin.dial()
    assert shirin.press(*DATA, "3", "1", "1") == screen(
        "আজই সব বন্ধ হলো। আমাদের একজন বাকিটা মুছে দেবেন।"
    )
    now = house.clock.now
    assert person(database)["withdrawn_at"] == now
    (link,) = rows(database, PersonPhone, "person_id")
    assert (link["sms"], link["call"], link["ended_at"]) == (False, False, now)
    assert all(row["withdrawn_at"] for row in rows(database, Consent) if row["given"])
    assert {row["state"] for row in rows(database, Reminder)} == {"cancelled"}
    (item,) = [row for row in rows(database, WorkItem) if row["kind"] == "erasure"]
    assert (item["level"], item["subject_id"]) == (1, person(database)["id"])
    shirin.dial()
    assert shirin.press(*MATTERS) == screen(CLOSED)
    before = len(house.texts())
    house.clock.skip(days=40)
    house.tick()
    assert len(house.texts()) == before
    assert {row["state"] for row in rows(database, Message)} <= {"sent", "cancelled"}


def test_nothing_is_deleted_without_the_digits(database: Database) -> None:
    _house, shirin = registered(database)
    shirin.dial()
    shirin.press("9", "4", "2581", "5", "3", "1", "1")
    assert person(database)["withdrawn_at"] is None


# -- hostile strings ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    ["<script>", "{{7*7}}", "%s", "{x}", "=cmd()", "ক" * 400, "\u202e12", "1;--", "{new}", "০"],
)
def test_whatever_is_typed_is_not_interpreted_and_changes_nothing(
    database: Database, typed: str
) -> None:
    house, shirin = registered(database)
    before = dict(person(database))
    shirin.dial()
    for keys in (("9", "4"), ("9", "4", "2580"), DATA, LIST, (*LIST, "5", "1"), (*LIST, "1")):
        shirin.press("00", *keys)
        shown = shirin.press(typed)
        assert typed not in shown or len(typed) < 3
    assert corrections(house) == []
    assert dict(person(database)) == before
