"""What the real menus look at, for tests that walk them without a database."""

from __future__ import annotations

from datetime import datetime, timedelta

from helpline.cases import topics
from helpline.cases.dates import DateKind, Dates, Upcoming
from helpline.cases.directory import Directory
from helpline.cases.facts import Facts
from helpline.cases.hotlines import current
from helpline.cases.own import (
    Dependant,
    Ended,
    Family,
    Kept,
    Matters,
    Opened,
    Renewal,
    Rules,
    SentTo,
)
from helpline.data.load import (
    load_crisis_phrases,
    load_directory_seed,
    load_hotlines,
    load_kinds,
    load_places,
    load_topics,
)
from helpline.data.stages import load_stages
from helpline.service.own import LOADS
from menus.dates import NEEDS
from menus.secret import RENEWAL
from tests.house import MORNING

PLACES = load_places()
DIRECTORY = Directory(load_directory_seed(), load_kinds(), PLACES)
TOPICS = topics.current(load_topics(), (), MORNING.date())
HOTLINES = current(load_hotlines(), (), MORNING.date())


def facts_at(now: datetime = MORNING, channel: str = "ussd", dates: Dates | None = None) -> Facts:
    """The facts of a moment, with what a secret number opened if that was asked for."""
    return Facts(
        now=now,
        channel=channel,
        short_code="*0000#",
        places=PLACES,
        hotlines=HOTLINES,
        directory=DIRECTORY,
        loaded={} if dates is None else opened(now, dates),
        topics=TOPICS,
        phrases=load_crisis_phrases(),
    )


def opened(now: datetime, dates: Dates) -> dict[str, Opened]:
    """Everything that a secret number opens; nothing for nobody."""
    nobody: dict[str, Opened] = {NEEDS: dates} | {
        name: empty for name, (empty, _load) in LOADS.items() if name != NEEDS
    }
    nobody |= {RENEWAL: Renewal()}
    return nobody | own(now, dates.person_id) if dates.person_id else nobody


def own(now: datetime, person_id: str) -> dict[str, Opened]:
    """One person's matters, with something of every kind."""
    offices = tuple(
        SentTo(f"{kind}-{state}", kind, state, now + timedelta(days=ahead), answered)
        for kind, state, ahead, answered in (
            ("government", "accepted", -1, False),
            ("ngo", "accepted", 3, False),
            ("private", "sent", -2, True),
            ("government", "completed", -9, True),
        )
    )
    told = {
        "district": "BD-13",
        "upazila": "bd-13.savar",
        "country": "SA",
        "returned": "1_year",
        "need": "work",
        "papers": "nid",
    }
    stage = next(each for each in load_stages() if each.key == "support")
    return {
        "matters": Matters(person_id, stage, offices, (Ended("asked-id", "subject-id"),)),
        "kept": Kept(person_id, told),
        "family": Family(person_id, (Dependant("one-id", "child", "6_17", "school"),)),
        "rules": Rules(person_id, news=True, opinion=True),
    }


def dates_after(now: datetime) -> Dates:
    """One person's dates, one of each kind."""
    return Dates(
        "person",
        tuple(
            Upcoming(f"{kind}-id", kind, now + timedelta(days=days, hours=days))
            for days, kind in enumerate(DateKind, 1)
        ),
    )
