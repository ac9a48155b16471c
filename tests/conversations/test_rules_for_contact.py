"""How to be reached safely, said by the caller; a phone that changes hands; help for somebody else."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from helpline.cases.consents import ConsentTo
from helpline.cases.work import Kind
from helpline.service import permits, recycled
from helpline.store.tables import Consent, IncomingText, PersonPhone, Phone, WorkItem
from tests.conversations.screens import REGISTER_IN_JASHORE, rows, screen
from tests.house import RAHIMA, SHIRIN, House

if TYPE_CHECKING:
    from helpline.store.database import Database

CLOSED = screen("""
    এ সংখ্যায় কিছু পাইনি।
    1 আবার চেষ্টা করি
    2 কারও সাথে কথা বলি
    99 পেছনে 0 কথা
""")


def registered(database: Database) -> House:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press(*REGISTER_IN_JASHORE)
    house.work()
    house.gateway.sent.clear()
    return house


def test_behind_the_secret_number_stands_what_is_allowed_and_each_rule_is_changed_by_itself(
    database: Database,
) -> None:
    house = registered(database)
    shirin = house.phone()
    shirin.dial()
    assert shirin.press("9", "5", "2580") == screen("""
        এই ফোনের নিয়ম:
        1 এসএমএস: হ্যাঁ
        2 ফোন: হ্যাঁ
        98 আরও 99 পেছনে 0 কথা
    """)
    assert shirin.press("98") == screen("""
        3 সময়: যেকোনো সময়
        4 দিন: সব দিন
        5 শুধু আমার ফোন: হ্যাঁ
        6 খবর: না
        99 পেছনে 0 কথা
    """)
    assert shirin.press("3") == screen("""
        কোন সময় ভালো?
        1 সকাল 9-12
        2 দুপুর 12-4
        3 বিকাল 4-8
        4 যেকোনো সময়
        99 পেছনে 0 কথা
    """)
    shirin.press("3", "1", "4", "2", "1", "6", "1")
    assert shirin.press("2") == screen("ধন্যবাদ। কেন্দ্রের ঠিকানা জানতে আবার ডায়াল করুন।")
    (link,) = rows(database, PersonPhone, "person_id")
    assert (link["window"], link["weekdays"], link["sms"]) == ("evening", "56", True)
    news = [row for row in rows(database, Consent) if row["purpose"] == ConsentTo.NEWS]
    assert [row["given"] for row in news] == [True]


def test_no_more_sms_cancels_what_waits_and_leaves_calls_as_they_are(database: Database) -> None:
    house = registered(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press("9", "5", "2580", "1", "2", "2")
    house.clock.skip(days=8)
    house.tick()
    assert house.texts() == []
    (link,) = rows(database, PersonPhone, "person_id")
    assert (link["sms"], link["call"]) == (False, True)


def test_without_the_secret_number_nothing_is_shown_and_stop_is_open_to_everybody(
    database: Database,
) -> None:
    house = registered(database)
    shirin = house.phone()
    shirin.dial()
    assert shirin.press("9", "5", "9517") == CLOSED
    shirin.dial()
    assert shirin.press("8", "1") == screen("ঠিক আছে। আর এসএমএস যাবে না।")


def test_what_has_run_out_is_asked_anew_by_staff_and_said_anew_by_her_from_nothing(
    database: Database,
) -> None:
    house = registered(database)
    house.clock.skip(days=399)
    house.phone().text("help")
    house.gateway.sent.clear()
    house.clock.skip(days=2)
    assert permits.sweep(house.parts) == 1
    assert permits.sweep(house.parts) == 0
    (item,) = [row for row in rows(database, WorkItem) if row["kind"] == Kind.SAFE_CONTACT]
    assert (item["phone_id"], item["state"]) == (None, "open")
    house.tick()
    assert house.texts() == []
    shirin = house.phone()
    shirin.dial()
    assert shirin.press("9", "5", "2580").splitlines()[1:3] == [
        "1 এসএমএস: না",
        "2 ফোন: না",
    ]
    shirin.press("2", "1")
    (link,) = rows(database, PersonPhone, "person_id")
    assert (link["sms"], link["call"]) == (False, True)
    assert link["expires_at"] == house.clock() + timedelta(days=400)
    (item,) = [row for row in rows(database, WorkItem) if row["kind"] == Kind.SAFE_CONTACT]
    assert item["state"] == "done"


def test_after_a_long_silence_the_phone_is_nobodys_and_the_old_number_opens_nothing(
    database: Database,
) -> None:
    house = registered(database)
    house.clock.skip(days=401)
    assert recycled.sweep(house.parts) == 1
    assert recycled.sweep(house.parts) == 0
    stranger = house.phone()
    stranger.dial()
    assert stranger.press("9", "5", "2580") == CLOSED
    stranger.dial()
    assert stranger.press("6", "2580") == CLOSED
    stranger.dial()
    stranger.press(*REGISTER_IN_JASHORE)  # whoever has it now answers the same
    assert len({row["person_id"] for row in rows(database, PersonPhone, "person_id")}) == 2


def test_who_says_wrong_number_hears_nothing_ever_again_and_finds_nothing(
    database: Database,
) -> None:
    house = registered(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press("1", "1", "1")  # a registration is begun
    shirin.text("ভুল নম্বর")
    for days in (1, 7, 30):
        house.clock.skip(days=days)
        house.tick()
    assert house.texts() == []
    shirin.dial()
    assert "এগোবেন" not in shirin.screen  # nothing is offered to go on with
    assert shirin.press("9", "5", "2580") == CLOSED
    (phone,) = rows(database, Phone)
    assert phone["unsafe_at"] is not None


def test_for_another_person_a_number_is_left_and_nobody_is_contacted(database: Database) -> None:
    house = House(database)
    neighbour = house.phone(RAHIMA)
    neighbour.dial()
    assert neighbour.press("9", "7") == screen("""
        একা হলে তিনি নিজে *0000# ডায়াল করলে ভালো। এলাকা বলবেন?
        98 আরও 99 পেছনে 0 কথা
    """)
    assert neighbour.press("1", "jessore") == screen("""
        তিনি রাজি আর নিরাপদ হলেই নম্বর দিন। আমরা ফোন করব না।
        98 আরও 99 পেছনে 0 কথা
    """)
    assert neighbour.press("1", "01300-000001") == screen(
        "লেখা হলো। আমরা ফোন করব না। তাঁকে বলবেন, একা হলে *0000# ডায়াল করতে।"
    )
    (item,) = rows(database, WorkItem)
    assert (item["kind"], item["phone_id"], item["case_id"]) == (Kind.ON_BEHALF, None, None)
    (kept,) = rows(database, IncomingText)
    assert SHIRIN.encode() not in kept["words"]
    assert {row["fingerprint"] for row in rows(database, Phone)} == {
        house.parts.ring.fingerprint("phone", RAHIMA)
    }
    house.clock.skip(days=1)
    house.tick()
    assert house.gateway.sent == []


def test_a_number_that_is_none_is_asked_for_again(database: Database) -> None:
    neighbour = House(database).phone(RAHIMA)
    neighbour.dial()
    neighbour.press("9", "7", "1", "jessore", "1")
    for typed in ("12345", "=cmd()", "<script>", "ক" * 60, "0200000000"):
        assert "মোবাইল নম্বর লিখুন।" in neighbour.press(typed) or "কথা" in neighbour.screen
        neighbour.dial()
        neighbour.press("9", "7", "1", "jessore", "1")
