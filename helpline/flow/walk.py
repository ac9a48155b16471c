"""Taking one step: a scratch copy of a session walks through the book to the next screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from helpline.cases.crisis import Level
from helpline.cases.effects import Effect, KeepText, MarkUnsafe, SetLanguage
from helpline.flow.answers import digit, tidy, words
from helpline.flow.book import BACK, RESTART, RESUME, Book, Page
from helpline.flow.drafts import first_open
from helpline.flow.session import HOME, MORE, PERSON, PREVIOUS, Screen, Session, Turn
from helpline.flow.words import (
    SECRET,
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

TRIES: Final = 3
"""Wrong tries at one screen before a call is offered."""
LONGEST_TRAIL: Final = 24
NOT_UNDERSTOOD = _("Not clear. Please try again.")
STARTING_AGAIN = _("Let us go on.")


class Lacking(Exception):
    """A screen needs facts that were not loaded."""

    def __init__(self, what: str, address: str) -> None:
        super().__init__(what)
        self.what = what
        self.address = address


class Walk:
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
        self.preface = session.preface
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
                level = self.keep(typed)
                if self.over or level is Level.DANGER:
                    self.enter(self.book.talk if level is Level.DANGER else self.book.noted)
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
            level = self.keep(typed)
            self.enter(self.book.talk if level is Level.DANGER else self.book.noted)
        else:
            self.trail.clear()
            self.enter(self.book.home)

    def keep(self, typed: str) -> Level:
        """Keep free words for a person to read, with what they may say of danger."""
        level = self.facts.phrases.read(typed).level
        self.effects.append(KeepText(typed, level))
        return level

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
            if isinstance(screen, Ask) and screen.secret:
                self.answers[f"{SECRET}.{screen.saves}"] = value
                self.follow(here, screen.goto)
            else:
                self.take(here, screen.saves, value, screen.goto)
            return True
        return False

    def miss(self, typed: str, key: str | None) -> None:
        """Not understood: the same screen again; after three tries the offer of a call."""
        self.understood = False
        self.misses += 1
        self.preface = NOT_UNDERSTOOD
        spoken = self.facts.channel == "sms" and key is None and typed
        if spoken and self.keep(typed) is Level.DANGER:
            self.go(self.book.talk)
            return
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
            self.enter(first_open(self.book, self.answers, self.facts))
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
            raise Lacking(needs, here.address)

    # -- what is shown ------------------------------------------------------------------

    def scene(self, here: Page) -> Scene:
        return Scene.of(here.flow.name, self.answers, self.facts)

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
            gone = "" if MarkUnsafe() in self.effects else (f"{here.flow.name}.", f"{SECRET}.")
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
            preface=self.preface,
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
