"""Numbers of offices and help lines in Bangladesh, as they are dialled."""

from __future__ import annotations

import re
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
