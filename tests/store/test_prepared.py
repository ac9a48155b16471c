from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import (
    Column,
    MetaData,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DataError, IntegrityError

from helpline.store.database import Busy, Database, Limits, Unavailable, connect
from helpline.store.idents import new_ident
from helpline.store.prepared import Prepared
from helpline.store.tables import Base, Message, Moment, PinTry, Session

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
DAY = date(2026, 3, 1)

ADD = Prepared(insert(PinTry))
READ = Prepared(select(PinTry.tries).where(PinTry.caller == bindparam("who")))
LOCK = Prepared(select(PinTry.tries).with_for_update())
BACKEND = Prepared(select(func.pg_backend_pid()))
END = Prepared(select(func.pg_terminate_backend(bindparam("pid"), 5000)))


def a_session(**changes: Any) -> dict[str, Any]:
    values = {
        "id": new_ident(),
        "gateway": "africastalking",
        "external_id": "৳ %s %(x)s ? :y",
        "caller": b"\0\xff" * 16,
        "step": 3,
        "state": b"'\\x00",
        "unfinished": True,
        "opened_at": NOON,
        "touched_at": NOON,
        "ended_at": None,
    }
    return values | changes


def test_rows_come_back_as_plain_tuples_of_what_was_written(database: Database):
    values = a_session()
    with database.transaction() as connection:
        assert Prepared(insert(Session)).run(connection, **values) == 1
    with database.reading() as connection:
        rows = Prepared(select(Session.__table__)).rows(connection)
    assert [type(row) for row in rows] == [tuple]
    assert dict(zip(Session.__table__.c.keys(), rows[0], strict=True)) == values
    assert type(rows[0][3]) is bytes
    assert type(rows[0][6]) is bool


def _sample(column: Column[Any], row: int) -> Any:
    if isinstance(column.type, Moment):
        return None if column.nullable and row else NOON
    kind = column.type.python_type
    if kind is bytes and column.primary_key:
        return bytes([row])
    if kind is str and (column.primary_key or column.foreign_keys or column.unique):
        return str(row)
    if column.nullable and row:
        return None
    if kind is date and column.primary_key:
        return DAY + timedelta(days=row)
    samples = {bool: row == 0, int: row, float: row / 3, bytes: b"\0\xff", str: "অ%"}
    return (samples | {date: DAY, time: time(9, 30)})[kind]


@pytest.mark.parametrize("table", Base.metadata.sorted_tables, ids=lambda table: table.name)
def test_every_table_is_read_as_sqlalchemy_reads_it(empty_database_url: str, table: Table):
    loose = MetaData()
    copy = Table(
        table.name,
        loose,
        *(Column(c.name, c.type, primary_key=c.primary_key, nullable=c.nullable) for c in table.c),
    )
    with closing(connect(empty_database_url)) as database, database.transaction() as connection:
        loose.create_all(connection)
        write = Prepared(insert(copy))
        for row in (0, 1):
            write.run(connection, **{column.name: _sample(column, row) for column in table.c})
        query = select(copy)
        for _ in range(7):  # past the point from which it is prepared on the server
            assert Prepared(query).rows(connection) == [
                tuple(row) for row in connection.execute(query)
            ]


def test_a_moment_of_any_zone_is_stored_as_utc(database: Database):
    dhaka = timezone(timedelta(hours=6))
    with database.transaction() as connection:
        Prepared(insert(Session)).run(connection, **a_session(touched_at=NOON.astimezone(dhaka)))
        before = Prepared(select(Session.touched_at).where(Session.touched_at <= bindparam("at")))
        (moment,) = before.row(connection, at=NOON.astimezone(dhaka)) or ()
        assert moment == NOON
        assert moment.utcoffset() == timedelta(0)
        assert before.row(connection, at=NOON - timedelta(microseconds=1)) is None


def test_fixed_values_and_expressions_are_part_of_the_statement(database: Database):
    with database.transaction() as connection:
        for step in range(5):
            Prepared(insert(Session)).run(connection, **a_session(external_id=str(step), step=step))
        query = (
            select(func.max(Session.step), Session.step + 10)
            .where(Session.step < 4, Session.gateway == "africastalking")
            .group_by(Session.step)
            .order_by(Session.step.desc())
            .limit(2)
        )
        assert Prepared(query).rows(connection) == [(3, 13), (2, 12)]


def test_columns_of_one_name_and_one_column_twice_stay_apart(database: Database):
    with database.transaction() as connection:
        values = a_session()
        Prepared(insert(Session)).run(connection, **values)
        other = Session.__table__.alias()
        query = select(Session.id, other.c.id, Session.touched_at, other.c.touched_at, Session.id)
        ident = values["id"]
        expected = (ident, ident, NOON, NOON, ident)
        assert Prepared(query).row(connection) == expected


def test_a_name_may_be_used_twice(database: Database):
    with database.transaction() as connection:
        Prepared(insert(Session)).run(connection, **a_session())
        same = Prepared(
            select(Session.step).where(
                Session.opened_at == bindparam("at"), Session.touched_at == bindparam("at")
            )
        )
        assert same.row(connection, at=NOON) == (3,)


def test_on_conflict_and_returning_work_on_both_databases(database: Database):
    once = Prepared(
        postgresql.insert(PinTry)
        .on_conflict_do_update(index_elements=["caller", "day"], set_={"tries": PinTry.tries + 1})
        .returning(PinTry.tries)
    )
    with database.transaction() as connection:
        counts = [once.row(connection, caller=b"a", day=DAY, tries=1) for _ in range(3)]
    assert counts == [(1,), (2,), (3,)]


def test_updates_and_deletes_say_how_many_rows_they_wrote(database: Database):
    more = Prepared(
        update(PinTry).where(PinTry.caller == bindparam("who")).values(tries=bindparam("now"))
    )
    gone = Prepared(delete(PinTry))
    with database.transaction() as connection:
        for caller in (b"a", b"b"):
            ADD.run(connection, caller=caller, day=DAY, tries=0)
        assert more.run(connection, who=b"a", now=4) == 1
        assert more.run(connection, who=b"nobody", now=4) == 0
        assert READ.rows(connection, who=b"a") == [(4,)]
        assert gone.run(connection) == 2
        assert READ.row(connection, who=b"a") is None


def test_one_statement_serves_both_databases(sqlite_url: str, postgres_url: str):
    with closing(connect(sqlite_url)) as one, closing(connect(postgres_url)) as two:
        for database in (one, two, one):
            with database.transaction() as connection:
                number = len(READ.rows(connection, who=b"a"))
                ADD.run(connection, caller=b"a", day=DAY + timedelta(days=number), tries=7)
        with one.reading() as connection:
            assert READ.rows(connection, who=b"a") == [(7,), (7,)]


def test_a_broken_rule_raises_as_in_sqlalchemy_and_rolls_back(database: Database):
    with pytest.raises(IntegrityError) as caught:
        add_twice(database)
    assert "canary" not in str(caught.value)
    with database.transaction() as connection:
        assert READ.row(connection, who=b"canary") is None


def add_twice(database: Database) -> None:
    with database.transaction() as connection:
        for _ in range(2):
            ADD.run(connection, caller=b"canary", day=DAY, tries=0)


def test_a_wait_that_is_too_long_is_busy(postgres_url: str):
    with closing(connect(postgres_url, Limits(lock=0.05))) as database:
        with database.transaction() as connection:
            ADD.run(connection, caller=b"a", day=DAY, tries=0)
        with database.transaction() as holder:
            LOCK.rows(holder)
            with pytest.raises(Busy), database.transaction() as waiter:
                LOCK.rows(waiter)


def test_a_lost_connection_is_unavailable_and_replaced(postgres_url: str):
    with closing(connect(postgres_url)) as database, closing(connect(postgres_url)) as other:
        with database.reading() as connection:
            lost = BACKEND.row(connection)
        with pytest.raises(Unavailable):
            lose_the_connection(database, other)
        with database.reading() as connection:
            assert BACKEND.row(connection) not in (lost, None)


def lose_the_connection(database: Database, other: Database) -> None:
    with database.transaction() as connection:
        (pid,) = BACKEND.row(connection) or ()
        with other.reading() as elsewhere:
            END.rows(elsewhere, pid=pid)
        BACKEND.row(connection)


def test_what_was_prepared_outlives_a_rollback(postgres_url: str):
    with closing(connect(postgres_url)) as database:
        for number in range(9):
            with database.transaction() as connection:
                ADD.run(connection, caller=b"a", day=DAY + timedelta(days=number), tries=1)
                others = [bytes([number, each]) for each in range(3)]
                connection.execute(
                    insert(PinTry), [{"caller": who, "day": DAY, "tries": 1} for who in others]
                )
            with pytest.raises(IntegrityError):
                add_twice(database)


def test_a_letter_that_no_text_may_hold_is_refused_and_cuts_nothing(postgres_url: str):
    with (
        closing(connect(postgres_url)) as database,
        pytest.raises(DataError),
        database.transaction() as connection,
    ):
        Prepared(insert(Session)).run(connection, **a_session(external_id="a\0b"))


def test_a_name_that_is_missing_or_too_many_is_refused(database: Database):
    with database.reading() as connection:
        for values in ({}, {"who": b"a", "more": 1}, {"whom": b"a"}):
            with pytest.raises(TypeError, match="takes who"):
                READ.rows(connection, **values)


def test_a_statement_that_cannot_be_prepared_says_so(database: Database):
    columns = (Message.id, Message.state)
    several = Prepared(
        select(*columns).where(Message.state.in_(bindparam("states", expanding=True)))
    )
    defaults = Prepared(insert(Message).values(id=bindparam("id")))
    with database.reading() as connection:
        with pytest.raises(ValueError, match="cannot take a list"):
            several.rows(connection, states=["queued"])
        with pytest.raises(ValueError, match="defaults are not filled in"):
            defaults.run(connection, id="a")


def test_statements_mix_with_those_of_sqlalchemy_in_one_transaction(database: Database):
    with database.transaction() as connection:
        ADD.run(connection, caller=b"a", day=DAY, tries=1)
        connection.execute(update(PinTry).values(tries=PinTry.tries + 1))
        assert READ.row(connection, who=b"a") == (2,)
