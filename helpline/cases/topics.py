"""What callers can read without registering: short texts, each a dated fact that leaves when stale."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from helpline.cases.hotlines import WORKS, Check

if TYPE_CHECKING:
    from helpline.flow.words import Label

GROUPS: Final = ("loan", "help", "skill", "work", "money", "abroad", "rights", "support")
"""In the order in which they are offered; the texts of each are short enough for one SMS of two parts."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One text, in all three renderings, and where we know it from."""

    key: str
    group: str
    title: Label
    text: Label
    source: str
    source_date: date | None
    expires_at: date
    order: int

    @property
    def fact(self) -> str:
        """The name of this fact in `FactCheck`."""
        return f"topic.{self.key}"


def current(topics: Iterable[Topic], checks: Iterable[Check], today: date) -> tuple[Topic, ...]:
    """The texts that may be shown on `today`, in their order.

    A text counts until the day before it expires; a check moves that day, or takes the text out.
    """
    known = {check.fact: check for check in checks}
    kept = []
    for topic in topics:
        check = known.get(topic.fact)
        until = max(topic.expires_at, check.expires_at) if check else topic.expires_at
        if until > today and (check is None or check.outcome == WORKS):
            kept.append(topic)
    return tuple(sorted(kept, key=lambda topic: topic.order))
