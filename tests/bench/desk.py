"""The pages of the desk over 100,000 people, 300,000 messages and 20,000 pieces of open work.

Everything is fictional and made by a seeded die; sealed columns are really sealed. The pages go
through the whole WSGI application in this process, with their database on the same machine.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count, pairwise
from typing import TYPE_CHECKING, Any, Final

import psycopg

from helpline.cases import references
from helpline.cases.roles import Role
from helpline.cases.services import SERVICES
from helpline.data.load import load_places
from helpline.service.desk import counting
from helpline.settings import Settings
from helpline.store.database import connect
from helpline.store.idents import new_ident
from tests.bench.filling import Row, fill
from tests.desk.office import Browser, Office
from tests.house import MORNING

if TYPE_CHECKING:
    from pathlib import Path

    from helpline.cases.roles import Member
    from tests.bench.stand import Stand

AIM: Final = 150.0
"""Milliseconds at the median."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is."""

    people: int = 100_000
    messages: int = 300_000
    open_items: int = 20_000
    done_items: int = 60_000
    tries: int = 15

    def smaller(self) -> Size:
        """A tenth of it, for a quick look."""
        people, messages = self.people // 10, self.messages // 10
        return Size(people, messages, self.open_items // 10, self.done_items // 10, tries=5)


@dataclass(frozen=True, slots=True)
class Timed:
    """One page: the median and the slowest of its tries in milliseconds, and how large it is."""

    page: str
    median: float
    slowest: float
    kilobytes: float


def lines(stand: Stand, *, quick: bool) -> Iterator[str]:
    """The figures, in Markdown."""
    size = Size().smaller() if quick else Size()
    url = stand.database("desk")
    with opened(url, stand.folder / "desk") as office:
        staff = [office.hire(Role.COUNSELLOR, sex="woman") for _ in range(30)]
        took, cases = filled(office, url, size, staff)
        yield "## The desk"
        yield ""
        yield (
            f"{size.people:,} people, each with a case, {size.messages:,} messages,"
            f" {size.open_items:,} pieces of open work and {size.done_items:,} done, on PostgreSQL"
            f" with durable commits; the whole application in one process, {size.tries} tries each."
            f" Filled in {took:.0f} s, counted for the reports in {_timed(office):.0f} s, counted"
            f" again in {_timed(office):.1f} s."
        )
        yield ""
        yield f"| page | median ms | slowest ms | kB | aim {AIM:.0f} ms |"
        yield "|---|---|---|---|---|"
        for timed in measured(office, size, staff[0], cases):
            verdict = "met" if timed.median <= AIM else "NOT met"
            yield (
                f"| {timed.page} | {timed.median:.0f} | {timed.slowest:.0f} |"
                f" {timed.kilobytes:.0f} | {verdict} |"
            )


@contextmanager
def opened(url: str, folder: Path) -> Iterator[Office]:
    """A desk on a migrated PostgreSQL, in the morning."""
    settings = replace(Settings.demo(folder, 8000), simulator=False)
    with closing(connect(url)) as database:
        office = Office(database, settings)
        office.clock.now = MORNING
        yield office


def _timed(office: Office) -> float:
    began = time.perf_counter()
    counting.sweep(office.parts)
    return time.perf_counter() - began


def measured(
    office: Office, size: Size, counsellor: Member, cases: list[tuple[str, str]]
) -> Iterator[Timed]:
    """Every page, opened once unmeasured and then as often as `size` says."""
    worker, supervisor = (
        office.browser(counsellor),
        office.browser(office.hire(Role.SUPERVISOR)),
    )
    some = iter(random.Random(5).choices(cases, k=20 * size.tries))
    pages: tuple[tuple[str, Callable[[], Any]], ...] = (
        ("queue, a counsellor's", lambda: worker.open("/desk/queue")),
        ("queue, a supervisor's", lambda: supervisor.open("/desk/queue")),
        ("queue, the part that is live", lambda: worker.open("/desk/queue/rows")),
        ("case", lambda: worker.open(f"/desk/case/{next(some)[0]}")),
        ("clients", lambda: worker.open("/desk/people")),
        ("clients, a number looked for", lambda: _searched(worker, next(some)[1])),
        ("referrals", lambda: supervisor.open("/desk/referrals")),
        ("right now", lambda: supervisor.open("/desk/now")),
        ("reach", lambda: supervisor.open("/desk/reach")),
        ("reach, one district", lambda: supervisor.open("/desk/reach?district=BD-13")),
        ("quality", lambda: supervisor.open("/desk/quality")),
        ("outcome", lambda: supervisor.open("/desk/outcome")),
        ("quarter pack", lambda: supervisor.open("/desk/pack")),
    )
    worker.open("/desk/people")
    for name, load in pages:
        browser = supervisor if name in _SUPERVISED else worker
        load()
        taken = []
        for _ in range(size.tries):
            began = time.perf_counter()
            load()
            taken.append((time.perf_counter() - began) * 1000)
            if browser.status != 200:
                raise RuntimeError(f"{name}: {browser.status}")
        kilobytes = len(browser.page.encode()) / 1024
        yield Timed(name, statistics.median(taken), max(taken), kilobytes)


_SUPERVISED: Final = frozenset(
    {
        "referrals",
        "queue, a supervisor's",
        "right now",
        "reach",
        "reach, one district",
        "quality",
        "outcome",
        "quarter pack",
    }
)


def _searched(browser: Browser, number: str) -> str:
    return browser.submit("/desk/people/search", number=number)


def filled(
    office: Office, url: str, size: Size, staff: list[Member]
) -> tuple[float, list[tuple[str, str]]]:
    """Fill the database; gives the seconds it took, and cases with the numbers of their phones."""
    began = time.perf_counter()
    town = _Town(office, size, staff)
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        for table, rows in town.tables():
            fill(cursor, table, rows)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return time.perf_counter() - began, town.cases


def _restricted(number: int) -> bool:
    return number % 100 == 0


class _Town:
    """Fictional people and everything that they asked for, table by table."""

    def __init__(self, office: Office, size: Size, staff: list[Member]) -> None:
        self.cases: list[tuple[str, str]] = []
        self._ring = office.parts.ring
        self._now = office.clock()
        self._size = size
        self._staff = [member.id for member in staff]
        self._die = random.Random(7)
        places = load_places()
        self._districts = [each.iso for each in places.districts]
        self._upazilas = {each: places.upazilas_of(each) for each in self._districts}
        self._countries = [each.iso for each in places.countries]
        self._phones = [new_ident() for _ in range(size.people)]
        self._people = [new_ident() for _ in range(size.people)]
        self._files = [new_ident() for _ in range(size.people)]
        self._homes = self._die.choices(
            self._districts, weights=[1 + at % 9 for at in range(64)], k=size.people
        )
        self._since = [
            self._now - timedelta(minutes=self._die.randrange(525_600)) for _ in self._phones
        ]
        self._offices = [new_ident() for _ in range(200)]
        self._numbers = count()

    def tables(self) -> Iterator[tuple[str, Iterable[Row]]]:
        """The tables in an order in which each knows those it names."""
        yield "phone", self._of_phones()
        yield "person", self._of_people()
        yield "person_phone", self._of_links()
        yield "consent", self._of_consents()
        yield "care_case", self._of_cases()
        yield "message", self._of_messages()
        yield "provider", self._of_offices()
        items = list(self._of_items())
        yield "counselling_request", (row for row in map(self._request, items) if row)
        yield "callback", (row for row in map(self._callback, items) if row)
        yield "work_item", items
        yield "event", self._of_events(items)
        yield "sla_clock", map(self._clock, items)
        yield "follow_up", self._of_follow_ups()
        yield "referral", self._of_referrals()
        yield "service_gap", self._of_gaps()
        yield "note", self._of_notes()

    def _of_phones(self) -> Iterator[Row]:
        for number, (ident, since) in enumerate(zip(self._phones, self._since, strict=True)):
            written = f"+88013{number:08}"
            if not _restricted(number):
                self.cases.append((self._files[number], written))
            yield {
                "id": ident,
                "fingerprint": self._ring.fingerprint("phone", written),
                "number": self._ring.seal(written, "phone.number", ident),
                "language": "bn",
                "heard_at": since,
                "created_at": since,
            }

    def _of_people(self) -> Iterator[Row]:
        choose = self._die.choice
        for number, ident in enumerate(self._people):
            home = self._homes[number]
            yield {
                "id": ident,
                "reference": references.make(number + 1),
                "registration_key": self._ring.fingerprint("registration", ident),
                "for_whom": "self",
                "sex": choose(("woman", "woman", "man", "man", "man", "unsaid")),
                "district": home,
                "upazila": choose(self._upazilas[home]).key,
                "country": choose(self._countries),
                "returned": choose(("3_months", "1_year", "3_years", "longer")),
                "reason": choose(("contract", "wish", "health", "work", "sent_back", "other")),
                "need": choose(("counselling", "health", "work", "debt", "papers", "legal")),
                "created_at": self._since[number],
            }

    def _of_links(self) -> Iterator[Row]:
        for person, phone, since in zip(self._people, self._phones, self._since, strict=True):
            yield {
                "person_id": person,
                "phone_id": phone,
                "relation": "own",
                "sole": True,
                "sms": True,
                "call": True,
                "signal": False,
                "message": False,
                "detailed": False,
                "window": "any",
                "weekdays": "1234567",
                "caller": "any",
                "language": "",
                "confirmed_at": since,
                "expires_at": since + timedelta(days=400),
            }

    def _of_consents(self) -> Iterator[Row]:
        for person, since in zip(self._people, self._since, strict=True):
            yield {
                "id": new_ident(),
                "person_id": person,
                "purpose": "registration",
                "text_version": "registration-2026-11",
                "language": "bn",
                "channel": self._die.choice(("ussd", "ussd", "ussd", "sms")),
                "given": True,
                "recorded_by": "caller",
                "given_at": since,
            }

    def _of_cases(self) -> Iterator[Row]:
        stages = ("new", "new", "assigned", "assessment", "support_ongoing", "closed")
        for number, ident in enumerate(self._files):
            stage = self._die.choice(stages)
            owner = self._die.choice(self._staff) if stage != "new" else None
            since = self._since[number]
            yield {
                "id": ident,
                "reference": references.make(10_000_000 + number),
                "person_id": self._people[number],
                "phone_id": self._phones[number],
                "stage": stage,
                "risk_level": "none",
                "restricted": "gbv" if _restricted(number) else "",
                "waiting_on": "us",
                "owner_id": owner,
                "district": self._homes[number],
                "upazila": "",
                "language": "bn",
                "counsellor": "any",
                "closed_why": "completed" if stage == "closed" else "",
                "opened_at": since,
                "updated_at": since,
                "closed_at": since if stage == "closed" else None,
                "version": 1,
            }

    def _of_messages(self) -> Iterator[Row]:
        for number in range(self._size.messages):
            whose, ident = number % self._size.people, new_ident()
            at = self._since[whose] + timedelta(hours=number // self._size.people)
            yield {
                "id": ident,
                "phone_id": self._phones[whose],
                "person_id": self._people[whose],
                "purpose": "person",
                "template": "follow_up",
                "language": "bn",
                "values": self._ring.seal("{}", "message.values", ident),
                "state": self._die.choice(("delivered", "delivered", "sent", "failed")),
                "trouble": "",
                "due_at": at,
                "expires_at": at + timedelta(days=2),
                "dedupe_key": ident,
                "gateway": "africastalking",
                "external_id": ident,
                "attempts": 1,
                "sent_at": at,
                "created_at": at,
                "updated_at": at,
            }

    def _of_offices(self) -> Iterator[Row]:
        for number, ident in enumerate(self._offices):
            yield {
                "id": ident,
                "name_bn": f"কাল্পনিক অফিস {number}",
                "name_en": f"Fictional office {number}",
                "kind": "ngo",
                "services": " ".join(self._die.sample(list(SERVICES), 5)),
                "districts": " ".join(self._die.sample(self._districts, 4)),
                "status": "enlisted",
                "criteria": "",
                "centre_key": "",
                "source": "",
                "updated_at": self._now,
            }

    def _of_items(self) -> Iterator[Row]:
        kinds = ("counselling", "counselling", "callback", "missed_call", "text")
        for number in range(self._size.open_items + self._size.done_items):
            whose = self._die.randrange(self._size.people)
            done = number >= self._size.open_items
            held = not done and number % 10 == 0
            days = 1 + self._die.expovariate(1 / 40) if done else self._die.random() * 6 - 1
            offered = self._now - timedelta(days=days)
            ended = offered + timedelta(minutes=self._die.expovariate(1 / 300)) if done else None
            yield {
                "id": new_ident(),
                "kind": self._die.choice(kinds),
                "subject_id": new_ident(),
                "case_id": self._files[whose],
                "phone_id": self._phones[whose],
                "district": self._homes[whose],
                "language": "bn",
                "counsellor": self._die.choice(("any", "any", "woman", "man")),
                "specialty": "",
                "restricted": "",
                "priority": self._die.choice((0, 1, 2, 2, 2, 3)),
                "level": 0,
                "offered_at": offered,
                "promised_at": offered + timedelta(hours=24),
                "state": "done" if done else "claimed" if held else "open",
                "owner_id": self._die.choice(self._staff) if done or held else None,
                "claimed_at": offered if done or held else None,
                "outcome": "completed" if done else "",
                "opened_at": offered,
                "done_at": ended,
                "version": 1,
            }

    def _request(self, item: Row) -> Row | None:
        if item["kind"] != "counselling":
            return None
        return {
            **self._slot(item),
            "reference": references.make(20_000_000 + next(self._numbers)),
            "topic": "family",
            "counsellor": item["counsellor"],
            "channel": "call",
            "sms": True,
            "state": "completed" if item["state"] == "done" else "queued",
        }

    def _callback(self, item: Row) -> Row | None:
        if item["kind"] not in ("callback", "missed_call"):
            return None
        state = "completed" if item["state"] == "done" else "scheduled"
        return {**self._slot(item), "about": "menu", "attempts": 0, "state": state}

    def _slot(self, item: Row) -> Row:
        return {
            "id": item["subject_id"],
            "phone_id": item["phone_id"],
            "slot_at": item["offered_at"],
            "slot_ends_at": item["promised_at"],
            "dedupe_key": item["subject_id"],
            "created_at": item["opened_at"],
            "updated_at": item["opened_at"],
        }

    def _of_events(self, items: list[Row]) -> Iterator[Row]:
        for item in items:
            about = "counselling_request" if item["kind"] == "counselling" else "callback"
            moves = ["open", "claimed", "done"][: 3 if item["state"] == "done" else 1]
            for was, became in pairwise(["", *moves]):
                yield self._event("work_item", item["id"], was, became, item)
            if item["state"] == "done":
                yield self._event(about, item["subject_id"], "connected", "completed", item)
        for ident, since in zip(self._files, self._since, strict=True):
            yield self._event("case", ident, "", "new", {"opened_at": since, "owner_id": None})

    def _event(self, subject: str, ident: str, was: str, became: str, item: Row) -> Row:
        return {
            "id": new_ident(),
            "subject": subject,
            "subject_id": ident,
            "was": was,
            "became": became,
            "why": "",
            "actor": item["owner_id"] or "system",
            "at": item.get("done_at") or item["opened_at"],
        }

    def _clock(self, item: Row) -> Row:
        done = item["state"] == "done"
        missed = done and self._die.random() < 0.2
        return {
            "id": new_ident(),
            "kind": "claim",
            "subject_id": item["id"],
            "item_id": item["id"],
            "case_id": item["case_id"],
            "state": "hit" if done else "active",
            "wall": False,
            "limit": 86_400,
            "left": 86_400,
            "started_at": item["opened_at"],
            "due_at": item["promised_at"],
            "next_at": None if done else item["promised_at"],
            "misses": int(missed),
            "updated_at": item["opened_at"],
        }

    def _of_follow_ups(self) -> Iterator[Row]:
        for ident, since in zip(self._files, self._since, strict=True):
            for days in (7, 30):
                due = since + timedelta(days=days)
                over = self._die.choice(("done", "done", "missed"))
                yield {
                    "id": new_ident(),
                    "case_id": ident,
                    "kind": "check_in",
                    "due_at": due,
                    "state": over if due < self._now else "planned",
                    "outcome": "",
                    "step": "",
                    "created_at": since,
                    "updated_at": since,
                }

    def _of_referrals(self) -> Iterator[Row]:
        states = ("sent", "accepted", "attended", "completed", "completed", "declined")
        for number in range(self._size.people // 10):
            whose, ident = self._die.randrange(self._size.people), new_ident()
            at = self._now - timedelta(minutes=self._die.randrange(200_000))
            state = self._die.choice(states)
            yield {
                "id": ident,
                "reference": references.make(95_000_000 + number),
                "case_id": self._files[whose],
                "provider_id": self._die.choice(self._offices),
                "service": self._die.choice(list(SERVICES)),
                "priority": "normal",
                "shared": "reference",
                "words": self._ring.seal("fictional", "referral.words", ident),
                "consent_version": "",
                "consent_by": "voice",
                "state": state,
                "sent_at": at,
                "reminded": 0,
                "office_says": "completed" if state == "completed" else "",
                "client_says": self._die.choice(("attended", "")) if state == "completed" else "",
                "why": "",
                "outcome": "served" if state == "completed" else "",
                "staff_id": self._die.choice(self._staff),
                "created_at": at,
                "updated_at": at,
                "version": 1,
            }

    def _of_gaps(self) -> Iterator[Row]:
        for _ in range(self._size.people // 50):
            whose = self._die.randrange(self._size.people)
            home = self._homes[whose]
            yield {
                "id": new_ident(),
                "case_id": self._files[whose],
                "service": self._die.choice(list(SERVICES)),
                "district": home,
                "upazila": self._die.choice(self._upazilas[home]).key,
                "why": "no_provider",
                "at": self._now - timedelta(minutes=self._die.randrange(80_000)),
            }

    def _of_notes(self) -> Iterator[Row]:
        for ident, since in zip(self._files, self._since, strict=True):
            note = new_ident()
            yield {
                "id": note,
                "case_id": ident,
                "author_id": self._die.choice(self._staff),
                "words": self._ring.seal("A fictional note of a few words.", "note.words", note),
                "written_at": since,
            }
