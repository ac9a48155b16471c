"""A gateway's HTTP request as the adapters want it, made with as little work as possible."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from helpline.gateways.port import HookRequest, Kind, Malformed

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

LARGEST_BODY: Final = 16 * 1024
"""Bytes; the longest thing a gateway sends is a text of a few hundred characters."""

_PREFIX = "HTTP_"
_fill = object.__setattr__


class TooLarge(Exception):
    """The body is longer than `LARGEST_BODY`: 413."""


class Arriving(HookRequest):
    """A request whose body is read when an adapter asks for it.

    A process serves one request at a time. Whoever does not know the secret of the address must
    not be able to hold it up by sending a body slowly, so the proof comes before the body wherever
    the proof does not lie in the body.
    """

    __slots__ = ("_content", "_environ")
    _content: bytes | None
    _environ: WSGIEnvironment

    def __init__(self, kind: Kind, url: str, environ: WSGIEnvironment) -> None:
        """Raise `TooLarge` when the declared length already says so."""
        declared = environ.get("CONTENT_LENGTH")
        if declared and not 0 <= _number(declared) <= LARGEST_BODY:
            raise TooLarge
        _fill(self, "kind", kind)
        _fill(self, "url", url)
        _fill(self, "content_type", environ.get("CONTENT_TYPE") or "")
        _fill(self, "headers", Headers(environ))
        _fill(self, "_environ", environ)
        _fill(self, "_content", None)

    @property
    def body(self) -> bytes:
        """The body, with or without a declared length; raises `TooLarge` and `Malformed`."""
        if self._content is None:
            _fill(self, "_content", _read(self._environ))
        assert self._content is not None  # noqa: S101  read just above
        return self._content


class Headers(Mapping[str, str]):
    """The headers of a WSGI request: looked up when asked for, in any case."""

    __slots__ = ("_environ",)

    def __init__(self, environ: WSGIEnvironment) -> None:
        self._environ = environ

    def __getitem__(self, name: str) -> str:
        value: str = self._environ[_PREFIX + name.upper().replace("-", "_")]
        return value

    def __iter__(self) -> Iterator[str]:
        start = len(_PREFIX)
        for key in self._environ:
            if key.startswith(_PREFIX):
                yield key[start:].replace("_", "-").title()

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _read(environ: WSGIEnvironment) -> bytes:
    stream: Any = environ["wsgi.input"]
    declared = environ.get("CONTENT_LENGTH")
    if declared:
        content: bytes = stream.read(_number(declared))
        if len(content) != _number(declared):
            raise Malformed("the body broke off")
        return content
    if not environ.get("wsgi.input_terminated"):
        return b""  # neither a length nor an end: there is no body
    content = stream.read(LARGEST_BODY + 1)
    if len(content) > LARGEST_BODY:
        raise TooLarge
    return content


def _number(declared: str) -> int:
    return int(declared) if declared.isascii() and declared.isdigit() else -1
