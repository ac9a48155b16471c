"""Work items as calls find them: held by somebody, given to whoever talks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from helpline.store.desk.scope import offered_to
from helpline.store.tables import WorkItem

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from helpline.cases.roles import Member


def held(connection: Connection, staff_id: str, kinds: Sequence[str]) -> Sequence[Row[Any]]:
    """What somebody has claimed of these kinds, the most urgent first."""
    return connection.execute(
        select(WorkItem.__table__)
        .where(WorkItem.owner_id == staff_id, WorkItem.state == "claimed", WorkItem.kind.in_(kinds))
        .order_by(WorkItem.priority, WorkItem.promised_at)
    ).all()


def offered(
    connection: Connection, who: Member, kinds: Sequence[str], now: datetime
) -> Sequence[str]:
    """The most urgent items of these kinds that somebody may take now."""
    found = (
        select(WorkItem.id)
        .where(
            WorkItem.state == "open",
            WorkItem.owner_id.is_(None),
            WorkItem.offered_at <= now,
            WorkItem.kind.in_(kinds),
            offered_to(who),
        )
        .order_by(WorkItem.priority, WorkItem.promised_at)
        .limit(10)
    )
    return connection.execute(found).scalars().all()


def give_to(connection: Connection, item_id: str, staff_id: str, now: datetime) -> None:
    """The item is theirs: they are talking with its client."""
    connection.execute(
        update(WorkItem)
        .where(WorkItem.id == item_id, WorkItem.state != "done")
        .values(state="claimed", owner_id=staff_id, claimed_at=now, version=WorkItem.version + 1)
    )
