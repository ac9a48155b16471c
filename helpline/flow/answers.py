"""What was typed -> an answer, or None when it was not understood. Nothing here guesses.

A parser for an `Ask` is called with what was typed and the `Scene`; these look only at the first.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final
from unicodedata import normalize

import regex

from helpline.flow.lettering import clean, clusters

if TYPE_CHECKING:
    from helpline.flow.words import Parse, Scene

_SCRIPTS: Final = (0x9E6, 0x660, 0x6F0, 0xFF10)
"""The zeros of the Bangla, Arabic-Indic, extended Arabic-Indic and full-width digits."""
_FOLDED: Final = {zero + number: str(number) for zero in _SCRIPTS for number in range(10)}

_STRAY: Final = " \n.#।"
_KEYS = re.compile(r"[0-9]{1,3}")
_GROUPED = re.compile(r"[0-9]{1,3}(?:[ ,][0-9]{2,3}){0,4}[ ,][0-9]{3}|[0-9]{1,15}")
_GAPS = re.compile(r"(?<=[0-9A-Za-z])[ \-\u2010-\u2015\u2212]+(?=[0-9A-Za-z])")
_NID = re.compile(r"[0-9]{10}|[0-9]{13}|(?:19|20)[0-9]{15}")
_MOBILE = re.compile(r"01[3-9][0-9]{8}")
_PASSPORT = re.compile(r"[A-Z]{2}[0-9]{7}|[A-Z][0-9]{8}")
_BMET_CARD = re.compile(r"(?=.*[0-9])[A-Z0-9]{6,20}")
_ONE_DIGIT_ONLY = re.compile(r"[A-Z]{0,2}([0-9])\1+")
_TOKEN = regex.compile(r"[\p{L}\p{M}\p{Nd}]+")


def fold_digits(text: str) -> str:
    """`text` with Bangla, Arabic-Indic, Persian and full-width digits written 0 to 9.

    Nothing else is a digit: not `²`, not `①`, not `½`.
    """
    return text.translate(_FOLDED)


def tidy(text: str) -> str:
    """A short answer without what fingers and handsets add: `" 1.#"` -> `"1"`.

    `clean`, then spaces, line ends, dots, dandas and `#` are taken off both ends.
    """
    return clean(text).strip(_STRAY)


def digit(text: str) -> str | None:
    """The keys that were pressed: one to three digits as 0 to 9, else None.

    Leading zeros stay, so that `0`, `00` and `01` are different answers. `1)` is `1`.
    """
    pressed = fold_digits(clean(text).strip(_STRAY + "()"))
    return pressed if _KEYS.fullmatch(pressed) else None


def whole_number(low: int, high: int) -> Parse:
    """A parser for a whole number from `low` to `high`, kept as 0 to 9 without leading zeros.

    Groups as in `1,50,000` or `150 000` are read. `1-2`, `1 2` and `2.5` are not one whole number:
    reading them as 12 or 25 would record what nobody said.
    """

    def parse(typed: str, _scene: Scene) -> str | None:
        number = fold_digits(tidy(typed))
        if not _GROUPED.fullmatch(number):
            return None
        value = int(re.sub("[ ,]", "", number))
        return str(value) if low <= value <= high else None

    return parse


def _joined(typed: str) -> str:
    """`typed` as it stands on a card: digits folded, capitals, no spaces or dashes inside."""
    return _GAPS.sub("", fold_digits(tidy(typed))).upper()


def _document(typed: str, shape: re.Pattern[str]) -> str | None:
    number = _joined(typed)
    return number if shape.fullmatch(number) and not _ONE_DIGIT_ONLY.fullmatch(number) else None


def nid(typed: str, _scene: Scene) -> str | None:
    """The digits of a national identity card: 10, or 13, or 17 that begin with the year of birth.

    One digit repeated is refused, here and below: it is a way not to answer, and it would make one
    person of all who answer so. The lengths agree in several public explanations (for example
    blog.ashik.info/2011/07, tools.gera.services/bangladesh-nid-validator); none is official.
    """
    return _document(typed, _NID)


def passport(typed: str, _scene: Scene) -> str | None:
    """A Bangladesh passport number, in capitals: two letters and 7 digits, or one letter and 8.

    Both forms are general knowledge; no official description was found.
    """
    return _document(typed, _PASSPORT)


def bmet_card(typed: str, _scene: Scene) -> str | None:
    """The number of a BMET smart card, in capitals: 6 to 20 letters and digits, one digit at least.

    The true format is not confirmed, so this refuses only what cannot be a number.
    """
    return _document(typed, _BMET_CARD)


_IDENTITIES: Final[dict[str, Parse]] = {"nid": nid, "passport": passport, "bmet": bmet_card}


def identity(kind: str) -> Parse:
    """The parser for the identity document `kind`: `nid`, `passport` or `bmet`.

    Raises:
        KeyError: `kind` is none of them.
    """
    return _IDENTITIES[kind]


def pin(length: int = 4) -> Parse:
    """A parser for a PIN of exactly `length` digits that is not among the first ones to be tried.

    Refused: one digit repeated (0000) and digits that go up or down by one (1234, 8901, 4321).
    """

    def parse(typed: str, _scene: Scene) -> str | None:
        code = _joined(typed)
        if len(code) != length or not re.fullmatch("[0-9]+", code):
            return None
        return None if tried_first(code) else code

    return parse


def tried_first(digits: str) -> bool:
    """Whether digits are one repeated, or go up or down by one: whoever guesses begins with these."""
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(digits)}
    return steps in ({0}, {1}, {9})


def mobile(typed: str, _scene: Scene) -> str | None:
    """A mobile number of Bangladesh in E.164, however it was typed: `01300-000001`, `+880 1300...`."""
    number = _GAPS.sub("", fold_digits(tidy(typed))).removeprefix("+").removeprefix("88")
    return f"+88{number}" if _MOBILE.fullmatch(number) else None


def free_text(max_clusters: int) -> Parse:
    """A parser that keeps what was typed, cleaned and in NFC, if it is 1 to `max_clusters` letters.

    A longer text is refused, never shortened: half a sentence may say the opposite. So is one that
    heaps more than 8 code points on each letter, on average.
    """

    def parse(typed: str, _scene: Scene) -> str | None:
        text = clean(typed).strip()
        if not text or len(text) > 8 * max_clusters:
            return None
        return text if len(clusters(text)) <= max_clusters else None

    return parse


def words(text: str) -> tuple[str, ...]:
    """The words of an SMS, to be compared with keywords that were passed through `words` too.

    NFC, case folded, digits folded, no punctuation, emoji, apostrophe or zero-width character:
    `"STOP!"` -> `("stop",)`, `"REG-১২"` -> `("reg", "12")`.
    """
    plain = re.sub("['\u200c\u200d]", "", clean(text))
    return tuple(_TOKEN.findall(fold_digits(normalize("NFC", plain.casefold()))))
