"""Fixtures every test may ask for: migrated empty databases, a Redis, keys.

`database` runs a test twice, on SQLite and on PostgreSQL. `HELPLINE_TEST_POSTGRES_URL` names a
PostgreSQL to use instead of our own; its role must be allowed to create databases.

What a page or a conversation shows hardly depends on the database below it: in the folders of `ON_ONE` each
test runs on one of the two, by its name, so that about half of them run on either. Those of `ON_BOTH`,
where the database itself decides (who was first, what stays), run on both; `HELPLINE_LOAD=full` runs
all of them on both.
"""

from __future__ import annotations

import itertools
import os
import shutil
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

import psycopg
import pytest
from redis import Redis
from sqlalchemy import make_url

from helpline.store.database import Database, connect
from helpline.store.migrate import upgrade
from helpline.store.sealing import KeyRing, new_keys
from tests.servers import Postgres, Valkey

if TYPE_CHECKING:
    from collections.abc import Iterator

_numbers = itertools.count(1)

HERE = Path(__file__).parent
ON_ONE = frozenset({HERE / "desk", HERE / "conversations"})
ON_BOTH = frozenset(
    {
        HERE / "desk" / "test_audit.py",
        HERE / "desk" / "test_claims.py",
        HERE / "desk" / "test_people_rights.py",
        HERE / "desk" / "test_roles_scope.py",
        HERE / "conversations" / "test_deliveries.py",
        HERE / "conversations" / "test_the_same_person_twice.py",
        HERE / "conversations" / "test_two_on_one_phone.py",
    }
)
DATABASES = ("sqlite", "postgresql")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out one of the two databases for each test of the folders of `ON_ONE`."""
    if os.environ.get("HELPLINE_LOAD") == "full":
        return
    left = [item for item in items if item.path.parent in ON_ONE and not _chosen(item)]
    if left:
        out = set(left)
        items[:] = [item for item in items if item not in out]
        config.hook.pytest_deselected(items=left)


def _chosen(item: pytest.Item) -> bool:
    made = getattr(item, "callspec", None)
    database = next((each for each in DATABASES if made and each in made.params.values()), "")
    if not database or item.path in ON_BOTH:
        return True
    name = item.nodeid.replace(database, "")
    return DATABASES[crc32(name.encode()) % 2] == database


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Give the URL of a PostgreSQL server for this process; databases are made in it."""
    given = os.environ.get("HELPLINE_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    with closing(Postgres()) as server:
        yield server.url


@pytest.fixture(scope="session")
def _postgres_template(postgres_server: str) -> Iterator[str]:
    with _fresh_database(postgres_server) as url:
        upgrade(url)
        yield url


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "helpline.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def empty_postgres_url(postgres_server: str) -> Iterator[str]:
    """Give a PostgreSQL database of this test's own, without tables."""
    with _fresh_database(postgres_server) as url:
        yield url


@pytest.fixture(scope="session")
def _postgres_kept(postgres_server: str, _postgres_template: str) -> Iterator[_Kept]:
    with closing(_Kept(postgres_server, _postgres_template)) as kept:
        yield kept


@pytest.fixture
def postgres_url(_postgres_kept: _Kept) -> str:
    """Give a PostgreSQL database, migrated and empty, that only this test uses while it runs."""
    return _postgres_kept.emptied()


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    """Give the URL of an SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path}/helpline.db"


@pytest.fixture
def sqlite_url(empty_sqlite_url: str, tmp_path: Path, _sqlite_template: Path) -> str:
    """Give an SQLite database of this test's own, migrated and empty."""
    shutil.copy(_sqlite_template, tmp_path / "helpline.db")
    return empty_sqlite_url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Give a migrated, empty database: the test runs once on SQLite and once on PostgreSQL."""
    short = "sqlite" if request.param == "sqlite" else "postgres"
    url: str = request.getfixturevalue(f"{short}_url")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest) -> str:
    """Give a database without tables, once on SQLite and once on PostgreSQL."""
    short = "sqlite" if request.param == "sqlite" else "postgres"
    url: str = request.getfixturevalue(f"empty_{short}_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Give an open database, migrated and empty, once on SQLite and once on PostgreSQL."""
    with closing(connect(database_url)) as opened:
        yield opened


@pytest.fixture
def keys() -> KeyRing:
    """Give fresh keys; the current data key is named `one`."""
    return KeyRing.parse(new_keys("one"))


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[str]:
    """Give the URL of a Redis-compatible server for this process."""
    with closing(Valkey()) as server:
        yield server.url


@pytest.fixture
def redis_url(valkey_server: str) -> str:
    """Give the URL of an empty Redis-compatible server."""
    with Redis.from_url(valkey_server) as client:
        client.flushall()
    return valkey_server


@contextmanager
def _fresh_database(server: str, template: str | None = None) -> Iterator[str]:
    name = f"helpline_test_{os.getpid()}_{next(_numbers)}"
    like = f'TEMPLATE "{make_url(template).database}"' if template else ""
    _administer(server, f'CREATE DATABASE "{name}" {like}')
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        _administer(server, f'DROP DATABASE "{name}" WITH (FORCE)')


class _Kept:
    """One database for test after test: emptied in between, made anew when its tables were changed.

    To make one from the template takes a third of a second, to empty it a hundredth of that.
    """

    _SHAPE = b"""
        SELECT md5(string_agg(line, '|' ORDER BY line)) FROM (
            SELECT attrelid::regclass || attname || atttypid || attnotnull AS line
            FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
            WHERE relnamespace = 'public'::regnamespace
            UNION ALL SELECT tgname || tgenabled::text FROM pg_trigger
            UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
        ) AS lines
    """
    _EMPTY = b"""
        DO $$ DECLARE name text; BEGIN
            PERFORM pg_terminate_backend(pid, 5000) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid();
            SET LOCAL session_replication_role = replica;
            FOR name IN SELECT quote_ident(tablename) FROM pg_tables
                WHERE schemaname = 'public' AND tablename <> 'alembic_version'
            LOOP EXECUTE 'DELETE FROM ' || name; END LOOP;
        END $$
    """

    def __init__(self, server: str, template: str) -> None:
        self._server, self._template = server, template
        self._open = ExitStack()
        self._url, self._shape = "", None

    def emptied(self) -> str:
        """The URL of the database, without a row."""
        if self._url and self._as_before():
            return self._url
        self.close()
        self._url = self._open.enter_context(_fresh_database(self._server, self._template))
        with closing(psycopg.connect(self._url, autocommit=True)) as connection:
            self._shape = connection.execute(self._SHAPE).fetchone()
        return self._url

    def close(self) -> None:
        """Drop it."""
        self._open.close()
        self._url = ""

    def _as_before(self) -> bool:
        try:
            with closing(psycopg.connect(self._url, autocommit=True)) as connection:
                connection.execute(self._EMPTY)
                return connection.execute(self._SHAPE).fetchone() == self._shape
        except psycopg.Error:  # a role that may not, or tables that somebody holds on to
            return False


def _administer(server: str, statement: str) -> None:
    with closing(psycopg.connect(server, autocommit=True)) as connection:
        connection.execute(statement.encode())
