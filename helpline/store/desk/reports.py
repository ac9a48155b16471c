"""What goes on at this moment, as far as a member may see it: counted in the rows themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, func, select

from helpline.store.desk.scope import cases_of, items_of
from helpline.store.tables import (
    Alarm,
    BreakGlass,
    CareCase,
    Provider,
    SlaClock,
    Staff,
    WorkItem,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from helpline.cases.roles import Member


def open_work(connection: Connection, who: Member, now: datetime) -> list[Row[Any]]:
    """What is not done, in one look: by priority, state and owner how many.

    `offered` of them may be done already, since `oldest` at the earliest; for `late` of them the
    promise has passed.
    """
    may_be_done = WorkItem.offered_at <= now
    return list(
        connection.execute(
            select(
                WorkItem.priority,
                WorkItem.state,
                WorkItem.owner_id,
                func.count().label("number"),
                func.sum(case((may_be_done, 1), else_=0)).label("offered"),
                func.min(case((may_be_done, WorkItem.offered_at))).label("oldest"),
                func.sum(case((WorkItem.promised_at < now, 1), else_=0)).label("late"),
            )
            .where(WorkItem.state != "done", items_of(who))
            .group_by(WorkItem.priority, WorkItem.state, WorkItem.owner_id)
        )
    )


def missed_clocks(connection: Connection, who: Member) -> int:
    """Clocks of open items that were missed."""
    return _number(
        connection,
        select(func.count())
        .select_from(SlaClock)
        .join(WorkItem, WorkItem.id == SlaClock.item_id)
        .where(
            SlaClock.state.in_(("missed", "active_with_misses")),
            WorkItem.state != "done",
            items_of(who),
        ),
    )


def unanswered_alarms(connection: Connection) -> int:
    """Pages that run and that nobody has answered."""
    return _number(
        connection, select(func.count()).select_from(Alarm).where(Alarm.state == "paging")
    )


def unreviewed_glass(connection: Connection) -> int:
    """Restricted cases that somebody opened in an emergency, and nobody has looked at why."""
    return _number(
        connection,
        select(func.count()).select_from(BreakGlass).where(BreakGlass.reviewed_at.is_(None)),
    )


def owned(connection: Connection, who: Member) -> Mapping[str, int]:
    """How many open cases each member of staff has."""
    rows = connection.execute(
        select(CareCase.owner_id, func.count())
        .where(CareCase.owner_id.is_not(None), CareCase.stage != "closed", cases_of(who))
        .group_by(CareCase.owner_id)
    )
    return {str(row[0]): int(row[1]) for row in rows}


def staff(connection: Connection, ids: Iterable[str]) -> list[Row[Any]]:
    """The rows of some members of staff."""
    wanted = sorted(ids)
    return list(connection.execute(select(Staff.id, Staff.name).where(Staff.id.in_(wanted))))


def providers(connection: Connection) -> list[Row[Any]]:
    """Every office that takes or took referrals: id, names, services, districts, status."""
    return list(
        connection.execute(
            select(
                Provider.id,
                Provider.name_bn,
                Provider.name_en,
                Provider.services,
                Provider.districts,
                Provider.status,
            ).order_by(Provider.name_en, Provider.id)
        )
    )


def _number(connection: Connection, query: Any) -> int:
    return int(connection.execute(query).scalar_one())
