"""What networks do to a conversation: twice, late, out of order, all at once; and two people at one time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helpline.gateways.port import Malformed, SessionEnded, UssdHeard
from helpline.service import converse
from helpline.store.tables import Callback, Event, Inbox, Person, Session
from tests.conversations.screens import HOME, REGISTER_IN_JASHORE, rows, screen
from tests.house import RAHIMA, SHIRIN, House

if TYPE_CHECKING:
    from helpline.store.database import Database


def hop(
    house: House,
    text: str,
    *,
    session: str = "s-1",
    number: str = SHIRIN,
    begins: bool = False,
    event: str = "",
) -> str:
    """One delivery of a gateway that sends everything typed so far."""
    heard = UssdHeard(
        session_id=session,
        address=number,
        text=text,
        begins=begins,
        cumulative=True,
        event_id=event or f"{session}:{text}",
    )
    return converse.ussd(house.parts, house.gateway, heard).text


def test_a_delivery_that_comes_twice_gets_the_same_screen_and_has_one_effect(
    database: Database,
) -> None:
    house = House(database)
    shirin = house.phone()
    screens = [shirin.dial()]
    assert shirin.again() == screens[0]
    for key in REGISTER_IN_JASHORE:
        shown = shirin.press(key)
        assert [shirin.again(), shirin.again()] == [shown, shown]
    house.work()
    assert len(rows(database, Person)) == 1
    assert len(house.texts()) == 1
    assert len(rows(database, Inbox)) == len(REGISTER_IN_JASHORE) + 1


def test_an_older_delivery_that_comes_late_gets_its_old_screen_and_moves_nothing(
    database: Database,
) -> None:
    house = House(database)
    screens = {text: hop(house, text, begins=not text) for text in ("", "4", "4*1", "4*1*3")}
    for text in ("", "4", "4*1", "4*1*3"):
        assert hop(house, text, begins=not text) == screens[text]
    assert len(rows(database, Callback)) == 1
    (session,) = rows(database, Session)
    assert session["step"] == 4


def test_a_code_dialled_with_its_answers_arrives_there_at_once(database: Database) -> None:
    house = House(database)
    assert hop(house, "4*1") == screen("""
        কখন ফোন করব?
        1 যত আগে পারেন
        2 সকাল 9-12
        3 দুপুর 12-4
        4 বিকাল 4-8
        99 পেছনে
    """)
    assert hop(house, "4*1*2").startswith(screen("ঠিক আছে। ফোন করব"))
    assert len(rows(database, Callback)) == 1


def test_a_session_whose_beginning_was_lost_is_played_from_the_start(database: Database) -> None:
    house = House(database)
    whole = "*".join(REGISTER_IN_JASHORE)
    assert screen("নিবন্ধন হয়েছে।") in hop(house, whole)
    assert hop(house, whole) == hop(house, whole)
    assert len(rows(database, Person)) == 1


def test_a_gateway_that_sends_only_the_last_key_is_understood_too(database: Database) -> None:
    house = House(database)
    shown = ""
    for number, text in enumerate(("", "4", "1", "3")):
        heard = UssdHeard(
            "s-2", SHIRIN, text, begins=not number, cumulative=False, event_id=f"e-{number}"
        )
        shown = converse.ussd(house.parts, house.gateway, heard).text
    assert shown == screen("ঠিক আছে। ফোন করব: মঙ্গল 1 ডিসেম্বর, দুপুর।")


@pytest.mark.parametrize("typed", ["*", "1*2", "*1", "**", "*123#"])
def test_a_star_the_caller_typed_herself_is_part_of_her_answer(
    database: Database, typed: str
) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    assert shirin.press("3", typed).splitlines()[0] == screen("বুঝতে পারিনি, আবার দিন।")
    assert shirin.press("jessore").splitlines()[0] == screen("কোন উপজেলা?")


def test_a_gateway_that_has_lost_the_thread_begins_again_politely(database: Database) -> None:
    house = House(database)
    hop(house, "", begins=True)
    hop(house, "3")
    hop(house, "3*1")
    assert hop(house, "2") == screen(HOME)


def test_keys_after_the_end_of_a_session_are_a_new_call(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press("5", "1")
    assert shirin.over
    assert shirin.press("1") == screen(HOME)


def test_a_session_belongs_to_the_number_that_began_it(database: Database) -> None:
    house = House(database)
    hop(house, "", begins=True)
    with pytest.raises(Malformed, match="another number"):
        hop(house, "1", number=RAHIMA)
    assert hop(house, "3").startswith(screen("কোন বিভাগ?"))


def test_two_people_in_two_calls_do_not_meet(database: Database) -> None:
    house = House(database)
    shirin, rahima = house.phone(), house.phone(RAHIMA)
    assert shirin.dial() == rahima.dial()
    for mine, hers in zip(REGISTER_IN_JASHORE, ("1", "1", "1", "2", "dhaka"), strict=False):
        shirin.press(mine)
        rahima.press(hers)
    shirin.press(*REGISTER_IN_JASHORE[5:])
    assert shirin.over
    assert rahima.press("savar").startswith(screen("কোন দেশ থেকে ফিরেছেন?"))
    assert [row["district"] for row in rows(database, Person)] == ["BD-22"]
    assert rahima.dial().startswith(screen("আগের কাজটা চালিয়ে যাবেন?"))
    assert shirin.dial() == screen(HOME)


def test_one_phone_in_two_calls_at_once_is_two_conversations(database: Database) -> None:
    house = House(database)
    first, second = house.phone(), house.phone()
    first.dial()
    first.press("2")
    second.dial()
    second.press("3")
    assert first.press("1").startswith(screen("কার সাথে কথা বলতে চান?"))
    assert second.press("jessore").startswith(screen("কোন উপজেলা?"))


def test_two_gateways_may_use_the_same_name_for_a_session(database: Database) -> None:
    one, other = House(database), House(database)
    other.gateway.name = "other"
    assert hop(one, "", begins=True) == hop(other, "", begins=True)
    assert hop(one, "3").startswith(screen("কোন বিভাগ?"))
    assert hop(other, "2").startswith(screen("কী নিয়ে কথা বলতে চান?"))


def test_the_end_of_a_session_may_be_told_before_and_after_and_twice(database: Database) -> None:
    house = House(database)
    ended = SessionEnded("s-1", "Success", "end-1")
    converse.ended(house.parts, house.gateway, ended)
    hop(house, "", begins=True)
    hop(house, "3")
    converse.ended(house.parts, house.gateway, ended)
    (first,) = rows(database, Session)
    house.clock.skip(minutes=5)
    converse.ended(house.parts, house.gateway, ended)
    (second,) = rows(database, Session)
    assert first["ended_at"] == second["ended_at"] == house.clock.now.replace(minute=0)


def test_a_key_that_arrives_after_the_end_was_told_still_counts(database: Database) -> None:
    house = House(database)
    hop(house, "", begins=True)
    converse.ended(house.parts, house.gateway, SessionEnded("s-1", "Failed", "end-1"))
    assert hop(house, "3").startswith(screen("কোন বিভাগ?"))


def test_the_tables_never_hold_what_was_typed(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.dial()
    shirin.press("3", "jessore")
    kept = [bytes(row["state"]) for row in rows(database, Session)]
    kept += [bytes(row["reply"]) for row in rows(database, Inbox)]
    assert not any(b"jessore" in each or "যশোর".encode() in each for each in kept)
    assert rows(database, Event) == []
