"""The values of a conversation: where the caller stands, what was heard, what is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from helpline.cases.effects import Effect
    from helpline.flow.words import Text

PERSON: Final = "0"
HOME: Final = "00"
MORE: Final = "98"
PREVIOUS: Final = "99"
"""The four answers that mean the same on every screen."""


class Session(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a caller stands. `answers` are keyed `flow.name`; `trail` is the way back.

    `preface` stays while the pages of one screen are turned: without it they would begin elsewhere.
    """

    revision: str
    at: str
    language: str
    answers: dict[str, str] = {}
    trail: tuple[str, ...] = ()
    page: int = 0
    misses: int = 0
    over: bool = False
    preface: str = ""


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


@dataclass(frozen=True, slots=True)
class Overtaken:
    """An earlier key press comes after a later one: the screen is shown once more, nothing moves."""


Heard = Dialled | Typed | HungUp | Overtaken


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
