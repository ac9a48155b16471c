"""A family: how somebody belongs to it, how old they are, what they need. Codes only, never a name."""

from __future__ import annotations

from typing import Final

RELATIONS: Final = ("spouse", "child", "parent", "sibling", "other")
"""What somebody is to the person who tells of them."""
AGES: Final = ("0_5", "6_17", "18_59", "60_up")
"""In years."""
NEEDS: Final = ("school", "health", "disability", "allowance", "work", "none")
MINORS: Final = frozenset({"0_5", "6_17"})
CARED_FOR: Final = ("child", "elder", "disabled", "kin")
"""Whom a step of a care plan is for; `kin` is anybody else of the household."""
MOST: Final = 9
"""Dependants of one person: as many as fit a list of one-digit answers."""


def cared_for(age: str, need: str) -> str:
    """Which of `CARED_FOR` somebody is. A child comes first, whatever else is the matter."""
    if age in MINORS:
        return "child"
    if need == "disability":
        return "disabled"
    return "elder" if age == "60_up" else "kin"


def is_dependant(relation: str, age: str, need: str) -> bool:
    """Whether the three codes are such as the menu gives."""
    return relation in RELATIONS and age in AGES and need in NEEDS
