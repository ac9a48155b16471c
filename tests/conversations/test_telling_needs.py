"""What I need: eight digits on the phone, three by SMS; safety first, no money promised, nothing read back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from helpline.cases.needs_short import NEEDS_SHORT_1
from helpline.cases.work import Kind, Priority
from helpline.store.tables import Assessment, CareCase, WorkItem
from tests.conversations.screens import REGISTER_IN_JASHORE, rows, screen
from tests.house import House, Phone

if TYPE_CHECKING:
    from sqlalchemy import RowMapping

    from helpline.store.database import Database

DONE = screen("ধন্যবাদ। কর্মীরা দেখবেন। টাকার কথা দিতে পারি না। ফোন চাইলে ডায়াল করে 4 চাপুন।")
SAFE_END = screen("ধন্যবাদ। কেন্দ্রের ঠিকানা জানতে আবার ডায়াল করুন।")
WELL = ("1",) * 8


def asked(house: House) -> Phone:
    """A phone on which the eight questions have begun."""
    phone = house.phone()
    phone.dial()
    phone.press("9", "6", "1")
    return phone


def said(house: House) -> list[dict[str, list[str]]]:
    """What was kept, in order."""
    ring = house.parts.ring
    return [
        msgspec.json.decode(ring.unseal(row["answers"], "assessment.answers", row["id"]))["answers"]
        for row in rows(house.database, Assessment)
        if row["instrument"] == "needs-short-1"
    ]


def work(database: Database) -> RowMapping:
    (item,) = [row for row in rows(database, WorkItem) if row["kind"] == Kind.NEEDS]
    return item


def test_eight_digits_tell_what_somebody_needs(database: Database) -> None:
    house = House(database)
    phone = house.phone()
    phone.dial()
    assert phone.press("9", "6") == screen("""
        8টি ছোট প্রশ্ন, বাদ দেওয়া যায়। শুরু করি?
        1 হ্যাঁ
        2 এখন না
        99 পেছনে 0 কথা 00 মেনু
    """)
    assert phone.press("1").startswith("শরীর-মন কেমন?\n1 ভালো")
    assert phone.press("3").startswith("ঘরে নিরাপদ আছেন?")
    assert phone.press("1").startswith(screen("খাবার আর থাকার জায়গা আছে?"))
    assert phone.press("2").startswith("কাগজপত্র সব আছে?")
    assert phone.press("2").startswith("বেতন বাকি, বা আইনি সাহায্য লাগবে?")
    assert phone.press("2").startswith("দেনা শোধ করতে পারছেন?")
    assert phone.press("3").startswith("এখন কাজ আছে?")
    assert phone.press("2").startswith("কী করতে চান?")
    assert phone.press("2") == DONE
    assert phone.over
    assert said(house) == [
        {
            "body": ["untreated"],
            "safe": ["yes"],
            "basics": ["no_food"],
            "papers": ["missing"],
            "law": ["wages"],
            "owed": ["hard"],
            "job": ["needs_work"],
            "intention": ["enterprise"],
        }
    ]
    assert work(database)["priority"] == Priority.HIGH
    assert work(database)["state"] == "open"


def test_who_needs_nothing_now_is_looked_at_when_there_is_time(database: Database) -> None:
    house = House(database)
    phone = asked(house)
    phone.press("1", "1", "1", "1", "1", "1", "1", "4")
    assert phone.screen == DONE
    assert work(database)["priority"] == Priority.LOW


def test_everything_may_be_skipped(database: Database) -> None:
    house = House(database)
    phone = asked(house)
    phone.press("5", "4", "5", "4", "5", "5", "5", "5")
    assert phone.screen == DONE
    assert list(said(house)[0].values()) == [["unsaid"]] * 8
    assert work(database)["priority"] == Priority.LOW


def test_who_is_not_safe_reads_first_who_answers_at_once_and_a_person_knows(
    database: Database,
) -> None:
    house = House(database)
    phone = asked(house)
    assert phone.press("1", "3") == screen("""
        বিপদে ফোন করুন, খরচ নেই: 109, 999
        1 এখানেই এগিয়ে যাই
        98 আরও 99 পেছনে 0 কথা
    """)
    # she hangs up here: what she said is with somebody already
    assert said(house) == [{"body": ["well"], "safe": ["no"]}]
    assert work(database)["priority"] == Priority.HIGH


def test_after_distress_nobody_asks_about_money_and_a_person_is_offered(
    database: Database,
) -> None:
    house = House(database)
    phone = asked(house)
    phone.press("1", "2", "1")
    for key, text in (("1", "কাগজপত্র সব আছে?"), ("1", "বেতন বাকি,")):
        assert phone.press(key).startswith(text)
    assert phone.press("1").startswith("ধন্যবাদ। কারও সাথে কথা বলবেন?")
    assert "owed" not in said(house)[-1]
    assert "job" not in said(house)[-1]
    assert phone.press("1").startswith("এই নম্বরে ফোন করা নিরাপদ?")


@pytest.mark.parametrize("keys", [("4", "1", "1", "1", "1")])
def test_a_suffering_mind_leads_to_a_person_too(database: Database, keys: tuple[str, ...]) -> None:
    house = House(database)
    phone = asked(house)
    assert phone.press(*keys).startswith("ধন্যবাদ। কারও সাথে কথা বলবেন?")
    assert work(database)["priority"] == Priority.HIGH


def test_a_lender_who_threatens_is_danger_and_ends_the_questions_about_money(
    database: Database,
) -> None:
    house = House(database)
    phone = asked(house)
    assert phone.press("1", "1", "1", "1", "1", "4").startswith("বিপদে ফোন করুন")
    assert phone.press("1").startswith("ধন্যবাদ। কারও সাথে কথা বলবেন?")
    assert len(said(house)) == 1
    assert said(house)[0]["owed"] == ["threatened"]
    assert work(database)["priority"] == Priority.HIGH


@pytest.mark.parametrize("keys", [("1", "9"), ("1", "3", "9"), ("1", "1", "1", "1", "1", "9")])
def test_finishing_safely_leaves_an_innocent_screen(
    database: Database, keys: tuple[str, ...]
) -> None:
    house = House(database)
    phone = asked(house)
    assert phone.press(*keys) == SAFE_END
    assert phone.over
    assert "আগের কাজটা" not in phone.dial()


def test_broken_off_it_goes_on_and_nothing_said_is_read_back(database: Database) -> None:
    house = House(database)
    phone = asked(house)
    phone.press("3", "1", "4")
    shown = phone.dial()
    assert shown.startswith("আগের কাজটা")
    assert phone.press("1").startswith("কাগজপত্র সব আছে?")
    phone.press("1", "1", "1", "1", "1")
    assert phone.screen == DONE
    assert said(house)[-1]["basics"] == ["neither"]


def test_told_again_it_is_one_piece_of_work_that_may_become_more_urgent(
    database: Database,
) -> None:
    house = House(database)
    asked(house).press(*WELL)
    first = work(database)
    assert first["priority"] == Priority.NORMAL
    asked(house).press(*WELL)
    assert len(said(house)) == 1
    house.clock.skip(days=2)
    asked(house).press("1", "3")
    assert len(said(house)) == 2
    again = work(database)
    assert again["id"] == first["id"]
    assert again["priority"] == Priority.HIGH


def test_it_belongs_to_the_person_of_a_phone_that_is_hers_alone(database: Database) -> None:
    house = House(database)
    phone = house.phone()
    phone.dial()
    phone.press(*REGISTER_IN_JASHORE)
    asked(house).press(*WELL)
    (case,) = rows(database, CareCase)
    assert case["person_id"]
    assert work(database)["case_id"] == case["id"]
    assert work(database)["district"] == case["district"] != ""


def test_known_and_unknown_phones_see_the_same(database: Database) -> None:
    house = House(database)
    known = house.phone()
    known.dial()
    known.press(*REGISTER_IN_JASHORE)
    stranger = house.phone("+8801300000077")

    def seen(phone: Phone) -> list[str]:
        phone.dial()
        return [phone.press(key) for key in ("9", "6", "1", *WELL)]

    assert seen(known) == seen(stranger)


def test_by_sms_only_what_anybody_may_read_is_asked(database: Database) -> None:
    house = House(database)
    phone = house.phone()
    for words in ("দরকার", "2", "2", "3"):
        phone.text(words)
    asked_, papers, job, end = house.texts()
    assert asked_.startswith("কাগজপত্র সব আছে?")
    assert papers.startswith("এখন কাজ আছে?")
    assert job.startswith("কী করতে চান?")
    assert end == screen("ধন্যবাদ, লেখা হলো। আরও বলতে *0000# ডায়াল করুন।")
    sent = " ".join(house.texts())
    for word in ("নিরাপদ", "দেনা", "ভয়", "খাবার", "শরীর", "মন খুব", "বেতন"):
        assert word not in sent, word
    assert said(house) == [
        {"papers": ["missing"], "job": ["needs_work"], "intention": ["remigrate"]}
    ]
    assert work(database)["priority"] == Priority.NORMAL


@pytest.mark.parametrize(
    "words", ["<script>alert(1)</script>", "{{7*7}}", "%s {x}", "=cmd()", "ক" * 400, "১০০"]
)
def test_whatever_is_typed_instead_of_a_digit_is_asked_again_and_not_kept_as_an_answer(
    database: Database, words: str
) -> None:
    house = House(database)
    phone = asked(house)
    shown = phone.press(words)
    assert shown.startswith("বুঝতে পারিনি")
    assert words[:20] not in shown
    assert said(house) == []


def test_staff_read_each_question_as_the_caller_heard_it(database: Database) -> None:
    house = House(database)
    phone = asked(house)
    heard = []
    for key in WELL:
        heard.append(phone.screen.split("\n")[0])
        phone.press(key)
    questions = [
        screen(question.bn) for family in NEEDS_SHORT_1.families for question in family.questions
    ]
    assert heard == questions
