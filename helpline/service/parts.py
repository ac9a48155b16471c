"""What the use cases are made of; `helpline.wiring` puts it together once per process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from helpline.cases.campaigns import Bulk
from helpline.cases.facts import Facts
from helpline.cases.rota import Openings

if TYPE_CHECKING:
    from helpline.cases.calendar import Span
    from helpline.cases.crisis import Lexicon
    from helpline.cases.directory import Directory
    from helpline.cases.hotlines import Hotline
    from helpline.cases.own import Opened
    from helpline.cases.places import Places
    from helpline.cases.topics import Topic
    from helpline.flow.book import Book
    from helpline.gateways.port import Gateway
    from helpline.gateways.voice import VoiceLine
    from helpline.jobs import Waker
    from helpline.store.database import Database
    from helpline.store.sealing import KeyRing


@dataclass(frozen=True, slots=True)
class Route:
    """Which gateway sends what; the first route whose conditions all hold is taken.

    An empty condition always holds. `prefix` is the beginning of the number in E.164.
    """

    gateway: str
    prefix: str = ""
    language: str = ""
    purpose: str = ""

    def takes(self, number: str, language: str, purpose: str) -> bool:
        """Whether a message goes this way."""
        return (
            number.startswith(self.prefix)
            and self.language in ("", language)
            and self.purpose in ("", purpose)
        )


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything a use case may reach for."""

    database: Database
    ring: KeyRing
    book: Book
    gateways: Mapping[str, Gateway]
    routes: tuple[Route, ...]
    clock: Callable[[], datetime]
    short_code: str
    quiet: Span
    places: Places
    hotlines: Callable[[], tuple[Hotline, ...]]
    topics: Callable[[], tuple[Topic, ...]]
    phrases: Lexicon
    directory: Callable[[], Directory]
    wake: Waker
    public_url: str = ""
    """Where links in messages lead, without a slash at the end."""
    openings: Callable[[], Openings] = Openings
    """When the helpline is open; without word of it, every day from 8 to 21."""
    voice: VoiceLine | None = None
    """None: staff dial by hand."""
    after_danger: timedelta = timedelta(hours=24)
    """When somebody who was in grave danger is contacted again."""
    bulk: Bulk = Bulk()  # noqa: RUF009  frozen
    """How fast campaigns go, what they cost, when a second person must agree."""

    def facts(
        self, channel: str, now: datetime, loaded: Mapping[str, Opened] | None = None
    ) -> Facts:
        """The facts of this moment for one conversation."""
        return Facts(
            now=now,
            channel=channel,
            short_code=self.short_code,
            places=self.places,
            hotlines=self.hotlines(),
            topics=self.topics(),
            phrases=self.phrases,
            directory=self.directory(),
            loaded=loaded or {},
            openings=self.openings(),
        )
