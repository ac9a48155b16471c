"""My matters: behind the secret number, in words that tell nobody else what it is about."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from helpline.settings import Settings
from helpline.store.tables import CareCase, PinTry, PlanStep
from tests.conversations.screens import REGISTER_IN_JASHORE, rows, screen
from tests.desk.office import Office
from tests.desk.referring import Town, town
from tests.house import RAHIMA, House, Phone

if TYPE_CHECKING:
    from helpline.store.database import Database

MATTERS = ("9", "4", "2580")
MENU = """
    আমার বিষয়
    1 কতদূর হলো
    2 আমার তারিখ
    3 কোথায় যাব
    4 কেমন লাগল
    98 আরও 99 পেছনে 0 কথা
"""
CLOSED = """
    এ সংখ্যায় কিছু পাইনি।
    1 আবার চেষ্টা করি
    2 কারও সাথে কথা বলি
    99 পেছনে 0 কথা
"""
TELLING = ("নির্যাতন", "পাচার", "পরামর্শ", "আইন", "অভিযোগ", "মামলা", "আশ্রয়", "পুলিশ")
"""Words that no screen of this task may show."""


def registered(database: Database) -> tuple[House, Phone]:
    """Shirin, registered on a phone of her own."""
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press(*REGISTER_IN_JASHORE)
    house.work()
    return house, shirin


@pytest.fixture
def jashore(database: Database, tmp_path: Path) -> Town:
    settings = replace(Settings.demo(tmp_path / "var", 8000), simulator=False)
    return town(Office(database, settings))


def put_case(database: Database, **columns: object) -> None:
    with database.transaction() as connection:
        connection.execute(CareCase.__table__.update().values(**columns))


def plan(database: Database, *services: str) -> None:
    """Services that are still to be done."""
    (case,) = rows(database, CareCase)
    with database.transaction() as connection:
        for number, service in enumerate(services):
            connection.execute(
                PlanStep.__table__.insert().values(
                    id=f"{number:032}",
                    case_id=case["id"],
                    service=service,
                    goal=b"sealed",
                    state="planned",
                    why="",
                    created_at=case["opened_at"],
                    updated_at=case["opened_at"],
                )
            )


def stage(shirin: Phone) -> str:
    """The line that says how far it is."""
    shirin.dial()
    return shirin.press(*MATTERS, "1").splitlines()[0]


def test_the_right_digits_open_a_neutral_menu(database: Database) -> None:
    _house, shirin = registered(database)
    shirin.dial()
    assert shirin.press("9", "4") == screen("""
        আপনার 4টি গোপন সংখ্যা লিখুন।
        99 পেছনে 0 কথা 00 মেনু
    """)
    assert shirin.press("2580") == screen(MENU)
    assert shirin.press("98") == screen("""
        5 আমার তথ্য
        6 আমার পরিবার
        9 নিরাপদে শেষ
        99 পেছনে 0 কথা 00 মেনু
    """)
    assert shirin.press("9") == screen("ধন্যবাদ। কেন্দ্রের ঠিকানা জানতে আবার ডায়াল করুন।")
    assert shirin.over


def test_how_far_it_is_and_what_comes_next_is_said_in_plain_words(database: Database) -> None:
    _house, shirin = registered(database)
    shirin.dial()
    assert shirin.press(*MATTERS, "1") == screen("""
        আপনার কথা লেখা হয়েছে।
        1 এরপর কী
        2 আমার তারিখ
        9 নিরাপদে শেষ
        99 পেছনে 0 কথা
    """)
    assert shirin.press("1") == screen("""
        এরপর একজন আপনার সাথে বসে কথা বলবেন। এখানেও খোঁজ নিন:
        98 আরও 99 পেছনে 0 কথা
    """)
    assert shirin.press("98", "1") == screen(MENU)


@pytest.mark.parametrize(
    ("case", "services", "said"),
    [
        ("new", (), "আপনার কথা লেখা হয়েছে।"),
        ("assigned", (), "আপনার কথা লেখা হয়েছে।"),
        ("assessment", (), "কী দরকার, তা একসাথে দেখা হচ্ছে।"),
        ("support_ongoing", (), "আপনার জন্য কাজ চলছে।"),
        ("support_ongoing", ("training", "health"), "শরীর ও মনের যত্ন চলছে।"),
        ("support_ongoing", ("training", "documents"), "কাজ শেখার ব্যবস্থা হচ্ছে।"),
        ("support_ongoing", ("remigration",), "নিরাপদে আবার যাওয়ার প্রস্তুতি চলছে।"),
        ("support_ongoing", ("crisis_centre", "police"), "আপনার জন্য কাজ চলছে।"),
        ("support_completed", (), "কাজ শেষের পথে। এরপর খোঁজখবর নেব।"),
        ("closed", (), "এখন কোনো কাজ বাকি নেই।"),
    ],
)
def test_each_stage_has_its_words(
    database: Database, case: str, services: tuple[str, ...], said: str
) -> None:
    _house, shirin = registered(database)
    put_case(database, stage=case)
    plan(database, *services)
    assert stage(shirin) == screen(said)


@pytest.mark.parametrize("why", ["gbv", "trafficking", "suicide", "minor"])
def test_a_restricted_case_says_only_that_there_is_work(database: Database, why: str) -> None:
    _house, shirin = registered(database)
    put_case(database, stage="support_ongoing", restricted=why)
    plan(database, "mental_health", "crisis_centre", "training")
    assert stage(shirin) == screen("আপনার জন্য কাজ চলছে।")


def test_the_dates_stand_there_too_without_asking_again(database: Database) -> None:
    _house, shirin = registered(database)
    shirin.dial()
    assert shirin.press(*MATTERS, "2").startswith(screen("আমার তারিখ:"))
    assert shirin.press("99") == screen(MENU)


def test_who_was_sent_nowhere_is_told_so_and_can_go_on(database: Database) -> None:
    _house, shirin = registered(database)
    shirin.dial()
    assert shirin.press(*MATTERS, "3") == screen("""
        এখানে আজ নতুন কিছু নেই।
        1 অন্য কিছু
        9 নিরাপদে শেষ
        99 পেছনে 0 কথা 00 মেনু
    """)
    assert shirin.press("1") == screen(MENU)


def test_an_office_is_named_by_its_kind_and_day_and_nothing_else(jashore: Town) -> None:
    jashore.sent()
    shirin = jashore.shirin
    shirin.dial()
    assert shirin.press(*MATTERS, "3") == screen("""
        একটি বেছে নিন:
        1 এনজিও অফিস, মঙ্গল 1 ডিসেম্বর, সকাল
        99 পেছনে 0 কথা 00 মেনু
    """)
    assert shirin.press("1") == screen("""
        মঙ্গল 1 ডিসেম্বর, সকাল: এখনো উত্তর দেয়নি।
        1 অন্য কিছু
        98 আরও 99 পেছনে 0 কথা
    """)


def test_she_says_that_she_got_the_service_and_how_it_was(jashore: Town) -> None:
    ident = jashore.sent()
    jashore.sms(f"{jashore.code()} 1")
    shirin = jashore.shirin
    shirin.dial()
    assert shirin.press(*MATTERS, "3", "1") == screen("""
        মঙ্গল 1 ডিসেম্বর, সকাল: সেবা পেয়েছেন?
        1 হ্যাঁ
        2 না
        99 পেছনে 0 কথা 00 মেনু
    """)
    assert shirin.press("1") == screen("""
        আপনার কেমন লেগেছে?
        1 খুব ভালো
        2 ভালো
        3 মোটামুটি
        4 ভালো না
        98 আরও 99 পেছনে 0 কথা
    """)
    assert jashore.row(ident).client_says == "attended"
    assert shirin.press("2") == screen("জানানোর জন্য ধন্যবাদ।")
    shirin.dial()
    assert shirin.press(*MATTERS, "3", "1") == screen("""
        মঙ্গল 1 ডিসেম্বর, সকাল: আপনি গিয়েছেন।
        1 অন্য কিছু
        9 নিরাপদে শেষ
        99 পেছনে 0 কথা
    """)


def test_she_says_why_she_did_not_go(jashore: Town) -> None:
    ident = jashore.sent()
    jashore.sms(f"{jashore.code()} 1")
    shirin = jashore.shirin
    shirin.dial()
    assert shirin.press(*MATTERS, "3", "1", "2", "2") == screen("জানানোর জন্য ধন্যবাদ।")
    row = jashore.row(ident)
    assert (row.client_says, row.why) == ("not_attended", "distance")


def test_an_appointment_that_lies_ahead_is_not_asked_about_yet(jashore: Town) -> None:
    ident = jashore.sent()
    jashore.sms(f"{jashore.code()} 1")
    jashore.put(ident, appointment_at=jashore.office.clock.now.replace(day=9))
    jashore.shirin.dial()
    assert jashore.shirin.press(*MATTERS, "3", "1").startswith(
        screen("বুধ 9 ডিসেম্বর, সকাল: আপনাকে যেতে বলেছে।")
    )


def test_wrong_digits_an_unknown_phone_and_too_many_tries_look_the_same(
    database: Database,
) -> None:
    house, shirin = registered(database)
    rahima = house.phone(RAHIMA)
    shirin.dial()
    rahima.dial()
    seen = [shirin.press("9", "4", "2581"), rahima.press("9", "4", "2580")]
    seen += [shirin.press("1", guess) for guess in ("2582", "2583", "2584", "2585", "2580")]
    assert set(seen) == {screen(CLOSED)}
    assert [row["tries"] for row in rows(database, PinTry, "tries")] == [1, 5]


def test_the_same_five_tries_count_for_every_task(database: Database) -> None:
    _house, shirin = registered(database)
    shirin.dial()
    shirin.press("6", "2581", "00", "9", "4", "2582", "00", "8", "2", "2583", "00")
    shirin.press("9", "4", "2584", "1", "2585")
    shirin.dial()
    for task in (("6",), ("9", "4"), ("8", "2")):
        assert shirin.press("00", *task, "2580") == screen(CLOSED)


def test_one_step_that_opens_two_things_is_one_try(database: Database) -> None:
    _house, shirin = registered(database)
    shirin.dial()
    for _time in range(3):
        shirin.press("00", "9", "4", "2581")
    assert [row["tries"] for row in rows(database, PinTry, "tries")] == [3]
    assert shirin.press("00", *MATTERS, "5").startswith(screen("আমার তথ্য"))
    assert [row["tries"] for row in rows(database, PinTry, "tries")] == [3]


@pytest.mark.parametrize("word", ["আমার বিষয়", "matters", "amar bishoy", "আমার তথ্য", "পরিবার", "তারিখ"])
def test_by_sms_the_code_and_a_call_are_offered_and_nothing_else(
    database: Database, word: str
) -> None:
    house, shirin = registered(database)
    shirin.text(word)
    assert house.texts()[-1] == screen("""
        এ কাজের জন্য *0000# ডায়াল করুন।
        1 কারও সাথে কথা বলি
        0 কথা 00 মেনু
    """)
    shirin.text("1")
    assert house.texts()[-1].startswith(screen("এই নম্বরে ফোন করা নিরাপদ?"))
    shirin.text(word)
    shirin.text("2580")
    assert screen(MENU).splitlines()[0] not in house.texts()[-1]


def test_no_screen_says_what_an_office_is_for(jashore: Town) -> None:
    jashore.sent()
    jashore.sms(f"{jashore.code()} 1")
    shirin, seen = jashore.shirin, []
    for keys in (
        (),
        ("1",),
        ("1", "1"),
        ("3",),
        ("3", "1"),
        ("3", "1", "2"),
        ("4",),
        ("5",),
        ("6",),
    ):
        shirin.dial()
        seen.append(shirin.press(*MATTERS, *keys))
        seen.append(shirin.press("98"))
    assert not [page for page in seen for word in TELLING if word in page]
    assert not [page for page in seen if "Example" in page or screen("উদাহরণ") in page]
