"""The one place where the parts of an installation are put together, once per process."""

from __future__ import annotations

import importlib
import logging
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from helpline.cases import topics
from helpline.cases.calendar import local
from helpline.cases.directory import Directory
from helpline.cases.hotlines import current
from helpline.cases.rota import Openings
from helpline.clock import SkippableClock, system_clock
from helpline.data.load import (
    load_crisis_phrases,
    load_directory_seed,
    load_hotlines,
    load_kinds,
    load_places,
    load_topics,
)
from helpline.data.stages import load_stages
from helpline.flow.book import Book
from helpline.flow.words import LANGUAGES
from helpline.gateways.book import build_gateways, build_voice
from helpline.i18n import translator
from helpline.jobs import NoWaker, RqWaker
from helpline.service.desk.hours import openings
from helpline.service.parts import Parts, Route
from helpline.settings import Mode
from helpline.store.centres import all_centres
from helpline.store.database import Limits, Unavailable, connect
from helpline.store.facts import all_checks
from helpline.store.sealing import KeyRing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from helpline.cases.directory import Centre
    from helpline.cases.hotlines import Check, Hotline
    from helpline.cases.topics import Topic
    from helpline.gateways.port import Gateway
    from helpline.settings import Settings
    from helpline.store.database import Database

FRESH: Final = 60.0
"""Seconds after which the directory and the hotlines are read again."""
AFTER_A_FAILURE: Final = 5.0

AT_THE_DOOR: Final = Limits(pool=1.0, statement=2.5, lock=1.0, sqlite_lock=2.5)
"""For a process that answers callers: they are told to call a hotline rather than kept waiting."""
BEHIND: Final = Limits()
"""For workers and commands."""

T = TypeVar("T")
_log = logging.getLogger(__name__)


def build(settings: Settings, limits: Limits = BEHIND) -> Parts:
    """Put the parts together. Nothing is contacted yet; call it in the process that will use them.

    Raises:
        BadDatabase, BadKeys, BadData, WrongBook, ValueError: with one line that says why.
        OSError: the SQLite file cannot be made.
    """
    database = connect(settings.database_url, limits)
    in_demo = settings.mode is Mode.DEMO
    clock = SkippableClock(settings.folder.clock) if in_demo else system_clock
    gateways = build_gateways(settings.gateways, public_url=settings.public_url)
    return Parts(
        database=database,
        ring=KeyRing.parse(settings.data_keys),
        book=load_book(settings.book),
        gateways=gateways,
        routes=_routes(settings, gateways.values()),
        clock=clock,
        short_code=settings.short_code,
        quiet=settings.quiet,
        places=load_places(),
        hotlines=Remembered(lambda: _hotlines(database, clock()), _hotlines_of_the_file(clock)),
        topics=Remembered(lambda: _topics(database, clock()), _topics(None, clock())),
        phrases=load_crisis_phrases(),
        directory=Remembered(lambda: _directory(database), _directory(None)),
        wake=RqWaker(settings.redis_url) if settings.redis_url else NoWaker(),
        public_url=settings.public_url,
        openings=Remembered(lambda: _openings(database, clock()), Openings()),
        bulk=settings.bulk,
        voice=build_voice(settings.voice, gateways, public_url=settings.public_url),
        after_danger=timedelta(hours=settings.after_danger_hours),
    )


def load_data() -> None:
    """Read the data files now; they are kept, and a process that forks shares them."""
    load_places()
    load_hotlines()
    load_topics()
    load_stages()
    load_crisis_phrases()
    load_kinds()
    load_directory_seed()
    for language in LANGUAGES:
        translator(language)


def close(parts: Parts) -> None:
    """Close what `build` may have opened."""
    parts.database.close()
    voice = parts.voice.gateway if parts.voice else None
    for part in (*parts.gateways.values(), voice, parts.wake):
        if callable(ending := getattr(part, "close", None)):
            ending()


def load_book(name: str) -> Book:
    """The menus, by the name `module:attribute`: the library does not import them.

    Raises:
        ImportError, ValueError: there is no book of that name.
    """
    module, _, attribute = name.partition(":")
    book = getattr(importlib.import_module(module), attribute, None)
    if not isinstance(book, Book):
        raise ValueError(f"{name} is not a book of menus")  # noqa: TRY004  a setting, not a type
    return book


class Remembered(Generic[T]):
    """A value read from the record now and then; while the record is away, the last one known."""

    def __init__(
        self, read: Callable[[], T], known: T, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._read = read
        self._known = known
        self._clock = clock
        self._until = float("-inf")

    def __call__(self) -> T:
        """The value, at most a minute old while the record is there."""
        if self._clock() < self._until:
            return self._known
        try:
            self._known = self._read()
        except Unavailable:
            self._until = self._clock() + AFTER_A_FAILURE
        except (LookupError, TypeError, ValueError):  # a row nobody foresaw
            _log.exception("facts or centres cannot be read")
            self._until = self._clock() + FRESH
        else:
            self._until = self._clock() + FRESH
        return self._known


def _routes(settings: Settings, gateways: Iterable[Gateway]) -> tuple[Route, ...]:
    """The configured routes; without any, everything goes through the first gateway that sends SMS."""
    if settings.routes:
        return tuple(
            Route(route.gateway, route.prefix, route.language, route.purpose)
            for route in settings.routes
        )
    return tuple(Route(gateway.name) for gateway in gateways if gateway.capabilities.sms)


def _hotlines(database: Database, now: datetime) -> tuple[Hotline, ...]:
    with database.reading() as connection:
        checks = all_checks(connection)
    return current(load_hotlines(), checks, local(now).date())


def _hotlines_of_the_file(clock: Callable[[], datetime]) -> tuple[Hotline, ...]:
    return current(load_hotlines(), (), local(clock()).date())


def _topics(database: Database | None, now: datetime) -> tuple[Topic, ...]:
    """The texts that may be read today; without the record, by the file alone."""
    checks: tuple[Check, ...] = ()
    if database is not None:
        with database.reading() as connection:
            checks = tuple(all_checks(connection))
    return topics.current(load_topics(), checks, local(now).date())


def _openings(database: Database, now: datetime) -> Openings:
    with database.reading() as connection:
        return openings(connection, now)


def _directory(database: Database | None) -> Directory:
    """What comes with the program, under what staff entered: of one key theirs counts."""
    entered: tuple[Centre, ...] = ()
    if database is not None:
        with database.reading() as connection:
            entered = all_centres(connection)
    return Directory((*load_directory_seed(), *entered), load_kinds(), load_places())
