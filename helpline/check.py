"""What an installation is set to, without any secret, and what is wrong with it."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from helpline import wiring
from helpline.data.files import BadData, names_in
from helpline.data.load import load_instrument
from helpline.gateways.voice import missing_prompts
from helpline.jobs import RqWaker
from helpline.store.database import Unavailable
from helpline.store.vitals import look

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helpline.service.parts import Parts
    from helpline.settings import Settings

NOT_MIGRATED: Final = "the database is not migrated: run `helpline migrate`"

_SIGNED: Final = frozenset({"twilio"})


def summary(settings: Settings) -> Iterator[str]:
    """The settings in effect, one `name: value` a line."""
    yield f"mode: {settings.mode}"
    yield f"data folder: {settings.folder.path}"
    yield f"database: {_without_password(settings.database_url)}"
    yield f"redis: {_without_password(settings.redis_url)}{' (ours)' if settings.own_redis else ''}"
    yield f"public address: {settings.public_url}"
    yield f"listens on: {settings.host}:{settings.port}, {settings.web_processes} processes"
    yield f"short code: {settings.short_code}"
    yield f"quiet hours: {settings.quiet.begins:%H:%M} to {settings.quiet.ends:%H:%M}, Asia/Dhaka"
    for gateway in settings.gateways:
        secret = "" if gateway.kind in _SIGNED else "/<secret>"
        yield f"gateway {gateway.name}: {settings.public_url}/hooks/{gateway.name}{secret}/<kind>"
    yield from _voice(settings)
    for route in settings.routes:
        conditions = (route.prefix, route.language, route.purpose)
        yield f"route: {' '.join(filter(None, conditions)) or 'everything'} by {route.gateway}"


def _voice(settings: Settings) -> Iterator[str]:
    voice = settings.voice
    if not voice.gateway:
        yield "voice: not configured, staff dial by hand"
        return
    yield f"voice: {voice.number} by {voice.gateway}, no answer on {', '.join(voice.missed) or 'none'}"
    if missing := missing_prompts(voice):
        instead = "said by the gateway's own voice" if voice.say else "a tone instead"
        yield f"voice: no recording of {', '.join(missing)} ({instead})"


def problems(settings: Settings) -> list[str]:
    """What would keep it from working now, one line each.

    Raises:
        BadDatabase, BadData, WrongBook, OSError: what cannot even be put together.
    """
    parts = wiring.build(settings)
    try:
        return [*_database(parts), *_redis(settings), *_routes(parts), *_instruments()]
    finally:
        wiring.close(parts)


def _database(parts: Parts) -> Iterator[str]:
    try:
        vitals = look(parts.database, parts.clock())
    except Unavailable:
        yield "HELPLINE_DATABASE_URL: the database does not answer"
        return
    if not vitals.migrated:
        yield NOT_MIGRATED
    elif not parts.hotlines():
        yield "no hotline is current: `helpline facts list` shows which must be called"


def _routes(parts: Parts) -> Iterator[str]:
    if not parts.routes:
        yield "no gateway sends SMS: nothing will go out"


def _instruments() -> Iterator[str]:
    for key in names_in("instruments", ".toml"):
        try:
            load_instrument(key)
        except BadData as fault:
            yield str(fault)


def _redis(settings: Settings) -> Iterator[str]:
    if settings.own_redis:
        return  # `helpline run` starts it
    with closing(RqWaker(settings.redis_url)) as waker:
        state = waker.state()
    if state == "down":
        yield "HELPLINE_REDIS_URL: Redis does not answer"
    if state == "evicts":
        yield "HELPLINE_REDIS_URL: its maxmemory-policy must be noeviction"


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    _, at, host = parts.netloc.rpartition("@")
    query = f"?{parts.query}" if parts.query and "password" not in parts.query else ""
    return f"{parts.scheme}://{'***@' if at else ''}{host}{parts.path}{query}"
