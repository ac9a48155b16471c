"""Phone numbers as callers, staff and gateways write them, and as we keep them: E.164."""

from __future__ import annotations

import re

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

_BANGLADESHI_MOBILE = re.compile(r"\+8801[3-9][0-9]{8}")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_TYPED = re.compile(r"\+?[0-9](?:[ .()/-]{0,3}[0-9]){5,17}")

_INTERNATIONAL = 11
_ZEROS = (0x0660, 0x06F0, 0x09E6, 0xFF10)  # Arabic-Indic, Persian, Bangla, full width
_INVISIBLE = (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF)
_FOLD: dict[int, str | None] = {
    **{zero + digit: str(digit) for zero in _ZEROS for digit in range(10)},
    **dict.fromkeys(_INVISIBLE),
    **dict.fromkeys(range(0x2010, 0x2016), "-"),
    0x00A0: " ",
    0xFF0B: "+",
}


def e164(typed: str, region: str = "BD") -> str | None:
    """`typed` as E.164, or None if it cannot be a number that is called or texted.

    Digits may be Bangla, Arabic-Indic, Persian or full width; `+880…`, `880…`, `00880…` and `01…`
    are the same number. Eleven digits or more without `+` that are none of `region` are read as
    international: form-decoding turns a forgotten `+` into a space. A Bangladeshi mobile must
    match `+8801[3-9]` and eight digits, because phonenumbers accepts 011 (closed in 2016) and
    64xxxxxxxx as mobiles (gateways.md section 7.1). Short codes are not numbers here.
    """
    if _BANGLADESHI_MOBILE.fullmatch(typed):
        return typed
    folded = typed[:64].translate(_FOLD).strip()
    if not _TYPED.fullmatch(folded):
        return None
    found = _read(folded, region)
    digits = sum(character.isdigit() for character in folded)
    if found is None and digits >= _INTERNATIONAL and not folded.startswith(("+", "0")):
        found = _read(f"+{folded}", region)
    return found


def textable(number: str) -> bool:
    """Whether `number` is E.164 and may be handed to an SMS gateway."""
    if number.startswith("+880"):
        return _BANGLADESHI_MOBILE.fullmatch(number) is not None
    return _E164.fullmatch(number) is not None


def masked(number: str) -> str:
    """`number` with only its first five and last two characters, for a screen others may see."""
    if len(number) < 11:  # noqa: PLR2004  short ones would be told by what is left
        return "*" * len(number)
    return f"{number[:5]}{'*' * (len(number) - 7)}{number[-2:]}"


def _read(written: str, region: str) -> str | None:
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    result = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if result.startswith("+880"):
        return result if _is_bangladeshi(result, number) else None
    # The published ranges lag behind: a roaming caller written with her country code is believed.
    sure = written.startswith(("+", "00")) and phonenumbers.is_possible_number(number)
    return result if sure or phonenumbers.is_valid_number(number) else None


def _is_bangladeshi(result: str, number: phonenumbers.PhoneNumber) -> bool:
    if _BANGLADESHI_MOBILE.fullmatch(result):
        return True
    kind = phonenumbers.number_type(number)
    return kind in {PhoneNumberType.FIXED_LINE, PhoneNumberType.VOIP}
