"""Fixtures of the desk's tests.

What a page shows hardly depends on the database below it: each test runs on one of the two, by its
name, so that about half of them run on either. Those of `ON_BOTH`, where the database itself decides
(who was first, what stays), run on both; `HELPLINE_LOAD=full` runs all of them on both.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from zlib import crc32

import pytest

from helpline.settings import Settings
from helpline.store.database import Database
from tests.desk.office import Office

HERE = Path(__file__).parent


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    """A desk on SQLite and on PostgreSQL."""
    settings = replace(Settings.demo(tmp_path / "var", 8000), simulator=False)
    return Office(database, settings)


ON_BOTH = frozenset(
    {"test_audit.py", "test_claims.py", "test_people_rights.py", "test_roles_scope.py"}
)
DATABASES = ("sqlite", "postgresql")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out one of the two databases for each test of this folder."""
    if os.environ.get("HELPLINE_LOAD") == "full":
        return
    left = [item for item in items if item.path.parent == HERE and not _chosen(item)]
    if left:
        out = set(left)
        items[:] = [item for item in items if item not in out]
        config.hook.pytest_deselected(items=left)


def _chosen(item: pytest.Item) -> bool:
    made = getattr(item, "callspec", None)
    database = next((each for each in DATABASES if made and each in made.params.values()), "")
    if not database or item.path.name in ON_BOTH:
        return True
    name = item.nodeid.replace(database, "")
    return DATABASES[crc32(name.encode()) % 2] == database
