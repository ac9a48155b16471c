"""Words that may speak of danger. They only raise a flag for a person to look at; they decide nothing.

Nothing here diagnoses, answers, calls anybody or ends a conversation. The phrases are data
(`helpline/data/crisis/phrases.tsv`) that clinicians can read and change. They are found in Bangla
script, in Bangla written with Latin letters as people do on a keypad, and in English.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple
from unicodedata import normalize

import regex


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
_TOKEN: Final = regex.compile(r"[\p{L}\p{M}\p{Nd}']+")
_BREATH: Final = regex.compile(r"[.,;:!?।\n]")
_DROPPED: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\ufeff\u0981\u0983'’`\u09cd"))
_BANGLA: Final = str.maketrans("ঈীঊূণষসৎয০১২৩৪৫৬৭৮৯", "ইিউুনশশতজ0123456789")
_NUKTA: Final = (("য\u09bc", "য়"), ("ড\u09bc", "র"), ("ঢ\u09bc", "র"))
_LATIN: Final = (
    ("chh", "c"), ("ch", "c"), ("sh", "s"), ("ph", "f"), ("bh", "b"), ("th", "t"), ("dh", "d"),
    ("kh", "k"), ("gh", "g"), ("jh", "j"), ("ee", "i"), ("oo", "u"), ("z", "j"), ("v", "b"),
    ("w", "o"), ("y", "i"), ("q", "k"), ("x", "ks"), ("ck", "k"),
)  # fmt: skip
_SHORT: Final = 3
_OTHERS: Final = frozenset(
    [
        "ভাই",
        "ভাইয়া",
        "ভাইয়ের",
        "বোন",
        "বোনের",
        "স্বামী",
        "স্বামীর",
        "বউ",
        "স্ত্রী",
        "ছেলে",
        "ছেলেটা",
        "মেয়ে",
        "মেয়েটা",
        "মা",
        "মায়ের",
        "বাবা",
        "বাবার",
        "বন্ধু",
        "বান্ধবী",
        "ভাবি",
        "চাচা",
        "মামা",
        "খালা",
        "দুলাভাই",
        "প্রতিবেশী",
        "একজন",
        "সে",
        "ও",
        "তার",
        "bhai",
        "vai",
        "bon",
        "bou",
        "sami",
        "shami",
        "swami",
        "chele",
        "meye",
        "ma",
        "baba",
        "bondhu",
        "ekjon",
        "se",
        "tar",
        "brother",
        "sister",
        "husband",
        "wife",
        "son",
        "daughter",
        "mother",
        "father",
        "friend",
        "neighbour",
        "neighbor",
        "he",
        "she",
        "someone",
        "cousin",
        "uncle",
        "aunt",
    ]
)


def fold(text: str) -> list[str]:
    """The words of a text in the one form in which they are compared.

    Spelling that differs only in the length of a vowel, in the three letters for s, or in how a
    sound is written with Latin letters is the same.
    """
    plain = normalize("NFC", text).lower()
    for pair, letter in _NUKTA:
        plain = plain.replace(pair, letter)
    # the letter with the dot must outlive the folding of the one without
    plain = (
        plain.translate(_DROPPED).replace("য়", "\ue000").translate(_BANGLA).replace("\ue000", "য়")
    )
    return [_latin(word) if word.isascii() else _bangla(word) for word in _TOKEN.findall(plain)]


def _bangla(word: str) -> str:
    """A word without what is written or left out at will: the last o, and "even" and "also"."""
    if len(word) > _SHORT and word[-1] in "ইও" and word[-2] == "ে":
        word = word[:-1]
    return word[:-1] if len(word) >= _SHORT and word[-1] == "ো" else word


def _latin(word: str) -> str:
    for pair, letter in _LATIN:
        word = word.replace(pair, letter)
    return "".join(
        letter
        for place, letter in enumerate(word)
        if not place or word[place - 1] != letter or letter.isdigit()
    )


def _breaths(text: str) -> list[int]:
    """Before which words of a text one draws breath."""
    places, so_far = [], 0
    for piece in _BREATH.split(text):
        so_far += len(fold(piece))
        places.append(so_far)
    return places


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


class Lexicon:
    """All phrases, ready to look for."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._by_force: dict[Force, list[Phrase]] = {force: [] for force in Force}
        for each in phrases:
            self._by_force[each.force].append(each)
        self._others = frozenset(word for other in _OTHERS for word in fold(other))

    def read(self, text: str) -> Sign:
        """What a text says of danger. Any text, of any length, in any script.

        First what is said so that it is harmless is set aside, then what is danger whatever else
        is said is looked for; then sayings are set aside, and the rest is looked at again. What is
        set aside must be said in one breath; what alarms may run over a comma.
        """
        words: list[str | None] = [*fold(text)]
        breaths = _breaths(text)
        found: list[Phrase] = []
        self._take(words, breaths, Force.HARMLESS)
        found += self._find(words, Force.DANGER)
        sayings = self._take(words, breaths, Force.SAYING)
        found += self._find(words, Force.LIKELY)
        worries = [*sayings, *self._find(words, Force.WORRY)]
        if not found and not worries:
            return Sign(Level.NONE)
        level = Level.DANGER if found else Level.WORRY
        named = found or worries
        return Sign(
            level,
            tuple(sorted({each.topic for each in named})),
            any(word in self._others for word in fold(text)),
            tuple(dict.fromkeys(each.source for each in named)),
        )

    def _find(self, words: Sequence[str | None], force: Force) -> list[Phrase]:
        return [
            each
            for each, starts in self._possible(words, force)
            if any(_match(each.words, words, start) for start in starts)
        ]

    def _take(
        self, words: list[str | None], breaths: Collection[int], force: Force
    ) -> list[Phrase]:
        """Find phrases and blot out their words, so that no other phrase finds them."""
        taken = []
        for each, starts in self._possible(words, force):
            for start in starts:
                end = _match(each.words, words, start)
                if end and not any(start < breath < end for breath in breaths):
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
