"""What the real menus look at, for tests that walk them without a database."""

from __future__ import annotations

from datetime import datetime, timedelta

from helpline.cases import topics
from helpline.cases.dates import DateKind, Dates, Upcoming
from helpline.cases.directory import Directory
from helpline.cases.facts import Facts
from helpline.cases.hotlines import current
from helpline.data.load import (
    load_crisis_phrases,
    load_directory_seed,
    load_hotlines,
    load_kinds,
    load_places,
    load_topics,
)
from menus.dates import NEEDS
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
        loaded={} if dates is None else {NEEDS: dates},
        topics=TOPICS,
        phrases=load_crisis_phrases(),
    )


def dates_after(now: datetime) -> Dates:
    """One person's dates, one of each kind."""
    return Dates(
        "person",
        tuple(
            Upcoming(f"{kind}-id", kind, now + timedelta(days=days, hours=days))
            for days, kind in enumerate(DateKind, 1)
        ),
    )
