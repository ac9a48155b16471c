"""Words that may speak of danger. They only raise a flag for a person to look at; they decide nothing.

Nothing here diagnoses, answers, calls anybody or ends a conversation. The phrases are data
(`helpline/data/crisis/phrases.tsv`) that clinicians can read and change. They are found in Bangla
script, in Bangla written with Latin letters as people do on a keypad, and in English.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from helpline.cases.crisis_words import breaths, fold, sound, tokens

if TYPE_CHECKING:
    from helpline.cases.crisis_leaning import Leaning


class Level(StrEnum):
    """What a text asks of us."""

    NONE = "none"
    WORRY = "worry"
    """Somebody suffers: a person reads it soon."""
    DANGER = "danger"
    """Somebody may die or be hurt now: a person looks at it at once."""


class Force(StrEnum):
    """What a phrase does to the level."""

    DANGER = "danger"
    """Danger, whatever else is said."""
    LIKELY = "likely"
    """Danger, unless the words belong to an everyday saying."""
    HINT = "hint"
    """Nothing by itself, but the whole text leans further towards danger; nothing inside a saying."""
    WORRY = "worry"
    SAYING = "saying"
    """An everyday way to speak (dying of hunger, of debt, of heat): worry at most."""
    HARMLESS = "harmless"
    """Words that would be danger, said so that they are not: "I do not want to die"."""


class Word(NamedTuple):
    """One place of a phrase: any of these words, or any word that begins so; or a gap."""

    exact: frozenset[str]
    beginnings: tuple[str, ...]
    gap: bool = False

    def fits(self, word: str | None) -> bool:
        """Whether a word of a text may stand here; none is one that was blotted out."""
        return word is not None and (word in self.exact or word.startswith(self.beginnings))


@dataclass(frozen=True, slots=True)
class Phrase:
    """One line of the lexicon: words in order; `*` ends a beginning, `_` stands for up to three words."""

    force: Force
    topic: str
    """self_harm, violence, captive, child"""
    words: tuple[Word, ...]
    source: str
    """As it stands in the file: what the report of false alarms names."""


@dataclass(frozen=True, slots=True)
class Sign:
    """What was found in a text."""

    level: Level
    topics: tuple[str, ...] = ()
    about_another: bool = False
    """The text speaks of somebody else who may be in danger, or of somebody who died."""
    phrases: tuple[str, ...] = ()


_GAP: Final = "_"
_MOST_GAP: Final = 3
_OTHERS: Final = """
    ভাই ভাইয়া ভাইয়ের বোন বোনের স্বামী স্বামীর বউ স্ত্রী ছেলে ছেলেটা মেয়ে মেয়েটা মা মায়ের
    বাবা বাবার বন্ধু বান্ধবী ভাবি চাচা মামা খালা দুলাভাই প্রতিবেশী একজন সে ও তার bhai vai bon
    bou sami shami swami chele meye ma baba bondhu ekjon se tar brother sister husband wife
    son daughter mother father friend neighbour neighbor he she someone cousin uncle aunt
