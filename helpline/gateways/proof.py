"""The secret in a webhook's address, for gateways that sign nothing."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from helpline.gateways.port import Forbidden

if TYPE_CHECKING:
    from collections.abc import Iterable


class PathSecret:
    """The accepted secrets: the current one, and the previous one while a rotation lasts."""

    __slots__ = ("_accepted",)

    def __init__(self, accepted: Iterable[str]) -> None:
        self._accepted = tuple(secret.encode() for secret in accepted if secret)

    def check(self, given: str | None) -> None:
        """Raise `Forbidden` unless `given` is an accepted secret. Without any, nothing passes."""
        # A path may decode to lone surrogates; they must compare as different, not raise.
        offered = (given or "").encode("utf-8", "surrogatepass")
        # Every secret is compared, so the time tells nothing about which one was near.
        matches = [hmac.compare_digest(offered, secret) for secret in self._accepted]
        if not any(matches):
            raise Forbidden("the secret of the address is wrong")
