from __future__ import annotations

import time
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from helpline.store import migrate
from helpline.store.database import Database, connect
from helpline.store.tables import Base


def test_the_migrations_make_exactly_the_tables_of_the_code(database: Database):
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_conditions_of_partial_indexes_are_those_of_the_code(database: Database):
    expected = {
        index.name: str(index.dialect_options[database.dialect]["where"])
        for table in Base.metadata.sorted_tables
        for index in table.indexes
        if index.dialect_options[database.dialect]["where"] is not None
    }
    with database.reading() as connection:
        inspector = inspect(connection)
        found = {
            index["name"]: str(where)
            for table in Base.metadata.tables
            for index in inspector.get_indexes(table)
            if (where := index["dialect_options"].get(f"{database.dialect}_where")) is not None
        }
    assert found.keys() == expected.keys()
    if database.dialect == "sqlite":
        assert found == expected


def test_a_difference_would_be_seen(database: Database):
    with database.transaction() as connection:
        connection.execute(text("ALTER TABLE phone ADD COLUMN nickname TEXT"))
        connection.execute(text("DROP INDEX ix_reminder_due"))
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        kinds = {difference[0] for difference in compare_metadata(context, Base.metadata)}
    assert kinds == {"remove_column", "add_index"}


def test_a_database_without_tables_has_had_no_migration(empty_database_url: str):
    assert migrate.current(empty_database_url) is None


def test_upgrading_brings_a_database_to_the_newest_form_and_again_changes_nothing(
    empty_database_url: str,
):
    for _ in range(2):
        migrate.upgrade(empty_database_url)
        assert migrate.current(empty_database_url) == migrate.head()


def test_migrations_are_numbered_in_one_line():
    scripts = ScriptDirectory(Path(migrate.__file__).with_name("migrations"))
    numbers = [script.revision for script in scripts.walk_revisions()][::-1]
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]
    assert migrate.head() == numbers[-1]


def _upgrade_at(moment: float, url: str) -> None:
    time.sleep(max(0, moment - time.time()))
    migrate.upgrade(url)


def test_starts_at_the_same_moment_migrate_once(empty_database_url: str):
    spawn = get_context("spawn")
    moment = time.time() + 2
    starts = [
        spawn.Process(target=_upgrade_at, args=(moment, empty_database_url)) for _ in range(4)
    ]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert [start.exitcode for start in starts] == [0, 0, 0, 0]
    assert migrate.current(empty_database_url) == migrate.head()


def test_a_migration_that_fails_leaves_nothing_behind(empty_database_url: str):
    with closing(connect(empty_database_url)) as database:
        with database.transaction() as connection:
            connection.execute(text("CREATE TABLE reminder (x integer)"))
        with pytest.raises(Exception, match="already exists"):
            migrate.upgrade(empty_database_url)
        with database.reading() as connection:
            assert inspect(connection).get_table_names() == ["reminder"]
    assert migrate.current(empty_database_url) is None
