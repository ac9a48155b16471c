"""One step of a conversation: where the caller stands and what was heard -> what is shown and asked for.

Everything here is a function of its arguments. The caller's words never leave this room except in
the session, which is sealed before it is stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import msgspec

from helpline.cases.effects import Effect, KeepText, MarkUnsafe, SetLanguage
from helpline.flow.answers import digit, tidy, words
from helpline.flow.book import BACK, RESTART, RESUME, Book, Page
from helpline.flow.words import (
    Ask,
    End,
    Fork,
    Goto,
    Keyword,
    Menu,
    Pass,
    Pick,
    Scene,
    Several,
    Text,
    _,
)

if TYPE_CHECKING:
    from helpline.cases.facts import Facts

PERSON: Final = "0"
HOME: Final = "00"
MORE: Final = "98"
PREVIOUS: Final = "99"
TRIES: Final = 3
"""Wrong tries at one screen before a call is offered."""
LONGEST_TRAIL: Final = 24
NOT_UNDERSTOOD = _("Not clear. Please try again.")
STARTING_AGAIN = _("Let us go on.")


class Session(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a caller stands. `answers` are keyed `flow.name`; `trail` is the way back."""

    revision: str
    at: str
    language: str
    answers: dict[str, str] = {}
    trail: tuple[str, ...] = ()
    page: int = 0
    misses: int = 0
    over: bool = False


@dataclass(frozen=True, slots=True)
class Dialled:
    """The caller has just come. `draft` holds the answers of a conversation that broke off."""

    draft: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Typed:
    """The caller answered."""

    text: str


@dataclass(frozen=True, slots=True)
class HungUp:
    """The session is over: the caller left, or the network or a clock ended it."""


Heard = Dialled | Typed | HungUp


@dataclass(frozen=True, slots=True)
class Screen:
    """What is to be shown, before it is put in a language and cut to size."""

    address: str
    text: str
    fill: tuple[tuple[str, Text], ...] = ()
    lines: tuple[tuple[int, Text], ...] = ()
    preface: str = ""
    page: int = 0
    back: bool = False
    final: bool = False
    person: bool = True

    def filled(self, more: Mapping[str, Text]) -> Screen:
        """This screen with the values that only the performed effects know."""
        return replace(self, fill=(*self.fill, *more.items()))


@dataclass(frozen=True, slots=True)
class Turn:
    """What one thing heard led to.

    `needs`, when not empty, names what must be loaded into the facts before the step can be taken:
    take it again from the same session. `session` then only shows what was said and where it led.
    `understood` is False when the same screen is shown again.
    """

    session: Session
    screen: Screen | None
    effects: tuple[Effect, ...] = ()
    understood: bool = True
    needs: str = ""


def opening(book: Book, language: str) -> Session:
    """The session of a caller who has not said anything yet."""
    return Session(revision=book.revision, at=book.home, language=language)


def unfinished(book: Book, session: Session) -> dict[str, str]:
    """The answers worth offering again on the next dial: those of flows that resume."""
    resuming = {page.flow.name for page in book.pages.values() if page.flow.resumes}
    return {
        name: value for name, value in session.answers.items() if name.partition(".")[0] in resuming
    }


def step(book: Book, session: Session, heard: Heard, facts: Facts) -> Turn:
    """Take one step.

    Args:
        book: the menus.
        session: where the caller stood; `opening` makes the first one.
        heard: what came in.
        facts: this moment's facts; a turn with `needs` asks for more of them.
    """
    if isinstance(heard, HungUp):
        return Turn(session, None)
    walk = _Walk(book, session, facts)
    try:
        if isinstance(heard, Dialled):
            walk.dial(heard.draft)
        elif session.revision != book.revision:
            walk.hear_anew(heard.text, unfinished(book, session))
        else:
            walk.hear(heard.text)
    except _Lacking as lacking:
        said = msgspec.structs.replace(session, at=lacking.address, answers=walk.answers)
        return Turn(said, None, needs=lacking.what)
    return walk.turn()


class _Lacking(Exception):
    """A screen needs facts that were not loaded."""

    def __init__(self, what: str, address: str) -> None:
        super().__init__(what)
        self.what = what
        self.address = address


