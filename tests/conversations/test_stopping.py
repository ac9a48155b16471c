"""Being left alone: one answer to "stop", none at all to "exit", and an end to everything with the secret number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpline.gateways.port import OptedOut
from helpline.service import contact
from helpline.service.desk.callable import safety
from helpline.store.tables import (
    Callback,
    Consent,
    Event,
    IncomingText,
    Message,
    Person,
    PersonPhone,
    Phone,
    Reminder,
    Session,
)
from tests.conversations.screens import (
    HOME,
    REGISTER_IN_JASHORE,
    each_on_a_phone,
    rows,
    screen,
)
from tests.house import RAHIMA, SHIRIN, House

if TYPE_CHECKING:
    from helpline.store.database import Database

STOPPED = screen("ঠিক আছে। আর এসএমএস যাবে না।")
STARTED = screen("ঠিক আছে। আবার এসএমএস যাবে।")


def registered(database: Database, **house: frozenset[str]) -> House:
    made = House(database, **house)
    shirin = made.phone()
    shirin.dial()
    shirin.press(*REGISTER_IN_JASHORE)
    made.work()
    return made


def after_a_week(house: House) -> list[str]:
    before = len(house.texts())
    house.clock.skip(days=7)
    house.tick()
    return house.texts()[before:]


def test_stop_is_answered_once_and_then_there_is_silence(database: Database) -> None:
    house = House(database)
    words = ["STOP", "stop.", "Stop!", "বন্ধ", " বন্ধ। ", "bondho", "BONDHO"]
    for phone, word in each_on_a_phone(house, words):
        for said in (word, word, "help", "আমার কথা শুনুন", "1", word):
            phone.text(said)
        assert house.texts(phone.number) == [STOPPED], word


def test_no_reminder_comes_to_a_stopped_phone(database: Database) -> None:
    house = registered(database)
    house.phone().text("stop")
    assert house.texts()[1:] == [STOPPED]
    assert after_a_week(house) == []


def test_start_is_answered_and_reminders_come_again(database: Database) -> None:
    house = registered(database)
    shirin = house.phone()
    for word in ("START", "start", "চালু", "chalu"):
        before = len(house.texts())
        house.clock.skip(minutes=1)
        shirin.text("stop")
        shirin.text(word)
        assert house.texts()[before:] == [STOPPED, STARTED]
    assert after_a_week(house) == [screen("কেমন আছেন? সময় হলে *0000# ডায়াল করুন।")]


def test_stop_after_start_is_answered_again(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    for word in ("stop", "start", "stop"):
        house.clock.skip(minutes=1)
        shirin.text(word)
    assert house.texts() == [STOPPED, STARTED, STOPPED]


def test_messages_are_stopped_and_started_again_by_dialling_too(database: Database) -> None:
    house = registered(database)
    shirin = house.phone()
    assert shirin.dial() == screen(HOME)
    assert shirin.press("8") == screen("""
        কী বন্ধ করব?
        1 এই ফোনে এসএমএস
        2 আমার নিবন্ধন
        98 আরও 99 পেছনে 0 কথা
    """)
    assert shirin.press("1") == STOPPED
    assert house.texts()[1:] == []
    assert after_a_week(house) == []
    shirin.dial()
    assert shirin.press("8", "98") == screen("""
        3 এসএমএস আবার চালু করুন
        99 পেছনে 0 কথা 00 মেনু
    """)
    assert shirin.press("3") == STARTED


def test_what_waits_is_cancelled_in_the_same_moment(database: Database) -> None:
    house = registered(database)
    house.clock.skip(days=7)
    house.bell.alive = False
    house.tick()
    house.bell.alive = True
    house.phone().text("stop")
    assert house.texts()[1:] == [STOPPED]
    states = {row["template"]: (row["state"], row["trouble"]) for row in rows(database, Message)}
    assert states["follow_up"] == ("cancelled", "stopped")
    cancelled = [row for row in rows(database, Event) if row["became"] == "cancelled"]
    assert [(row["subject"], row["was"], row["why"]) for row in cancelled] == [
        ("message", "queued", "stopped")
    ]
    due = [row for row in rows(database, Reminder) if row["state"] == "cancelled"]
    assert [row["kind"] for row in due] == ["follow_up"]


def test_stop_within_other_words_is_not_stop(database: Database) -> None:
    house = House(database)
    said = ["stop 12345", "please stop", "stopp", "বন্ধ কেন", "don't stop"]
    for phone, words in each_on_a_phone(house, said):
        phone.text(words)
        assert house.texts(phone.number) == [screen("ধন্যবাদ। আপনার কথা পেয়েছি।")], words
    assert {row["stopped_at"] for row in rows(database, Phone)} == {None}
    assert len(rows(database, IncomingText)) == len(said)


# -- somebody else may hold the phone ------------------------------------------------------


def test_exit_is_never_answered_whatever_is_said_afterwards(database: Database) -> None:
    house = House(database)
    words = ["EXIT", "exit", "বন্ধ করুন", "bondho korun", "Bondho Korun."]
    for phone, word in each_on_a_phone(house, words):
        for said in (word, "help", "stop", "start", "hello", "1", word):
            phone.text(said)
    assert house.gateway.sent == []
    assert all(row["unsafe_at"] for row in rows(database, Phone))


def test_nothing_comes_to_an_unsafe_phone_and_staff_can_see_why(database: Database) -> None:
    house = registered(database)
    house.phone().text("exit")
    assert after_a_week(house) == []
    assert len(house.texts()) == 1
    assert "unsafe" in {row["became"] for row in rows(database, Event)}


def test_exit_cancels_what_waits_also_the_answer_that_was_on_its_way(database: Database) -> None:
    house = House(database)
    house.bell.alive = False
    shirin = house.phone()
    shirin.text("help")
    shirin.text("exit")
    house.bell.alive = True
    house.clock.skip(minutes=2)
    house.tick()
    assert house.texts() == []
    assert [row["state"] for row in rows(database, Message)] == ["cancelled"]


def test_after_exit_nobody_who_dials_learns_what_was_begun(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press(*REGISTER_IN_JASHORE[:6])
    shirin.text("register")
    shirin.text("1")
    shirin.text("exit")
    assert shirin.dial() == screen(HOME)
    shirin.text("menu")
    assert house.phone().dial() == screen(HOME)
    assert not any(row["unfinished"] for row in rows(database, Session))


def test_only_dialling_makes_a_phone_safe_again_and_only_for_what_is_allowed_anew(
    database: Database,
) -> None:
    house = registered(database)
    shirin = house.phone()
    shirin.text("exit")
    shirin.text("start")
    assert after_a_week(house) == []
    shirin.dial()
    assert shirin.press("8", "3") == STARTED
    house.clock.skip(days=7)
    house.tick()
    assert len(house.texts()) == 1
    shirin.dial()
    shirin.press("9", "5", "2580", "1", "1")
    house.clock.skip(days=16)
    house.tick()
    assert len(house.texts()) == 3


def test_who_starts_messages_on_her_phone_brings_nothing_back_that_she_had_ended(
    database: Database,
) -> None:
    """She wrote "exit" because he has the phone; he dials and says that SMS are welcome."""
    house = registered(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press("2", "1", "1", "1", "2", "1", "1")
    assert shirin.over
    shirin.dial()
    shirin.press("4", "1", "1")
    assert shirin.over
    before = len(house.texts())
    house.clock.skip(minutes=5)
    shirin.text("exit")
    house.clock.skip(minutes=5)
    his = house.phone()
    his.dial()
    assert his.press("8", "3") == STARTED
    (callback,) = rows(database, Callback)
    for _while in range(32):
        house.clock.skip(hours=3)
        house.tick()
        with house.database.reading() as connection:
            safe = safety(house.parts, connection, callback["id"], house.clock.now)
        assert not safe.now
    assert len(house.texts()) == before


def test_a_call_that_is_asked_for_after_the_phone_is_safe_again_is_made(database: Database) -> None:
    house = registered(database)
    shirin = house.phone()
    shirin.text("exit")
    house.clock.skip(minutes=5)
    shirin.dial()
    shirin.press("8", "3")
    shirin.dial()
    shirin.press("4", "1", "1")
    (callback,) = rows(database, Callback)
    with house.database.reading() as connection:
        assert safety(house.parts, connection, callback["id"], callback["slot_at"]).now


def test_what_was_typed_before_exit_is_gone_from_the_thread(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.text("register")
    shirin.text("1")
    shirin.text("exit")
    (session,) = rows(database, Session)
    kept = house.parts.ring.unseal(session["state"], "session.state", session["id"])
    assert b"registration" not in kept


def test_a_stopped_phone_stops_nobody_else(database: Database) -> None:
    house = House(database)
    rahima = house.phone(RAHIMA)
    house.phone().text("exit")
    rahima.text("help")
    assert len(house.texts(RAHIMA)) == 1


# -- taking consent back -------------------------------------------------------------------


def test_who_ends_her_registration_is_asked_once_more_and_then_left_alone(
    database: Database,
) -> None:
    house = registered(database)
    shirin = house.phone()
    shirin.dial()
    assert shirin.press("8", "2") == screen("""
        আপনার 4টি গোপন সংখ্যা লিখুন।
        99 পেছনে 0 কথা 00 মেনু
    """)
    assert shirin.press("2580") == screen("""
        নিবন্ধন ও সব এসএমএস বন্ধ করব?
        1 হ্যাঁ, বন্ধ করুন
        2 না
        99 পেছনে 0 কথা 00 মেনু
    """)
    assert shirin.press("1") == screen("বন্ধ করা হয়েছে। চাইলে আবার নিবন্ধন করতে পারবেন।")
    (person,) = rows(database, Person)
    (link,) = rows(database, PersonPhone, "person_id")
    assert person["withdrawn_at"] == link["ended_at"] == house.clock.now
    assert (link["sms"], link["call"]) == (False, False)
    assert all(row["withdrawn_at"] for row in rows(database, Consent))
    assert {row["state"] for row in rows(database, Reminder)} == {"cancelled"}
    house.clock.skip(days=200)
    house.tick()
    assert len(house.texts()) == 1
    shirin.dial()
    assert shirin.press("6", "2580").startswith(screen("এ সংখ্যায় কিছু পাইনি।"))


def test_who_thinks_better_of_it_keeps_her_registration(database: Database) -> None:
    house = registered(database)
    shirin = house.phone()
    shirin.dial()
    assert shirin.press("8", "2", "2580", "2") == screen("ঠিক আছে। কিছুই বদলায়নি।")
    assert after_a_week(house) == [screen("কেমন আছেন? সময় হলে *0000# ডায়াল করুন।")]


def test_a_registration_cannot_be_ended_with_wrong_digits(database: Database) -> None:
    house = registered(database)
    shirin = house.phone()
    shirin.dial()
    assert shirin.press("8", "2", "2581") == screen("""
        এ সংখ্যায় কিছু পাইনি।
        1 আবার চেষ্টা করি
        2 কারও সাথে কথা বলি
        99 পেছনে 0 কথা
    """)
    assert len(after_a_week(house)) == 1


def test_a_reminder_that_was_on_its_way_when_consent_ended_is_not_sent(database: Database) -> None:
    house = registered(database)
    house.clock.skip(days=7)
    house.bell.alive = False
    house.tick()
    shirin = house.phone()
    shirin.dial()
    shirin.press("8", "2", "2580", "1")
    house.bell.alive = True
    house.clock.skip(minutes=1)
    house.tick()
    assert len(house.texts()) == 1


# -- gateways that answer "stop" themselves ------------------------------------------------

TWILIO = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "start", "unstop", "yes", "help", "info"})  # fmt: skip


def test_where_the_gateway_answers_stop_we_note_it_and_keep_quiet(database: Database) -> None:
    house = House(database, reserved=TWILIO)
    words = ["STOP", "Stopall", "unsubscribe", "cancel", "END", "quit"]
    for phone, word in each_on_a_phone(house, words):
        phone.text(word)
    assert house.gateway.sent == []
    assert [row["stopped_at"] for row in rows(database, Phone)] == [house.clock.now] * len(words)


def test_where_the_gateway_answers_start_we_note_it_and_keep_quiet(database: Database) -> None:
    house = registered(database, reserved=TWILIO)
    for word in ("START", "unstop", "YES"):
        house.phone().text("STOP")
        assert rows(database, Phone)[0]["stopped_at"] is not None
        house.phone().text(word)
        assert rows(database, Phone)[0]["stopped_at"] is None
    assert len(house.texts()) == 1
    assert len(after_a_week(house)) == 1


def test_other_words_of_the_gateway_change_nothing_and_get_no_answer(database: Database) -> None:
    house = House(database, reserved=TWILIO)
    for word in ("HELP", "info"):
        house.phone().text(word)
    assert house.gateway.sent == []
    assert rows(database, IncomingText) == rows(database, Phone) == []


def test_our_own_words_are_answered_there_as_everywhere(database: Database) -> None:
    house = House(database, reserved=TWILIO)
    house.phone().text("বন্ধ")
    house.phone(RAHIMA).text("সাহায্য")
    assert house.texts(SHIRIN) == [STOPPED]
    assert house.texts(RAHIMA)[0].startswith(screen("প্রবাসফেরতদের সেবা"))


def test_an_opt_out_that_the_gateway_reports_counts_as_stop(database: Database) -> None:
    house = registered(database)
    heard = OptedOut(SHIRIN, "opt-1")
    contact.opted_out(house.parts, house.gateway, heard)
    contact.opted_out(house.parts, house.gateway, heard)
    assert after_a_week(house) == []
    stops = [row for row in rows(database, Event) if row["became"] == "stopped"]
    assert [row["actor"] for row in stops] == ["gateway"]


def test_stopping_messages_does_not_stop_a_call_that_was_asked_for(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press("4", "1", "3")
    shirin.text("stop")
    assert [row["state"] for row in rows(database, Callback)] == ["requested"]
