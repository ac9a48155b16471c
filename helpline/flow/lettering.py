r"""Letters as a phone network counts them: units, clean text, safe cuts and SMS parts.

A *cluster* is what a reader takes for one letter (ক্ষ্ম, কি, র‍্যা): an extended grapheme cluster of
Unicode UAX 29, as `\X` of the `regex` package finds it. Limits come from 3GPP TS 23.038 and 23.040.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal
from unicodedata import normalize

import regex
from gsm0338 import Codec


class Unit(StrEnum):
    """What a budget is counted in."""

    UCS2 = "ucs2"
    """UTF-16 code units: 1 for a Bangla letter or sign, 2 for most emoji."""
    SEPTETS = "septets"
    """GSM-7 septets: 1 for a character of the basic table, 2 (ESC first) for one of the extension."""
    ASCII = "ascii"
    """Printable ASCII and line ends, 1 each. Nothing else can be carried."""


_UCS2, _SEPTETS, _ASCII = Unit.UCS2, Unit.SEPTETS, Unit.ASCII
_CODES = [bytes([code]) for code in (*range(0x1B), *range(0x1C, 0x80))]
_BASIC = "".join(Codec().decode(code)[0] for code in _CODES)
_EXTENSION = "".join(Codec().decode(b"\x1b" + code, "ignore")[0] for code in _CODES)
_EXTENDED = re.compile(f"[{re.escape(_EXTENSION)}]")
_FOREIGN: Final = {
    _UCS2: re.compile("[\ud800-\udfff]"),
    _SEPTETS: re.compile(f"[^{re.escape(_BASIC + _EXTENSION)}]"),
    _ASCII: re.compile(r"[^\n\r -~]"),
}


def units(text: str, unit: Unit) -> int:
    """How much room `text` takes, counted in `unit`.

    A character that `unit` cannot carry counts 1, the room of a substitute; ask `carries` first.
    """
    if unit is _UCS2:
        return len(text.encode("utf-16-le", "surrogatepass")) >> 1
    return len(text) if unit is _ASCII else len(text) + len(_EXTENDED.findall(text))


def carries(text: str, unit: Unit) -> bool:
    """Whether every character of `text` can be sent in `unit`.

    GSM-7 has no backtick, no ESC and no Bangla; no unit carries half a surrogate pair.
    """
    return not _FOREIGN[unit].search(text)


def fits(text: str, limit: int, unit: Unit) -> bool:
    """Whether `text` takes at most `limit` of `unit` and every character of it can be carried."""
    return units(text, unit) <= limit and carries(text, unit)


_RETOUCHED: Final = (
    dict.fromkeys("‘’‚‛", "'")
    | dict.fromkeys("“”„‟", '"')
    | dict.fromkeys("\t\u00a0\u2007\u202f", " ")
    | dict.fromkeys(["\r\n", *"\r\x85\u2028\u2029"], "\n")
)
_ODD = re.compile(
    "\r\n|[\x00-\t\x0b-\x1f\x7f-\xa0\xad\u061c\u180e\u2007\u200b\u200e\u200f\u2018-\u201f"
    "\u2028-\u202f\u2060-\u2069\ud800-\udfff\ufeff]"
)
_JOINER = regex.compile(
    r"((?:(?<=\p{ccc=9})|(?<=\p{L})(?=.\p{ccc=9}))[\u200c\u200d]"  # beside a hasant, as in র‍্যাব
    r"|(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d(?=\p{Extended_Pictographic}))"
    r"|[\u200c\u200d]"
)


def clean(text: str) -> str:
    r"""`text` as it is stored and compared: NFC, straight quotes, nothing invisible.

    Dropped: controls, half surrogates, zero-width spaces, byte order marks, soft hyphens, direction
    marks, and joiners where they shape no letter. Tabs and no-break spaces become spaces, line ends
    `\n`. Cleaning twice changes nothing more.
    """
    text = normalize("NFC", _ODD.sub(lambda odd: _RETOUCHED.get(odd[0], ""), text))
    if "\u200d" in text or "\u200c" in text:
        while (kept := normalize("NFC", _JOINER.sub(r"\1", text))) != text:
            text = kept
    return text


_APART = ("\u09a1\u09bc", "\u09a2\u09bc", "\u09af\u09bc", "\u09c7\u09be", "\u09c7\u09d7")


def compose(text: str) -> str:
    """`text` for the wire: ড়, ঢ়, য়, ো and ৌ as one code point each, which halves what they cost.

    NFC takes the first three apart, so this is the last step before sending, never before storing.
    """
    for pair, whole in zip(_APART, "\u09dc\u09dd\u09df\u09cb\u09cc", strict=True):
        text = text.replace(pair, whole)
    return text


_CLUSTER = regex.compile(r"\X")
_COMMON = "".join(map(chr, [*range(0x80), 0x964, *range(0x980, 0xA00)]))
_PLAIN: Final = frozenset(["\n", *regex.findall(r"\p{GCB=Other}", _COMMON)])
"""Characters with a border between any two of them, whatever stands around."""


def clusters(text: str) -> list[str]:
    """`text` letter by letter, as a reader sees them; joined they are `text` again."""
    return _CLUSTER.findall(text)


def _reach(text: str, limit: int, unit: Unit) -> int:
    """How many code points of `text` take at most `limit` of `unit`."""
    end = min(len(text), max(limit, 0))
    while (over := units(text[:end], unit) - limit) > 0 < end:
        end -= (over + 1) >> 1  # none takes more than 2, so this never gives up one that fits
    return end


def _border(text: str, at: int) -> int:
    """The last border between clusters of `text` that is not after `at`, which is inside `text`."""
    near = at
    while near and not (text[near] in _PLAIN and text[near - 1] in _PLAIN):
        near -= 1
    if near == at:
        return at
    found = _CLUSTER.finditer(text, near, at + 1)  # one character more decides about `at`
    return next((cluster.start() for cluster in found if cluster.end() > at), at)


def _blank_border(text: str, end: int) -> int:
    """The last border at a space or line end that is not after `end`, or 0 for none."""
    before = end + 1
    while (blank := max(text.rfind(" ", 0, before), text.rfind("\n", 0, before))) > 0:
        at = min(blank + 1, end)
        if text[:at].isspace():
            return 0
        if _border(text, at) == at:
            return at
        before = blank
    return 0


def cut(text: str, limit: int, unit: Unit) -> tuple[str, str]:
    """A head of `text` that takes at most `limit` of `unit`, and the rest; `head + rest == text`.

    Cuts after the last space or line end that fits (or before the one that just does not), else
    between two clusters. Only a cluster larger than `limit` is itself cut, between code points; the
    head is empty only if not even one character fits. A space at the seam is left to the caller.
    """
    end = _reach(text, limit, unit)
    if end == len(text):
        return text, ""
    at = _blank_border(text, end) or _border(text, end) or end
    return text[:at], text[at:]


@dataclass(frozen=True, slots=True)
class Segments:
    """What a text costs as an SMS: its encoding, its length in that encoding's units, its parts."""

    encoding: Literal["gsm7", "ucs2"]
    units: int
    parts: int


def sms_parts(text: str) -> tuple[str, ...]:
    """`text` as the parts of one SMS; joined they are `text` again, and an empty text is one part.

    GSM-7: 160 septets alone, 153 in each of several; else UCS-2: 70 and 67 UTF-16 units. No ESC or
    surrogate pair is split, and no cluster that a part can hold.
    """
    unit, alone, each = (_SEPTETS, 160, 153) if carries(text, _SEPTETS) else (_UCS2, 70, 67)
    if units(text, unit) <= alone:
        return (text,)
    parts = []
    while (end := _reach(text, each, unit)) < len(text):
        end = _border(text, end) or end
        parts.append(text[:end])
        text = text[end:]
    return (*parts, text)


def segments(text: str) -> Segments:
    """What `text` costs at most, counted as given (`compose` it first).

    Gateways cut between any two units or only between letters; the latter never takes fewer parts.
    """
    if carries(text, _SEPTETS):
        return Segments("gsm7", units(text, _SEPTETS), len(sms_parts(text)))
    return Segments("ucs2", units(text, _UCS2), len(sms_parts(text)))
