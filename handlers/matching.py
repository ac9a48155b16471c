"""From a request's path to its route, with less work than Werkzeug takes for any host and any path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from werkzeug.routing import Map, MapAdapter

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_MOST: Final = 256
"""Paths remembered at once: whoever sends a request chooses them."""


class Routes:
    """The routes of an application; a gateway calls one path all day, so paths are remembered."""

    def __init__(self, known: Map) -> None:
        self._map = known
        self._found: dict[tuple[str, str], tuple[Any, Any]] = {}

    def of(self, environ: WSGIEnvironment) -> Adapter:
        """The routes as this request sees them. Its Host decides nothing here and is not read."""
        return Adapter(self._map, environ, self._found)


class Adapter(MapAdapter):
    """Finds the route of one request and leaves its template in `helpline.route`."""

    def __init__(
        self, known: Map, environ: WSGIEnvironment, found: dict[tuple[str, str], tuple[Any, Any]]
    ) -> None:
        super().__init__(
            known,
            environ["SERVER_NAME"],
            environ.get("SCRIPT_NAME") or "/",
            "",
            environ["wsgi.url_scheme"],
            environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace"),
            environ["REQUEST_METHOD"],
            environ.get("QUERY_STRING", ""),
        )
        self._environ = environ
        self._found = found

    def match(self, *given: Any, **named: Any) -> Any:
        """The rule and its arguments, as Werkzeug finds them."""
        asked = (self.default_method, self.path_info)
        known = self._found.get(asked)
        if known is None:
            known = super().match(*given, **named)
            if len(self._found) >= _MOST:
                self._found.clear()
            self._found[asked] = known
        rule, values = known
        self._environ["helpline.route"] = rule.rule
        return rule, dict(values)
