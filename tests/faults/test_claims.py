"""Proves: of fifty people who click at once, each item gets one, and the others are told who."""

import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from threading import Barrier
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import insert, select

from handlers.desk.desk import COOKIE, FIELD
from helpline.cases.work import Kind
from helpline.service import work
from helpline.service.desk import sessions
from helpline.store.database import Database, connect
from helpline.store.idents import new_ident
from helpline.store.sealing import KeyRing
from helpline.store.tables import Event, Staff, WorkItem
from tests.faults.live import Installation

pytestmark = [pytest.mark.load, pytest.mark.timeout(240)]

STAFF = 50
ITEMS = 20
WEBS = 2


@dataclass
class Clicker:
    """A member of staff with a browser that has the queue open."""

    id: str
    name: str
    port: int
    cookie: str
    token: str = ""

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {
            "Cookie": f"{COOKIE}={self.cookie}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Sec-Fetch-Site": "same-origin",
        }
        try:
            connection.request(method, path, urlencode(form or {}), headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def open_queue(self) -> None:
        status, page = self.ask("GET", "/desk/queue")
        assert status == 200, page
        found = re.search(rf'name="{FIELD}" value="([0-9a-f]+)"', page)
        assert found
        self.token = found[1]

    def claim(self, item: str) -> tuple[int, str]:
        return self.ask("POST", f"/desk/queue/{item}/claim", {FIELD: self.token})


def hire(database: Database, ring: KeyRing, ports: Iterable[int]) -> list[Clicker]:
    """Fifty people who are logged in, spread over the web processes."""
    now, shared = datetime.now(UTC), list(ports)
    people = []
    with database.transaction() as connection:
        for number in range(STAFF):
            ident, name = new_ident(), f"Worker {number:02} & Co"
            connection.execute(
                insert(Staff).values(
                    id=ident,
                    username=f"worker{number}",
                    name=ring.seal(name, "staff.name", ident),
                    sex="woman",
                    role="counsellor",
                    languages="bn",
                    language="en",
                    state="active",
                    created_at=now,
                    updated_at=now,
                )
            )
            parts: Any = SimpleNamespace(ring=ring)
            token = sessions.begin(parts, connection, ident, now, proved=True)
            people.append(Clicker(ident, name, shared[number % len(shared)], token))
    return people


def fill(database: Database, count: int) -> list[str]:
    now = datetime.now(UTC) - timedelta(minutes=1)
    with database.transaction() as connection:
        return [
            work.open_item(connection, kind=Kind.OTHER, subject_id=new_ident(), now=now)
            for _ in range(count)
        ]


def test_of_fifty_claims_of_twenty_items_each_item_gets_exactly_one_owner(
    postgres_url: str, redis_url: str, tmp_path: Path
) -> None:
    with (
        Installation(
            tmp_path, postgres_url, redis_url, in_the_morning=False, webs=WEBS
        ) as installation,
        closing(connect(postgres_url)) as database,
    ):
        people = hire(database, installation.ring, installation.ports)
        items = fill(database, ITEMS)
        with ThreadPoolExecutor(8) as opening:
            list(opening.map(Clicker.open_queue, people))
        together = Barrier(STAFF)

        def click(number: int) -> tuple[int, str]:
            together.wait(timeout=60)
            return people[number].claim(items[number % ITEMS])

        with ThreadPoolExecutor(STAFF) as clicking:
            answers = list(clicking.map(click, range(STAFF)))
        with database.reading() as connection:
            rows = connection.execute(select(WorkItem.__table__)).all()
            claims = connection.execute(
                select(Event.subject_id, Event.actor).where(
                    Event.subject == "work_item", Event.became == "claimed"
                )
            ).all()

    owners = {row.id: row.owner_id for row in rows}
    assert {row.state for row in rows} == {"claimed"}
    assert len(owners) == ITEMS
    assert None not in owners.values()
    # one claim was written down for each item, by the one who has it
    assert sorted(tuple(row) for row in claims) == sorted(owners.items())
    names = {each.id: each.name for each in people}
    for number, (status, page) in enumerate(answers):
        owner = owners[items[number % ITEMS]]
        if owner == people[number].id:
            assert status == 303, page
        else:
            assert status == 409, page
            assert f"{names[owner]} has it already." in unescape(page)
    assert sum(status == 303 for status, _page in answers) == ITEMS


def test_of_fifty_who_take_the_next_one_nobody_gets_what_somebody_has(
    postgres_url: str, redis_url: str, tmp_path: Path
) -> None:
    with (
        Installation(
            tmp_path, postgres_url, redis_url, in_the_morning=False, webs=WEBS
        ) as installation,
        closing(connect(postgres_url)) as database,
    ):
        people = hire(database, installation.ring, installation.ports)
        fill(database, ITEMS)
        with ThreadPoolExecutor(8) as opening:
            list(opening.map(Clicker.open_queue, people))

        def take(who: Clicker) -> int:
            return who.ask("POST", "/desk/queue/next", {FIELD: who.token})[0]

        with ThreadPoolExecutor(STAFF) as clicking:
            statuses = list(clicking.map(take, people))
        with database.reading() as connection:
            owners = list(connection.execute(select(WorkItem.owner_id)).scalars())
    # who finds nothing left is told so on the page of the queue
    assert sorted(statuses) == [200] * (STAFF - ITEMS) + [303] * ITEMS
    assert len(set(owners)) == ITEMS
    assert None not in owners
