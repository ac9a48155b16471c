"""`helpline menus`: what callers see, on paper."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import click

from helpline.cases.calendar import local
from helpline.cases.dates import DateKind, Dates, Upcoming
from helpline.cases.directory import Directory
from helpline.cases.facts import Facts
from helpline.cases.hotlines import current
from helpline.clock import system_clock
from helpline.commands import load
from helpline.data.load import load_directory_seed, load_hotlines, load_kinds, load_places
from helpline.flow.layout import USSD
from helpline.flow.printing import graph, tree
from helpline.flow.words import LANGUAGES
from helpline.i18n import translator
from helpline.settings import FICTIONAL_CODE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from helpline.flow.book import Book

_MENUS: Final = "menus"


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
        lines = tree(book, _facts(book), examples, language, USSD[language], translator(language))
    for line in lines:
        click.echo(line)


def _facts(book: Book) -> Facts:
    """What comes with the program, and one example date: printing the menus needs no database."""
    now = system_clock()
    example = Upcoming("example", DateKind.COUNSELLING, now + timedelta(days=2))
    needed = {page.screen.needs for page in book.pages.values() if page.screen.needs}
    return Facts(
        now=now,
        channel="ussd",
        short_code=FICTIONAL_CODE,
        places=load_places(),
        hotlines=current(load_hotlines(), (), local(now).date()),
        directory=Directory(load_directory_seed(), load_kinds(), load_places()),
        loaded={name: Dates("example", (example,)) for name in needed},
    )
