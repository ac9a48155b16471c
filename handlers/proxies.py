"""Whose address a request comes from, where a proxy of ours stands before the web processes."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from helpline.settings import Network

_HEADER: Final = "HTTP_X_FORWARDED_FOR"


def behind(app: WSGIApplication, proxies: Iterable[Network]) -> WSGIApplication:
    """The same application for requests that come through `proxies`.

    What such a proxy says of the address before it is believed, back to the first that is none of
    ours; what anybody else says is not, so that nobody can choose the address they are known by.
    """
    ours = tuple(proxies)

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        told = str(environ.get(_HEADER, "")).split(",")
        while told and _is_of(environ.get("REMOTE_ADDR", ""), ours):
            before = told.pop().strip()
            if not _is_address(before):
                break
            environ["REMOTE_ADDR"] = before
        return app(environ, start_response)

    return answer


def _is_of(address: str, networks: tuple[Network, ...]) -> bool:
    return _is_address(address) and any(
        ipaddress.ip_address(address) in network for network in networks
    )


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
