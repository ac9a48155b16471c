"""The web application: its routes, what every answer carries, and one log line for each."""

from __future__ import annotations

import importlib
import os
import time
from functools import wraps
from typing import TYPE_CHECKING, Any, Final

import structlog
from flask import Flask, Response, request
from flask.sessions import SessionInterface
from werkzeug.exceptions import HTTPException, InternalServerError

from handlers import health
from handlers.desk import create_blueprint as create_desk
from handlers.guards import Guard, check_routes, guard_of, is_operator
from handlers.hooks import receive
from handlers.hooks.requests import LARGEST_BODY
from handlers.matching import Routes
from handlers.proxies import behind
from helpline import logs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from types import TracebackType

    from _typeshed.wsgi import StartResponse, WSGIEnvironment
    from flask import Blueprint, Request
    from werkzeug.routing import MapAdapter

    from helpline.service.parts import Parts
    from helpline.settings import Settings

HEADERS: Final[Mapping[str, str]] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Server": "web",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""On every answer, also errors. A page that needs more says so itself: what is set stays."""

_HSTS: Final[Mapping[str, str]] = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains"
}
_SIMULATOR: Final = "handlers.phone"

_log = structlog.get_logger(__name__)


class NoSessions(SessionInterface):
    """Nobody is given a cookie. Flask's own sessions make a signer for every request, used or not."""

    def open_session(self, app: Flask, request: Request) -> None:
        """Leave the session empty: writing to it is refused."""


class HelplineApp(Flask):
    """Flask without what would tell strangers, or logs, what somebody sent."""

    session_interface = NoSessions()

    def __init__(self, name: str, *, hsts: bool) -> None:
        super().__init__(name, static_folder=None, template_folder=None)
        always = {**HEADERS, **(_HSTS if hsts else {})}
        self._always = [(header.lower(), (header, value)) for header, value in always.items()]
        self._routes = Routes(self.url_map)

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request; every answer gets the headers that it has not set itself, and a line.

        Here they cost a tenth of what they cost on a `Response`, whose headers are kept for editing.
        """
        began = time.perf_counter()
        mark = os.urandom(6).hex()

        def start(
            status: str, headers: list[tuple[str, str]], *error: Any
        ) -> Callable[[bytes], object]:
            given = {header.lower() for header, _ in headers}
            more = [line for name, line in self._always if name not in given]
            gateway, kind = environ.get("helpline.heard", ("", ""))
            logs.served(
                _route(environ),
                gateway,
                kind,
                int(status[:3]),
                (time.perf_counter() - began) * 1000,
                mark,
            )
            return start_response(status, [*headers, *more, ("X-Request-Id", mark)], *error)

        answer: Iterable[bytes] = super().wsgi_app(environ, start)
        return answer

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """The routes as a request sees them; outside of one no address is ever built."""
        return None if request is None else self._routes.of(request.environ)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Give back `func`: no view here is a coroutine, and looking costs more than most of them."""
        return func

    def log_exception(
        self,
        exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None],
    ) -> None:
        """Flask's own line holds the path, and with it a webhook's secret."""
        _log.error("a request failed", exc_info=exc_info, route=_route(request.environ))


def create_app(parts: Parts, settings: Settings) -> Flask:
    """Make the application of one process.

    Raises:
        Unguarded: a route is missing from `handlers.guards.GUARDS`.
    """
    app = HelplineApp("handlers", hsts=settings.public_url.startswith("https:"))
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_BODY, MAX_FORM_PARTS=64)
    # Werkzeug would answer `//hooks` with a redirect made from the request's own Host.
    app.url_map.merge_slashes = False
    app.register_blueprint(receive.create_blueprint(parts, settings))
    app.register_blueprint(health.create_blueprint(parts, settings))
    app.register_blueprint(create_desk(parts, settings))
    if settings.simulator:
        app.register_blueprint(_simulator(parts, settings))
    check_routes(app)
    _guard(app, settings.metrics_token)
    app.register_error_handler(HTTPException, _error_page)
    if settings.proxies:
        app.wsgi_app = behind(app.wsgi_app, settings.proxies)  # type: ignore[assignment, method-assign]
    return app


def _simulator(parts: Parts, settings: Settings) -> Blueprint:
    # By name: an installation without the simulator does not load it.
    blueprint: Blueprint = importlib.import_module(_SIMULATOR).create_blueprint(parts, settings)
    return blueprint


def _guard(app: Flask, metrics_token: str) -> None:
    """Put the operators' guard before their views: the others look for themselves, or are open."""

    def guarded(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def admit(**values: Any) -> Any:
            if is_operator(request, metrics_token):
                return view(**values)
            return Response("not for you\n", 403, content_type="text/plain; charset=utf-8")

        return admit

    for endpoint, view in app.view_functions.items():
        if guard_of(endpoint) is Guard.OPERATOR:
            app.view_functions[endpoint] = guarded(view)


def _route(environ: WSGIEnvironment) -> str:
    """The template of the route; a path may hold a secret or a number."""
    route: str = environ.get("helpline.route", "none")
    return route


def _error_page(error: HTTPException) -> Response:
    """One line, the same for everybody: what was asked for is not repeated."""
    code = error.code or 500
    name = InternalServerError().name if code >= 500 else error.name  # noqa: PLR2004
    response = Response(f"{name.lower()}\n", code, content_type="text/plain; charset=utf-8")
    if allowed := getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response
