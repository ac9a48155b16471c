"""Numbers of offices and help lines in Bangladesh, as they are dialled."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Final

import phonenumbers

from helpline.flow.answers import fold_digits

_BANGLADESH: Final = 880
_SHORT_CODE = re.compile(r"[1-9][0-9]{2,4}")
_MOBILE = re.compile(r"\+8801[3-9][0-9]{8}")


def dialled(typed: str) -> str:
    """A number in one form: a short code (999, 16135) as it is, others as +880...; else empty.

    Spaces, hyphens, dots and brackets are dropped, Bangla digits understood.
    """
    digits = re.sub(r"[ ().\-\u2010-\u2015]", "", fold_digits(typed))
    if _SHORT_CODE.fullmatch(digits):
        return digits
    try:
        number = phonenumbers.parse(digits, "BD")
    except phonenumbers.NumberParseException:
        return ""
    if number.country_code != _BANGLADESH or not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_mobile(number: str) -> bool:
    """Whether a number that `dialled` returned belongs to a mobile phone."""
    return bool(_MOBILE.fullmatch(number))


_APART = r"[\s().\-\u2010-\u2015/]*"
"""What people write between the digits of a long number."""
_UNSEEN: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_PREFIX = re.compile(r"^(?:\+?880|0)")


def retired_in(text: str, retired: Mapping[str, str]) -> list[str]:
    """The numbers in a text that nobody may be given, each as `old`, or `old → new` where one is right.

    However it is written: in Bangla digits, with or without the country's code, with anything between
    the digits. An amount with its comma is no short number, and neither is a date.
    """
    plain = fold_digits(unicodedata.normalize("NFKC", _UNSEEN.sub("", text)))
    return [
        f"{number} → {instead}" if instead else number
        for number, instead in retired.items()
        if _written_anyhow(number).search(plain)
    ]


@cache
def _written_anyhow(number: str) -> re.Pattern[str]:
    if _SHORT_CODE.fullmatch(number):
        spaced = r"(?P<gap>[ .\-\u2010-\u2015])".join((number[:1], number[1:2]))
        spaced += "".join(rf"(?P=gap){digit}" for digit in number[2:])
        return re.compile(rf"(?<![\d,.])(?:{number}|{spaced})(?!\d|[.,]\d)")
    digits = _APART.join(_PREFIX.sub("", number))
    country = _APART.join("880")
    return re.compile(
        rf"(?<!\d)(?:(?:0{_APART}0{_APART})?{country}{_APART})?(?:0{_APART})?{digits}(?!\d)"
    )
