"""Proves: who is erased is found nowhere any more, and is still counted.

A person leaves her name, her number, her paper and her words wherever somebody can leave them, by
telephone at real processes with a real Redis, and through everything staff write about her. She is
erased, and the hours pass after which gateways ask no more. Then she is looked for: in every row
of every table, as it stands and opened with every key; in Redis, while jobs wait and afterwards; in
everything the processes printed; in every file; in the search of the desk. What the reports count
is what they counted before, and everything of the neighbour is where it was.
"""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import insert, select

from helpline.cases.measures import Measure
from helpline.cases.permits import Purpose
from helpline.cases.roles import Role
from helpline.service import retain
from helpline.service.desk import (
    appointments,
    cases,
    contact_words,
    counting,
    households,
    notes,
    people,
    people_rights,
    plans,
    registering,
    transfers,
    wages,
)
from helpline.service.desk.assessments import take
from helpline.service.desk.contact_words import Card
from helpline.service.desk.writing import send_text
from helpline.store.database import Database, connect
from helpline.store.idents import new_ident
from helpline.store.sealing import Unsealable
from helpline.store.tables import (
    Base,
    CareCase,
    DayCount,
    Dependant,
    Message,
    Person,
    PersonPhone,
)
from tests.desk.casebook import Deeds, case_row, refer, row, rows
from tests.desk.office import Office
from tests.faults.live import Installation, PhoneNetwork, eventually
from tests.house import House
from tests.servers import Valkey
from tests.test_canary import (
    CALL_ME,
    CENTRE,
    COUNSELLING,
    DATES,
    NID,
    NUMBER,
    PIN,
    REGISTRATION,
    STUCK,
    WORDS,
    WRONG_PIN,
    Caller,
    _database_files,
    _dump,
    _files,
    _forms,
    _tables,
)

pytestmark = pytest.mark.timeout(240)

NAME = "Kanarinaamzebra"
OWED = 87_354_219
"""In taka."""
LOST = {
    "name": NAME,
    "number": NUMBER[4:],
    "identity": NID,
    "words": WORDS.split()[0],
    "amount": str(OWED),
}
"""What must not be found."""
NEIGHBOUR = "+8801399555799"
THEIRS = "quaggasoftneighbour"
THEIR_NID = "8052647193"
COMPLAINT = ("5", "1")
SEALED = [
    (table, column)
    for table in Base.metadata.sorted_tables
    for column in table.columns
    if column.info.get("personal") == "sealed"
]


