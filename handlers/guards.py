"""Who may use which route: one table, and nothing that is not in it is served."""

from __future__ import annotations

import hmac
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask, Request

LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})
_FORWARDED: Final = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via")


class Guard(StrEnum):
    """What a request must show before its view runs."""

    PROVED = "proved"
    """The gateway's own proof: the secret of the address, or a signature. The view asks for it."""
    OPEN = "open"
    """Nothing: the answer tells nothing that a stranger may not know."""
    OPERATOR = "operator"
    """The metrics token, or coming straight from this machine."""
    STAFF = "staff"
    """A log-in, and the right that the page was declared with: `handlers.desk.desk` asks for both."""
    SIMULATOR = "simulator"
    """Nothing, but the routes exist only where the simulator is switched on."""


GUARDS: Final[Mapping[str, Guard]] = {
    "hooks.secret": Guard.PROVED,
    "hooks.signed": Guard.PROVED,
    "health.healthz": Guard.OPEN,
    "health.readyz": Guard.OPEN,
    "health.version": Guard.OPEN,
    "health.metrics": Guard.OPERATOR,
    "desk": Guard.STAFF,
    "phone": Guard.SIMULATOR,
}
"""By endpoint, or by blueprint for all its endpoints."""


class Unguarded(LookupError):
    """A route is not in `GUARDS`."""


def guard_of(endpoint: str) -> Guard:
    """The guard of an endpoint.

    Raises:
        Unguarded: it has none.
    """
    guard = GUARDS.get(endpoint) or GUARDS.get(endpoint.partition(".")[0])
    if guard is None:
        raise Unguarded(f"{endpoint} has no guard: add it to handlers.guards.GUARDS")
    return guard


def check_routes(app: Flask) -> None:
    """Refuse an application with a route that nobody guards.

    Raises:
        Unguarded: naming the first one.
    """
    for rule in app.url_map.iter_rules():
        guard_of(rule.endpoint)


def is_operator(request: Request, token: str) -> bool:
    """Whether the request bears the metrics token, or comes from this machine and no proxy."""
    offered = request.headers.get("Authorization", "")
    if token and hmac.compare_digest(offered.encode(), f"Bearer {token}".encode()):
        return True
    relayed = any(name in request.headers for name in _FORWARDED)
    return request.remote_addr in LOOPBACK and not relayed
