"""Reminders due at once: how fast they are claimed, and how fast a worker sends them through RQ."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import psycopg

from helpline.cases.calendar import DHAKA
from helpline.clock import SkippableClock
from helpline.gateways.rehearsal import Answer, Asked, Rehearsal
from helpline.jobs import NoWaker
from helpline.service.dispatch import dispatch
from helpline.settings import Settings
from helpline.store.idents import new_ident
from helpline.wiring import build, close
from tests.bench.filling import Row, fill
from tests.servers import Valkey

if TYPE_CHECKING:
    from helpline.store.sealing import KeyRing
    from tests.bench.stand import Process, Stand

ANSWER_SECONDS: Final = 0.05
_LONGEST: Final = 300.0


class Slow(Rehearsal):
    """A provider that takes its time for every call."""

    def africastalking(self, asked: Asked) -> Answer:
        time.sleep(ANSWER_SECONDS)
        return super().africastalking(asked)


def claimed(stand: Stand, count: int) -> float:
    """Seconds until `count` reminders due in one second have become messages."""
    web = stand.helpline("web", database=stand.database("claims"))
    web.ready()
    parts = _parts(web)
    _plant(web, count, parts.clock())
    waiting = replace(parts, wake=NoWaker())
    began = time.perf_counter()
    while dispatch(waiting, most=1000) >= 1000:
        pass
    took = time.perf_counter() - began
    with psycopg.connect(web.environment["HELPLINE_DATABASE_URL"]) as connection:
        [made] = connection.execute("SELECT count(*) FROM message").fetchone() or (0,)
    if made != count:
        raise RuntimeError(f"{made} messages of {count} reminders")
    close(parts)
    web.end()
    return took


def sent(stand: Stand, count: int) -> float:
    """Messages a second that one worker hands to a provider answering in 50 ms, bulk of one text."""
    with closing(Valkey()) as valkey:
        database = stand.database("bulk")
        web = stand.helpline("web", database=database, HELPLINE_REDIS_URL=valkey.url)
        web.ready()
        parts = _parts(web)
        _plant(web, count, parts.clock())
        close(parts)
        same = {name: web.environment[name] for name in ("HELPLINE_DATA_DIR", "PORT")}
        with Slow(port=web.port + 1) as provider:
            rest = {"database": database, "HELPLINE_REDIS_URL": valkey.url, **same}
            worker = stand.helpline("worker", "remind", **rest)
            time.sleep(3)
            began = time.perf_counter()
            dispatcher = stand.helpline("dispatch", **rest)
            while not provider.log and time.perf_counter() - began < _LONGEST:
                time.sleep(0.01)
            first = time.perf_counter()
            while len(provider.log) < count:
                if time.perf_counter() - began > _LONGEST:
                    raise RuntimeError(f"{len(provider.log)} of {count}:\n{worker.said()}")
                time.sleep(0.02)
            took = time.perf_counter() - first
            numbers = {text.number for text in provider.log}
            if len(provider.log) != count or len(numbers) != count:
                raise RuntimeError("somebody was texted twice")
            dispatcher.end()
            worker.end()
        web.end()
        return count / took


def _parts(web: Process) -> Any:
    settings = Settings.load(web.environment)
    clock = SkippableClock(settings.folder.clock)
    tomorrow = datetime.now(DHAKA).replace(hour=10, minute=0) + timedelta(days=1)
    clock.skip((tomorrow - clock()).total_seconds())
    return build(settings)


def _plant(web: Process, count: int, now: datetime) -> None:
    """So many persons, phones that may be texted, and follow-ups due now: fictional all of them."""
    parts = build(Settings.load(web.environment))
    with psycopg.connect(web.environment["HELPLINE_DATABASE_URL"]) as connection:
        planted(connection, parts.ring, count, now)
    close(parts)


def planted(connection: psycopg.Connection[Any], ring: KeyRing, count: int, now: datetime) -> None:
    """Write them."""
    tables: dict[str, list[Row]] = {
        table: [] for table in ("phone", "person", "person_phone", "consent", "reminder")
    }
    for number in range(count):
        for table, row in _follow_up(ring, number, now):
            tables[table].append(row)
    with connection.cursor() as cursor:
        for table, rows in tables.items():
            fill(cursor, table, rows)


def _follow_up(ring: KeyRing, number: int, now: datetime) -> Iterator[tuple[str, Row]]:
    """The rows of somebody to whom a follow-up is due, each with its table."""
    phone, person, reminder = new_ident(), new_ident(), new_ident()
    address = f"+88013{number:08d}"
    yield (
        "phone",
        {
            "id": phone,
            "fingerprint": ring.fingerprint("phone", address),
            "number": ring.seal(address, "phone.number", phone),
            "language": "bn",
            "heard_at": now,
            "created_at": now,
        },
    )
    yield (
        "person",
        {
            "id": person,
            "reference": f"{number:09d}",
            "registration_key": ring.fingerprint("bench", person),
            "for_whom": "self",
            "sex": "woman",
            "district": "BD-13",
            "country": "SA",
            "returned": "1_year",
            "reason": "work",
            "need": "work",
            "created_at": now,
        },
    )
    yield (
        "person_phone",
        {
            "person_id": person,
            "phone_id": phone,
            "relation": "own",
            "sole": True,
            "sms": True,
            "call": True,
            "window": "any",
            "confirmed_at": now,
            "expires_at": now + timedelta(days=365),
        },
    )
    yield (
        "consent",
        {
            "id": new_ident(),
            "person_id": person,
            "purpose": "follow_up",
            "given": True,
            "text_version": "follow-up-1",
            "language": "bn",
            "channel": "ussd",
            "recorded_by": "caller",
            "given_at": now,
        },
    )
    yield (
        "reminder",
        {
            "id": reminder,
            "person_id": person,
            "phone_id": phone,
            "kind": "follow_up",
            "subject_id": person,
            "due_at": now,
            "stale_at": now + timedelta(days=3),
            "state": "scheduled",
            "dedupe_key": reminder,
            "created_at": now,
            "updated_at": now,
        },
    )
