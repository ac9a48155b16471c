"""The queue as a list: what waits, in the order in which it is to be done. One statement a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, case, func, literal, literal_column, or_, select, tuple_

from helpline.cases.work import Priority
from helpline.store.desk.scope import items_of
from helpline.store.tables import Callback, CareCase, CounsellingRequest, Staff, WorkItem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection, Row

    from helpline.cases.roles import Member

PAGE: Final = 50
"""How many items a page shows."""

# Written out, not bound: only then do both databases use the partial index.
_NOT_DONE: Final = WorkItem.state != literal_column("'done'")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of the list ended: the next one goes on behind it."""

    priority: int
    promised_at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of the queue is looked at; empty: all of it."""

    later: bool = False
    """What is to be offered only later on, instead of what is offered now."""
    whose: str = ""
    """mine, unassigned"""
    kind: str = ""
    district: str = ""
    language: str = ""
    counsellor: str = ""
    behind: Place | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is, for the whole of what a member may see."""

    now: int
    later: int
    mine: int
    unassigned: int
    urgent: int
    """Offered, and nobody has it, though it is imminent or high."""
    late: int
    """Offered, and not done by when it was promised."""


def page(
    connection: Connection, who: Member, wanted: Wanted, now: datetime, most: int = PAGE
) -> Sequence[Row[Any]]:
    """One page of the list, and one row more when there is another page."""
    conditions = [_NOT_DONE, items_of(who), _offered(now, later=wanted.later)]
    if wanted.whose == "mine":
        conditions.append(WorkItem.owner_id == who.id)
    elif wanted.whose == "unassigned":
        conditions.append(WorkItem.owner_id.is_(None))
    columns = (WorkItem.kind, WorkItem.district, WorkItem.language, WorkItem.counsellor)
    conditions += [column == value for column in columns if (value := getattr(wanted, column.key))]
    order = (WorkItem.priority, WorkItem.promised_at, WorkItem.id)
    if wanted.behind:
        last = wanted.behind
        # the first comparison is said twice: it is what an index can begin with
        conditions += [
            WorkItem.priority >= last.priority,
            tuple_(*order) > tuple_(*(literal(getattr(last, c.key), c.type) for c in order)),
        ]
    return connection.execute(
        select(
            WorkItem.__table__,
            Staff.name.label("owner_name"),
            CareCase.reference.label("case_reference"),
            CareCase.risk_level,
            CounsellingRequest.topic,
            CounsellingRequest.channel,
            CounsellingRequest.state.label("request_state"),
            Callback.attempts,
        )
        .outerjoin(Staff, Staff.id == WorkItem.owner_id)
        .outerjoin(CareCase, CareCase.id == WorkItem.case_id)
        .outerjoin(
            CounsellingRequest,
            and_(WorkItem.kind == "counselling", CounsellingRequest.id == WorkItem.subject_id),
        )
        .outerjoin(
            Callback,
            and_(
                WorkItem.kind.in_(("callback", "missed_call", "unreachable")),
                Callback.id == WorkItem.subject_id,
            ),
        )
        .where(*conditions)
        .order_by(*order)
        .limit(most + 1)
    ).all()


def counts(connection: Connection, who: Member, now: datetime) -> Counts:
    """How much there is to do, in one statement."""
    offered = WorkItem.offered_at <= now
    free = WorkItem.owner_id.is_(None)
    urgent = and_(offered, free, WorkItem.priority <= int(Priority.HIGH))
    row = connection.execute(
        select(
            _sum(offered),
            _sum(~offered),
            _sum(WorkItem.owner_id == who.id),
            _sum(and_(offered, free)),
            _sum(urgent),
            _sum(and_(offered, WorkItem.promised_at < now)),
        ).where(_NOT_DONE, items_of(who))
    ).one()
    return Counts(*map(int, row))


def urgent(connection: Connection, who: Member, now: datetime) -> int:
    """How many urgent items nobody has, for the badge: cheaper than all counts."""
    return connection.execute(
        select(func.count())
        .select_from(WorkItem)
        .where(
            _NOT_DONE,
            WorkItem.priority <= int(Priority.HIGH),
            WorkItem.owner_id.is_(None),
            WorkItem.offered_at <= now,
            items_of(who),
        )
    ).scalar_one()


def _offered(now: datetime, *, later: bool) -> ColumnElement[bool]:
    """A claimed item stays in its owner's list of today, whenever it was to be offered."""
    if later:
        return WorkItem.offered_at > now
    return or_(WorkItem.offered_at <= now, WorkItem.owner_id.is_not(None))


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
