"""`helpline menus`: what callers see, on paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import click

from helpline.cases import topics
from helpline.cases.calendar import local
from helpline.cases.dates import DateKind, Dates, Upcoming
from helpline.cases.directory import Directory
from helpline.cases.facts import Facts
from helpline.cases.hotlines import current
from helpline.cases.own import Dependant, Ended, Family, Kept, Matters, Opened, Rules, SentTo
from helpline.cases.safe_times import WORKING_DAYS
from helpline.clock import system_clock
from helpline.commands import load
from helpline.data.load import (
    load_directory_seed,
    load_hotlines,
    load_kinds,
    load_places,
    load_topics,
)
from helpline.data.stages import load_stages
from helpline.flow.layout import USSD
from helpline.flow.printing import graph, tree
from helpline.flow.words import LANGUAGES
from helpline.i18n import translator
from helpline.settings import FICTIONAL_CODE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from helpline.flow.book import Book

_MENUS: Final = "menus"
_EXAMPLE: Final = "example"
"""The id of whatever is shown as an example; `menus.EXAMPLES` picks it by this name."""
_LONGEST_STAGE: Final = "registered"
_CONFIRMED: Final = "occ"
"""A kind of service point that is shown only once it was confirmed."""


@click.command
@click.option("--language", type=click.Choice(LANGUAGES), default="bn", show_default=True)
@click.option("--graph", "--draw", "draw", is_flag=True, help="Draw what leads where, for Mermaid.")
def menus(language: str, *, draw: bool) -> None:
    """Print every screen as callers see it, with its size and where it leads."""
    book: Book = load(f"{_MENUS}:BOOK")
    if draw:
        lines = graph(book)
    else:
        examples: Mapping[str, str] = load(f"{_MENUS}:EXAMPLES")
        lines = tree(book, _facts(), examples, language, USSD[language], translator(language))
    for line in lines:
        click.echo(line)


def _facts() -> Facts:
    """What comes with the program, and one example of what a secret number opens: no database is needed."""
    now = system_clock()
    today = local(now).date()
    places = load_places()
    centres = tuple(
        replace(each, verified_at=today) if each.kind == _CONFIRMED else each
        for each in load_directory_seed()
    )
    return Facts(
        now=now,
        channel="ussd",
        short_code=FICTIONAL_CODE,
        places=places,
        hotlines=current(load_hotlines(), (), today),
        directory=Directory(centres, load_kinds(), places),
        loaded=_opened(now),
        topics=topics.current(load_topics(), (), today),
    )


def _opened(now: datetime) -> dict[str, Opened]:
    """Somebody who told us everything, in the longest words of each screen."""
    later = now + timedelta(days=2)
    stage = next(each for each in load_stages() if each.key == _LONGEST_STAGE)
    told = {
        "district": "BD-34",
        "upazila": "bd-34.muktagacha",
        "country": "AE",
        "returned": "3_months",
        "need": "shelter",
        "papers": "bmet",
    }
    return {
        "dates": Dates(_EXAMPLE, (Upcoming(_EXAMPLE, DateKind.COUNSELLING, later),)),
        "matters": Matters(
            _EXAMPLE,
            stage,
            (SentTo(_EXAMPLE, "government", "accepted", later, answered=True),),
            (Ended(_EXAMPLE, _EXAMPLE),),
        ),
        "kept": Kept(_EXAMPLE, told),
        "family": Family(_EXAMPLE, (Dependant(_EXAMPLE, "child", "6_17", "school"),)),
        "rules": Rules(
            _EXAMPLE,
            sms=True,
            call=True,
            window="evening",
            weekdays=WORKING_DAYS,
            sole=True,
            news=True,
            opinion=True,
        ),
    }
