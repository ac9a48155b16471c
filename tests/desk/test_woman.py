"""Somebody asks for a woman: no man is ever offered the work, and nobody promises a woman who is not there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from helpline.cases.roles import Role
from helpline.service.desk import hours, presence, queue
from helpline.service.desk.acting import NotAllowed
from helpline.service.desk.queue import Unsuitable
from helpline.store.desk import waiting
from helpline.store.desk.waiting import Wanted
from helpline.store.tables import WorkItem
from tests.conversations.screens import rows, screen
from tests.desk.office import Office
from tests.desk.work import do, item, moves

ASKS_FOR_A_WOMAN = ("2", "1", "1", "1", "1", "1", "2")


def test_a_client_who_asks_for_a_woman_gets_one_or_waits(office: Office) -> None:
    house, database = office.house, office.parts.database

    def known() -> hours.Openings:
        with database.reading() as connection:
            return hours.openings(connection, office.clock())

    house.parts = replace(house.parts, openings=known)
    boss = office.hire(Role.SUPERVISOR, sex="man")
    kamal, nasrin = office.hire(sex="man"), office.hire(name="Nasrin")
    days = {"from_day": date(2026, 11, 1), "until_day": None}
    do(office, boss, hours.add_shift, kamal.id, 1, time(9), time(21), **days)
    do(office, boss, hours.add_shift, nasrin.id, 3, time(9), time(21), **days)
    do(office, kamal, presence.arrive)

    shirin = house.phone()
    shirin.dial()
    assert "দেরিও হতে পারে" in shirin.press(*ASKS_FOR_A_WOMAN)
    (work,) = rows(database, WorkItem)
    assert (work["kind"], work["counsellor"]) == ("counselling", "woman")
    ident = work["id"]

    for man in (kamal, boss):
        with pytest.raises(NotAllowed):
            do(office, man, queue.claim, ident)
        assert do(office, man, queue.claim_next) is None
    with pytest.raises(Unsuitable):
        do(office, boss, queue.assign, ident, kamal.id)
    with pytest.raises(Unsuitable):
        do(office, boss, queue.assign, ident, boss.id)
    browser = office.browser(kamal)
    browser.open("/desk/queue")
    browser.submit(f"/desk/queue/{ident}/claim")
    assert browser.status == 404
    with database.reading() as connection:
        assert not waiting.page(connection, kamal, Wanted(), office.clock())
        assert waiting.counts(connection, kamal, office.clock()).now == 0
        assert waiting.counts(connection, boss, office.clock()).now == 1

    office.skip(days=2)
    other = house.phone("+8801300000003")
    other.dial()
    assert other.press(*ASKS_FOR_A_WOMAN).startswith(screen("কথা হবে: বৃহস্পতি 3 ডিসেম্বর"))
    assert do(office, nasrin, queue.claim_next).id == ident
    assert item(office, ident).owner_id == nasrin.id
    assert {actor for _was, _became, actor in moves(office, "work_item", ident)} == {
        "caller",
        nasrin.id,
    }
