from __future__ import annotations

import os
import signal
import socket
import stat
import threading
import time
from contextlib import closing
from datetime import date
from multiprocessing import get_context
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, insert, make_url, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from helpline.store.database import (
    BadDatabase,
    Busy,
    Database,
    Limits,
    Unavailable,
    Undecided,
    connect,
)
from helpline.store.prepared import Prepared
from helpline.store.tables import PinTry
from tests.servers import Postgres

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import TextClause

COUNT = text("SELECT count(*) FROM pin_try")
INSERT = text("INSERT INTO pin_try (caller, day, tries) VALUES (:caller, '2026-03-01', 1)")
BACKEND = text("SELECT pg_backend_pid()")


def add(database: Database, caller: bytes) -> None:
    with database.transaction() as connection:
        connection.execute(INSERT, {"caller": caller})


def count(database: Database) -> int:
    with database.reading() as connection:
        return connection.execute(COUNT).scalar_one()


def test_a_transaction_commits_at_the_end_of_its_block(database: Database):
    add(database, b"a")
    assert count(database) == 1


class Stop(BaseException):
    pass


def fail(database: Database, error: type[BaseException]) -> None:
    with database.transaction() as connection:
        connection.execute(INSERT, {"caller": b"a"})
        raise error


def test_a_transaction_rolls_back_on_any_exception(database: Database):
    for error in (ValueError, Stop):
        with pytest.raises(error):
            fail(database, error)
    assert count(database) == 0


def test_nothing_of_a_transaction_is_seen_before_its_commit(database: Database):
    with database.transaction() as connection:
        connection.execute(INSERT, {"caller": b"a"})
        assert count(database) == 0
    assert count(database) == 1


def test_a_broken_rule_is_told_as_it_is_without_the_values(database: Database):
    add(database, b"canary")
    with pytest.raises(IntegrityError) as caught:
        add(database, b"canary")
    assert "canary" not in str(caught.value)


def test_a_mistake_in_a_statement_is_not_called_unavailable(database: Database):
    mistake = ProgrammingError if database.dialect == "postgresql" else OperationalError
    with pytest.raises(mistake), database.reading() as connection:
        connection.execute(text("SELECT nonsense"))


def test_foreign_keys_are_kept(database: Database):
    with pytest.raises(IntegrityError), database.transaction() as connection:
        connection.execute(
            text(
                "INSERT INTO incoming_text (id, phone_id, words, state, received_at)"
                " VALUES ('a', 'nobody', :words, 'new', '2026-03-01 00:00:00+00')"
            ),
            {"words": b"x"},
        )


def test_the_sqlite_file_is_for_its_owner_only(tmp_path: Path):
    path = tmp_path / "deep" / "folder" / "helpline.db"
    with closing(connect(f"sqlite:///{path}")) as database, database.transaction() as connection:
        connection.execute(text("CREATE TABLE t (x int)"))
        for each in path.parent.iterdir():
            assert stat.S_IMODE(each.stat().st_mode) == 0o600, each
        assert len(list(path.parent.iterdir())) == 3
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_sqlite_is_set_to_lose_nothing(sqlite_url: str):
    full = 2
    with closing(connect(sqlite_url)) as database, database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == full
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 10_000
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_an_sqlite_transaction_holds_the_lock_from_its_beginning(sqlite_url: str):
    with (
        closing(connect(sqlite_url, Limits(sqlite_lock=0.05))) as database,
        database.transaction(),
        pytest.raises(Busy),
        database.transaction(),
    ):
        pass


def test_reading_sqlite_does_not_wait_for_the_writer(sqlite_url: str):
    with closing(connect(sqlite_url, Limits(sqlite_lock=0.05))) as database:
        with database.transaction():
            assert count(database) == 0
        add(database, b"a")


def _add_up(url: str, rounds: int) -> None:
    with closing(connect(url)) as database:
        for _ in range(rounds):
            with database.transaction() as connection:
                tries = connection.execute(text("SELECT tries FROM pin_try")).scalar_one()
                connection.execute(text("UPDATE pin_try SET tries = :tries"), {"tries": tries + 1})


