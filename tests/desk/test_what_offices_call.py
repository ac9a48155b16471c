"""An office is given a number only while it is hers and she may be called on it; a counter learns of nobody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from helpline.cases.effects import Effect, MarkUnsafe, StopMessages
from helpline.cases.referral_rules import Field
from helpline.service import recycled
from helpline.service.desk import offices, registering
from helpline.service.desk.registering import Told
from helpline.service.effects import perform
from helpline.store.desk import callbacks
from helpline.store.tables import CareCase, Person, PersonPhone
from tests.desk.casebook import Deeds, register_by_phone, row, rows
from tests.desk.office import Office
from tests.desk.test_people import SAID, walk_in
from tests.house import RAHIMA, SHIRIN
from tests.service.steps import visiting


def told(office: Office, case_id: str) -> dict[str, Any]:
    with office.parts.database.reading() as connection:
        return offices.known(office.parts, connection, case_id, (Field.PHONE, Field.CONTACT))


def test_the_number_of_a_phone_she_may_be_called_on_is_told(office: Office) -> None:
    here = register_by_phone(office)
    assert told(office, here.case_id)[Field.PHONE] == SHIRIN


@pytest.mark.parametrize("becomes", [{"call": False}, {"expires_at": None}])
def test_where_she_may_not_be_called_no_number_is_told(
    office: Office, becomes: dict[str, Any]
) -> None:
    here = register_by_phone(office)
    values = {name: office.clock.now if value is None else value for name, value in becomes.items()}
    with office.parts.database.transaction() as connection:
        connection.execute(update(PersonPhone).values(**values))
    assert Field.PHONE not in told(office, here.case_id)
    assert not told(office, here.case_id)[Field.CONTACT].call


def test_after_somebody_else_answered_the_office_is_not_given_that_phone(office: Office) -> None:
    here = register_by_phone(office)
    with office.parts.database.transaction() as connection:
        callbacks.unlink(
            connection, person_id=here.person_id, phone_id=here.phone_id, now=office.clock.now
        )
    assert told(office, here.case_id) == {}


def test_after_wrong_number_the_office_is_given_nothing(office: Office) -> None:
    here = register_by_phone(office)
    with visiting(office.house, SHIRIN) as visit:
        recycled.wrong_number(visit)
    assert told(office, here.case_id) == {}


def test_a_second_phone_that_may_ring_is_told_instead(office: Office) -> None:
    here = register_by_phone(office)
    other = register_by_phone(office, RAHIMA)
    second = {
        **row(office, PersonPhone, person_id=here.person_id)._mapping,
        "phone_id": other.phone_id,
    }
    with office.parts.database.transaction() as connection:
        connection.execute(update(PersonPhone).values(call=False))
        connection.execute(PersonPhone.__table__.insert().values(**second))
    assert told(office, here.case_id)[Field.PHONE] == RAHIMA


def test_when_it_is_safe_is_told_of_the_phone_whose_number_is_told(office: Office) -> None:
    here = register_by_phone(office, window="evening")
    other = register_by_phone(office, RAHIMA)
    second = {
        **row(office, PersonPhone, person_id=here.person_id)._mapping,
        "phone_id": other.phone_id,
        "window": "morning",
        "confirmed_at": office.clock.now - timedelta(days=1),
    }
    with office.parts.database.transaction() as connection:
        connection.execute(update(PersonPhone).values(call=False))
        connection.execute(PersonPhone.__table__.insert().values(**second))
    found = told(office, here.case_id)
    assert found[Field.PHONE] == RAHIMA
    assert found[Field.CONTACT].call
    assert found[Field.CONTACT].times.window == "morning"


@pytest.mark.parametrize("effect", [MarkUnsafe(), StopMessages()])
def test_a_phone_that_is_not_safe_or_was_stopped_is_told_to_nobody(
    office: Office, effect: Effect
) -> None:
    here = register_by_phone(office)
    with visiting(office.house, SHIRIN) as visit:
        perform(visit, effect)
    found = told(office, here.case_id)
    assert Field.PHONE not in found
    assert not found[Field.CONTACT].call
    assert not found[Field.CONTACT].sms


def test_of_a_phone_without_an_owner_that_is_not_safe_nothing_is_told(office: Office) -> None:
    case_id = walk_in(Deeds(office, office.hire()), typed=RAHIMA)
    with visiting(office.house, RAHIMA) as visit:
        perform(visit, MarkUnsafe())
    assert told(office, case_id) == {}


def test_who_never_registered_is_called_on_the_phone_of_the_case(office: Office) -> None:
    deeds = Deeds(office, office.hire())
    case_id = walk_in(deeds, typed=RAHIMA)
    assert told(office, case_id)[Field.PHONE] == RAHIMA


def test_registering_somebody_at_the_counter_tells_nothing_of_a_secret_registration(
    office: Office,
) -> None:
    """The same phone and answers: she registered herself, and her case is restricted."""
    words = {name: SAID[name] for name in ("for_whom", "sex", "district", "upazila", "country")}
    here = register_by_phone(office, RAHIMA, **words)
    hers = office.hire(name="Hers")
    with office.parts.database.transaction() as connection:
        connection.execute(update(CareCase).values(restricted="gbv", owner_id=hers.id))
    deeds = Deeds(office, office.hire())
    case_id = walk_in(deeds, typed=RAHIMA)
    deeds.do(registering.register, case_id, 2, Told(SAID, "voice", "registration-2026-11"))
    assert {each.id for each in rows(office, Person)} > {here.person_id}
    assert row(office, CareCase, id=case_id).person_id != here.person_id
