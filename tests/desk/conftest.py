"""Fixtures of the desk's tests."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from helpline.settings import Settings
from helpline.store.database import Database
from tests.desk.office import Office


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    """A desk on SQLite and on PostgreSQL."""
    settings = replace(Settings.demo(tmp_path / "var", 8000), simulator=False)
    return Office(database, settings)
