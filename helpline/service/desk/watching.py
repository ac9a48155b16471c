"""What has to be seen at once: who is being called, what was raised, which promises run out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from helpline.service.desk import alarms
from helpline.service.desk.cases import staff_names
from helpline.store.desk import alarms as rows
from helpline.store.desk import clocks

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row

    from helpline.cases.roles import Member
    from helpline.service.desk.acting import Acting
    from helpline.service.parts import Parts

MOST: Final = 50
"""Rows of one list; beyond that the queue is the place to look."""
LONGEST_STORY: Final = 200


@dataclass(frozen=True, slots=True)
class Watch:
    """What one member of staff sees of it at one moment."""

    now: datetime
    mine: Sequence[Row[Any]]
    """Alarms that call this member."""
    others: Sequence[Row[Any]]
    raised: Sequence[Row[Any]]
    clocks: Sequence[Row[Any]]
    names: Mapping[str, str]
    """Of staff, by id."""
    nobody: bool
    """Nobody could be called at this moment: the rota is empty."""


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that happened to one item, and how its clocks stand."""

    clocks: Sequence[Row[Any]]
    escalations: Sequence[Row[Any]]
    steps: Sequence[Row[Any]]
    names: Mapping[str, str]


def watch(parts: Parts, who: Member) -> Watch:
    """Look at everything that alarms at this moment, as far as `who` may see it."""
    now = parts.clock()
    with parts.database.reading() as connection:
        paging = rows.paging(connection, who, MOST)
        raised = rows.raised(connection, who, MOST)
        people = {row.staff_id for row in paging} | {row.by for row in raised}
        people |= {row.owner_id for row in raised if row.owner_id}
        return Watch(
            now=now,
            mine=[row for row in paging if row.staff_id == who.id],
            others=[row for row in paging if row.staff_id != who.id],
            raised=raised,
            clocks=clocks.troubled(connection, who, MOST),
            names=staff_names(parts.ring, connection, people),
            nobody=alarms.nobody_to_call(parts, connection, now),
        )


def story(deed: Acting, item_id: str) -> Story:
    """What happened to an item so far, every step of it."""
    steps = rows.steps_of(deed.connection, item_id)[-LONGEST_STORY:]
    people = {row.actor for row in steps} | {row.why for row in steps if row.subject == "alarm"}
    return Story(
        clocks=clocks.of_item(deed.connection, item_id),
        escalations=rows.escalations_of(deed.connection, [item_id]),
        steps=steps,
        names=staff_names(deed.parts.ring, deed.connection, people),
    )
