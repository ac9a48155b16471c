"""How it is: for load balancers, for whoever is on duty, and for Prometheus. Nothing about people."""

from __future__ import annotations

import time
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final

import msgspec
from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from handlers.metrics import Installation
from helpline.jobs import state_of
from helpline.store.database import Unavailable
from helpline.store.vitals import look

if TYPE_CHECKING:
    from helpline.service.parts import Parts
    from helpline.settings import Settings

LOOK_AGAIN: Final = 1.0
"""Seconds for which one look at the database answers everybody who asks how it is."""

_JSON: Final = "application/json"
_NO_ROUTE: Final = {"provide_automatic_options": False}


def create_blueprint(parts: Parts, settings: Settings) -> Blueprint:
    """`/healthz`, `/readyz`, `/version` and `/metrics`."""
    del settings
    blueprint = Blueprint("health", __name__)
    readiness = Readiness(parts)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Installation(parts))

    def healthz() -> Response:
        return Response("ok\n", content_type="text/plain; charset=utf-8")

    def readyz() -> Response:
        ready, body = readiness()
        return Response(msgspec.json.encode(body), 200 if ready else 503, content_type=_JSON)

    def about() -> Response:
        body = {"version": _version(), "menus": parts.book.revision}
        return Response(msgspec.json.encode(body), content_type=_JSON)

    def metrics() -> Response:
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    views = {"healthz": healthz, "readyz": readyz, "version": about, "metrics": metrics}
    for name, view in views.items():
        blueprint.add_url_rule(
            f"/{name}", name, view, methods=["GET"], provide_automatic_options=False
        )
    return blueprint


class Readiness:
    """Whether callers can be served: the database is there and has today's tables.

    A Redis that is down delays messages but no caller, so it is told and changes nothing.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._until = float("-inf")
        self._known: tuple[bool, dict[str, Any]] = (False, {})

    def __call__(self) -> tuple[bool, dict[str, Any]]:
        """Ready or not, and the body that says why."""
        if time.monotonic() >= self._until:
            self._known = self._look()
            self._until = time.monotonic() + LOOK_AGAIN
        return self._known

    def _look(self) -> tuple[bool, dict[str, Any]]:
        redis = state_of(self._parts.wake)
        try:
            vitals = look(self._parts.database, self._parts.clock())
        except Unavailable:
            return False, {"ready": False, "database": "down", "redis": redis}
        return vitals.migrated, {
            "ready": vitals.migrated,
            "database": "up",
            "migrations": "newest" if vitals.migrated else "behind",
            "redis": redis,
            "lag_seconds": round(vitals.lag, 1),
        }


def _version() -> str:
    try:
        return version("returnee-helpline")
    except PackageNotFoundError:
        return "unknown"
