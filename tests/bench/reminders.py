"""Reminders due at once: how fast they are claimed, and how fast a worker sends them through RQ."""

from __future__ import annotations

import time
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
from tests.servers import Valkey

if TYPE_CHECKING:
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
    seal, mark = parts.ring.seal, parts.ring.fingerprint
    phones, persons, links, agreed, due = [], [], [], [], []
    for number in range(count):
        phone, person, reminder = new_ident(), new_ident(), new_ident()
        address = f"+88013{number:08d}"
        phones.append(
            (phone, mark("phone", address), seal(address, "phone.number", phone), now, now)
        )
        persons.append((person, f"{number:09d}", mark("bench", person), now))
        links.append((person, phone, now))
        agreed.append((new_ident(), person, now))
        due.append(
            (reminder, person, phone, person, now, now + timedelta(days=3), reminder, now, now)
        )
    rows = (
        (
            "phone (id, fingerprint, number, language, heard_at, created_at)",
            "%s,%s,%s,'bn',%s,%s",
            phones,
        ),
        (
            (
                "person (id, reference, registration_key, for_whom, sex, district, country, returned,"
                " reason, need, created_at)"
            ),
            "%s,%s,%s,'self','woman','BD-13','SA','1_year','work','work',%s",
            persons,
        ),
        (
            (
                "person_phone (person_id, phone_id, relation, sole, sms, call, signal, message, detailed,"
                ' "window", weekdays, caller, language, confirmed_at, expires_at)'
            ),
            (
                "%s,%s,'own',true,true,true,false,false,false,'any','1234567','any','',%s,"
                "now() + interval '1 year'"
            ),
            links,
        ),
        (
            (
                "consent (id, person_id, purpose, given, text_version, language, channel,"
                " recorded_by, given_at)"
            ),
            "%s,%s,'follow_up',true,'follow-up-1','bn','ussd','caller',%s",
            agreed,
        ),
        (
            (
                "reminder (id, person_id, phone_id, kind, subject_id, due_at, stale_at, state, dedupe_key,"
                " created_at, updated_at)"
            ),
            "%s,%s,%s,'follow_up',%s,%s,%s,'scheduled',%s,%s,%s",
            due,
        ),
    )
    with psycopg.connect(web.environment["HELPLINE_DATABASE_URL"]) as connection:
        for table, places, values in rows:
            connection.cursor().executemany(
                f"INSERT INTO {table} VALUES ({places})".encode(),  # noqa: S608  our own words
                values,
            )
    close(parts)