def test_writers_on_sqlite_in_many_processes_wait_for_each_other(sqlite_url: str):
    with closing(connect(sqlite_url)) as database:
        add(database, b"a")
        spawn = get_context("spawn")
        writers = [spawn.Process(target=_add_up, args=(sqlite_url, 50)) for _ in range(3)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        assert [writer.exitcode for writer in writers] == [0, 0, 0]
        with database.reading() as connection:
            assert connection.execute(text("SELECT tries FROM pin_try")).scalar_one() == 151


def test_postgresql_is_asked_for_its_limits_once_per_connection(postgres_url: str):
    limits = Limits(statement=1.25, lock=0.5, idle=7)
    with closing(connect(postgres_url, limits)) as database, database.reading() as connection:
        for name, value in [
            ("statement_timeout", "1250ms"),
            ("lock_timeout", "500ms"),
            ("idle_in_transaction_session_timeout", "7s"),
            ("application_name", "helpline"),
        ]:
            assert connection.exec_driver_sql(f"SHOW {name}").scalar() == value


def test_options_in_the_url_come_last_and_win(postgres_url: str):
    url = make_url(postgres_url).update_query_dict(
        {"options": "-c lock_timeout=77 -c work_mem=1MB", "application_name": "mine"}
    )
    with (
        closing(connect(url.render_as_string(hide_password=False))) as database,
        database.reading() as connection,
    ):
        for name, value in [
            ("lock_timeout", "77ms"),
            ("work_mem", "1MB"),
            ("statement_timeout", "3s"),
            ("application_name", "mine"),
        ]:
            assert connection.exec_driver_sql(f"SHOW {name}").scalar() == value


def test_a_statement_that_takes_too_long_is_busy(postgres_url: str):
    with (
        closing(connect(postgres_url, Limits(statement=0.05))) as database,
        pytest.raises(Busy),
        database.reading() as connection,
    ):
        connection.exec_driver_sql("SELECT pg_sleep(5)")


def test_a_lock_held_too_long_is_busy_and_the_next_transaction_works(postgres_url: str):
    with closing(connect(postgres_url, Limits(lock=0.05))) as database:
        with database.transaction() as holder:
            holder.exec_driver_sql("LOCK TABLE pin_try")
            with pytest.raises(Busy):
                count(database)
        assert count(database) == 0


def test_a_used_up_pool_is_busy_soon(postgres_url: str):
    with (
        closing(connect(postgres_url, Limits(connections=1, pool=0.05))) as database,
        database.reading(),
        pytest.raises(Busy, match="in use"),
        database.reading(),
    ):
        pass


def _end_backends(url: str, *pids: int) -> None:
    with closing(connect(url)) as other, other.transaction() as connection:
        for pid in pids:
            connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})


def test_connections_that_the_server_closed_are_replaced_unnoticed(postgres_url: str):
    with closing(connect(postgres_url)) as database:
        with database.reading() as one, database.reading() as two:
            pids = [each.execute(BACKEND).scalar_one() for each in (one, two)]
        _end_backends(postgres_url, *pids)
        add(database, b"a")
        with database.reading() as one, database.reading() as two:
            for each in (one, two):
                assert each.execute(BACKEND).scalar_one() not in pids
                assert each.execute(COUNT).scalar_one() == 1


def lose_the_connection(database: Database, url: str, *, then: TextClause | None = None) -> None:
    with database.transaction() as connection:
        connection.execute(INSERT, {"caller": b"a"})
        _end_backends(url, connection.execute(BACKEND).scalar_one())
        if then is not None:
            connection.execute(then)


def test_a_connection_lost_inside_a_transaction_writes_nothing_and_is_replaced(postgres_url: str):
    with closing(connect(postgres_url)) as database:
        with pytest.raises(Unavailable) as caught:
            lose_the_connection(database, postgres_url, then=COUNT)
        assert type(caught.value) is Unavailable
        assert count(database) == 0


def test_a_connection_lost_before_the_commit_is_undecided(postgres_url: str):
    with closing(connect(postgres_url)) as database:
        with pytest.raises(Undecided):
            lose_the_connection(database, postgres_url)
        assert count(database) == 0


def test_a_crashed_postgresql_is_unavailable_at_once_and_used_again_when_it_is_back():
    with closing(Postgres()) as server, closing(connect(server.url)) as database:
        with database.transaction() as connection:
            connection.execute(text("CREATE TABLE t (x int)"))
        server.stop(signal.SIGQUIT)
        began = time.monotonic()
        for _ in range(2):
            with pytest.raises(Unavailable), database.reading():
                pass
        assert time.monotonic() - began < 1
        server.start()
        with database.transaction() as connection:
            connection.execute(text("INSERT INTO t VALUES (1)"))


