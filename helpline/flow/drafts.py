"""Drafts: what is left of a conversation that broke off, and where it goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from helpline.flow.words import WHOSE, End, Fork, Goto, Menu, Pass, Scene

if TYPE_CHECKING:
    from helpline.cases.facts import Facts
    from helpline.flow.book import Book, Page
    from helpline.flow.session import Session


def unfinished(book: Book, session: Session) -> dict[str, str]:
    """The answers worth offering again on the next dial: those of flows that resume.

    To whom they belong is kept with them; by itself it is nothing to go on with.
    """
    answered = {
        flow
        for flow, _dot, name in (each.partition(".") for each in session.answers)
        if flow in book.resuming and name != WHOSE
    }
    return {
        name: value for name, value in session.answers.items() if name.partition(".")[0] in answered
    }


def first_open(book: Book, answers: Mapping[str, str], facts: Facts) -> str:
    """Where a draft goes on: the first question of its flow that has no answer yet."""
    names = {name.partition(".")[0] for name in answers}
    flow = next(
        page.flow for page in book.pages.values() if page.flow.resumes and page.flow.name in names
    )
    address = f"{flow.name}.{flow.screens[0].name}"
    for _hop in flow.screens:
        here = book.pages[address]
        way = _way_taken(here, answers)
        if way is None:
            break
        scene = Scene.of(flow.name, answers, facts)
        address = here.reach(way.choose(scene) if isinstance(way, Fork) else way)
    return address


def _way_taken(here: Page, answers: Mapping[str, str]) -> Goto | None:
    """Where the stored answer led; None where there is none, or it must be asked again."""
    screen = here.screen
    if isinstance(screen, Pass):
        return None if screen.do or screen.needs else screen.goto
    said = answers.get(f"{here.flow.name}.{getattr(screen, 'saves', '')}")
    if said is None or isinstance(screen, End):
        return None
    if isinstance(screen, Menu):
        option = next((o for o in screen.options if o.value == said), None)
        return (option.goto or screen.goto) if option else None
    return screen.goto
