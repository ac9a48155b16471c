"""Phone lines as dated facts: which of them may be shown today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from helpline.flow.words import Label

AT_ONCE: Final = ("women_and_children", "emergency")
"""The keys of the lines for whoever may be hurt, in the order in which callers and staff read them.

The one for violence comes first: it is there for exactly this and leads on to the crisis centre. The
second is answered by the police, whom nobody here is sent to unless they choose it.
"""
WORKS: Final = "works"
"""The outcome of a check that found the fact to be true; any other outcome takes it out of the menus."""


@dataclass(frozen=True, slots=True)
class Hotline:
    """One number to call, who answers it, and where we know it from.

    `about` says its hours and cost as far as a source does. `rating` is A or B, as explained in
    `helpline/data/facts/hotlines.toml`. `abroad`: for callers outside Bangladesh.
    """

    key: str
    number: str
    who: Label
    about: Label
    source: str
    source_date: date | None
    rating: str
    verified_at: date | None
    verified_by: str
    expires_at: date
    order: int
    abroad: bool

    @property
    def fact(self) -> str:
        """The name of this fact in `FactCheck`. It holds the number: a check is of a number, not of a key."""
        return f"hotline.{self.number}"


@dataclass(frozen=True, slots=True)
class Check:
    """The last time somebody checked a fact by calling or reading; true until `expires_at`."""

    fact: str
    outcome: str
    verified_at: date
    verified_by: str
    expires_at: date


def current(
    hotlines: Iterable[Hotline], checks: Iterable[Check], today: date
) -> tuple[Hotline, ...]:
    """The lines that may be shown on `today`, in their order.

    A line counts until the day before it expires. A check moves that day; one that failed removes
    the line, whatever the file says, until a later check finds it working.
    """
    known = {check.fact: check for check in checks}
    kept = (line for line in hotlines if _may_be_shown(line, known.get(line.fact), today))
    return tuple(sorted(kept, key=lambda line: line.order))


def at_once(hotlines: Iterable[Hotline]) -> tuple[Hotline, ...]:
    """Of the lines that may be shown those for whoever may be hurt, in the order of `AT_ONCE`."""
    known = {line.key: line for line in hotlines}
    return tuple(known[key] for key in AT_ONCE if key in known)


def stale(hotlines: Iterable[Hotline], checks: Iterable[Check], today: date) -> tuple[Hotline, ...]:
    """The lines that may not be shown on `today`: somebody has to call them."""
    lines = tuple(hotlines)
    shown = {line.key for line in current(lines, checks, today)}
    return tuple(line for line in lines if line.key not in shown)


def _may_be_shown(line: Hotline, check: Check | None, today: date) -> bool:
    if check is None:
        return line.expires_at > today
    return check.outcome == WORKS and max(check.expires_at, line.expires_at) > today
