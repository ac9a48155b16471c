"""Our WSGI application behind granian's own protocol: one thread, and nobody can hold it up.

Under granian's WSGI interface the one thread that serves a process also waits for bodies: two
connections that announce a body and never send it stop two processes, by malice or by a broken
link. Here the event loop gathers whole requests, many at once, and only then runs the application,
one at a time. It costs a callers' step nothing that can be measured.
"""

from __future__ import annotations

import sys
from asyncio import timeout
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from granian._granian import RSGIProtocolClosed, RSGIProtocolError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from _typeshed.wsgi import WSGIApplication
    from granian._granian import RSGIHTTPProtocol
    from granian.rsgi import Scope

BODY_SECONDS: Final = 5.0
"""How long a body may take to come; gateways send it together with the headers."""

_CONSTANT: Final[Mapping[str, Any]] = {
    "SCRIPT_NAME": "",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,
    "wsgi.multiprocess": True,
    "wsgi.multithread": False,
    "wsgi.run_once": False,
    "wsgi.version": (1, 0),
}
_PLAIN: Final = ("content-type", "text/plain; charset=utf-8")


class Bridge:
    """The application as granian's RSGI interface calls it.

    A body longer than `largest` is not read: the application refuses it by its length. `always` are
    the headers of the few answers that the application does not give.
    """

    def __init__(
        self,
        application: WSGIApplication,
        *,
        largest: int,
        always: Mapping[str, str],
        seconds: float = BODY_SECONDS,
    ) -> None:
        self._application = application
        self._largest = largest
        # The rest of the body is not waited for either.
        self._always = [("connection", "close"), _PLAIN, *always.items()]
        self._seconds = seconds

    async def __rsgi__(self, scope: Scope, protocol: RSGIHTTPProtocol) -> None:
        """Answer one request."""
        environ = _environ(scope)
        if "HTTP_TRANSFER_ENCODING" in environ:
            # Its size is known only when it is all here, and no gateway sends a form like that.
            protocol.response_str(411, self._always, "the body must have a length\n")
            return
        if 0 < int(environ.get("CONTENT_LENGTH") or 0) <= self._largest:
            body = await self._body(protocol)
            if body is None:
                return
            environ["wsgi.input"] = BytesIO(body)
        told: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], _error: object = None) -> Any:
            told.append((status, headers))

        answer: Iterable[bytes] = self._application(environ, start)
        content = b"".join(answer)
        if callable(close := getattr(answer, "close", None)):
            close()
        [*_, (status, headers)] = told
        protocol.response_bytes(int(status[:3]), headers, content)

    async def _body(self, protocol: RSGIHTTPProtocol) -> bytes | None:
        """The whole body, or nothing when it did not come in time or broke off.

        Not part by part: an iteration ends in the same way whether the body is whole or not.
        """
        try:
            async with timeout(self._seconds):
                return await protocol()
        except TimeoutError:
            protocol.response_str(408, self._always, "the body did not come\n")
        except (RSGIProtocolClosed, RSGIProtocolError):
            pass  # nobody is there any more
        return None


def _environ(scope: Scope) -> dict[str, Any]:
    environ = dict(_CONSTANT)
    for name, value in scope.headers.items():
        key = _key(name)
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    environ["REQUEST_METHOD"] = scope.method
    environ["PATH_INFO"] = scope.path.encode("utf-8", "surrogateescape").decode("latin-1")
    environ["QUERY_STRING"] = scope.query_string
    environ["REMOTE_ADDR"] = scope.client.rpartition(":")[0].strip("[]")
    host, _, port = scope.server.rpartition(":")
    environ["SERVER_NAME"], environ["SERVER_PORT"] = host, port
    environ["wsgi.url_scheme"] = scope.scheme
    environ["wsgi.input"] = BytesIO()
    return environ


@lru_cache(maxsize=256)  # bounded: whoever sends a request chooses the names
def _key(name: str) -> str:
    if "_" in name:
        return "helpline.ignored"  # or it could pass for the header with a hyphen
    key = name.upper().replace("-", "_")
    return key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
