"""How far the words of a text, taken together, lean towards danger.

Each text shows traits: a word, a piece of a word, two words near each other, a set of words that
mean the same thing to us (kin, beating, being locked in), two such sets near each other. Every
trait has a weight, learnt from the lines of the corpus by `scripts/weigh_crisis_words.py`. The sum
is the leaning. It can only raise what the phrases found; nothing is ever made harmless by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from helpline.cases.crisis_words import sound, tokens

PIECES: Final = (3, 4)
_STEM: Final = 4
_NEAR: Final = 3
_SETS_NEAR: Final = 6
_WINDOW: Final = 24
_STEP: Final = 12
_SHORTEST_BEGINNING: Final = 3
_FEWEST: Final = 3
_FEW: Final = 4
_SHORT_OF: Final = 1.2
"""How much less a text leans of which fewer than so many words are known."""
NOWHERE: Final = float("-inf")


@dataclass(frozen=True, slots=True)
class WordSet:
    """Words that count as one: compared by sound, `*` at the end for every ending."""

    name: str
    topic: str
    """What danger is spoken of where only the leaning found it; empty when none."""
    words: tuple[str, ...]


class Bars(NamedTuple):
    """How far a text must lean, and how far a hint pushes it."""

    danger: float
    worry: float
    hint: float


class Leaning:
    """The sets and the weights, ready to weigh texts."""

    def __init__(
        self,
        sets: Iterable[WordSet],
        weights: Mapping[str, float],
        bars: Bars,
    ) -> None:
        self.bars = bars
        self._weights = weights
        self._topics: dict[str, str] = {}
        self._whole: dict[str, set[str]] = {}
        self._beginning: dict[str, set[str]] = {}
        for each in sets:
            self._topics[each.name] = each.topic
            for written in each.words:
                self._place(written, each.name)

    def _place(self, written: str, name: str) -> None:
        for word in tokens(written.rstrip("*")):
            heard = sound(word)
            long = written.endswith("*") and len(heard) >= _SHORTEST_BEGINNING
            (self._beginning if long else self._whole).setdefault(heard, set()).add(name)

    def of(self, heard: Sequence[str | None], *, hinted: bool = False) -> float:
        """How far words lean that are given by sound; none is one that does not count.

        A long text leans as far as the part of it that leans most. Few known words lean less, one
        or two nowhere: a name, a place or a short answer must not call anybody.
        """
        known = sum(self._known(word) for word in heard if word)
        if known < _FEWEST and not hinted:
            return NOWHERE
        push = (self.bars.hint if hinted else 0.0) - (_SHORT_OF if known < _FEW else 0.0)
        return push + max(
            sum(self._weights.get(each, 0.0) for each in part) for part in self.parts(heard)
        )

    def _known(self, word: str) -> bool:
        return f"word {word}" in self._weights or bool(self._sets_of(word))

    def parts(self, heard: Sequence[str | None]) -> Iterator[set[str]]:
        """The traits of a text, part by part."""
        last = max(len(heard) - _WINDOW + _STEP, 1)
        for start in range(0, last, _STEP):
            part = heard[start : start + _WINDOW]
            traits = self._traits([word for word in part if word])
            yield traits | {"set aside"} if None in part else traits

    def topics(self, heard: Sequence[str | None]) -> set[str]:
        """What danger the sets in a text speak of."""
        found = {self._topics[name] for word in heard if word for name in self._sets_of(word)}
        return found - {""}

    def _sets_of(self, word: str) -> set[str]:
        names = set(self._whole.get(word, ()))
        for length in range(_SHORTEST_BEGINNING, len(word) + 1):
            names |= self._beginning.get(word[:length], set())
        return names

    def _traits(self, words: Sequence[str]) -> set[str]:
        traits = {"start"}
        sets = [self._sets_of(word) for word in words]
        for place, word in enumerate(words):
            traits.add(f"word {word}")
            whole = f"<{word[:_WINDOW]}>"
            traits.update(
                f"piece {whole[begin : begin + long]}"
                for long in PIECES
                for begin in range(len(whole) - long + 1)
            )
            stem = word[:_STEM]
            for other in words[place + 1 : place + 1 + _NEAR]:
                traits.add(f"near {_pair(stem, other[:_STEM])}")
            traits.update(f"set {name}" for name in sets[place])
            for others in sets[place : place + 1 + _SETS_NEAR]:
                traits.update(
                    f"sets {_pair(one, other)}"
                    for one in sets[place]
                    for other in others
                    if one != other
                )
        return traits


def _pair(one: str, other: str) -> str:
    return f"{min(one, other)} {max(one, other)}"
