"""`helpline menus`: the whole tree on paper, with the size of every screen, or as a drawing."""

from __future__ import annotations

import importlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from helpline.cases.dates import DateKind, Dates, Upcoming
from helpline.cases.directory import Directory
from helpline.cases.facts import Facts
from helpline.cases.hotlines import current
from helpline.data.load import load_directory_seed, load_hotlines, load_kinds, load_places
from helpline.flow.layout import USSD
from helpline.flow.printing import graph, tree
from helpline.flow.words import LANGUAGES
from helpline.i18n import translator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from helpline.flow.book import Book


@click.command()
@click.option("--language", type=click.Choice(LANGUAGES), default="bn", show_default=True)
@click.option("--graph", "drawn", is_flag=True, help="A Mermaid drawing of what leads where.")
@click.option("--book", "source", default="menus", hidden=True)
def menus(language: str, source: str, *, drawn: bool) -> None:
    """Print every screen with its size, or draw the tree."""
    package: Any = importlib.import_module(source)
    book: Book = package.BOOK
    examples: Mapping[str, str] = package.EXAMPLES
    lines = (
        graph(book)
        if drawn
        else tree(book, example_facts(), examples, language, USSD[language], translator(language))
    )
    for line in lines:
        click.echo(line)


def example_facts(now: datetime | None = None) -> Facts:
    """The facts as the data files tell them, with a date such as a caller might have."""
    moment = now or datetime.now(UTC)
    places = load_places()
    date = Upcoming("example", DateKind.COUNSELLING, moment + timedelta(days=2))
    return Facts(
        now=moment,
        channel="ussd",
        short_code="*0000#",
        places=places,
        hotlines=current(load_hotlines(), (), moment.date()),
        directory=Directory(load_directory_seed(), load_kinds(), places),
        loaded={"dates": Dates("example", (date,))},
    )
