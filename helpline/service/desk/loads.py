"""Who could take something: who suits it, who is there, and how much each has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helpline.service.desk.queue import suits
from helpline.service.desk.sessions import member
from helpline.store.desk import accounts, hours, items

if TYPE_CHECKING:
    from sqlalchemy import Row

    from helpline.cases.roles import Member
    from helpline.service.desk.acting import Acting


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be given an item."""

    who: Member
    here: bool
    """On duty now."""
    has: int
    """Items they have claimed."""


def candidates(deed: Acting, item: Row[Any]) -> list[Candidate]:
    """Those who may be given an item: first who is there, then who has least."""
    there = {row.id for row in hours.on_duty(deed.connection, deed.now)}
    held = items.held(deed.connection)
    people = (member(deed.parts.ring, row) for row in hours.active_staff(deed.connection))
    fit = [
        Candidate(who, here=who.id in there, has=held.get(who.id, 0))
        for who in people
        if suits(who, item)
    ]
    return sorted(fit, key=lambda each: (not each.here, each.has, each.who.name))


def name_of(deed: Acting, staff_id: str | None) -> str:
    """What a member of staff is called; empty for nobody."""
    row = accounts.by_id(deed.connection, staff_id) if staff_id else None
    return member(deed.parts.ring, row).name if row else ""
