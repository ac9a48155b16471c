"""What the helpline's step is measured against, on the same server and the same PostgreSQL.

`python -m tests.bench.yardsticks NAME` serves one of them, with the settings of the environment.
"""

from __future__ import annotations

import os
import sys
from functools import partial
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final

import psycopg
from flask import Flask

from handlers.serve import serve
from helpline.processes import end_with_parent
from helpline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

TABLE: Final = "CREATE TABLE IF NOT EXISTS yardstick (id text PRIMARY KEY, value bytea NOT NULL)"
_INSERT: Final = "INSERT INTO yardstick (id, value) VALUES (%s, %s)"
_VALUE: Final = b"a row of about the size of an answered delivery".ljust(300, b".")


def empty() -> Flask:
    """A Flask view that does nothing: what Flask and the server cost."""
    app = Flask("empty")
    app.add_url_rule("/", "view", lambda: "ok", methods=["POST"])
    return app


def commit() -> Flask:
    """A Flask view that writes one row and commits it: the least a durable Flask view can do."""
    app = Flask("commit")
    write = _writer()

    def view() -> str:
        write()
        return "ok"

    app.add_url_rule("/", "view", view, methods=["POST"])
    return app


def limit() -> Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]:
    """The same without Flask: the least any durable step in Python can do on this server."""
    write = _writer()
    headers = [("Content-Type", "text/plain"), ("Content-Length", "2")]

    def app(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        write()
        start("200 OK", headers)
        return [b"ok"]

    return app


YARDSTICKS: Final = {"empty": empty, "commit": commit, "limit": limit}


def _writer() -> Callable[[], None]:
    """Write a row of its own and commit it, over one kept connection."""
    connection = psycopg.connect(os.environ["HELPLINE_DATABASE_URL"])
    cursor = connection.cursor()

    def write() -> None:
        cursor.execute(_INSERT, (token_hex(16), _VALUE))
        connection.commit()

    return write


def _load(name: str) -> Any:
    end_with_parent()
    return YARDSTICKS[name]()


if __name__ == "__main__":
    serve(Settings.load(os.environ), partial(_load, sys.argv[1]))