"""
"""Words for somebody else than the writer."""


def phrase(force: Force, topic: str, text: str) -> Phrase:
    """A line of the lexicon, folded as texts are. `a/b` are two words that mean the same here.

    Raises:
        ValueError: it has no words.
    """
    words = tuple(_word(place) for place in text.split())
    if not words or words[0].gap or words[-1].gap:
        raise ValueError(f"a phrase must begin and end with a word: {text}")
    return Phrase(force, topic, words, text)


def _word(place: str) -> Word:
    if place == _GAP:
        return Word(frozenset(), (), gap=True)
    exact, beginnings = set(), []
    for each in place.split("/"):
        folded = "".join(fold(each.rstrip("*")))
        if not folded:
            raise ValueError(f"a word without letters: {place}")
        if each.endswith("*"):
            beginnings.append(folded)
        else:
            exact.add(folded)
    return Word(frozenset(exact), tuple(beginnings))


class _Found(NamedTuple):
    """The words of a text that nothing set aside, and the phrases in it by what they do."""

    words: list[str | None]
    dangers: list[Phrase]
    worries: list[Phrase]
    hints: list[Phrase]


class Lexicon:
    """All phrases, ready to look for."""

    def __init__(self, phrases: Iterable[Phrase], leaning: Leaning | None = None) -> None:
        self._by_force: dict[Force, list[Phrase]] = {force: [] for force in Force}
        for each in phrases:
            self._by_force[each.force].append(each)
        self._leaning = leaning
        self._others = frozenset(fold(_OTHERS))

    def read(self, text: str) -> Sign:
        """What a text says of danger. Any text, of any length, in any script.

        First what is said so that it is harmless is set aside, then what is danger whatever else
        is said is looked for; then sayings are set aside, and the rest is looked at again. What is
        set aside must be said in one breath; what alarms may run over a comma. Last, what is left
        is weighed: it can raise what was found, never lower it.
        """
        words, dangers, worries, hints = self._found(text)
        if dangers:
            return self._sign(Level.DANGER, dangers, text)
        lean = self._leaning
        if lean:
            heard = _heard(text, words)
            how_far = lean.of(heard, hinted=bool(hints))
            if how_far >= lean.bars.danger:
                return self._sign(Level.DANGER, hints, text, lean.topics(heard))
            if how_far >= lean.bars.worry:
                return self._sign(Level.WORRY, [*worries, *hints], text)
        return self._sign(Level.WORRY, worries, text) if worries else Sign(Level.NONE)

    def heard(self, text: str) -> list[str | None]:
        """The words that are weighed, by sound: what is harmless or a saying is blotted out."""
        return _heard(text, self._found(text)[0])

    def _found(self, text: str) -> _Found:
        words: list[str | None] = [*fold(text)]
        pauses = breaths(text)
        self._take(words, pauses, Force.HARMLESS)
        dangers = self._find(words, Force.DANGER)
        sayings = self._take(words, pauses, Force.SAYING)
        dangers += self._find(words, Force.LIKELY)
        worries = [*sayings, *self._find(words, Force.WORRY)]
        return _Found(words, dangers, worries, self._find(words, Force.HINT))

    def _sign(
        self, level: Level, phrases: Sequence[Phrase], text: str, topics: Collection[str] = ()
    ) -> Sign:
        """A sign by its phrases; the sets of words name the topics when there is no phrase."""
        return Sign(
            level,
            tuple(sorted({each.topic for each in phrases} or topics)),
            any(word in self._others for word in fold(text)),
            tuple(dict.fromkeys(each.source for each in phrases)),
        )

    def _find(self, words: Sequence[str | None], force: Force) -> list[Phrase]:
        return [
            each
            for each, starts in self._possible(words, force)
            if any(_match(each.words, words, start) for start in starts)
        ]

    def _take(self, words: list[str | None], pauses: Collection[int], force: Force) -> list[Phrase]:
        """Find phrases and blot out their words, so that no other phrase finds them."""
        taken = []
        for each, starts in self._possible(words, force):
            for start in starts:
                end = _match(each.words, words, start)
                if end and not any(start < pause < end for pause in pauses):
                    words[start:end] = [None] * (end - start)
                    taken.append(each)
        return taken

    def _possible(
        self, words: Sequence[str | None], force: Force
    ) -> Iterator[tuple[Phrase, list[int]]]:
        """The phrases whose first word stands in the text, and where."""
        there = {word for word in words if word}
        for each in self._by_force[force]:
            first = {word for word in there if each.words[0].fits(word)}
            if first:
                yield each, [place for place, word in enumerate(words) if word in first]


def _heard(text: str, left: Sequence[str | None]) -> list[str | None]:
    return [word and sound(token) for token, word in zip(tokens(text), left, strict=True)]


def _match(places: Sequence[Word], words: Sequence[str | None], start: int) -> int:
    """Where a phrase that begins at `start` first ends; 0 when it does not stand there."""
    end = start
    for place, wanted in enumerate(places):
        if wanted.gap:
            rest = places[place + 1 :]
            room = words[end : end + _MOST_GAP]
            reach = room.index(None) if None in room else _MOST_GAP
            ends = (_match(rest, words, end + skipped) for skipped in range(reach + 1))
            return next(filter(None, ends), 0)
        if end >= len(words) or not wanted.fits(words[end]):
            return 0
        end += 1
    return end
