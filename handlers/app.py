"""The web application: its routes, what every answer carries, and one log line for each."""

from __future__ import annotations

import importlib
import os
import time
from typing import TYPE_CHECKING, Final

import structlog
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, InternalServerError

from handlers import health
from handlers.guards import Guard, check_routes, guard_of, is_operator
from handlers.hooks import receive
from handlers.hooks.requests import LARGEST_BODY
from helpline import logs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from flask import Blueprint

    from helpline.service.parts import Parts
    from helpline.settings import Settings

HEADERS: Final[Mapping[str, str]] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""On every answer, also errors. A page that needs more says so itself: what is set stays."""

_HSTS: Final = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
_SIMULATOR: Final = "handlers.phone"

_log = structlog.get_logger(__name__)


class HelplineApp(Flask):
    """Flask without what would tell strangers, or logs, what somebody sent."""

    def log_exception(
        self,
        exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None],
    ) -> None:
        """Flask's own line holds the path, and with it a webhook's secret."""
        _log.error("a request failed", exc_info=exc_info, route=_route())


def create_app(parts: Parts, settings: Settings) -> Flask:
    """Make the application of one process.

    Raises:
        Unguarded: a route is missing from `handlers.guards.GUARDS`.
    """
    app = HelplineApp("handlers", static_folder=None, template_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_PARTS=64,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https:"),
    )
    # Werkzeug would answer `//hooks` with a redirect made from the request's own Host.
    app.url_map.merge_slashes = False
    app.register_blueprint(receive.create_blueprint(parts, settings))
    app.register_blueprint(health.create_blueprint(parts, settings))
    if settings.simulator:
        app.register_blueprint(_simulator(parts, settings))
    check_routes(app)
    _guard(app, settings.metrics_token)
    _finish(app, hsts=settings.public_url.startswith("https:"))
    app.register_error_handler(HTTPException, _error_page)
    return app


def _simulator(parts: Parts, settings: Settings) -> Blueprint:
    # By name: an installation without the simulator does not load it.
    blueprint: Blueprint = importlib.import_module(_SIMULATOR).create_blueprint(parts, settings)
    return blueprint


def _guard(app: Flask, metrics_token: str) -> None:
    @app.before_request
    def admit() -> Response | None:
        environ = request.environ
        environ["helpline.began"] = time.perf_counter()
        endpoint = request.endpoint
        if endpoint is None or guard_of(endpoint) is not Guard.OPERATOR:
            return None
        if is_operator(request, metrics_token):
            return None
        return Response("not for you\n", 403, content_type="text/plain; charset=utf-8")


def _finish(app: Flask, *, hsts: bool) -> None:
    always = tuple(HEADERS.items()) + ((_HSTS,) if hsts else ())

    @app.after_request
    def finish(response: Response) -> Response:
        for name, value in always:
            response.headers.setdefault(name, value)
        mark = os.urandom(6).hex()
        response.headers["X-Request-Id"] = mark
        environ = request.environ
        heard = environ.get("helpline.heard")
        logs.served(
            _route(),
            heard[0].name if heard else "",
            heard[1].value if heard else "",
            response.status_code,
            (time.perf_counter() - environ.get("helpline.began", time.perf_counter())) * 1000,
            mark,
        )
        return response


def _route() -> str:
    """The template of the route; a path may hold a secret or a number."""
    rule = request.url_rule
    return rule.rule if rule else "none"


def _error_page(error: HTTPException) -> Response:
    """One line, the same for everybody: what was asked for is not repeated."""
    code = error.code or 500
    name = InternalServerError().name if code >= 500 else error.name  # noqa: PLR2004
    response = Response(f"{name.lower()}\n", code, content_type="text/plain; charset=utf-8")
    if allowed := getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response