class Desk(Office):
    """Staff beside a running installation, with its keys, on its database, by a clock of their own."""

    def __init__(self, database: Database, installation: Installation) -> None:
        self.house = House(database, ring=installation.ring)
        self.parts, self.clock = self.house.parts, self.house.clock
        self.clock.now = datetime.now(UTC)


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.faults)])
def test_who_is_erased_is_found_nowhere_and_is_still_counted(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    database_url: str = request.getfixturevalue(f"{kind}_url")
    left: dict[str, bytes] = {}
    with (
        closing(Valkey()) as valkey,
        closing(connect(database_url)) as database,
        PhoneNetwork() as network,
        Installation(tmp_path, database_url, valkey.url, network.url, webs=1) as installation,
        Redis.from_url(valkey.url) as redis,
    ):
        caller = Caller(installation, installation.first_port)
        _says_everything(caller)
        left["redis, while jobs wait"] = _dump(redis)
        installation.start("worker", "send")
        eventually(lambda: NUMBER in network.texts_by_number(), within=60)
        desk = Desk(database, installation)
        case_id = _staff_write_everything(desk)
        _neighbour(desk, caller)
        for each in LOST.values():  # it is there, or there is nothing to prove
            assert each in _opened(desk), each

        boss = Deeds(desk, desk.hire(Role.SUPERVISOR))
        version = case_row(desk, case_id).version
        boss.do(cases.move_on, case_id, version, "closed", "declined")
        before = _counts(desk)
        boss.do(people_rights.erase, case_id, case_row(desk, case_id).reference)
        desk.skip(days=3)
        retain.retain(desk.parts)

        opened = _opened(desk)
        assert {name for name, each in LOST.items() if each in opened} == set()
        assert THEIRS in opened
        assert NEIGHBOUR in opened
        assert _counts(desk) == before
        found = boss.do(people.search, NUMBER)
        assert found.cases == ()
        left["redis, in the end"] = _dump(redis)
        left["files of redis"] = _files(valkey.folder)
        left["the folder of the installation"] = _files(installation.folder / "data")
    left["printed"] = installation.printed().encode()
    left["tables"] = _tables(database_url)
    left["files of the database"] = _database_files(database_url)
    hits = [
        (where, what)
        for where, content in left.items()
        for what, canary in LOST.items()
        if any(form in content for form in _forms(canary, everywhere="files" not in where))
    ]
    assert hits == []


def _says_everything(caller: Caller) -> None:
    """By telephone: what a caller can leave."""
    assert "লিখে রাখুন" in caller.dials(REGISTRATION)
    for keys in (COUNSELLING, CENTRE, CALL_ME, COMPLAINT, DATES, WRONG_PIN, STUCK):
        caller.dials(keys)
    for words in (WORDS, f"{NAME} asks {NUMBER}", "help", f"centre {WORDS}", "REG", "1", WORDS):
        caller.writes(words, NUMBER)
    caller.delivers("receipt", {"id": "ATXid_nobody", "status": "Failed", "phoneNumber": NUMBER})
    caller.delivers(
        "session-end",
        {"sessionId": "s", "status": "Failed", "phoneNumber": NUMBER, "input": f"1*{WORDS}*{PIN}"},
    )


def _staff_write_everything(desk: Desk) -> str:
    """At the desk: what staff can write about her; gives her case."""
    person = row(desk, Person)
    case_id: str = row(desk, CareCase, person_id=person.id).id
    worker, other = Deeds(desk, desk.hire()), desk.hire()

    def version() -> int:
        return int(case_row(desk, case_id).version)

    worker.do(cases.rename, case_id, version(), name=NAME, language="bn", wish="any")
    worker.do(cases.assign, case_id, version(), worker.who.id)
    card = Card(others=NAME, cover=WORDS, safe_word=NAME, danger=NAME)
    worker.do(contact_words.write, case_id, case_row(desk, case_id).phone_id, 0, card)
    worker.do(notes.write, case_id, f"{NAME} {NUMBER} {NID} {WORDS}")
    worker.do(take, case_id, "needs-1", {"mood": ["well"], "trade": ["driving"]})
    worker.do(wages.write, case_id, wages.Told("SA", 3, OWED, NAME, f"{NAME} {NUMBER}"))
    worker.do(plans.add_step, case_id, service="training", goal=NAME, due_on=None)
    worker.do(households.add_dependant, case_id, relation="child", age="6_17", need="school")
    child = row(desk, Dependant, person_id=person.id).id
    step = {"service": "education", "goal": NAME, "due_on": None, "dependant_id": child}
    worker.do(plans.add_step, case_id, **step)
    soon = desk.clock() + timedelta(days=1)
    worker.do(
        appointments.plan, case_id, what="counselling", place="", begins_at=soon, session="family"
    )
    worker.do(plans.ask, case_id, what="plan", words=NAME)
    worker.do(transfers.request, case_id, to_id=other.id, words=NAME)
    worker.do(registering.correct, case_id, "need", was=person.need, becomes="debt")
    link = row(desk, PersonPhone, person_id=person.id)
    worker.do(send_text, case_id, f"{NAME}, please call us", "en", f"{NAME} wants it")
    _plant(desk, case_id, person.id, link.phone_id, worker.who.id)
    return case_id


def _plant(desk: Desk, case_id: str, person_id: str, phone_id: str, staff_id: str) -> None:
    """What other rooms write: a referral, and the message of a campaign."""
    refer(desk, case_id, staff_id, words=NAME)
    ring, now, message = desk.parts.ring, desk.clock(), new_ident()
    with desk.parts.database.transaction() as connection:
        connection.execute(
            insert(Message).values(
                id=message,
                phone_id=phone_id,
                person_id=person_id,
                purpose=Purpose.NEWS,
                template="screen",
                language="bn",
                values=ring.seal(f'{{"text": "{NAME}"}}', "message.values", message),
                state="queued",
                due_at=now,
                expires_at=now,
                dedupe_key=f"news:{message}",
                created_at=now,
                updated_at=now,
            )
        )


def _neighbour(desk: Desk, caller: Caller) -> None:
    """Somebody else, of whom nothing may be lost."""
    known = {case.id for case in rows(desk, CareCase)}
    assert "লিখে রাখুন" in caller.dials((*REGISTRATION[:-3], THEIR_NID, "8052", "1"), NEIGHBOUR)
    [case] = [each for each in rows(desk, CareCase) if each.id not in known]
    Deeds(desk, desk.hire()).do(notes.write, case.id, THEIRS)


def _opened(desk: Desk) -> str:
    """Every sealed value of every table that opens, but those about staff and offices."""
    ring, found = desk.parts.ring, []
    with desk.parts.database.reading() as connection:
        for table, column in SEALED:
            if table.name in ("staff", "provider"):
                continue
            for each in connection.execute(select(table)):
                key = "/".join(str(getattr(each, part.name)) for part in table.primary_key)
                if value := getattr(each, column.name):
                    try:
                        opened = ring.unseal_text(value, f"{table.name}.{column.name}", key)
                    except Unsealable:
                        continue
                    found.append(opened)
    return "\n".join(found)


def _counts(desk: Desk) -> dict[tuple[Any, ...], int]:
    """What the reports count.

    But how long things took, which goes on while we watch; and sums of pay: the amount goes with her.
    """
    counting.sweep(desk.parts)
    with desk.parts.database.reading() as connection:
        found = connection.execute(
            select(DayCount.measure, DayCount.district, DayCount.by, DayCount.count).where(
                DayCount.measure.in_([each.value for each in Measure]),
                DayCount.by.not_like("taka:%"),
            )
        )
        counted: dict[tuple[Any, ...], int] = {}
        for measure, district, by, count in found:
            key = (measure, district, by)
            counted[key] = max(counted.get(key, 0), count)
    return counted
