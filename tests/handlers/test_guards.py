"""Every route says who may use it, and nothing else is served."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from flask import Flask

from handlers.app import create_app
from handlers.guards import GUARDS, Guard, Unguarded, check_routes, guard_of

if TYPE_CHECKING:
    from helpline.service.parts import Parts
    from helpline.settings import Settings

METHODS = {
    "hooks.secret": {"POST"},
    "hooks.signed": {"POST"},
    "health.healthz": {"GET", "HEAD"},
    "health.readyz": {"GET", "HEAD"},
    "health.version": {"GET", "HEAD"},
    "health.metrics": {"GET", "HEAD"},
}


@pytest.fixture
def app(settings: Settings, lost_parts: Parts) -> Flask:
    return create_app(lost_parts, settings)


def test_every_route_has_a_guard(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert endpoints
    for endpoint in endpoints:
        assert guard_of(endpoint) in set(Guard)


def test_every_guard_guards_a_route(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    blueprints = {endpoint.partition(".")[0] for endpoint in endpoints}
    assert set(GUARDS) <= endpoints | blueprints


def test_every_route_outside_the_simulator_and_the_desk_takes_the_listed_methods_only(
    app: Flask,
) -> None:
    taken = {
        rule.endpoint: rule.methods
        for rule in app.url_map.iter_rules()
        if guard_of(rule.endpoint) not in (Guard.SIMULATOR, Guard.STAFF)
    }
    assert taken == METHODS


def test_without_the_simulator_its_routes_do_not_exist(
    settings: Settings, lost_parts: Parts
) -> None:
    app = create_app(lost_parts, replace(settings, simulator=False))
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert not {each for each in endpoints if guard_of(each) is Guard.SIMULATOR}
    assert app.test_client().get("/phone").status_code == 404


def test_an_application_with_a_route_that_nobody_guards_is_refused() -> None:
    app = Flask("handlers", static_folder=None)
    app.add_url_rule("/open", "somewhere.open", lambda: "")
    with pytest.raises(Unguarded, match=r"somewhere\.open"):
        check_routes(app)
