"""How the words of a text are compared when it is read for danger: by spelling, and by sound.

The lexicon compares by spelling (`fold`), its two scripts apart. The leaning compares by sound
(`sound`): one rough form for Bangla script and for Bangla in Latin letters, whoever wrote it.
"""

from __future__ import annotations

from typing import Final
from unicodedata import normalize

import regex

_TOKEN: Final = regex.compile(r"[\p{L}\p{M}\p{Nd}']+")
_BREATH: Final = regex.compile(r"[.,;:!?।\n]")
_JOINER: Final = "\u09cd"
_DROPPED: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\ufeff\u0981\u0983'’`"))
_BANGLA: Final = str.maketrans("ঈীঊূণষসৎয০১২৩৪৫৬৭৮৯", "ইিউুনশশতজ0123456789")
_NUKTA: Final = (("য\u09bc", "\u09df"), ("ড\u09bc", "র"), ("ঢ\u09bc", "র"))
_LATIN: Final = (
    ("chh", "c"), ("ch", "c"), ("sh", "s"), ("ph", "f"), ("bh", "b"), ("th", "t"), ("dh", "d"),
    ("kh", "k"), ("gh", "g"), ("jh", "j"), ("ee", "i"), ("oo", "u"), ("z", "j"), ("v", "b"),
    ("w", "o"), ("y", "i"), ("q", "k"), ("x", "ks"), ("ck", "k"),
)  # fmt: skip
_SHORT: Final = 3

_SOUNDS: Final = str.maketrans(
    {
        letter: sound
        for letters, sound in (
            ("কখ", "k"), ("গঘ", "g"), ("চছশষস", "s"), ("জঝয", "j"), ("টঠতথৎ", "t"),
            ("ডঢদধ", "d"), ("ঙঞণনং", "n"), ("পফ", "p"), ("বভ", "b"), ("ম", "m"), ("র", "r"),
            ("ল", "l"), ("হ", "h"), ("আা", "a"), ("ইঈিী", "i"), ("উঊুূ", "u"), ("এে", "e"),
            ("ঋৃ", "ri"), ("ঐৈ", "ui"), ("ঔৌ", "u"), ("\u09df", "y"), ("অওো", ""),
            *zip("০১২৩৪৫৬৭৮৯", "0123456789", strict=True),
        )
        for letter in letters
    }
)  # fmt: skip
_LATIN_SOUNDS: Final = (
    ("chh", "s"), ("ch", "s"), ("sh", "s"), ("kh", "k"), ("gh", "g"), ("ph", "p"), ("bh", "b"),
    ("th", "t"), ("dh", "d"), ("jh", "j"), ("zh", "j"), ("ck", "k"), ("c", "s"), ("q", "k"),
    ("x", "ks"), ("z", "j"), ("v", "b"), ("w", "o"), ("f", "p"), ("oo", "u"), ("ee", "i"),
)  # fmt: skip
_SILENT: Final = regex.compile("\u09cd(?:য|ব(?=.))")
_BETWEEN: Final = regex.compile(r"(?<=[aeiou])y(?=[aeiou])")
_TWICE: Final = regex.compile(r"(\D)\1+")


def tokens(text: str) -> list[str]:
    """The words of a text as they stand, without signs that are written or left out at will."""
    plain = normalize("NFC", text).lower()
    for pair, letter in _NUKTA:
        plain = plain.replace(pair, letter)
    return [word for word in _TOKEN.findall(plain.translate(_DROPPED)) if word.strip(_JOINER)]


def fold(text: str) -> list[str]:
    """The words of a text in the one form in which they are compared by spelling.

    Spelling that differs only in the length of a vowel, in the three letters for s, or in how a
    sound is written with Latin letters is the same.
    """
    return [_folded(word.replace(_JOINER, "")) for word in tokens(text)]


def _folded(word: str) -> str:
    if word.isascii():
        return _latin(word)
    # the letter with the dot must outlive the folding of the one without
    word = word.replace("\u09df", "\ue000").translate(_BANGLA).replace("\ue000", "\u09df")
    return _latin(word) if word.isascii() else _bangla(word)


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


def sound(word: str) -> str:
    """Roughly how a word of `tokens` sounds: মরতে, "morte" and "mrte" are all "mrte".

    Breath (kh for k), the three s and the two ch, b and v, p and f, every o and every h but the
    first letter, and what is written twice fall away. Many words sound alike then: what is built
    on it must weigh several signs together.
    """
    if word.isascii():
        for pair, letter in _LATIN_SOUNDS:
            word = word.replace(pair, letter)
    else:
        first = "o" if word[0] in "অও" else ""
        word = first + _SILENT.sub("", word).replace(_JOINER, "").translate(_SOUNDS)
    rough = _BETWEEN.sub("", word.replace("ng", "n").replace("ae", "ai")).replace("y", "i")
    rough = rough[:1] + rough[1:].replace("h", "").replace("o", "")
    return _TWICE.sub(r"\1", rough) or word


def breaths(text: str) -> list[int]:
    """Before which words of a text one draws breath."""
    places, so_far = [], 0
    for piece in _BREATH.split(text):
        so_far += len(tokens(piece))
        places.append(so_far)
    return places
