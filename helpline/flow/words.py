"""The words a menu is written in: `Flow`, `Menu`, `Pick`, `Ask`, `End` and what goes in them.

A text is the English source string, marked with `_` so that `pybabel extract` finds it; the
catalogues in `locale/` hold the Bangla. A `{name}` in a text is filled from the screen's `fill`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from helpline.cases.effects import Effect
    from helpline.cases.facts import Facts

LANGUAGES: Final = ("bn", "bn_Latn", "en")
"""The three renderings of every screen: Bangla script, romanised Bangla, English (the source)."""


def _(text: str) -> str:
    """Mark `text` for translation; it is looked up when a screen is laid out, not here."""
    return text


@dataclass(frozen=True, slots=True)
class Label:
    """A proper name (a district, a country, a centre) written in each of the three renderings.

    Names come from data files, so they are not in the message catalogues.
    """

    bn: str
    bn_Latn: str  # noqa: N815  (the language's own tag)
    en: str

    def in_language(self, language: str) -> str:
        """The name in `language`, one of `LANGUAGES`."""
        if language == "bn":
            return self.bn
        return self.bn_Latn if language == "bn_Latn" else self.en


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text with values of its own, for a line of a list: `{kind}, {date}`.

    A value that is a plain string is a source text and is translated like one.
    """

    text: str
    values: tuple[tuple[str, str | Label], ...]


Text = str | Label | Phrase


@dataclass(frozen=True, slots=True)
class Scene:
    """What a menu function may look at: the answers so far and the facts of this moment."""

    answers: Mapping[str, str]
    facts: Facts

    @classmethod
    def of(cls, flow: str, answers: Mapping[str, str], facts: Facts) -> Scene:
        """The scene of one flow: its own answers out of all, under their short names."""
        prefix = f"{flow}."
        own = {
            name.removeprefix(prefix): said
            for name, said in answers.items()
            if name.startswith(prefix)
        }
        return cls(own, facts)


Fill = Callable[[Scene], Mapping[str, Text]]
"""Values for the `{placeholders}` of a text."""


Effects = Callable[[Scene], "tuple[Effect, ...]"]


@dataclass(frozen=True, slots=True)
class Fork:
    """A way on that depends on what was said: `choose(scene)` names one of `to`."""

    choose: Callable[[Scene], str]
    to: tuple[str, ...]


SECRET: Final = "secret"  # noqa: S105
"""The name of no flow: under it stand the answers to secret questions."""
WHOSE: Final = "whose"
"""An answer of a flow that nobody gave: to whom its other answers belong. Whoever loads writes it."""


Goto = str | Fork
"""The next screen: `"day"` in the same flow, `"centres.start"` in another, or a `Fork`."""


@dataclass(frozen=True, slots=True)
class Option:
    """One numbered line of a menu. `key` never changes once callers have learnt it."""

    key: int
    text: Text
    goto: Goto | None = None
    value: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a list made from data: what is kept when it is chosen, and its name."""

    value: str
    label: Text


@dataclass(frozen=True, slots=True)
class Several:
    """More than one thing was meant: these `values` are offered as a list, never one of them taken."""

    values: tuple[str, ...]


Parse = Callable[[str, Scene], "str | Several | None"]
"""What was typed -> the value to keep, a `Several`, or None when it was not understood."""


@dataclass(frozen=True, slots=True, init=False)
class Menu:
    """A question answered with one digit. `saves` names the answer; `goto` is where options without one lead."""

    name: str
    text: str
    options: tuple[Option, ...]
    saves: str
    goto: Goto | None
    fill: Fill | None
    needs: str

    def __init__(
        self,
        name: str,
        text: str,
        *options: Option,
        saves: str = "",
        goto: Goto | None = None,
        fill: Fill | None = None,
        needs: str = "",
    ) -> None:
        _set(
            self,
            name=name,
            text=text,
            options=options,
            saves=saves,
            goto=goto,
            fill=fill,
            needs=needs,
        )


@dataclass(frozen=True, slots=True)
class Pick:
    """A list made from data (districts, centres), numbered from 1 across its pages.

    `also` understands what was typed instead of a number; `several` is the `Pick` that lists what
    may have been meant: the answer of its name holds the values, joined by spaces. `empty` is where
    a list without items leads.
    """

    name: str
    text: str
    items: Callable[[Scene], tuple[Item, ...]]
    saves: str
    goto: Goto
    empty: str = ""
    also: Parse | None = None
    several: str = ""
    fill: Fill | None = None
    needs: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """A question answered by typing. `several` is the `Pick` that lists what may have been meant.

    The answer to a `secret` question is no flow's own: it opens whatever is loaded by it, is never
    part of a draft, and is forgotten with the end of a conversation.
    """

    name: str
    text: str
    parse: Parse
    saves: str
    goto: Goto
    several: str = ""
    fill: Fill | None = None
    needs: str = ""
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Pass:
    """A silent step: asks for the effects of `do`, then goes on without showing anything."""

    name: str
    goto: Goto
    do: Effects | None = None
    needs: str = ""


@dataclass(frozen=True, slots=True)
class End:
    """The last screen of a conversation. `do` says which effects to ask for when it is reached.

    `promises` are the placeholders whose values only the performed effects know.
    """

    name: str
    text: str
    do: Effects | None = None
    fill: Fill | None = None
    needs: str = ""
    promises: tuple[str, ...] = ()


AnyScreen = Menu | Pick | Ask | Pass | End


@dataclass(frozen=True, slots=True, init=False)
class Flow:
    """One caller task: its screens, the first of which is where it begins.

    `resumes` says that a conversation broken off here is offered again on the next dial.
    """

    name: str
    screens: tuple[AnyScreen, ...]
    resumes: bool

    def __init__(self, name: str, *screens: AnyScreen, resumes: bool = False) -> None:
        _set(self, name=name, screens=screens, resumes=resumes)


@dataclass(frozen=True, slots=True)
class Keyword:
    """Words that are a whole SMS and where they lead.

    With `then_answer` more words may follow; they are heard as the answer to the screen led to:
    `CENTRE jessore`.
    """

    words: tuple[str, ...]
    goto: str
    then_answer: bool = False


def _set(it: object, **values: object) -> None:
    """Fill a frozen value whose options or screens are written as plain arguments."""
    for name, value in values.items():
        object.__setattr__(it, name, value)