class _Walk:
    """One step being taken: a scratch copy of the session."""

    def __init__(self, book: Book, session: Session, facts: Facts) -> None:
        self.book = book
        self.facts = facts
        self.at = session.at
        self.answers = dict(session.answers)
        self.trail = list(session.trail)
        self.page = session.page
        self.misses = session.misses
        self.language = session.language
        self.over = session.over
        self.preface = ""
        self.effects: list[Effect] = []
        self.understood = True

    # -- what was heard -----------------------------------------------------------------

    def dial(self, draft: Mapping[str, str] | None, preface: str = "") -> None:
        self.answers = dict(draft or {})
        self.trail.clear()
        self.enter(self.book.resume if draft else self.book.home)
        self.preface = preface

    def hear_anew(self, text: str, draft: Mapping[str, str]) -> None:
        """The menus have changed since the last screen: a digit no longer means what it meant.

        An SMS may come after many such changes: its keywords still count, its free words are kept.
        """
        typed = tidy(text)
        key = digit(typed)
        if self.facts.channel == "sms" and key is None:
            if self.keyword(typed):
                return
            if typed:
                self.effects.append(KeepText(typed))
                if self.over:
                    self.enter(self.book.noted)
                    return
        self.dial(draft, STARTING_AGAIN)

    def hear(self, text: str) -> None:
        typed = tidy(text)
        key = digit(typed)
        if self.facts.channel == "sms" and key is None and self.keyword(typed):
            return
        if self.over:
            self.start_over(typed, key)
            return
        self.require(self.book.pages[self.at])
        if key == PERSON:
            self.go(self.book.person)
        elif key == HOME:
            self.trail.clear()
            self.enter(self.book.home)
        elif key == PREVIOUS:
            self.back()
        elif key == MORE:
            self.page += 1
            self.misses = 0
        else:
            self.answer(typed, key)

    def start_over(self, typed: str, key: str | None) -> None:
        """Words after the end of a conversation: a digit is a fresh start, free words are kept."""
        if key is None and typed:
            self.effects.append(KeepText(typed))
            self.enter(self.book.noted)
        else:
            self.trail.clear()
            self.enter(self.book.home)

    def keyword(self, typed: str) -> bool:
        said = words(typed)
        for keyword in self.book.keywords:
            rest = _after(keyword, said)
            if rest is None:
                continue
            self.trail.clear()
            self.enter(keyword.goto)
            if rest:
                said_next = " ".join(rest)
                self.answer(said_next, digit(said_next))
            return True
        return False

    def answer(self, typed: str, key: str | None) -> None:
        here = self.book.pages[self.at]
        screen = here.screen
        if isinstance(screen, Menu):
            option = next((o for o in screen.options if key == str(o.key)), None)
            if option:
                self.take(here, screen.saves, option.value, option.goto or screen.goto or BACK)
                return
        elif isinstance(screen, Pick):
            items = screen.items(self.scene(here))
            if key and 1 <= int(key) <= len(items):
                self.take(here, screen.saves, items[int(key) - 1].value, screen.goto)
                return
            if (
                key is None
                and screen.also
                and self.parsed(here, screen, screen.also(typed, self.scene(here)))
            ):
                return
        elif isinstance(screen, Ask) and self.parsed(
            here, screen, screen.parse(typed, self.scene(here))
        ):
            return
        self.miss(typed, key)

    def parsed(self, here: Page, screen: Ask | Pick, value: str | Several | None) -> bool:
        if isinstance(value, Several) and screen.several:
            asking = self.book.pages[here.reach(screen.several)]
            self.answers[f"{asking.flow.name}.{asking.screen.name}"] = " ".join(value.values)
            self.go(asking.address)
            return True
        if isinstance(value, str):
            self.take(here, screen.saves, value, screen.goto)
            return True
        return False

    def miss(self, typed: str, key: str | None) -> None:
        """Not understood: the same screen again; after three tries the offer of a call."""
        self.understood = False
        self.misses += 1
        self.preface = NOT_UNDERSTOOD
        if self.facts.channel == "sms" and key is None and typed:
            self.effects.append(KeepText(typed))
        if self.misses >= TRIES and self.at != self.book.stuck:
            self.go(self.book.stuck)

    # -- moving -------------------------------------------------------------------------

    def take(self, here: Page, saves: str, value: str, goto: Goto) -> None:
        if saves and value:
            self.answers[f"{here.flow.name}.{saves}"] = value
        self.follow(here, goto)

    def follow(self, here: Page, goto: Goto) -> None:
        target = here.reach(goto.choose(self.scene(here)) if isinstance(goto, Fork) else goto)
        if target == BACK:
            self.back()
        elif target == RESTART:
            self.answers.clear()
            self.trail.clear()
            self.enter(self.book.home)
        elif target == RESUME:
            self.trail.clear()
            self.enter(self.first_open())
        elif target == self.book.home:
            self.trail.clear()
            self.enter(target)
        else:
            self.go(target)

    def go(self, address: str) -> None:
        """Enter a screen, remembering the way back."""
        if self.at != address:
            self.trail = [*self.trail, self.at][-LONGEST_TRAIL:]
        self.enter(address)

    def back(self) -> None:
        if self.page > 0:
            self.page -= 1
            self.misses = 0
        else:
            self.enter(self.trail.pop() if self.trail else self.book.home)

    def enter(self, address: str) -> None:
        self.page = 0
        self.misses = 0
        self.over = False
        self.preface = ""
        for _hop in range(len(self.book.pages)):
            here = self.book.pages[address]
            screen = here.screen
            self.require(here)
            if isinstance(screen, Pass):
                scene = self.scene(here)
                self.effects.extend(screen.do(scene) if screen.do else ())
                address = here.reach(
                    screen.goto.choose(scene) if isinstance(screen.goto, Fork) else screen.goto
                )
            elif isinstance(screen, Pick) and screen.empty and not screen.items(self.scene(here)):
                address = here.reach(screen.empty)
            else:
                self.at = address
                return
        raise RuntimeError(f"{address} goes round in a circle without showing anything")

    def require(self, here: Page) -> None:
        """Ask for what a screen needs, unless it is there."""
        needs = here.screen.needs
        if needs and needs not in self.facts.loaded:
            raise _Lacking(needs, here.address)

    def first_open(self) -> str:
        """Where the draft goes on: the first question of its flow that has no answer yet."""
        names = {name.partition(".")[0] for name in self.answers}
        flow = next(
            page.flow
            for page in self.book.pages.values()
            if page.flow.resumes and page.flow.name in names
        )
        address = f"{flow.name}.{flow.screens[0].name}"
        for _hop in flow.screens:
            here = self.book.pages[address]
            way = self.way_taken(here)
            if way is None:
                break
            address = here.reach(way.choose(self.scene(here)) if isinstance(way, Fork) else way)
        return address

    def way_taken(self, here: Page) -> Goto | None:
        screen = here.screen
        if isinstance(screen, Pass):
            return None if screen.do or screen.needs else screen.goto
        said = self.answers.get(f"{here.flow.name}.{getattr(screen, 'saves', '')}")
        if said is None or isinstance(screen, End):
            return None
        if isinstance(screen, Menu):
            option = next((o for o in screen.options if o.value == said), None)
            return (option.goto or screen.goto) if option else None
        return screen.goto

    # -- what is shown ------------------------------------------------------------------

    def scene(self, here: Page) -> Scene:
        prefix = f"{here.flow.name}."
        return Scene(
            {
                name.removeprefix(prefix): said
                for name, said in self.answers.items()
                if name.startswith(prefix)
            },
            self.facts,
        )

    def turn(self) -> Turn:
        here = self.book.pages[self.at]
        screen = here.screen
        scene = self.scene(here)
        if isinstance(screen, Pass):
            raise TypeError(f"{self.at} shows nothing")
        shown = Screen(
            address=self.at,
            text=screen.text,
            fill=tuple(screen.fill(scene).items()) if screen.fill else (),
            lines=lines_of(screen, scene),
            preface=self.preface,
            page=self.page,
            back=bool(self.trail),
            final=isinstance(screen, End),
            person=self.at.partition(".")[0] != self.book.person.partition(".")[0],
        )
        if isinstance(screen, End):
            self.effects.extend(screen.do(scene) if screen.do else ())
            self.over = True
            self.trail.clear()
            gone = "" if MarkUnsafe() in self.effects else f"{here.flow.name}."
            self.answers = {
                name: said for name, said in self.answers.items() if not name.startswith(gone)
            }
        session = Session(
            revision=self.book.revision,
            at=self.at,
            language=_language(self.effects) or self.language,
            answers=self.answers,
            trail=tuple(self.trail),
            page=self.page,
            misses=self.misses,
            over=self.over,
        )
        return Turn(session, shown, tuple(self.effects), self.understood)


def _language(effects: list[Effect]) -> str:
    return next((e.language for e in reversed(effects) if isinstance(e, SetLanguage)), "")


def lines_of(screen: Menu | Pick | Ask | End, scene: Scene) -> tuple[tuple[int, Text], ...]:
    """The numbered lines of a screen."""
    if isinstance(screen, Menu):
        return tuple((option.key, option.text) for option in screen.options)
    if isinstance(screen, Pick):
        return tuple((number, item.label) for number, item in enumerate(screen.items(scene), 1))
    return ()


def _after(keyword: Keyword, said: tuple[str, ...]) -> tuple[str, ...] | None:
    """The words after the keyword, or None when `said` does not begin with it.

    Most keywords must be the whole message: "stop 12345" is not "stop".
    """
    for word in keyword.words:
        asked = words(word)
        if said[: len(asked)] == asked and (keyword.then_answer or len(said) == len(asked)):
            return said[len(asked) :]
    return None
