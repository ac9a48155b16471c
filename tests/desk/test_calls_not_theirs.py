"""Calls by somebody who does not work here any more, about work that is not theirs, into cases that are secret."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from helpline.cases.roles import Role
from helpline.cases.work import Kind
from helpline.service import unsafe
from helpline.service.desk import access, accounts, calling, queue
from helpline.service.desk.acting import NotAllowed, acting
from helpline.service.desk.passwords import hashed
from helpline.settings import Settings
from helpline.store import people
from helpline.store.database import Database
from helpline.store.tables import CareCase, Contact, WorkItem
from tests.desk.casebook import register_by_phone
from tests.desk.phones import HOTLINE, NASRIN, TAHMINA, PhoneOffice, phone_office
from tests.house import SHIRIN

PIN = "482913"


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Iterator[PhoneOffice]:
    settings = replace(Settings.demo(tmp_path / "var", 8000), simulator=False)
    with phone_office(database, settings) as made:
        yield made


@pytest.fixture
def nasrin(office: PhoneOffice):
    office.party(NASRIN, "answer", "1")
    return office.on_duty("Nasrin", NASRIN)


def rung(office: PhoneOffice, number: str) -> bool:
    return any(each.number == number for each in office.network.sides.values())


def suspended(office: PhoneOffice, who) -> None:
    with acting(office.parts, office.hire(Role.ADMINISTRATOR)) as deed:
        accounts.suspend(deed, who.id)


def restrict(office: PhoneOffice, case_id: str, **more: str | None) -> None:
    with office.parts.database.transaction() as connection:
        connection.execute(
            CareCase.__table__.update()
            .where(CareCase.id == case_id)
            .values(restricted="gbv", **more)
        )


def call_in(office: PhoneOffice) -> None:
    office.party(SHIRIN, "answer", "1", "1")
    office.network.dial(SHIRIN, HOTLINE)
    office.work()


# -- who does not work here any more --------------------------------------------------------


def test_who_is_suspended_while_their_phone_rings_reaches_no_client(
    office: PhoneOffice, nasrin
) -> None:
    item = office.promise()
    office.party(NASRIN, "ring")
    office.ring(nasrin, item)
    suspended(office, nasrin)
    office.party(NASRIN, "answer", "1")
    office.network.pick_up(office.network.side(NASRIN))
    office.work()
    assert not rung(office, SHIRIN)
    assert office.callback.state == "due"


def test_who_is_suspended_before_the_pin_is_pressed_reaches_no_client(
    office: PhoneOffice, nasrin
) -> None:
    office.set_pin(nasrin, hashed(PIN))
    item = office.promise()
    with acting(office.parts, nasrin) as deed:
        queue.claim(deed, item)

    class Keys(list[str]):
        """The moment in which the PIN is pressed."""

        def pop(self, place: int = -1) -> str:
            suspended(office, nasrin)
            return super().pop(place)

    office.party(NASRIN, "answer")
    office.network.parties[NASRIN].keys = Keys([PIN])
    office.network.dial(NASRIN, HOTLINE)
    office.work()
    assert not office.network.parties[NASRIN].keys
    assert not rung(office, SHIRIN)


def test_work_that_was_given_to_somebody_else_meanwhile_is_not_called_about(
    office: PhoneOffice, nasrin
) -> None:
    item = office.promise()
    office.party(NASRIN, "ring")
    office.ring(nasrin, item)
    tahmina = office.on_duty("Tahmina", TAHMINA)
    with acting(office.parts, office.hire(Role.SUPERVISOR)) as deed:
        queue.assign(deed, item, tahmina.id)
    office.party(NASRIN, "answer", "1")
    office.network.pick_up(office.network.side(NASRIN))
    office.work()
    assert not rung(office, SHIRIN)
    assert office.callback.state == "due"


# -- a phone that is not safe any more ------------------------------------------------------


def test_a_mark_that_comes_when_the_counsellor_has_pressed_the_key_still_counts(
    office: PhoneOffice, nasrin
) -> None:
    """The counsellor is in the room, a worker is about to ring the client: it must not."""
    item = office.promise()
    held: list[tuple[str, tuple[str, ...]]] = []

    def marked(leg_id: str) -> None:
        with office.parts.database.transaction() as connection:
            phone = office.call.phone_id
            people.mark(connection, phone_id=phone, stopped=office.clock(), unsafe=office.clock())
            unsafe.hush(connection, phone_id=phone, now=office.clock(), actor="caller")
        held.append((leg_id, ()))

    rings = calling.carry_out

    def between(parts, wishes) -> None:
        legs = {leg.id: leg.role for leg in office.legs()}
        for wish in wishes:
            leg_id = wish.partition(":")[2].partition(":")[0]
            if wish.startswith("ring:") and legs.get(leg_id) == "client":
                marked(leg_id)
        rings(parts, wishes)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(calling, "carry_out", between)
        office.ring(nasrin, item)
    assert held
    assert not rung(office, SHIRIN)
    assert office.call.state == "failed"


def test_a_mark_that_comes_while_her_phone_rings_ends_the_ringing(
    office: PhoneOffice, nasrin
) -> None:
    item = office.promise()
    office.party(SHIRIN, "ring")
    office.ring(nasrin, item)
    assert office.call.state == "ringing_client"
    office.house.parts = office.parts
    office.house.phone().text("exit")
    calling.sweep(office.parts)
    office.work()
    assert not office.network.side(SHIRIN).alive
    assert office.call.state == "failed"
    assert not office.network.talking(NASRIN, SHIRIN)
    assert calling.sweep(office.parts) == 0


# -- cases that are secret ------------------------------------------------------------------


def test_whoever_picks_up_does_not_get_a_restricted_case_with_the_call(
    office: PhoneOffice, nasrin
) -> None:
    """Her phone calls. That is not surely she, and Nasrin is not the one she confided in."""
    here = register_by_phone(office, sole_phone=True)
    hers = office.hire(name="Hers")
    restrict(office, here.case_id, owner_id=hers.id)
    call_in(office)
    assert office.network.talking(NASRIN, SHIRIN)
    assert office.call.case_id != here.case_id
    item = office.one(WorkItem, id=office.call.item_id)
    assert (item.owner_id, item.state) == (nasrin.id, "claimed")
    assert office.one(Contact).case_id == office.call.case_id
    with pytest.raises(NotAllowed), acting(office.parts, nasrin) as deed:
        access.open_case(deed, here.case_id)
    with acting(office.parts, nasrin) as deed:
        access.open_case(deed, office.call.case_id)
    page = office.browser(nasrin).open(f"/desk/case/{office.call.case_id}")
    assert here.case_id not in page
    told = office.one(WorkItem, kind=Kind.OTHER.value, case_id=here.case_id)
    assert told.restricted == "gbv"
    with acting(office.parts, hers) as deed:
        assert queue.seen(deed, told.id)
    with pytest.raises(NotAllowed), acting(office.parts, nasrin) as deed:
        queue.seen(deed, told.id)


def test_a_restricted_case_of_a_phone_stays_shut_call_after_call(
    office: PhoneOffice, nasrin
) -> None:
    first = office.promise()
    secret = office.one(WorkItem, id=first).case_id
    restrict(office, secret, owner_id=office.hire(name="Hers").id)
    for _call in range(2):
        call_in(office)
        office.network.hang_up(office.network.side(SHIRIN))
        office.work()
        office.skip(minutes=10)
        office.party(NASRIN, "answer", "1")
    cases = {row.case_id for row in _contacts(office)}
    assert secret not in cases
    assert len(cases) == 1


def test_the_one_she_confided_in_gets_the_case_with_the_call(office: PhoneOffice, nasrin) -> None:
    here = register_by_phone(office, sole_phone=True)
    restrict(office, here.case_id, owner_id=nasrin.id)
    call_in(office)
    assert office.call.case_id == here.case_id


def _contacts(office: PhoneOffice) -> list:
    with office.parts.database.reading() as connection:
        return list(connection.execute(Contact.__table__.select()))
