"""A gateway's HTTP request as the adapters want it, made with as little work as possible."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

LARGEST_BODY: Final = 16 * 1024
"""Bytes; the longest thing a gateway sends is a text of a few hundred characters."""

_PREFIX = "HTTP_"


class TooLarge(Exception):
    """The body is longer than `LARGEST_BODY`: 413."""


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


def body(environ: WSGIEnvironment) -> bytes:
    """The body, with or without a declared length.

    Raises:
        TooLarge: before reading more than one byte too many.
    """
    declared: str = environ.get("CONTENT_LENGTH") or ""
    stream: Any = environ["wsgi.input"]
    if declared:
        if not (declared.isascii() and declared.isdigit()) or int(declared) > LARGEST_BODY:
            raise TooLarge
        content: bytes = stream.read(int(declared))
        return content
    if not environ.get("wsgi.input_terminated"):
        return b""  # neither a length nor an end: there is no body
    content = stream.read(LARGEST_BODY + 1)
    if len(content) > LARGEST_BODY:
        raise TooLarge
    return content
