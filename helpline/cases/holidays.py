"""Public holidays that have the same date in every year. The others follow the moon: staff enter them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FixedHoliday:
    """A national holiday by its date, and where that is known from."""

    month: int
    day: int
    name_bn: str
    name_en: str
    source: str
