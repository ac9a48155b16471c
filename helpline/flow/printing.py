"""The whole book on paper: every screen with its size, or a drawing of what leads where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpline.flow.book import BACK, RESTART, RESUME, Book, Page
from helpline.flow.layout import Budget, Translate, pages
from helpline.flow.lettering import units
from helpline.flow.session import Screen
from helpline.flow.walk import lines_of
from helpline.flow.words import AnyScreen, End, Fork, Goto, Menu, Pass, Scene, Text

if TYPE_CHECKING:
    from helpline.cases.facts import Facts

WAYS_IN_WORDS: Mapping[str, str] = {
    BACK: "back",
    RESTART: "main menu, afresh",
    RESUME: "where it broke off",
}


@dataclass(frozen=True, slots=True)
class Printed:
    """One screen as it would be shown: its pages in one language, and where it leads."""

    address: str
    pages: tuple[str, ...]
    ways: tuple[str, ...]


def printed(
    book: Book,
    facts: Facts,
    examples: Mapping[str, str],
    language: str,
    budget: Budget,
    say: Translate,
) -> Iterator[Printed]:
    """Every screen of `book`, in its order, with `examples` as the answers given before it."""
    for address, page in book.pages.items():
        ways = tuple(f"{label} -> {target}" for label, target in _edges(page))
        if isinstance(page.screen, Pass):
            yield Printed(address, (), ways)
            continue
        scene = Scene(examples, facts)
        screen = Screen(
            address=address,
            text=page.screen.text,
            fill=(*_filled(page.screen, scene), *_promised(page.screen, examples)),
            lines=lines_of(page.screen, scene),
            back=address != book.home,
            person=page.flow.name != book.person.partition(".")[0],
            final=isinstance(page.screen, End),
        )
        yield Printed(address, pages(screen, language, budget, say), ways)


def tree(
    book: Book,
    facts: Facts,
    examples: Mapping[str, str],
    language: str,
    budget: Budget,
    say: Translate,
) -> Iterator[str]:
    """The lines that `helpline menus` prints."""
    longest = 0
    count = 0
    for each in printed(book, facts, examples, language, budget, say):
        yield f"{each.address}" if each.pages else f"{each.address}  (nothing is shown)"
        for number, text in enumerate(each.pages, 1):
            size = units(text, budget.unit)
            longest = max(longest, size)
            count += 1
            place = f"page {number} of {len(each.pages)}, " if len(each.pages) > 1 else ""
            yield f"    [{place}{size}/{budget.size} {budget.unit}]"
            yield from (f"    | {line}" for line in text.split("\n"))
        yield from (f"      {way}" for way in each.ways)
        yield ""
    yield f"{len(book.pages)} screens, {count} pages, the longest {longest} of {budget.size} {budget.unit}"
    yield f"revision {book.revision}"


def graph(book: Book) -> Iterator[str]:
    """The book as a Mermaid drawing: one box a task, one arrow a digit."""
    yield "flowchart LR"
    names = {address: f"n{number}" for number, address in enumerate(book.pages)}
    flows = dict.fromkeys(page.flow.name for page in book.pages.values())
    for flow in flows:
        yield f"  subgraph {flow}"
        for address, page in book.pages.items():
            if page.flow.name == flow:
                yield f"    {names[address]}{_shape(page.screen)}"
        yield "  end"
    for address, page in book.pages.items():
        for label, target in _edges(page):
            if target in names:
                yield f"  {names[address]} -- {label} --> {names[target]}"


def _shape(screen: AnyScreen) -> str:
    if isinstance(screen, End):
        return f"([{screen.name}])"
    return f"{{{{{screen.name}}}}}" if isinstance(screen, Pass) else f"[{screen.name}]"


def _edges(page: Page) -> Iterator[tuple[str, str]]:
    """What leads from a screen to which address."""
    screen = page.screen
    if isinstance(screen, Menu):
        for option in screen.options:
            for target in _targets(page, option.goto or screen.goto or BACK):
                yield str(option.key), target
    elif not isinstance(screen, End):
        for target in _targets(page, screen.goto):
            yield "then", target
        for label in ("several", "empty"):
            if target := getattr(screen, label, ""):
                yield label, page.reach(target)


def _targets(page: Page, goto: Goto) -> tuple[str, ...]:
    targets = goto.to if isinstance(goto, Fork) else (goto,)
    return tuple(WAYS_IN_WORDS.get(target, page.reach(target)) for target in targets)


def _promised(screen: AnyScreen, examples: Mapping[str, str]) -> tuple[tuple[str, Text], ...]:
    """What is given out on the screen itself, such as a reference."""
    names = screen.promises if isinstance(screen, End) else ()
    return tuple((name, examples[name]) for name in names if name in examples)


def _filled(screen: AnyScreen, scene: Scene) -> tuple[tuple[str, Text], ...]:
    fill = getattr(screen, "fill", None)
    return tuple(fill(scene).items()) if fill else ()
