"""Calls through the helpline, against a network that speaks Twilio's protocol over HTTP and the SDK."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest

from helpline.service.desk import callbacks, calling, queue
from helpline.service.desk.acting import NotAllowed, Stale, acting
from helpline.service.desk.passwords import hashed
from helpline.settings import Settings
from helpline.store.database import Database
from helpline.store.tables import CounsellingRequest, WorkItem
from tests.desk.phones import HOTLINE, MISSED, NASRIN, TAHMINA, PhoneOffice, phone_office
from tests.house import SHIRIN


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Iterator[PhoneOffice]:
    settings = replace(Settings.demo(tmp_path / "var", 8000), simulator=False)
    with phone_office(database, settings) as made:
        yield made


@pytest.fixture
def nasrin(office: PhoneOffice):
    office.party(NASRIN, "answer", "1")
    return office.on_duty("Nasrin", NASRIN)


def test_a_bridged_call_puts_both_into_one_room(office: PhoneOffice, nasrin) -> None:
    office.ring(nasrin, office.promise())
    assert office.network.talking(NASRIN, SHIRIN)
    assert (office.callback.state, office.call.state) == ("connected", "connected")
    assert office.call.connected_at is not None
    assert office.network.side(NASRIN).heard == ["accept"]
    assert office.network.side(SHIRIN).heard == []


def test_neither_side_ever_gets_the_others_number(office: PhoneOffice, nasrin) -> None:
    office.ring(nasrin, office.promise())
    staff, client = office.network.side(NASRIN), office.network.side(SHIRIN)
    assert SHIRIN[1:] not in "".join(staff.told) + staff.url + staff.callback
    assert NASRIN[1:] not in "".join(client.told) + client.url + client.callback
    assert (staff.other, client.other) == (HOTLINE, HOTLINE)
    asked = [each.form for each in office.network.asked if each.path.endswith("/Calls.json")]
    assert [(form["To"], form["From"]) for form in asked] == [(NASRIN, HOTLINE), (SHIRIN, HOTLINE)]
    assert all(form["Record"] == "false" for form in asked)


def test_a_mailbox_that_presses_nothing_is_no_counsellor(office: PhoneOffice, nasrin) -> None:
    office.party(NASRIN, "answer")
    office.ring(nasrin, office.promise())
    assert not [each for each in office.network.sides.values() if each.number == SHIRIN]
    assert (office.call.state, office.callback.state) == ("failed", "due")
    assert office.callback.attempts == 0


@pytest.mark.parametrize("how", ["busy", "no-answer", "failed", "canceled"])
def test_a_counsellor_who_is_not_reached_leaves_the_promise_due(
    office: PhoneOffice, nasrin, how: str
) -> None:
    office.party(NASRIN, how)
    item = office.promise()
    office.ring(nasrin, item)
    assert (office.call.state, office.callback.state) == ("failed", "due")
    assert office.one(WorkItem, id=item).owner_id == nasrin.id
    office.party(NASRIN, "answer", "1")
    office.ring(nasrin, item)
    assert office.network.talking(NASRIN, SHIRIN)


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("busy", "busy"),
        ("no-answer", "no_answer"),
        ("failed", "network"),
        ("canceled", "rejected"),
    ],
)
def test_a_client_who_is_not_reached_is_tried_at_another_time(
    office: PhoneOffice, nasrin, how: str, why: str
) -> None:
    office.party(SHIRIN, how)
    item = office.promise()
    office.ring(nasrin, item)
    assert (office.call.state, office.call.ended_why) == ("failed", why)
    assert (office.callback.state, office.callback.attempts) == ("scheduled", 1)
    assert office.callback.slot_at > office.clock() + timedelta(hours=1)
    assert office.one(WorkItem, id=item).owner_id is None
    assert office.network.side(NASRIN).heard[-1] == "not_reached"
    assert not office.network.side(NASRIN).alive


def test_a_number_the_gateway_refuses_is_an_attempt_in_vain(office: PhoneOffice, nasrin) -> None:
    office.ring(nasrin, office.promise("+8801300000999"))
    assert (office.callback.state, office.callback.attempts) == ("scheduled", 1)


def test_while_the_provider_is_down_the_promise_stays_due(office: PhoneOffice, nasrin) -> None:
    office.network.down = True
    item = office.promise()
    office.ring(nasrin, item)
    assert (office.call.state, office.callback.state) == ("failed", "due")
    assert office.call.ended_why == "network"


def test_a_client_who_hangs_up_ends_the_call_for_both(office: PhoneOffice, nasrin) -> None:
    office.ring(nasrin, office.promise())
    office.network.hang_up(office.network.side(SHIRIN))
    office.work()
    assert (office.call.state, office.call.ended_why) == ("ended", "client_left")
    assert not office.network.side(NASRIN).alive
    assert office.callback.state == "connected", "how it ended is for the counsellor to say"


def test_a_counsellor_whose_line_is_lost_does_not_drop_the_client(
    office: PhoneOffice, nasrin
) -> None:
    office.party(TAHMINA, "answer", "1")
    tahmina = office.on_duty("Tahmina", TAHMINA)
    office.ring(nasrin, office.promise())
    office.network.hang_up(office.network.side(NASRIN))
    office.work()
    assert "lost" in office.network.side(SHIRIN).heard
    assert office.network.talking(TAHMINA, SHIRIN)
    assert (office.call.state, office.call.staff_id) == ("connected", tahmina.id)
    assert office.one(WorkItem, kind="callback").owner_id == tahmina.id


def test_a_client_nobody_can_take_over_is_promised_another_call(
    office: PhoneOffice, nasrin
) -> None:
    office.party(SHIRIN, "answer", "1")
    office.ring(nasrin, office.promise())
    office.network.hang_up(office.network.side(NASRIN))
    office.work()
    assert office.network.side(SHIRIN).heard == ["nobody", "safe", "noted"]
    assert office.callback.state == "scheduled"
    assert (office.call.state, office.call.ended_why) == ("ended", "call_back")


def test_warm_transfer_never_drops_the_client(office: PhoneOffice, nasrin) -> None:
    office.party(TAHMINA, "answer", "1")
    tahmina = office.on_duty("Tahmina", TAHMINA)
    call = office.ring(nasrin, office.promise())
    with acting(office.parts, nasrin) as deed:
        calling.ask_in(deed, call, tahmina.id)
    calling.wake(office.parts, call_id=call)
    office.work()
    assert office.network.talking(NASRIN, TAHMINA, SHIRIN)
    with acting(office.parts, nasrin) as deed:
        wishes = calling.leave(deed, call)
    calling.wake(office.parts, wishes)
    office.work()
    assert office.network.talking(TAHMINA, SHIRIN)
    assert (office.call.state, office.call.staff_id) == ("connected", tahmina.id)
    assert office.network.side(SHIRIN).heard == []


def test_a_specialist_who_does_not_answer_changes_nothing(office: PhoneOffice, nasrin) -> None:
    office.party(TAHMINA, "no-answer")
    tahmina = office.on_duty("Tahmina", TAHMINA)
    call = office.ring(nasrin, office.promise())
    with acting(office.parts, nasrin) as deed:
        calling.ask_in(deed, call, tahmina.id)
    calling.wake(office.parts, call_id=call)
    office.work()
    assert office.network.talking(NASRIN, SHIRIN)
    assert office.call.state == "connected"


def test_a_stranger_to_a_call_can_neither_leave_it_nor_ask_others_in(
    office: PhoneOffice, nasrin
) -> None:
    call = office.ring(nasrin, office.promise())
    other = office.hire(name="Other")
    with acting(office.parts, other) as deed, pytest.raises(NotAllowed):
        calling.ask_in(deed, call, other.id)
    with acting(office.parts, other) as deed, pytest.raises(NotAllowed):
        calling.leave(deed, call)


def test_a_call_that_runs_is_not_begun_twice(office: PhoneOffice, nasrin) -> None:
    item = office.promise()
    office.ring(nasrin, item)
    with pytest.raises(Stale):
        office.ring(nasrin, item)


def test_outside_the_safe_time_nothing_rings(office: PhoneOffice, nasrin) -> None:
    item = office.promise()
    office.skip(hours=12)
    with pytest.raises(calling.NotSafe) as refused:
        office.ring(nasrin, item)
    assert refused.value.why == "quiet"
    assert refused.value.when is not None
    assert office.call is None


def test_a_phone_marked_unsafe_while_the_counsellor_was_rung_does_not_ring(
    office: PhoneOffice, nasrin
) -> None:
    item = office.promise()
    office.party(NASRIN, "ring")
    office.ring(nasrin, item)
    house = office.house
    house.parts = office.parts
    house.phone(SHIRIN).text("EXIT")
    office.party(NASRIN, "answer", "1")
    office.network.pick_up(office.network.side(NASRIN))
    office.work()
    assert not [each for each in office.network.sides.values() if each.number == SHIRIN]
    assert office.call.state == "failed"


def test_a_caller_is_put_through_to_who_is_there(office: PhoneOffice, nasrin) -> None:
    office.party(SHIRIN, "answer", "1", "1")
    office.network.dial(SHIRIN, HOTLINE)
    office.work()
    assert office.network.side(SHIRIN).heard[:3] == ["language", "menu", "wait"]
    assert office.network.talking(NASRIN, SHIRIN)
    item = office.one(WorkItem, kind="other")
    assert (item.owner_id, item.subject_id) == (nasrin.id, office.call.id)
    assert item.case_id == office.call.case_id


def test_of_two_who_are_rung_the_first_to_press_has_the_caller(office: PhoneOffice, nasrin) -> None:
    office.party(TAHMINA, "answer", "1")
    office.on_duty("Tahmina", TAHMINA)
    office.party(SHIRIN, "answer", "1", "1")
    office.network.dial(SHIRIN, HOTLINE)
    office.work()
    inside = [each.number for each in office.network.sides.values() if each.room]
    assert sorted(inside) in (sorted([NASRIN, SHIRIN]), sorted([TAHMINA, SHIRIN]))


def test_a_caller_for_whom_nobody_is_there_is_told_so_and_called_back(
    office: PhoneOffice,
) -> None:
    office.party(SHIRIN, "answer", "2", "1", "1")
    office.network.dial(SHIRIN, HOTLINE)
    office.work()
    assert office.network.side(SHIRIN).heard == ["language", "menu", "nobody", "safe", "noted"]
    assert (office.callback.state, office.callback.about) == ("requested", "hotline")
    assert office.one(WorkItem, kind="callback").language == "en"


def test_who_asked_for_a_woman_is_put_through_to_a_woman(office: PhoneOffice) -> None:
    office.counselling(counsellor="woman")
    office.party(NASRIN, "answer", "1")
    office.party(TAHMINA, "answer", "1")
    office.on_duty("Selim", NASRIN, sex="man")
    tahmina = office.on_duty("Tahmina", TAHMINA)
    office.party(SHIRIN, "answer", "1", "1")
    office.network.dial(SHIRIN, HOTLINE)
    office.work()
    assert office.network.talking(TAHMINA, SHIRIN)
    assert NASRIN not in {each.number for each in office.network.sides.values()}
    item = office.one(WorkItem, kind="other")
    assert (item.owner_id, item.counsellor) == (tahmina.id, "woman")


@pytest.mark.parametrize("called", [HOTLINE, MISSED])
def test_where_only_men_are_there_a_woman_calls_back_who_asked_for_one(
    office: PhoneOffice, called: str
) -> None:
    office.counselling(counsellor="woman")
    office.party(NASRIN, "answer", "1")
    selim = office.on_duty("Selim", NASRIN, sex="man")
    office.party(SHIRIN, "answer", "1", "1", "1")
    office.network.dial(SHIRIN, called)
    office.work()
    if called == HOTLINE:
        assert office.network.side(SHIRIN).heard == ["language", "menu", "nobody", "safe", "noted"]
    assert NASRIN not in {each.number for each in office.network.sides.values()}
    item = office.one(WorkItem, subject_id=office.callback.id)
    assert item.counsellor == "woman"
    with pytest.raises(NotAllowed), acting(office.parts, selim) as deed:
        queue.claim(deed, item.id)


def test_a_woman_who_is_lost_is_followed_by_a_woman(office: PhoneOffice) -> None:
    office.party(NASRIN, "answer", "1")
    office.party(TAHMINA, "answer", "1")
    tahmina = office.on_duty("Tahmina", TAHMINA)
    office.on_duty("Selim", NASRIN, sex="man")
    office.party(SHIRIN, "answer", "1")
    office.ring(tahmina, office.counselling(counsellor="woman"))
    assert office.network.talking(TAHMINA, SHIRIN)
    office.network.hang_up(office.network.side(TAHMINA))
    office.work()
    assert office.network.side(SHIRIN).heard[-3:] == ["nobody", "safe", "noted"]
    assert NASRIN not in {each.number for each in office.network.sides.values()}


def test_who_does_not_say_that_it_is_safe_is_not_called_back(office: PhoneOffice) -> None:
    office.party(SHIRIN, "answer", "1", "2")
    office.network.dial(SHIRIN, HOTLINE)
    office.work()
    assert office.network.side(SHIRIN).heard[-1] == "goodbye"
    assert office.callback is None


def test_at_night_a_caller_hears_that_it_is_closed(office: PhoneOffice, nasrin) -> None:
    office.skip(hours=12)
    office.party(SHIRIN, "answer", "1", "1")
    office.network.dial(SHIRIN, HOTLINE)
    office.work()
    assert office.network.side(SHIRIN).heard == ["language", "closed", "safe", "noted"]
    assert office.callback.slot_at > office.clock()


def test_who_waits_too_long_is_offered_a_call(office: PhoneOffice, nasrin) -> None:
    office.party(NASRIN, "ring")
    office.party(SHIRIN, "answer", "1", "1", "1")
    caller = office.network.dial(SHIRIN, HOTLINE)
    office.work()
    assert caller.queue
    office.skip(minutes=5)
    office.network.poll(caller)
    office.work()
    assert caller.heard[-3:] == ["nobody", "safe", "noted"]
    assert office.callback.about == "hotline"
    assert not office.network.side(NASRIN).alive


def test_when_the_first_does_not_answer_the_next_is_rung(office: PhoneOffice) -> None:
    office.party(NASRIN, "no-answer")
    office.party(TAHMINA, "answer", "1")
    office.on_duty("Nasrin", NASRIN)
    office.party(SHIRIN, "answer", "1", "1")
    office.network.parties[NASRIN].answers = "ring"
    office.network.dial(SHIRIN, HOTLINE)
    office.work()
    office.on_duty("Tahmina", TAHMINA)
    office.network.hang_up(office.network.side(NASRIN), "no-answer")
    office.work()
    assert office.network.talking(TAHMINA, SHIRIN)


@pytest.mark.parametrize("presses", [0, 1, 2])
def test_a_caller_may_hang_up_anywhere(office: PhoneOffice, nasrin, presses: int) -> None:
    office.party(NASRIN, "ring")
    keys = ["1", "1"][:presses] + (["hang"] if presses < 2 else [])
    office.party(SHIRIN, "answer", *keys)
    caller = office.network.dial(SHIRIN, HOTLINE)
    office.work()
    office.network.hang_up(caller)
    office.work()
    assert office.call.state == "ended"
    assert office.callback is None
    assert not [each for each in office.network.sides.values() if each.alive]


def test_a_missed_call_is_rejected_and_becomes_one_promise_an_hour(office: PhoneOffice) -> None:
    for _ in range(3):
        caller = office.network.dial(SHIRIN, MISSED)
        office.work()
        assert "<Reject" in caller.told[0]
    item = office.one(WorkItem, kind="missed_call")
    assert item.subject_id == office.callback.id
    assert item.promised_at == office.clock() + timedelta(hours=4)
    assert office.moves("callback") == ["requested"]
    office.skip(hours=1)
    office.network.dial(SHIRIN, MISSED)
    office.work()
    assert office.moves("callback") == ["requested", "requested"]


def test_everything_said_again_changes_nothing(office: PhoneOffice, nasrin) -> None:
    office.ring(nasrin, office.promise())
    office.network.hang_up(office.network.side(SHIRIN))
    office.work()
    before = (office.moves("callback"), office.moves("call"), office.moves("call_leg"))
    sides = len(office.network.sides)
    for url, form in list(office.network.requests):
        assert office.network.repeat(url, form)[0] == 200
    office.work()
    assert (office.moves("callback"), office.moves("call"), office.moves("call_leg")) == before
    assert len(office.network.sides) == sides


def test_a_hop_that_comes_twice_gets_the_same_answer(office: PhoneOffice, nasrin) -> None:
    office.ring(nasrin, office.promise())
    for side in (office.network.side(NASRIN), office.network.side(SHIRIN)):
        hops = [
            (u, f)
            for u, f in office.network.requests
            if "/voice?" in u and f["CallSid"] == side.sid
        ]
        assert [office.network.repeat(url, form)[1] for url, form in hops] == side.told


@pytest.mark.parametrize("order", range(6))
def test_reports_in_any_order_end_the_same(office: PhoneOffice, nasrin, order: int) -> None:
    office.network.held = []
    office.ring(nasrin, office.promise())
    office.network.hang_up(office.network.side(SHIRIN))
    office.work()
    held, office.network.held = office.network.held, None
    numbers = list(permutations(range(3)))[order]
    for number in numbers:
        for url, form in held[number::3]:
            office.network.repeat(url, form)
    office.work()
    assert (office.call.state, office.callback.state) == ("ended", "connected")
    assert office.moves("callback").count("connected") == 1
    assert {leg.state for leg in office.legs() if leg.role == "client"} == {"ended"}


def test_a_word_nobody_knows_is_kept_and_moves_nothing(office: PhoneOffice, nasrin) -> None:
    office.ring(nasrin, office.promise())
    url, form = next((u, f) for u, f in office.network.requests if "voice-events" in u)
    assert office.network.repeat(url, form | {"CallStatus": "teleported"})[0] == 200
    assert office.call.state == "connected"


def test_a_call_of_which_nothing_is_heard_is_ended_by_the_sweep(
    office: PhoneOffice, nasrin
) -> None:
    office.party(NASRIN, "ring")
    office.ring(nasrin, office.promise())
    office.skip(minutes=5)
    assert calling.sweep(office.parts) == 1
    assert (office.call.state, office.callback.state) == ("failed", "due")
    assert calling.sweep(office.parts) == 0


def test_a_wish_that_no_worker_heard_is_fulfilled_by_the_sweep(office: PhoneOffice, nasrin) -> None:
    office.house.bell.alive = False
    office.ring(nasrin, office.promise())
    office.skip(seconds=6)
    calling.sweep(office.parts)
    office.work()
    office.skip(seconds=6)
    calling.sweep(office.parts)
    office.work()
    assert office.network.talking(NASRIN, SHIRIN)


def test_staff_who_call_in_with_their_pin_are_put_through(office: PhoneOffice, nasrin) -> None:
    office.set_pin(nasrin, hashed("482913"))
    item = office.promise()
    with acting(office.parts, nasrin) as deed:
        queue.claim(deed, item)
    office.party(NASRIN, "answer", "482913")
    office.network.dial(NASRIN, HOTLINE)
    office.work()
    assert office.network.talking(NASRIN, SHIRIN)
    assert SHIRIN[1:] not in "".join(office.network.side(NASRIN).told)


def test_a_wrong_pin_reaches_nobody(office: PhoneOffice, nasrin) -> None:
    office.set_pin(nasrin, hashed("482913"))
    office.promise()
    for _ in range(3):
        office.party(NASRIN, "answer", "1", "2", "3")
        office.network.dial(NASRIN, HOTLINE)
        office.work()
    office.party(NASRIN, "answer", "482913")
    office.network.dial(NASRIN, HOTLINE)
    office.work()
    assert not [each for each in office.network.sides.values() if each.number == SHIRIN]


def test_without_the_signature_nothing_is_believed(office: PhoneOffice) -> None:
    side = office.network.dial(SHIRIN, HOTLINE)
    form = office.network._form(side, "ringing")
    status, _body = office._deliver(side.url, form, {})
    assert status == 403
    assert office.call is None


def test_a_promise_that_is_swept_while_it_rings_stays_as_it_is(office: PhoneOffice, nasrin) -> None:
    office.party(NASRIN, "ring")
    office.ring(nasrin, office.promise())
    callbacks.sweep(office.parts)
    assert office.callback.state == "dialling_staff"


def test_counselling_by_call_begins_its_session(office: PhoneOffice, nasrin) -> None:
    office.ring(nasrin, office.counselling())
    assert office.network.talking(NASRIN, SHIRIN)
    assert office.one(CounsellingRequest).state == "in_session"
