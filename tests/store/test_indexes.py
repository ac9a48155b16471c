"""What is asked on a caller's or a counsellor's path, or again and again, never reads a table that grows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Row, Table, UniqueConstraint

from helpline.cases.roles import Member, Role
from helpline.store import opinions, people, requests
from helpline.store.database import connect
from helpline.store.desk import calls, files, people_rows, person_data, tallies, trades
from helpline.store.tables import Base

GROWING = {"person", "phone", "care_case", "work_item", "referral"}
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
ID = "0" * 32
EVERYWHERE = Member(
    ID,
    Role.SUPERVISOR,
    "Nasrin",
    "woman",
    languages=frozenset({"bn"}),
    skills=frozenset(),
    districts=frozenset(),
    organisation="",
    supervisor_id="",
    language="bn",
)


def leading(table: Table) -> Iterator[str]:
    """The columns with which an index of a table begins."""
    yield next(iter(table.primary_key.columns)).name
    for index in table.indexes:
        yield next(iter(index.columns)).name
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield next(iter(constraint.columns)).name


def owned() -> Iterator[Column[object]]:
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column.table.name in GROWING for key in column.foreign_keys):
                yield column


@pytest.mark.parametrize("column", list(owned()), ids=str)
def test_what_belongs_to_something_that_grows_is_found_by_an_index(column: Column[object]) -> None:
    assert column.name in set(leading(column.table))


def alike(connection: Connection) -> None:
    said = dict.fromkeys(("for_whom", "sex", "district", "upazila", "country", "age"), "")
    people.narrow_alike(connection, phone_id=ID, said=said, sms=False, call=False, now=NOW)


def erasing(connection: Connection) -> None:
    case: Any = SimpleNamespace(id=ID, phone_id=ID)
    assert list(person_data.rows(connection, person_data.scope_of(connection, case, [ID]))) == []


def workers(connection: Connection) -> list[Row[Any]]:
    return trades.found(
        connection, EVERYWHERE, trade="driving", certified=False, district="", most=100
    )


ASKED: dict[str, Callable[[Connection], object]] = {
    "whose the same was said": alike,
    "who is asked for an opinion": lambda c: opinions.asked(c, ID, "voice-1", lock=True),
    "whether a call is awaited": lambda c: requests.is_awaited(
        c, phone_id=ID, about="call", now=NOW
    ),
    "a case by its reference": lambda c: files.with_reference(c, "000000000"),
    "the cases of a phone": lambda c: people_rows.cases_of_phone(c, b"x"),
    "whom a phone wishes for": lambda c: calls.wish_of(c, ID),
    "who worked as what": workers,
    "everything about one person": erasing,
    "calls on an unsafe phone": lambda c: calls.ringing_unsafe(c, most=9),
    "calls nobody hears of": lambda c: calls.stuck(c, before=NOW, most=9),
    "calls nobody was woken for": lambda c: calls.wanted(c, before=NOW, most=9),
}
COUNTED = [
    *(tallies.registered, tallies.promised, tallies.ended, tallies.clocks, tallies.escalated),
    *(tallies.paged, tallies.complained, tallies.rated, tallies.counselling, tallies.referred),
    *(tallies.gaps, tallies.follow_ups, tallies.wages, tallies.sessions, tallies.checked_in),
]


def scanned(url: str, act: Callable[[Connection], object]) -> list[str]:
    """The growing tables that SQLite reads from end to end for what `act` asks."""
    asked: list[str] = []
    few = {
        "staff",
        "merge",
        "session",
    }  # sessions live two weeks, and an index would cost each turn
    with closing(connect(url)) as database, database.transaction() as connection:
        driver: Any = connection.connection.dbapi_connection
        driver.set_trace_callback(asked.append)
        act(connection)
        driver.set_trace_callback(None)
        plans = [
            step[3]
            for statement in asked
            if statement.startswith(("SELECT", "UPDATE", "DELETE", "INSERT"))
            for step in driver.execute(f"EXPLAIN QUERY PLAN {statement}")
        ]
    assert plans
    read = [step.split()[1] for step in plans if step.startswith("SCAN ") and "INDEX" not in step]
    return [name for name in read if name in Base.metadata.tables and name not in few]


@pytest.mark.parametrize("what", ASKED)
def test_what_somebody_waits_for_reads_no_growing_table(what: str, sqlite_url: str) -> None:
    assert scanned(sqlite_url, ASKED[what]) == []


@pytest.mark.parametrize("count", COUNTED, ids=lambda each: each.__name__)
def test_what_is_counted_of_a_day_is_found_by_the_day(count: Any, sqlite_url: str) -> None:
    assert scanned(sqlite_url, lambda c: count(c, NOW - timedelta(days=1), NOW)) == []
