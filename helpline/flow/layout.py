"""A screen, a language and a channel's budget -> the page that is shown.

Lines are numbered, long screens are cut into pages at line ends (inside a line only between
grapheme clusters), and every page keeps room for the ways on: more, back, a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from helpline.flow.lettering import Unit, compose, cut, units
from helpline.flow.session import HOME, MORE, PERSON, PREVIOUS, Screen
from helpline.flow.words import Label, Phrase, Text, _

Translate = Callable[[str], str]
"""The catalogue of one language: the English source string -> the text."""

PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")

_SPACES: Final = re.compile(r" {2,}")

MORE_WORD = _("More")
BACK_WORD = _("Back")
PERSON_WORD = _("Talk")
HOME_WORD = _("Menu")


@dataclass(frozen=True, slots=True)
class Budget:
    """How much one page may hold: `size` counted in `unit`."""

    unit: Unit
    size: int


USSD: Final[Mapping[str, Budget]] = {
    "bn": Budget(Unit.UCS2, 80),
    "bn_Latn": Budget(Unit.ASCII, 160),
    "en": Budget(Unit.SEPTETS, 182),
}
"""A USSD string is 160 octets: 80 UCS-2 units or 182 septets; 160 where only ASCII is promised."""

SMS: Final[Mapping[str, Budget]] = {"bn": Budget(Unit.UCS2, 134), "en": Budget(Unit.SEPTETS, 306)}
"""Two SMS parts."""


class DoesNotFit(ValueError):
    """A last screen is longer than one page, or a page has no room for a single letter."""


def fill_in(text: str, values: Mapping[str, Text], language: str) -> str:
    """Put `values` into the `{placeholders}` of `text`; nothing else in it is interpreted."""

    def value(found: re.Match[str]) -> str:
        given = values.get(found[1])
        if given is None:
            return found[0]
        if isinstance(given, Phrase):
            raise TypeError(f"{found[1]} was not put into words")
        return given.in_language(language) if isinstance(given, Label) else given

    return _SPACES.sub(" ", PLACEHOLDER.sub(value, text)).strip()


def pages(screen: Screen, language: str, budget: Budget, translate: Translate) -> tuple[str, ...]:
    """All pages of `screen`, each within `budget` and ready for the wire.

    Raises:
        DoesNotFit: when a last screen needs more than one page.
    """

    def said(phrase: Phrase) -> str:
        inner = {
            name: translate(value) if isinstance(value, str) and value else value
            for name, value in phrase.values
        }
        return fill_in(translate(phrase.text), inner, language)

    values = {
        name: said(value) if isinstance(value, Phrase) else value for name, value in screen.fill
    }

    def say(text: Text) -> str:
        if isinstance(text, Label):
            return text.in_language(language)
        if isinstance(text, Phrase):
            return said(text)
        return fill_in(translate(text), values, language)

    rows = [say(screen.text), *(f"{key} {say(text)}" for key, text in screen.lines)]
    if screen.preface:
        # one row, so that what was asked is never left to a second page as a whole
        rows[0] = f"{say(screen.preface)}\n{rows[0]}"
    if screen.final:
        whole = compose("\n".join(rows))
        if units(whole, budget.unit) > budget.size:
            raise DoesNotFit(
                f"{screen.address} in {language}: {units(whole, budget.unit)} of {budget.size}"
            )
        return (whole,)
    return _paged(
        [compose(row) for row in rows], screen, budget, lambda word: compose(translate(word))
    )


def page(screen: Screen, language: str, budget: Budget, translate: Translate) -> str:
    """The page of `screen` its caller has turned to; past the last one they begin again."""
    laid_out = pages(screen, language, budget, translate)
    return laid_out[screen.page % len(laid_out)]


def _paged(rows: list[str], screen: Screen, budget: Budget, say: Translate) -> tuple[str, ...]:
    made: list[str] = []
    waiting = rows
    while waiting:
        back = bool(made) or screen.back
        foot = _foot(screen, say, more=False, back=back)
        kept, left = _page_full(waiting, budget, foot)
        if left:
            foot = _foot(screen, say, more=True, back=back)
            kept, left = _page_full(waiting, budget, foot)
        else:
            foot = _with_home("\n".join(kept), foot, budget, say)
        made.append("\n".join([*kept, foot]))
        waiting = left
    return tuple(made)


def _page_full(rows: list[str], budget: Budget, foot: str) -> tuple[list[str], list[str]]:
    """As many rows as leave room for `foot`; a row too long for a page of its own is cut."""
    room = budget.size - units("\n" + foot, budget.unit)
    kept: list[str] = []
    for number, row in enumerate(rows):
        size = units(row, budget.unit) + (1 if kept else 0)
        if size <= room:
            kept.append(row)
            room -= size
            continue
        if kept:
            return kept, rows[number:]
        head, rest = cut(row, room, budget.unit)
        if not head:
            raise DoesNotFit(f"no room for a letter beside {foot!r}")
        left = [rest.lstrip()] if rest.strip() else []
        return [head.rstrip()], [*left, *rows[number + 1 :]]
    return kept, []


def _foot(screen: Screen, say: Translate, *, more: bool, back: bool) -> str:
    ways = []
    if more:
        ways.append(f"{MORE} {say(MORE_WORD)}")
    if back:
        ways.append(f"{PREVIOUS} {say(BACK_WORD)}")
    if screen.person:
        ways.append(f"{PERSON} {say(PERSON_WORD)}")
    if not (back or screen.person):
        ways.append(f"{HOME} {say(HOME_WORD)}")
    return " ".join(ways)


def _with_home(content: str, foot: str, budget: Budget, say: Translate) -> str:
    """The way to the main menu, where there is room to say it; it always works."""
    home = f"{HOME} {say(HOME_WORD)}"
    if home in foot:
        return foot
    longer = f"{foot} {home}"
    fits = units(f"{content}\n{longer}", budget.unit) <= budget.size
    return longer if fits else foot
