"""All flows joined into one book, checked when it is bound: a book that exists has no wrong way in it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from helpline.flow.words import AnyScreen, Ask, End, Flow, Fork, Goto, Keyword, Menu, Pass, Pick

BACK = "*back*"
RESUME = "*resume*"
RESTART = "*restart*"
"""Three ways that are not a screen: the previous one, the draft that was left, a clean start."""
WAYS = frozenset({BACK, RESUME, RESTART})
MOST_OPTIONS = 9


class WrongBook(ValueError):
    """The flows do not make a book; the message lists every fault, one a line."""


@dataclass(frozen=True, slots=True)
class Page:
    """One screen where it stands in the book. `address` is `flow.screen`."""

    address: str
    flow: Flow
    screen: AnyScreen

    def reach(self, target: str) -> str:
        """`target` as a full address, seen from this screen."""
        return target if "." in target or target in WAYS else f"{self.flow.name}.{target}"

    def targets(self) -> tuple[str, ...]:
        """Every address this screen can lead to."""
        return tuple(self.reach(name) for way in _ways(self.screen) for name in _names(way))


@dataclass(frozen=True, slots=True)
class Book:
    """Every screen by address. Made by `Book.of`, which refuses a book with a fault in it."""

    pages: Mapping[str, Page]
    home: str
    person: str
    stuck: str
    resume: str
    noted: str
    talk: str = ""
    keywords: tuple[Keyword, ...] = ()
    revision: str = field(default="")
    resuming: frozenset[str] = frozenset()
    """The names of the flows that are offered again after they broke off."""

    @classmethod
    def of(
        cls,
        *flows: Flow,
        home: str,
        person: str,
        stuck: str,
        resume: str,
        noted: str,
        talk: str = "",
        keywords: tuple[Keyword, ...] = (),
    ) -> Book:
        """Join `flows`.

        `home` is the main menu, `person` where 0 leads, `stuck` what three wrong tries lead to,
        `resume` the question asked when a draft was left, `noted` the answer to free words by SMS, `talk` to those that may
        speak of danger (without it they are answered as others).

        Raises:
            WrongBook: with every fault found.
        """
        pages = {
            f"{flow.name}.{screen.name}": Page(f"{flow.name}.{screen.name}", flow, screen)
            for flow in flows
            for screen in flow.screens
        }
        talk = talk or noted
        doors = (home, person, stuck, resume, noted, talk, *(word.goto for word in keywords))
        faults = [*_faults(flows, pages, doors)]
        if faults:
            raise WrongBook("\n".join(faults))
        resuming = frozenset(flow.name for flow in flows if flow.resumes)
        return cls(
            pages, home, person, stuck, resume, noted, talk, keywords, _revision(pages), resuming
        )

    def flow(self, name: str) -> Flow:
        """The flow called `name`."""
        return next(page.flow for page in self.pages.values() if page.flow.name == name)


def _ways(screen: AnyScreen) -> Iterator[Goto]:
    if isinstance(screen, Menu):
        for option in screen.options:
            way = option.goto or screen.goto
            if way:
                yield way
    elif isinstance(screen, (Pick, Ask, Pass)):
        yield screen.goto
        for name in ("empty", "several"):
            if way := getattr(screen, name, ""):
                yield way


def _names(way: Goto) -> tuple[str, ...]:
    return way.to if isinstance(way, Fork) else (way,)


def _faults(
    flows: Iterable[Flow], pages: Mapping[str, Page], doors: Iterable[str]
) -> Iterator[str]:
    if len(pages) != sum(len(flow.screens) for flow in flows):
        yield "two screens have the same address"
    for page in pages.values():
        yield from _screen_faults(page, pages)
    for door in doors:
        if door not in pages:
            yield f"the book opens at {door}, which does not exist"
    reached = _reachable([door for door in doors if door in pages], pages)
    yield from (f"nothing leads to {address}" for address in pages if address not in reached)
    ending = _leading_to_an_end(pages)
    yield from (f"{address} never comes to an end" for address in pages if address not in ending)


def _screen_faults(page: Page, pages: Mapping[str, Page]) -> Iterator[str]:
    for target in page.targets():
        if target not in pages and target not in WAYS:
            yield f"{page.address} leads to {target}, which does not exist"
    if not isinstance(page.screen, Menu):
        return
    keys = [option.key for option in page.screen.options]
    if not 1 <= len(keys) <= MOST_OPTIONS:
        yield f"{page.address} has {len(keys)} options; a menu has one to nine"
    if len(set(keys)) != len(keys) or not set(keys) <= set(range(1, MOST_OPTIONS + 1)):
        yield f"{page.address} uses a digit twice, or one that is not 1 to 9"
    for option in page.screen.options:
        if option.goto is None and page.screen.goto is None:
            yield f"{page.address} option {option.key} leads nowhere"
        if page.screen.saves and not option.value and option.goto is None:
            yield f"{page.address} option {option.key} says nothing to keep"


def _reachable(doors: list[str], pages: Mapping[str, Page]) -> set[str]:
    reached: set[str] = set()
    waiting = list(doors)
    while waiting:
        address = waiting.pop()
        if address in reached or address not in pages:
            continue
        reached.add(address)
        waiting.extend(pages[address].targets())
    return reached


def _leading_to_an_end(pages: Mapping[str, Page]) -> set[str]:
    ending = {address for address, page in pages.items() if isinstance(page.screen, End)}
    grew = True
    while grew:
        more = {
            address
            for address, page in pages.items()
            if address not in ending and any(to in ending or to in WAYS for to in page.targets())
        }
        grew = bool(more)
        ending |= more
    return ending


def _revision(pages: Mapping[str, Page]) -> str:
    """A short hash of what the digits mean; rewording a screen does not change it."""
    shape = [
        (
            address,
            type(page.screen).__name__,
            getattr(page.screen, "saves", ""),
            page.targets(),
            [(option.key, option.value) for option in getattr(page.screen, "options", ())],
        )
        for address, page in sorted(pages.items())
    ]
    return hashlib.sha256(repr(shape).encode()).hexdigest()[:10]
