"""One form for the many ways to type a name: `forms` to compare exactly, `sound` to compare roughly."""

from __future__ import annotations

import re
from typing import Final

import regex

from helpline.flow.lettering import clean

_WORD = regex.compile(r"[\p{L}\p{M}\p{Nd}]+")
_DROPPED = re.compile("['`\u200c\u200d]")

SADAR: Final = frozenset({"sadar", "sador", "shadar", "shodor", "সদর"})
"""The words for the central upazila of a district."""
_DISTRICT: Final = {"district", "dist", "zila", "zilla", "jela", "jila", "জেলা"}
_UPAZILA: Final = {"upazila", "upazilla", "upojela", "upojila", "upozila", "উপজেলা"}
_OFFICE: Final = frozenset({*_DISTRICT, *_UPAZILA, "thana", "থানা"})


def plain(text: str) -> str:
    """`text` without what fingers add: NFC, lower case, no spaces, dots, hyphens or invisible letters.

    `"Cox's Bazar"`, `"COXS-BAZAR"` and `"coxs bazar."` are all `"coxsbazar"`.
    """
    return "".join(_words(text))


def forms(text: str) -> tuple[str, ...]:
    """`plain(text)`, then without words such as "district", then without "sadar" too; none empty.

    Nothing when there are only words such as "district".
    """
    words = _words(text)
    bare = [word for word in words if word not in _OFFICE]
    if not bare:
        return ()
    name = [word for word in bare if word not in SADAR]
    return tuple(dict.fromkeys(form for form in map("".join, (words, bare, name)) if form))


def _words(text: str) -> list[str]:
    return _WORD.findall(_DROPPED.sub("", clean(text)).casefold())


_CONSONANTS: Final = {
    letter: latin
    for letters, latin in (
        ("কখ", "k"), ("গঘ", "g"), ("ঙং", "ng"), ("চছ", "ch"), ("জঝয", "z"), ("টঠতথৎ", "t"),
        ("ডঢদধ", "d"), ("ঞণন", "n"), ("প", "p"), ("ফ", "f"), ("বভ", "b"), ("ম", "m"), ("র", "r"),
        ("ল", "l"), ("শষস", "s"), ("হ", "h"), ("ঃঁ", ""),
    )
    for letter in letters
}  # fmt: skip
_VOWELS: Final = {
    letter: latin
    for letters, latin in (
        ("অআওাো", "a"), ("ইঈএিীে", "i"), ("উঊুূ", "u"), ("ঋৃ", "ri"), ("ঐৈ", "ai"), ("ঔৌ", "au"),
    )
    for letter in letters
}  # fmt: skip
_MARKS: Final = "ংঃঁ"
_YA: Final = "্য"
_NUKTA: Final = {"ড\u09bc": "r", "ঢ\u09bc": "r", "য\u09bc": ""}
_CLUSTERS: Final = {"ক্ষ": "kh", "জ্ঞ": "gg", _YA: "", "ঞ্চ": "nch", "ঞ্জ": "nz", "ঞ্ছ": "nch"}
_LETTER = re.compile("|".join([*_CLUSTERS, *_NUKTA, "."]))

_FOLDS: Final = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        ("x", "ks"),
        ("ph", "f"),
        ("ksh|kkh", "kh"),
        ("chh?", "\N{LATIN SMALL LETTER C WITH CEDILLA}"),
        ("c(?![eiy])", "k"),
        ("\N{LATIN SMALL LETTER C WITH CEDILLA}", "c"),
        ("(?<=[bdgjkstz])h", ""),
        ("h$", ""),
        ("[jz]", "z"),
        ("[vw](?=[aeiouy])", "b"),
        ("q", "k"),
        ("oo", "u"),
        ("ee", "i"),
        ("[ow]", "a"),
        ("[ey]", "i"),
        (r"(.)\1+", r"\1"),
    )
)


def sound(text: str) -> str:
    """A rough Latin spelling of a name in either script, in which usual misspellings fall together.

    Aspiration, doubled letters, o/a, e/i, j/z and v/b are one; চট্টগ্রাম, Chattogram and Chottogram
    are `"catagram"`. Only good for ranking: two different names may sound the same.
    """
    letters = (forms(text) or ("",))[-1]
    spelt = letters if letters.isascii() else _romanised(letters)
    for pattern, replacement in _FOLDS:
        spelt = pattern.sub(replacement, spelt)
    return spelt


def _romanised(letters: str) -> str:
    """Bangla letters as Latin ones; a consonant without a vowel sign is followed by "a"."""
    spelt: list[str] = []
    bare = False
    for letter in _LETTER.findall(letters):
        consonant = letter in _CONSONANTS or letter in _CLUSTERS or letter in _NUKTA
        if bare and consonant and letter != _YA:
            spelt.append("a")
        spelt.append(_latin(letter))
        bare = consonant and letter not in _MARKS
    return "".join(spelt)


def _latin(letter: str) -> str:
    for table in (_CLUSTERS, _NUKTA, _CONSONANTS, _VOWELS):
        if letter in table:
            return table[letter]
    return letter if letter.isascii() else ""
