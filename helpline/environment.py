"""The process environment, read with every fault collected as one line that shows no value."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Environment:
    """Variables by name; `problems` grows by one line for each that cannot be used."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self.problems: list[str] = []

    def has(self, name: str) -> bool:
        """Whether `name` is set and not empty."""
        return bool(self._variables.get(name))

    def text(self, *names: str) -> str:
        """The first of `names` that is set, itself or as `<name>_FILE`; else an empty string."""
        for name in names:
            if value := self._own(name):
                return value
        return ""

    def typed(self, name: str, kind: type[T] | object, default: T) -> T:
        """`name` as a msgspec type such as `Annotated[int, msgspec.Meta(ge=1)]`, or `default`."""
        value = self._variables.get(name)
        if not value:
            return default
        try:
            converted: T = msgspec.convert(value, kind, strict=False)
        except msgspec.ValidationError as error:
            self.problems.append(f"{name}: {error}")
            return default
        return converted

    def _own(self, name: str) -> str:
        value, path = self._variables.get(name, ""), self._variables.get(f"{name}_FILE", "")
        if value and path:
            self.problems.append(f"{name} and {name}_FILE are both set: keep one")
        if value or not path:
            return value
        try:
            return Path(path).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            self.problems.append(f"{name}_FILE names a file that cannot be read")
            return ""


def address_problem(url: str) -> str:
    """What keeps `url` from being the public address, or an empty string."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return "is not an address"
    if parts.scheme not in {"http", "https"} or not host:
        return "must begin with https://"
    if parts.scheme == "http" and host not in LOOPBACK:
        return "must be https outside this machine"
    if parts.username or parts.password or parts.query or parts.fragment:
        return "must not hold a user, a query or a fragment"
    return ""
