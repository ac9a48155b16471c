"""An opinion is given once, also by a person who answers on two phones at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from time import sleep
from typing import TYPE_CHECKING

from sqlalchemy import insert

from helpline.cases.consents import ConsentTo
from helpline.cases.effects import GiveOpinion
from helpline.service.effects import perform
from helpline.store.tables import Consent, Event, Opinion, Person
from tests.house import RAHIMA, SHIRIN, House
from tests.service.steps import register, rows, visiting

if TYPE_CHECKING:
    from helpline.store.database import Database

AT_ONCE = 0.3
"""Seconds in which the second phone comes as far as it can while the first one answers."""


def test_two_phones_of_one_person_that_answer_at_once_give_one_opinion(database: Database) -> None:
    house = House(database)
    register(house)
    [person] = rows(house, Person)
    with database.transaction() as connection:
        connection.execute(
            insert(Consent).values(
                id="0" * 32,
                person_id=person["id"],
                purpose=ConsentTo.NEWS,
                given=True,
                text_version="news-1",
                language="bn",
                channel="ussd",
                recorded_by="caller",
                given_at=house.clock(),
            )
        )
    said = GiveOpinion(person["id"], "voice-1", (("near", "1"), ("known", "2")))

    def answer() -> None:
        with visiting(house, RAHIMA) as visit:
            perform(visit, said)

    with ThreadPoolExecutor(1) as other:
        with visiting(house, SHIRIN) as visit:
            perform(visit, said)
            second = other.submit(answer)
            sleep(AT_ONCE)
        second.result(timeout=30)
    assert len(rows(house, Opinion)) == len(said.answers)
    assert len(rows(house, Event, became="gave_opinion")) == 1
