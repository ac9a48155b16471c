"""Campaigns: whom a text may be for, when a second person must agree, what it costs, how fast it goes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Final

from helpline.cases.suppression import FEWEST, Line
from helpline.cases.wording import warnings
from helpline.flow.lettering import clean, compose, segments

LANGUAGES: Final = ("bn", "en")
"""Of texts: whoever reads Bangla in Latin letters gets Bangla script (BTRC)."""
SEXES: Final = ("woman", "man", "other", "unsaid")
NEEDS: Final = (
    "counselling",
    "health",
    "work",
    "debt",
    "papers",
    "legal",
    "shelter",
    "unknown",
)
"""As callers choose them when they register."""
RESTRICTED_NEEDS: Final = frozenset({"counselling", "health", "legal", "shelter"})
"""A text for these people only tells, by whom it reaches, what nobody should learn of them."""
LONGEST: Final = 480
"""Letters of one text."""
LONGEST_TITLE: Final = 80
LONGEST_REASON: Final = 300
LONGEST_LIFE: Final = timedelta(days=30)
"""News older than this is none."""
AHEAD: Final = 2.0
"""Seconds of a gateway's share that may go at once."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Who gets a text, by codes; an empty set leaves nobody out."""

    districts: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    sexes: frozenset[str] = frozenset()

    @property
    def restricted(self) -> bool:
        """Whether being in it tells something that nobody should learn."""
        narrow = bool(self.sexes) and not self.sexes & {"woman", "man"}
        return narrow or bool(self.needs & RESTRICTED_NEEDS)

    def speaks(self, language: str) -> bool:
        """Whether phones of this language are in it: `bn` or `en`."""
        return not self.languages or language in self.languages


@dataclass(frozen=True, slots=True)
class Bulk:
    """What an installation says of campaigns."""

    per_second: float = 10.0
    """Texts of campaigns a second through one gateway that `rates` does not name."""
    rates: Mapping[str, float] = field(default_factory=dict)
    second_person_above: int = 500
    """Phones from which on somebody else must agree, whatever the text."""
    price: Decimal | None = None
    """Of one part of one SMS, as the contract with the gateway says; none: no money is named."""
    currency: str = "BDT"

    def rate(self, gateway: str) -> float:
        """Texts a second through a gateway."""
        return self.rates.get(gateway, self.per_second)

    @property
    def fastest(self) -> float:
        """The greatest rate of any gateway."""
        return max((self.per_second, *self.rates.values()))


def needs_second_person(segment: Segment, phones: int, *, neutral: bool, bulk: Bulk) -> bool:
    """Whether somebody who has written nothing of it must agree before it goes."""
    return segment.restricted or not neutral or phones > bulk.second_person_above


def readable(text: str) -> str:
    """A text as it is kept: NFC, without controls, on one line or several, no blanks at its ends."""
    return clean(text).strip()


def telling(
    texts: Mapping[str, str], segment: Segment, retired: Mapping[str, str]
) -> dict[str, list[str]]:
    """What in the texts that will go is not neutral, by language; empty when all is well.

    `retired` are numbers that are not to be given to anybody, with those that are right instead.
    """
    found = {
        language: warnings(text, language, retired=retired)
        for language, text in texts.items()
        if text and segment.speaks(language)
    }
    return {language: said for language, said in found.items() if said}


def parts(text: str) -> int:
    """How many parts of an SMS a text takes, as it will be sent."""
    return segments(compose(readable(text))).parts if text else 0


@dataclass(frozen=True, slots=True)
class Cost:
    """What a campaign costs at most. `exact`: it is not only a bound."""

    parts: int | None
    """Parts of an SMS in all; none when it would tell how few they are."""
    money: Decimal | None
    exact: bool


def cost(phones: Line, texts: Mapping[str, str], bulk: Bulk) -> Cost:
    """The cost for so many phones by language, as they may be shown.

    Where a count is hidden, the dearer text counts for all: the sum must not tell what is hidden.
    """
    if phones.total is None:
        return Cost(None, None, exact=False)
    each = {language: parts(texts.get(language, "")) for language in phones.cells}
    dearest = max((each[code] for code, count in phones.cells.items() if count != 0), default=0)
    known = {code: count for code, count in phones.cells.items() if count is not None}
    exact = len(known) == len(phones.cells)
    total = sum(each[code] * count for code, count in known.items()) if exact else 0
    if not exact:
        total = dearest * phones.total
    return Cost(total, bulk.price * total if bulk.price is not None else None, exact=exact)


def too_few(phones: int) -> bool:
    """Whether a segment is so small that a text to it is a text to somebody."""
    return phones < FEWEST


def slots(free_at: float, now: float, rate: float, wanted: int) -> tuple[int, float]:
    """How many of `wanted` texts may go through a gateway now, and until when that uses it up.

    Times are in seconds, `rate` in texts a second. Whatever the order of askers, no stretch of time
    carries more than `rate` times its length and `AHEAD`.
    """
    begins = max(free_at, now)
    room = math.floor((now + AHEAD - begins) * rate + 1e-6)
    taken = max(0, min(wanted, room if room or free_at > now else 1))
    return taken, begins + taken / rate


PROGRESS: Final[Mapping[str, tuple[str, ...]]] = {
    "queued": ("queued", "sending"),
    "sent": ("sent", "unconfirmed"),
    "delivered": ("delivered",),
    "failed": ("failed", "parked"),
    "undecided": ("ambiguous",),
    "refused": ("refused", "opted_out"),
    "skipped": ("skipped",),
    "cancelled": ("cancelled",),
}
"""What the desk calls the states of messages; every state is in exactly one of these."""
GROUP_OF: Final = {state: group for group, states in PROGRESS.items() for state in states}


def progress(states: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Counts of message states as the desk shows them."""
    counts = dict.fromkeys(PROGRESS, 0)
    for state, count in states:
        counts[GROUP_OF[state]] += count
    return counts
