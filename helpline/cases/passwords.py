"""What a password of the desk must be, and how long somebody waits who keeps getting one wrong."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

SHORTEST: Final = 10
LONGEST: Final = 200

_COMMON: Final = """
    1q2w3e4r5t 1qaz2wsx3e 1qaz2wsx3edc a1b2c3d4e5 abcdefghij abcdefghijkl administrator
    asdfghjkl asdfghjkl; asdfghjklm assalamualaikum bangladesh barcelona basketball bismillah
    changeme charlie chittagong computer counselling counsellor dhaka
    dhakabangladesh football google helpline iloveyou iloveyouallah jesuschrist letmein
    letmeinplease liverpool manchester michelle mypassword password passwordpassword passw0rd
    pakistan princess qazwsxedc qwerty qwertyuiop qwertyuiop[] returnee samsung
    shaheed secret sunshine superman trustno1 welcome welcomehome zaq12wsx zxcvbnm zxcvbnm,./
    probashi bangla amarsonarbangla sonarbangla allahuakbar mashaallah alhamdulillah
"""
COMMON: Final = frozenset(_COMMON.split())
"""The most common ones, refused also with digits and signs at either end."""

_AROUND: Final = "0123456789!@#$%^&*()-_=+.,?~ "
_ROWS: Final = ("01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz")


def normal(password: str) -> str:
    """The same letters typed on another keyboard are the same password (Unicode NFKC)."""
    return unicodedata.normalize("NFKC", password)


def fault(password: str, username: str) -> str:
    """Why a password is refused (short, long, username, common); empty when it is not.

    No rule says which characters it must have: length is worth more, and such rules are answered
    with a capital letter in front and a 1 at the end.
    """
    given = normal(password)
    folded = given.casefold()
    letters, ahead = folded.strip(_AROUND), folded.rstrip(_AROUND)
    if len(given) < SHORTEST:
        return "short"
    if len(given) > LONGEST:
        return "long"
    if username and username.casefold() in {folded, folded[::-1], letters, ahead}:
        return "username"
    in_a_row = len(set(folded)) < 3 or any(folded in row for row in _ROWS)  # noqa: PLR2004
    return "common" if in_a_row or COMMON & {folded, letters, ahead} else ""


PIN_DIGITS: Final = (6, 12)
"""A PIN for the telephone: how few and how many digits."""


def good_pin(pin: str) -> bool:
    """Whether digits may be the PIN of somebody who works by phone: not all alike, not in a row."""
    fewest, most = PIN_DIGITS
    digits = pin.isascii() and pin.isdigit() and fewest <= len(pin) <= most
    return digits and len(set(pin)) > 2 and not any(pin in row for row in _ROWS)  # noqa: PLR2004


FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(minutes=15)
COUNTED: Final = timedelta(hours=1)
"""A failure is forgotten after this time."""
BRAKE_AT: Final = 200
"""So many failures of everybody within the last `COUNTED` mean that somebody is guessing."""


@dataclass(frozen=True, slots=True)
class Tries:
    """Failed log-ins of one kind within the last `COUNTED`."""

    number: int = 0
    last: datetime | None = None


@dataclass(frozen=True, slots=True)
class Failures:
    """What failed lately: from one address with one account, from one address, from everywhere."""

    here: Tries = Tries()
    address: Tries = Tries()
    everywhere: Tries = Tries()


def waits_until(failures: Failures) -> datetime | None:
    """Until when no password from this address is looked at; none when it may be tried at once.

    An account is never closed to an address that has not failed itself: whoever knows a name cannot
    lock its owner out. While somebody is guessing from many addresses each gets fewer free tries.
    """
    braked = failures.everywhere.number >= BRAKE_AT
    ends = (
        _ends(failures.here, free=2 if braked else 5),
        _ends(failures.address, free=5 if braked else 30),
    )
    return max((each for each in ends if each), default=None)


def code_waits_until(tries: Tries) -> datetime | None:
    """The same for the second factor, wherever it is tried from: who tries it has the password."""
    return _ends(tries, free=5)


def _ends(tries: Tries, *, free: int) -> datetime | None:
    """30 seconds after the last free one, then twice as long each time, up to a quarter of an hour."""
    if tries.last is None or tries.number < free:
        return None
    wait = FIRST_WAIT * (1 << min(tries.number - free, 10))
    return tries.last + min(wait, LONGEST_WAIT)
