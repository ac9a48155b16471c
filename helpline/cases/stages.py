"""Where a case stands, in the order of the framework's figure 4.1, in words for the client.

A stage names no service: who looks over the client's shoulder learns that somebody works on it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from helpline.flow.words import Label


@dataclass(frozen=True, slots=True)
class Lead:
    """Who leads a task by the framework's table 4.1, and under whom."""

    task: str
    agencies: tuple[Label, ...]
    under: tuple[Label, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage. `cases` are the states of a case that mean it, `services` those that belong to it.

    Stages of one `order` stand beside each other: job, enterprise and remigration are ways, not steps.
    """

    key: str
    order: int
    now: Label
    """What happens in it."""
    then: Label
    """What the client can do next."""
    cases: tuple[str, ...]
    services: tuple[str, ...]
    lead: Lead


def stage_of(
    stages: Iterable[Stage], case_stage: str, services: Collection[str], *, restricted: bool
) -> Stage | None:
    """Where a case stands: by its own stage, and while it is supported by what is still to be done.

    `services` are codes of what is planned or under way; the earliest stage that one belongs to is
    where the client stands. A restricted case says no more than that it is supported.
    """
    there = [
        each for each in sorted(stages, key=lambda each: each.order) if case_stage in each.cases
    ]
    plain = next((each for each in there if not each.services), None)
    if restricted:
        return plain
    return next((each for each in there if set(each.services) & set(services)), plain)
