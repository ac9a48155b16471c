"""Reference numbers: nine digits that say nothing, with one to catch a slip of the finger.

Eight random digits and a check digit (Damm's algorithm, which finds every single wrong digit and
every swap of neighbours), spoken in threes: `123 456 789`.
"""

from __future__ import annotations

from stdnum import damm

from helpline.flow.answers import fold_digits

LENGTH = 9


def make(number: int) -> str:
    """The reference of a random `number` below 10**8."""
    body = f"{number:08d}"
    return body + str(damm.calc_check_digit(body))


def spoken(reference: str) -> str:
    """In threes, as it is read aloud and written down."""
    return " ".join(reference[at : at + 3] for at in range(0, len(reference), 3))


def understood(typed: str) -> str | None:
    """A typed reference, in any digits and grouping, or None when it cannot be one."""
    digits = "".join(each for each in fold_digits(typed) if each not in " -.")
    if len(digits) != LENGTH or not digits.isascii() or not digits.isdigit():
        return None
    return digits if damm.is_valid(digits) else None