def test_a_silent_server_costs_its_time_once_and_not_every_caller(tmp_path: Path):
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / ".s.PGSQL.5432"))
        silent.listen()
        with closing(connect(f"postgresql://postgres@/postgres?host={tmp_path}")) as database:
            began = time.monotonic()
            with pytest.raises(Unavailable), database.reading():
                pass
            asked = time.monotonic()
            for _ in range(100):
                with pytest.raises(Unavailable, match="a moment ago"), database.reading():
                    pass
            assert asked - began < 2.5
            assert time.monotonic() - asked < 0.5


def test_a_forked_child_leaves_the_connections_of_its_parent_alone(postgres_url: str):
    with closing(connect(postgres_url)) as database:
        with database.reading() as connection:
            mine = connection.execute(BACKEND).scalar_one()
        child = os.fork()
        if not child:
            database.dispose_after_fork()
            with database.reading() as connection:
                other = connection.execute(BACKEND).scalar_one()
            os._exit(0 if other != mine else 1)
        assert os.waitpid(child, 0)[1] == 0
        with database.reading() as connection:
            assert connection.execute(BACKEND).scalar_one() == mine


def test_threads_share_a_database_without_mixing_their_transactions(database: Database):
    threads = [threading.Thread(target=add, args=(database, bytes([n]))) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(database) == 8


ADD = Prepared(insert(PinTry))
WHO = Prepared(select(func.pg_backend_pid()))


def add_late(database: Database, *, then: type[BaseException] | None = None) -> None:
    with database.transaction(late=True) as connection:
        if not connection.in_transaction():
            connection.begin()
        connection.execute(INSERT, {"caller": b"a"})
        assert count(database) == 0
        if then:
            raise then


def test_a_late_transaction_is_one_from_where_it_begins(database: Database):
    with pytest.raises(Stop):
        add_late(database, then=Stop)
    assert count(database) == 0
    add_late(database)
    assert count(database) == 1


def test_before_a_late_transaction_begins_each_statement_counts_by_itself(postgres_url: str):
    with closing(connect(postgres_url)) as database:
        with database.transaction(late=True) as connection:
            ADD.run(connection, caller=b"a", day=date(2026, 3, 1), tries=1)
            assert count(database) == 1
        with pytest.raises(IntegrityError), database.transaction(late=True) as connection:
            ADD.run(connection, caller=b"a", day=date(2026, 3, 1), tries=1)
        assert count(database) == 1


def test_on_sqlite_a_late_transaction_begins_at_once(sqlite_url: str):
    with (
        closing(connect(sqlite_url)) as database,
        database.transaction(late=True) as connection,
    ):
        assert connection.in_transaction()


def lose_the_connection_before_it_begins(database: Database, url: str) -> None:
    with database.transaction(late=True) as connection:
        _end_backends(url, *(WHO.row(connection) or ()))
        ADD.run(connection, caller=b"a", day=date(2026, 3, 1), tries=1)


def test_a_connection_lost_in_a_statement_that_counts_by_itself_is_undecided(postgres_url: str):
    with closing(connect(postgres_url)) as database:
        with pytest.raises(Undecided):
            lose_the_connection_before_it_begins(database, postgres_url)
        assert count(database) == 0


def test_a_connection_left_in_the_middle_of_something_is_replaced(postgres_url: str):
    with closing(connect(postgres_url)) as database:
        with database.transaction(late=True) as connection:
            cursor = connection.connection.cursor()
            cursor.execute("BEGIN")
            ADD.run(connection, caller=b"a", day=date(2026, 3, 1), tries=1)
        assert count(database) == 0
        add(database, b"b")
        assert count(database) == 1


def test_a_connection_in_use_while_its_database_is_closed_is_closed_when_it_is_given_back(
    postgres_url: str,
):
    database = connect(postgres_url)
    with database.reading() as connection:
        driver = connection.connection.driver_connection
        database.close()
        assert connection.execute(select(1)).scalar_one() == 1
    assert driver.closed
    with database.reading() as connection:
        driver = connection.connection.driver_connection
    assert driver.closed


def test_the_dialect_is_named(sqlite_url: str):
    assert connect(sqlite_url).dialect == "sqlite"
    assert connect("postgresql://user@nowhere.invalid/db").dialect == "postgresql"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "is not a URL"),
        ("helpline.db", "is not a URL"),
        ("sqlite://", "SQLite needs a file"),
        ("sqlite:///:memory:", "SQLite needs a file"),
        ("mysql://user:secret@host/db", "must begin with sqlite:/// or postgresql://"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_in_one_line(url: str, message: str):
    with pytest.raises(BadDatabase) as caught:
        connect(url)
    assert message in str(caught.value)
    assert "secret" not in str(caught.value)
