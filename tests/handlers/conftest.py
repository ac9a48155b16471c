"""The web application over a real database, without a server around it."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from handlers.app import create_app
from helpline import wiring
from helpline.jobs import NoWaker
from helpline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask.testing import FlaskClient

    from helpline.service.parts import Parts

    Build = Callable[[str], Parts]
    MakeClient = Callable[[Parts], FlaskClient]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.demo(tmp_path / "data", 8000)


@pytest.fixture
def build(settings: Settings) -> Iterator[Build]:
    """Everything behind the door, on the database at a URL."""
    with ExitStack() as opened:

        def built(database_url: str) -> Parts:
            parts = wiring.build(replace(settings, database_url=database_url), wiring.AT_THE_DOOR)
            opened.callback(wiring.close, parts)
            return replace(parts, wake=NoWaker())

        yield built


@pytest.fixture
def parts(build: Build, database_url: str) -> Parts:
    return build(database_url)


@pytest.fixture
def lost_parts(build: Build) -> Parts:
    """Everything but a database that answers."""
    return build("postgresql://nobody@127.0.0.1:1/nothing")


@pytest.fixture
def make_client(settings: Settings) -> MakeClient:
    return lambda parts: create_app(parts, settings).test_client()


@pytest.fixture
def client(make_client: MakeClient, parts: Parts) -> FlaskClient:
    """A client of the application on a database that works."""
    return make_client(parts)


@pytest.fixture
def lost_client(make_client: MakeClient, lost_parts: Parts) -> FlaskClient:
    """A client of the application while its database is away."""
    return make_client(lost_parts)
