"""The guideline for referrals: what is asked, which papers are looked at, what is never sent."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from helpline.cases.services import SERVICES, Named

EVERY: Final = "*"
"""A point of every service."""
LEFT_OUT: Final = ("emergency", "unsafe", "unwilling", "no_papers", "does_not_fit", "later")
"""Why something of the guideline was not seen to."""


class Kind(StrEnum):
    """What a point says."""

    ASK = "ask"
    PAPER = "paper"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Point(Named):
    """One line of the guideline, for some services or for all of them."""

    code: str
    kind: Kind
    services: tuple[str, ...]

    def is_for(self, service: str) -> bool:
        """Whether it belongs to this service."""
        return EVERY in self.services or service in self.services


@dataclass(frozen=True, slots=True)
class Guideline:
    """A version of the guideline. Codes of a version never change their meaning."""

    version: int
    points: tuple[Point, ...]

    def __post_init__(self) -> None:
        """Refuse what staff could not follow.

        Raises:
            ValueError: naming the first fault.
        """
        codes = [each.code for each in self.points]
        if len(set(codes)) != len(codes):
            raise ValueError("two points of one code")
        for each in self.points:
            if unknown := set(each.services) - {EVERY, *SERVICES}:
                raise ValueError(f"{each.code}: no such service: {min(unknown)}")
            if not (each.services and each.bn and each.en):
                raise ValueError(f"{each.code}: it has no service or no words")
        for service in SERVICES:
            if not self.to_do(service) or not self.never(service):
                raise ValueError(f"{service}: nothing to ask, or nothing that is never sent")

    @property
    def key(self) -> str:
        """What a referral says it was made by: `guide-1`."""
        return f"guide-{self.version}"

    def to_do(self, service: str) -> tuple[Point, ...]:
        """What is asked and which papers are looked at, in their order."""
        return tuple(
            each for each in self.points if each.is_for(service) and each.kind is not Kind.NEVER
        )

    def never(self, service: str) -> tuple[Point, ...]:
        """What is never sent to an office of this service."""
        return tuple(
            each for each in self.points if each.is_for(service) and each.kind is Kind.NEVER
        )

    def seen_to(self, service: str, asked: Collection[str]) -> tuple[str, ...]:
        """Of what somebody says they saw to, the codes that this service has, in their order."""
        return tuple(each.code for each in self.to_do(service) if each.code in asked)

    def missing(self, service: str, asked: Collection[str]) -> tuple[Point, ...]:
        """What was left out."""
        return tuple(each for each in self.to_do(service) if each.code not in asked)
