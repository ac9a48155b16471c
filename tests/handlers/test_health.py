"""Health: what is told to whom, and what it depends on."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from redis import Redis

from handlers.app import create_app
from helpline.jobs import RqWaker
from helpline.store import migrate
from helpline.store.vitals import NEWEST_MIGRATION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

    from helpline.service.parts import Parts
    from helpline.settings import Settings
    from tests.handlers.conftest import Build, MakeClient

TOKEN = "an-operators-token-of-good-length"


def ready(client: FlaskClient) -> tuple[int, dict[str, object]]:
    answer = client.get("/readyz")
    body: dict[str, object] = answer.json or {}
    return answer.status_code, body


def test_a_process_that_runs_is_alive_even_without_its_database(lost_client: FlaskClient) -> None:
    assert lost_client.get("/healthz").text == "ok\n"


def test_with_its_database_it_is_ready(client: FlaskClient) -> None:
    assert ready(client) == (
        200,
        {
            "ready": True,
            "database": "up",
            "migrations": "newest",
            "redis": "none",
            "lag_seconds": 0.0,
        },
    )


def test_without_its_database_it_is_not_ready(lost_client: FlaskClient) -> None:
    assert ready(lost_client) == (503, {"ready": False, "database": "down", "redis": "none"})


def test_on_tables_of_another_version_it_is_not_ready(
    make_client: MakeClient, build: Build, empty_database_url: str
) -> None:
    status, body = ready(make_client(build(empty_database_url)))
    assert (status, body["migrations"]) == (503, "behind")


def test_the_newest_migration_is_the_one_that_alembic_knows() -> None:
    assert migrate.head() == NEWEST_MIGRATION


@pytest.fixture
def waker(redis_url: str) -> Iterator[RqWaker]:
    with closing(RqWaker(redis_url)) as opened:
        yield opened


def test_redis_is_told_and_changes_nothing(
    make_client: MakeClient, parts: Parts, waker: RqWaker
) -> None:
    status, body = ready(make_client(replace(parts, wake=waker)))
    assert (status, body["redis"]) == (200, "up")


def test_without_redis_callers_can_be_served(make_client: MakeClient, parts: Parts) -> None:
    with closing(RqWaker("redis://127.0.0.1:1/0")) as away:
        status, body = ready(make_client(replace(parts, wake=away)))
    assert (status, body["redis"]) == (200, "down")


def test_a_redis_that_may_throw_jobs_away_is_told(
    make_client: MakeClient, parts: Parts, waker: RqWaker, redis_url: str
) -> None:
    with Redis.from_url(redis_url) as server:
        server.config_set("maxmemory-policy", "allkeys-lru")
        try:
            _, body = ready(make_client(replace(parts, wake=waker)))
        finally:
            server.config_set("maxmemory-policy", "noeviction")
    assert body["redis"] == "evicts"


def test_the_version_names_the_menus_too(client: FlaskClient, parts: Parts) -> None:
    body = client.get("/version").json
    assert body == {"version": "0.1.0", "menus": parts.book.revision}


def test_figures_are_told_in_prometheus_words(
    make_client: MakeClient, parts: Parts, waker: RqWaker
) -> None:
    assert waker.wake("send", ["one", "two"])
    text = make_client(replace(parts, wake=waker)).get("/metrics").text
    for line in (
        "helpline_database_up 1.0",
        "helpline_redis_up 1.0",
        'helpline_queue_jobs{queue="send"} 1.0',
        'helpline_messages{state="waiting"} 0.0',
        "helpline_lag_seconds 0.0",
    ):
        assert line in text.splitlines()


def test_without_a_database_the_figures_say_so(lost_client: FlaskClient) -> None:
    text = lost_client.get("/metrics").text
    assert "helpline_database_up 0.0" in text.splitlines()
    assert "helpline_messages" not in text


@pytest.mark.parametrize(
    "request_of",
    [
        {"environ_base": {"REMOTE_ADDR": "203.0.113.7"}},
        {"headers": {"X-Forwarded-For": "127.0.0.1"}},
        {"headers": {"Forwarded": "for=127.0.0.1"}},
        {"headers": {"Authorization": "Bearer "}, "environ_base": {"REMOTE_ADDR": "203.0.113.7"}},
        {
            "headers": {"Authorization": f"Bearer {TOKEN[:-1]}"},
            "environ_base": {"REMOTE_ADDR": "203.0.113.7"},
        },
    ],
)
def test_figures_are_not_for_strangers(
    settings: Settings, lost_parts: Parts, request_of: dict[str, dict[str, str]]
) -> None:
    for token in ("", TOKEN):
        app = create_app(lost_parts, replace(settings, metrics_token=token))
        answer = app.test_client().get("/metrics", **request_of)
        assert answer.status_code == 403


def test_figures_are_for_whoever_has_the_token(settings: Settings, lost_parts: Parts) -> None:
    app = create_app(lost_parts, replace(settings, metrics_token=TOKEN))
    answer = app.test_client().get(
        "/metrics",
        headers={"Authorization": f"Bearer {TOKEN}", "X-Forwarded-For": "203.0.113.7"},
    )
    assert answer.status_code == 200
