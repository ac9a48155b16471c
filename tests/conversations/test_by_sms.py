"""The same conversation by SMS: keywords in three spellings, free words for a human, no loops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpline.gateways.port import SmsHeard
from helpline.service import converse
from helpline.service.messages import REPLIES
from helpline.store.tables import (
    Callback,
    CounsellingRequest,
    Event,
    Inbox,
    IncomingText,
    Message,
    Person,
    PersonPhone,
)
from tests.conversations.screens import reference_on, rows, screen
from tests.house import RAHIMA, House

if TYPE_CHECKING:
    from helpline.store.database import Database

MENU = """
    প্রবাসফেরতদের সেবা
    1 নিবন্ধন
    2 পরামর্শ
    3 কাছের কেন্দ্র
    4 আমাকে ফোন করুন
    5 জরুরি নম্বর
    6 আমার তারিখ
    7 ভাষা
    8 বন্ধ করা
    9 অন্য সেবা
    0 কথা
"""
COME = "ধন্যবাদ। আপনার কথা পেয়েছি।"


def answer_to(house: House, *words: str) -> str:
    """Send SMS from one phone and give the last answer."""
    shirin = house.phone()
    for each in words:
        before = len(house.texts())
        shirin.text(each)
    assert len(house.texts()) == before + 1
    return house.texts()[-1]


def test_the_word_for_help_shows_the_whole_menu_in_one_sms(database: Database) -> None:
    house = House(database)
    for word in ("help", "HELP!", "সাহায্য", "shahajjo", "menu", "মেনু", " Help. "):
        assert answer_to(house, word) == screen(MENU), word


def test_every_task_has_a_word_in_bangla_romanised_and_english(database: Database) -> None:
    house = House(database)
    for words, first_line in (
        (("register", "REG", "নিবন্ধন", "nibondhon"), "আপনার কথা গোপন রাখব, শুধু সাহায্যে লাগবে।"),
        (("counselling", "পরামর্শ", "poramorsho"), "কী নিয়ে কথা বলতে চান?"),
        (("centre", "Center", "কেন্দ্র", "kendro"), "কোন বিভাগ? বা জেলার নাম লিখুন।"),
        (("call", "ফোন", "phone"), "এই নম্বরে ফোন করা নিরাপদ?"),
        (("numbers", "নম্বর", "nombor"), "জরুরি নম্বর:"),
        (("dates", "তারিখ", "tarikh"), "এ কাজের জন্য *0000# ডায়াল করুন।"),
        (("language", "ভাষা", "bhasha"), "কোন ভাষা?"),
    ):
        for word in words:
            assert answer_to(house, word).splitlines()[0] == screen(first_line), word


def test_a_registration_by_sms_asks_for_no_secret_number(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    for words in ("নিবন্ধন", "১", "১", "১", "jessore", "1", "1", "2", "4", "1", "1", "1", "1", "4"):
        shirin.text(words)
    assert house.texts()[-1] == screen("""
        কাগজের নম্বর দেবেন? না দিলেও চলবে।
        1 এনআইডি
        2 পাসপোর্ট
        3 বিএমইটি কার্ড
        4 না
        99 পেছনে 0 কথা 00 মেনু
    """)
    shirin.text("4")
    assert house.texts()[-1] == screen("""
        যশোর, সৌদি আরব। ঠিক আছে?
        1 হ্যাঁ, নিবন্ধন করুন
        2 না, বদলাব
        99 পেছনে 0 কথা 00 মেনু
    """)
    shirin.text("1")
    (person,) = rows(database, Person)
    assert person["district"] == "BD-22"
    (link,) = rows(database, PersonPhone, "person_id")
    assert link["pin_key"] is None
    shown = [text for text in house.texts() if screen("নিবন্ধন হয়েছে।") in text]
    assert len(shown) == 1
    assert shown[0] == screen(
        f"নিবন্ধন হয়েছে। নম্বর {reference_on(shown[0])}, লিখে রাখুন। আরও বলতে ডায়াল করে 9, 6 চাপুন।"
    )


def test_a_place_may_follow_the_word_for_a_centre(database: Database) -> None:
    house = House(database)
    for words in ("CENTRE jessore", "কেন্দ্র যশোর", "kendro joshor", "center Jashore."):
        assert answer_to(house, words) == screen("""
            কোন উপজেলা?
            1 যশোর সদর
            2 অভয়নগর
            3 বাঘারপাড়া
            4 চৌগাছা
            5 ঝিকরগাছা
            6 কেশবপুর
            7 মণিরামপুর
            8 শার্শা
            9 জানি না
            99 পেছনে 0 কথা 00 মেনু
        """), words


def test_a_number_may_follow_the_word_for_a_centre(database: Database) -> None:
    assert answer_to(House(database), "centre ১").splitlines()[0] == screen("কোন জেলা?")


def test_a_centre_is_sent_in_an_sms_of_its_own(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    for words in ("centre jessore", "1", "1", "1", "1"):
        shirin.text(words)
    assert sorted(house.texts()[-2:]) == [
        screen("ওয়েলফেয়ার সেন্টার, যশোর। আগে 16135 নম্বরে ফোন করে জেনে নিন, খরচ নেই।"),
        screen("ঠিক আছে। এসএমএস যাচ্ছে।"),
    ]


def test_a_call_and_a_counsellor_can_be_asked_for_by_sms(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    for words in ("ফোন", "1", "2"):
        shirin.text(words)
    assert house.texts()[-1] == screen("ঠিক আছে। ফোন করব: মঙ্গল 1 ডিসেম্বর, সকাল।")
    for words in ("পরামর্শ", "2", "1", "1", "2", "3", "2"):
        shirin.text(words)
    assert screen("কথা হবে: বুধ 2 ডিসেম্বর, বিকাল।") in house.texts()[-1]
    assert len(rows(database, Callback)) == len(rows(database, CounsellingRequest)) == 1


# -- free words ----------------------------------------------------------------------------


FREE_WORDS = [
    "আমার স্বামী বিদেশে",
    "amar taka lagbe",
    "I want to go home",
    "😭😭",
    "?!",
    "stop it please",
    "ক" * 900,
]


def test_free_words_are_kept_sealed_and_answered_without_a_word_about_them(
    database: Database,
) -> None:
    house = House(database)
    for words in FREE_WORDS:
        assert answer_to(house, words) == screen(COME), words
    kept = rows(database, IncomingText)
    assert {row["state"] for row in kept} == {"open"}
    # two letters may stand in any ciphertext by chance
    telling = [words.encode() for words in FREE_WORDS if len(words.encode()) > 6]
    assert not any(words in row["words"] for row in kept for words in telling)
    unseal = house.parts.ring.unseal_text
    read = [unseal(row["words"], "incoming_text.words", row["id"]) for row in kept]
    assert sorted(read) == sorted(FREE_WORDS)
    events = [row for row in rows(database, Event) if row["subject"] == "incoming_text"]
    assert [row["became"] for row in events] == ["open"] * len(FREE_WORDS)


def test_free_words_in_the_middle_of_a_question_are_kept_and_the_question_is_asked_again(
    database: Database,
) -> None:
    house = House(database)
    assert answer_to(house, "ফোন", "আমার স্বামী বাড়িতে") == screen("""
        বুঝতে পারিনি, আবার দিন।
        এই নম্বরে ফোন করা নিরাপদ?
        1 হ্যাঁ
        2 না
        00 মেনু
    """)
    assert len(rows(database, IncomingText)) == 1


def test_an_empty_sms_is_not_answered(database: Database) -> None:
    house = House(database)
    empty = ["", "   ", "\n", "...", "\u200b"]
    for words in empty:
        house.phone().text(words)
    assert len(rows(database, Inbox)) == len(empty)
    assert rows(database, Message) == []


def test_a_digit_out_of_the_blue_shows_the_menu(database: Database) -> None:
    assert answer_to(House(database), "5") == screen(MENU)


# -- answers -------------------------------------------------------------------------------


def test_an_answer_that_comes_late_does_not_come(database: Database) -> None:
    house = House(database)
    house.bell.alive = False
    house.phone().text("help")
    house.bell.alive = True
    house.clock.skip(minutes=16)
    house.tick()
    assert house.texts() == []
    assert [(row["state"], row["trouble"]) for row in rows(database, Message)] == [
        ("skipped", "stale")
    ]


def test_an_answer_comes_at_any_hour(database: Database) -> None:
    house = House(database)
    house.clock.skip(hours=17)
    assert answer_to(house, "help") == screen(MENU)


def test_two_machines_that_answer_each_other_fall_silent(database: Database) -> None:
    house = House(database)
    machine = house.phone()
    for _time in range(REPLIES + 20):
        house.clock.skip(seconds=20)
        machine.text("I am on leave until Sunday")
    assert len(house.texts()) == REPLIES
    house.phone(RAHIMA).text("help")
    assert len(house.texts(RAHIMA)) == 1
    house.clock.skip(hours=1)
    machine.text("help")
    assert len(house.texts()) == REPLIES + 1


def test_a_machine_that_says_stop_is_answered_once(database: Database) -> None:
    house = House(database)
    machine = house.phone()
    for _time in range(40):
        machine.text("STOP")
    assert len(house.texts()) == 1


def test_an_sms_that_is_delivered_twice_is_answered_once(database: Database) -> None:
    house = House(database)
    heard = SmsHeard(house.phone().number, "0000", "আমার কথা", "event-x")
    for _time in range(3):
        converse.sms(house.parts, house.gateway, heard)
        house.work()
    assert house.texts() == [screen(COME)]
    assert len(rows(database, IncomingText)) == len(rows(database, Inbox)) == 1


def test_a_conversation_by_sms_and_one_by_dialling_do_not_disturb_each_other(
    database: Database,
) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press("2", "3")
    shirin.text("ফোন")
    assert shirin.press("1").splitlines()[0] == screen("কীভাবে কথা হবে?")
    shirin.text("1")
    assert house.texts()[-1].splitlines()[0] == screen("কখন ফোন করব?")
