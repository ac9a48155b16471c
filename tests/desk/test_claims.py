"""Work changes hands: everything has one owner at most, and who comes second is told who was first."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import select

from helpline.cases.roles import Role
from helpline.cases.states import COUNSELLING, WORK_ITEM, IllegalMove, may_move
from helpline.cases.work import Kind, Priority
from helpline.service import work
from helpline.service.desk import presence, queue
from helpline.service.desk.acting import NotAllowed, Stale, acting
from helpline.service.desk.counselled import follow
from helpline.service.desk.queue import Taken, Unsuitable
from helpline.store.tables import WorkItem
from tests.conversations.screens import REGISTER_IN_JASHORE
from tests.desk.office import Office
from tests.desk.work import ask, do, item, moves, put, request_state


def test_who_claims_an_item_has_it_and_it_is_written_down(office: Office) -> None:
    nasrin, ident = office.hire(), put(office)
    do(office, nasrin, queue.claim, ident)
    row = item(office, ident)
    assert (row.state, row.owner_id, row.claimed_at) == ("claimed", nasrin.id, office.clock())
    assert moves(office, "work_item", ident)[-1] == ("open", "claimed", nasrin.id)


def test_who_comes_second_is_told_who_was_first(office: Office) -> None:
    nasrin, kamal, ident = office.hire(name="Nasrin"), office.hire(sex="man"), put(office)
    do(office, nasrin, queue.claim, ident)
    with pytest.raises(Taken, match="Nasrin"):
        do(office, kamal, queue.claim, ident)
    assert item(office, ident).owner_id == nasrin.id


def test_claiming_twice_is_claiming_once(office: Office) -> None:
    nasrin, ident = office.hire(), put(office)
    do(office, nasrin, queue.claim, ident)
    do(office, nasrin, queue.claim, ident)
    assert [became for _was, became, _who in moves(office, "work_item", ident)] == [
        "open",
        "claimed",
    ]


def test_of_many_at_once_each_item_gets_one_owner(office: Office) -> None:
    staff = [office.hire(name=f"Worker {n}") for n in range(5)]
    items = [put(office) for _ in range(6)]

    def grab(number: int) -> str:
        try:
            do(office, staff[number % 5], queue.claim, items[number // 5])
        except Taken as taken:
            return f"told {bool(taken.name)}"
        return "got"

    with ThreadPoolExecutor(2) as together:
        answers = Counter(together.map(grab, range(30)))
    assert answers == {"got": 6, "told True": 24}


def test_nobody_claims_what_is_done(office: Office) -> None:
    nasrin, ident = office.hire(), put(office)
    do(office, nasrin, queue.finish, ident, "answered")
    with pytest.raises(Stale):
        do(office, office.hire(), queue.claim, ident)


def test_what_does_not_exist_cannot_be_claimed(office: Office) -> None:
    with pytest.raises(NotAllowed):
        do(office, office.hire(), queue.claim, "0" * 32)


def test_the_next_one_is_the_most_urgent_that_is_offered_now(office: Office) -> None:
    nasrin = office.hire()
    put(office, Kind.STALE_FACT, level=0)
    put(office, priority=Priority.IMMINENT, offered_at=office.clock() + timedelta(hours=2))
    wanted = put(office, Kind.REFERRAL)
    put(office, Kind.REFERRAL, promised_at=office.clock() + timedelta(hours=30))
    row = do(office, nasrin, queue.claim_next)
    assert row.id == wanted
    assert item(office, wanted).owner_id == nasrin.id


def test_the_next_one_respects_wish_language_skill_district_and_level(office: Office) -> None:
    kamal = office.hire(sex="man", districts="BD-13", skills="legal")
    put(office, counsellor="woman")
    put(office, language="ar")
    put(office, specialty="psychologist")
    put(office, district="BD-54")
    put(office, level=1)
    assert do(office, kamal, queue.claim_next) is None
    mine = put(office, counsellor="man", language="bn_Latn", specialty="legal", district="BD-13")
    assert do(office, kamal, queue.claim_next).id == mine


def test_a_client_who_asked_for_a_woman_is_never_given_to_a_man(office: Office) -> None:
    ident = put(office, counsellor="woman", priority=Priority.IMMINENT)
    kamal, boss = office.hire(sex="man"), office.hire(Role.SUPERVISOR, sex="man")
    nasrin = office.hire()
    with pytest.raises(NotAllowed):
        do(office, kamal, queue.claim, ident)
    with pytest.raises(NotAllowed):
        do(office, boss, queue.claim, ident)
    assert do(office, kamal, queue.claim_next) is None
    assert do(office, boss, queue.claim_next) is None
    with pytest.raises(Unsuitable):
        do(office, boss, queue.assign, ident, kamal.id)
    do(office, boss, queue.assign, ident, nasrin.id)
    assert item(office, ident).owner_id == nasrin.id


def test_an_item_that_is_given_back_is_everybodys(office: Office) -> None:
    nasrin, ident = office.hire(), put(office)
    do(office, nasrin, queue.claim, ident)
    do(office, nasrin, queue.release, ident, "no_time")
    row = item(office, ident)
    assert (row.state, row.owner_id, row.claimed_at) == ("open", None, None)
    do(office, office.hire(sex="man"), queue.claim, ident)


def test_nobody_but_a_supervisor_gives_back_what_others_have(office: Office) -> None:
    nasrin, ident = office.hire(name="Nasrin"), put(office)
    do(office, nasrin, queue.claim, ident)
    with pytest.raises(Taken, match="Nasrin"):
        do(office, office.hire(), queue.release, ident, "other")
    do(office, office.hire(Role.SUPERVISOR), queue.release, ident, "other")
    assert item(office, ident).state == "open"


def test_a_supervisor_hands_over_what_somebody_has(office: Office) -> None:
    nasrin, rokeya, ident = office.hire(), office.hire(), put(office)
    do(office, nasrin, queue.claim, ident)
    do(office, office.hire(Role.SUPERVISOR), queue.assign, ident, rokeya.id)
    assert item(office, ident).owner_id == rokeya.id
    with pytest.raises(Taken):
        do(office, nasrin, queue.finish, ident, "done")


def test_a_counsellor_assigns_nothing(office: Office) -> None:
    nasrin, ident = office.hire(), put(office)
    with pytest.raises(NotAllowed):
        do(office, nasrin, queue.assign, ident, office.hire().id)


def test_a_request_for_counselling_moves_with_its_item(office: Office) -> None:
    nasrin, (request, ident) = office.hire(), ask(office)
    do(office, nasrin, queue.claim, ident)
    assert request_state(office, request) == "claimed"
    do(office, nasrin, queue.release, ident, "no_time")
    assert request_state(office, request) == "queued"
    do(office, nasrin, queue.claim, ident)
    do(office, nasrin, queue.begin_session, ident)
    assert request_state(office, request) == "in_session"
    do(office, nasrin, queue.finish, ident, "completed")
    assert request_state(office, request) == "completed"
    assert [
        (was, became) for was, became, _who in moves(office, "counselling_request", request)
    ] == [
        ("requested", "queued"),
        ("queued", "claimed"),
        ("claimed", "queued"),
        ("queued", "claimed"),
        ("claimed", "in_session"),
        ("in_session", "completed"),
    ]


def moved(office: Office, ident: str, becomes: str) -> None:
    """The one action that brings an item into a state."""
    boss, row = office.hire(Role.SUPERVISOR), item(office, ident)
    if becomes == "done":
        do(office, boss, queue.finish, ident, "done")
    elif becomes == "claimed":
        do(office, boss, queue.assign, ident, office.hire().id)
    elif row.state == "done":
        with office.parts.database.transaction() as connection:
            work.reopen(
                connection,
                kind=Kind(row.kind),
                subject_id=row.subject_id,
                now=office.clock(),
                actor="sweeper",
            )
    else:
        do(office, boss, queue.release, ident, "other")


@pytest.mark.parametrize("was", WORK_ITEM)
@pytest.mark.parametrize("becomes", WORK_ITEM)
def test_an_item_moves_only_where_its_table_leads_and_leaves_an_event(
    office: Office, was: str, becomes: str
) -> None:
    ident = put(office)
    if was != "open":
        moved(office, ident, was)
    before = moves(office, "work_item", ident)
    if not may_move(WORK_ITEM, was, becomes):
        with pytest.raises((Stale, IllegalMove)):
            moved(office, ident, becomes)
        assert item(office, ident).state == was
        assert moves(office, "work_item", ident) == before
        return
    moved(office, ident, becomes)
    assert item(office, ident).state == becomes
    (event,) = moves(office, "work_item", ident)[len(before) :]
    assert event[:2] == (was, becomes)


def test_a_slot_that_the_client_moves_moves_its_item(office: Office) -> None:
    shirin = office.house.phone()
    shirin.dial()
    shirin.press(*REGISTER_IN_JASHORE)
    shirin.dial()
    shirin.press("2", "1", "3", "1", "2", "1", "2")
    with office.parts.database.reading() as connection:
        before = connection.execute(
            select(WorkItem.__table__).where(WorkItem.kind == "counselling")
        ).one()
    shirin.dial()
    shirin.press("6", "2580", "1", "1", "3", "1")
    after = item(office, before.id)
    assert after.offered_at == before.offered_at + timedelta(days=1)
    assert after.promised_at == before.promised_at + timedelta(days=1)
    assert moves(office, "work_item", before.id)[-1] == ("open", "open", "caller")


def test_every_way_a_request_goes_is_in_its_table_and_every_move_is_written_down(
    office: Office,
) -> None:
    nasrin = office.hire()
    for was, becomes in product(COUNSELLING, COUNSELLING):
        if was == becomes:
            continue
        request, _ident = ask(office, state=was)
        try:
            with acting(office.parts, nasrin) as deed:
                follow(deed.connection, request, becomes, now=deed.now, actor=nasrin.id)
        except IllegalMove:
            assert not may_move(COUNSELLING, was, becomes)
            assert request_state(office, request) == was
            assert moves(office, "counselling_request", request) == []
            continue
        written = moves(office, "counselling_request", request)
        assert (written[0][0], written[-1][1]) == (was, becomes)
        assert all(may_move(COUNSELLING, one, other) for one, other, _who in written)
        assert [each[1] for each in written[:-1]] == [each[0] for each in written[1:]]


def test_a_request_that_was_withdrawn_meanwhile_cannot_be_claimed(office: Office) -> None:
    _request, ident = ask(office, state="withdrawn")
    with pytest.raises(Stale):
        do(office, office.hire(), queue.claim, ident)
    assert item(office, ident).state == "open"


def test_who_leaves_gives_everything_back_except_the_client_on_the_line(office: Office) -> None:
    nasrin, plain, (request, talking) = office.hire(), put(office), ask(office)
    do(office, nasrin, presence.arrive)
    do(office, nasrin, queue.claim, plain)
    do(office, nasrin, queue.claim, talking)
    do(office, nasrin, queue.begin_session, talking)
    assert do(office, nasrin, presence.leave) == 1
    assert (item(office, plain).state, item(office, talking).state) == ("open", "claimed")
    assert request_state(office, request) == "in_session"


def test_when_a_shift_ends_nothing_stays_with_who_is_not_there(office: Office) -> None:
    nasrin, (request, ident) = office.hire(), ask(office)
    do(office, nasrin, presence.arrive)
    do(office, nasrin, queue.claim, ident)
    assert presence.end_shifts(office.parts) == 0
    office.skip(hours=9, minutes=1)
    assert presence.end_shifts(office.parts) == 1
    assert (item(office, ident).state, request_state(office, request)) == ("open", "queued")
    assert moves(office, "work_item", ident)[-1] == ("claimed", "open", "system")
    assert presence.end_shifts(office.parts) == 0


def test_what_was_in_a_call_at_the_end_of_a_shift_is_given_back_after_it(office: Office) -> None:
    nasrin, (_request, ident) = office.hire(), ask(office)
    do(office, nasrin, presence.arrive)
    do(office, nasrin, queue.claim, ident)
    do(office, nasrin, queue.begin_session, ident)
    office.skip(hours=10)
    assert presence.end_shifts(office.parts) == 0
    with acting(office.parts, nasrin) as deed:
        follow(deed.connection, _request, "queued", now=deed.now, actor="system")
    assert presence.end_shifts(office.parts) == 1


def test_who_is_given_something_before_their_shift_keeps_it(office: Office) -> None:
    nasrin, ident = office.hire(), put(office)
    do(office, nasrin, presence.arrive)
    do(office, nasrin, presence.leave)
    office.skip(hours=1)
    do(office, office.hire(Role.SUPERVISOR), queue.assign, ident, nasrin.id)
    assert presence.end_shifts(office.parts) == 0
    assert item(office, ident).owner_id == nasrin.id
