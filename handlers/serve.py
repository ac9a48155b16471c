"""Serve the application with granian: one thread in each process, as many processes as cores.

Granian calls the application through `handlers.bridge`; `handlers.wsgi:app` stays plain WSGI for
other servers, behind a proxy that gathers the bodies of requests.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from handlers.app import HEADERS
from handlers.bridge import Bridge
from handlers.hooks.requests import LARGEST_BODY
from helpline import logs

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpline.settings import Settings

STOP_SECONDS: Final = 8
"""How long a process may finish its request before it is killed."""

_LOGGING: Final = {
    "version": 1,
    "disable_existing_loggers": False,
    "loggers": {"_granian": {"level": "WARNING", "propagate": True}},
}


def _application() -> Any:
    """Granian's own loader would put the current folder first on the path of imports."""
    return importlib.import_module("handlers.wsgi").app


def serve(settings: Settings, load: Callable[[], Any] = _application) -> None:
    """Serve until SIGTERM or SIGINT. `load` makes the WSGI application in each process.

    Threads beside the first cost more than they bring: they hand the interpreter's lock back and
    forth as soon as a view waits for the database.
    """
    logs.configure(settings.log_level, role="web")
    server = Server(
        "handlers.wsgi:app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.RSGI,
        workers=settings.web_processes,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=5_000),
        websockets=False,
        log_level=LogLevels.warning,
        log_dictconfig=dict(_LOGGING),
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    )

    def bridged() -> Any:
        return Bridge(load(), largest=LARGEST_BODY, always=HEADERS)

    server.serve(target_loader=bridged, wrap_loader=False)
