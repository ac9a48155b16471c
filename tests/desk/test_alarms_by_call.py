"""Calling people by voice: the phone of who is next rings, and 1 is an answer like any other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from helpline.cases.work import Kind, Priority
from helpline.service.desk import calling
from helpline.settings import Settings
from helpline.store.database import Database
from helpline.store.tables import Call
from tests.desk.casebook import rows
from tests.desk.oncall import Desk
from tests.desk.phones import PhoneOffice, phone_office
from tests.house import SHIRIN


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Iterator[PhoneOffice]:
    settings = replace(Settings.demo(tmp_path / "var", 8000), simulator=False)
    with phone_office(database, settings) as made:
        yield made


@pytest.fixture
def desk(office: PhoneOffice) -> Desk:
    return Desk(office)


def ring(office: PhoneOffice) -> None:
    """A few seconds later the sweep of calls lets phones ring."""
    office.skip(seconds=6)
    calling.sweep(office.parts)
    office.work()


def test_the_phone_rings_and_who_presses_1_has_the_work(office: PhoneOffice, desk: Desk) -> None:
    rina = desk.supervisor("Rina", rank=1)
    office.party(desk.number(rina), "answer", "1")
    item = desk.item(Kind.RISK_REVIEW, case_id=desk.case())
    desk.page(item)
    ring(office)
    assert desk.alarms(item) == [(rina.id, 1, "acknowledged")]
    assert (desk.row(item).state, desk.row(item).owner_id) == ("claimed", rina.id)
    [call] = rows(office, Call)
    assert (call.purpose, call.state, call.ended_why) == ("page", "ended", "answered")
    assert SHIRIN not in str(office.network.parties), "no client's phone is ever rung"


def test_who_does_not_press_1_has_not_answered_and_the_next_phone_rings(
    office: PhoneOffice, desk: Desk
) -> None:
    rina, salma = desk.supervisor("Rina", rank=1), desk.supervisor("Salma", rank=2)
    office.party(desk.number(rina), "no-answer")
    office.party(desk.number(salma), "answer", "1")
    item = desk.item(Kind.UNDECIDED, priority=Priority.IMMINENT)
    desk.page(item)
    ring(office)
    assert desk.alarms(item) == [(rina.id, 1, "paging")]
    desk.after(minutes=2)
    ring(office)
    assert desk.alarms(item) == [(rina.id, 1, "passed_on"), (salma.id, 1, "acknowledged")]


def test_who_picks_up_after_somebody_else_took_it_hears_so(office: PhoneOffice, desk: Desk) -> None:
    rina = desk.supervisor("Rina", rank=1)
    office.party(desk.number(rina), "answer", "1")
    item = desk.item(Kind.UNDECIDED, priority=Priority.IMMINENT)
    desk.page(item)
    office.skip(seconds=1)
    desk.claim(item, desk.supervisor("Mina"))
    desk.sweep()
    ring(office)
    assert desk.alarms(item) == [(rina.id, 1, "ended")]
    assert [call.ended_why for call in rows(office, Call)] == ["too_late"]


def test_without_a_voice_gateway_the_text_alone_goes_out(office: PhoneOffice) -> None:
    office.parts = replace(office.parts, voice=None)
    desk = Desk(office)
    rina = desk.supervisor("Rina", rank=1)
    item = desk.item(Kind.UNDECIDED, priority=Priority.IMMINENT)
    desk.page(item)
    assert desk.alarms(item) == [(rina.id, 1, "paging")]
    assert rows(office, Call) == []
