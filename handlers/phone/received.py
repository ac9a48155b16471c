"""The SMS that a number got, as the stand-ins for the gateways on this machine know it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from handlers.phone.deliveries import NoAnswer, fetch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from helpline.gateways.book import GatewayConfig

_HERE = frozenset({"127.0.0.1", "::1", "localhost"})
_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Received:
    """One SMS; `at` is ISO 8601 in UTC."""

    id: str
    text: str
    at: str
    gateway: str


class Inbox:
    """Where texts end up while nothing leaves this machine: a rehearsal's log, a console's file."""

    def __init__(self, configs: Iterable[GatewayConfig], public_url: str) -> None:
        self._outboxes: dict[str, Path] = {}
        logs: dict[str, None] = {}
        for config in configs:
            if path := config.options.get("outbox_path"):
                self._outboxes[config.name] = Path(path)
            base_url = str(config.options.get("base_url", ""))
            parts = urlsplit(base_url)
            # Asking ourselves could wait for ever: a web process answers one request at a time.
            if parts.hostname in _HERE and parts.netloc != urlsplit(public_url).netloc:
                logs[base_url] = None
        self._logs = tuple(logs)

    def of(self, number: str) -> list[dict[str, str]]:
        """What this number got, the oldest first; a stand-in that does not answer knows nothing."""
        found = [*self._logged(number), *self._written(number)]
        return [asdict(each) for each in sorted(found, key=lambda each: each.at)]

    def _logged(self, number: str) -> Iterator[Received]:
        for url in self._logs:
            try:
                texts = json.loads(
                    fetch(url, f"/log?{urlencode({'number': number})}", seconds=_SECONDS)
                )
            except (NoAnswer, ValueError):
                continue
            for text in texts:
                at = datetime.fromtimestamp(text["at"], UTC).isoformat(timespec="seconds")
                # A stand-in that was started again counts from one again.
                yield Received(f"{text['message_id']}@{at}", text["text"], at, text["gateway"])

    def _written(self, number: str) -> Iterator[Received]:
        for name, path in self._outboxes.items():
            try:
                lines = path.read_text("utf-8").splitlines()
            except FileNotFoundError:
                continue
            for text in map(json.loads, lines):
                if text["to"] == number:
                    yield Received(text["external_id"], text["text"], text["at"], name)
