"""The rows of alarms and escalations, and what the desk and the operator see of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, func, insert, literal_column, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import aliased

from helpline.store.desk.scope import items_of
from helpline.store.tables import (
    Alarm,
    CareCase,
    Escalation,
    Event,
    SlaClock,
    Staff,
    WorkItem,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from helpline.cases.roles import Member

# Written out, not bound: only then do both databases use the partial indexes.
_PAGING: Final = Alarm.state == literal_column("'paging'")
_NOT_DONE: Final = WorkItem.state != literal_column("'done'")
STEPS: Final = ("work_item", "sla_clock", "alarm", "escalation")
"""The subjects of events that are steps of an item; all of them bear the item's id."""


def item(connection: Connection, item_id: str, *, wait: bool = True) -> Row[Any] | None:
    """One item, locked until the transaction ends.

    None when there is none, or, without `wait`, when somebody else is changing it.
    """
    return connection.execute(
        select(WorkItem.__table__)
        .where(WorkItem.id == item_id)
        .with_for_update(skip_locked=not wait)
    ).one_or_none()


def change_item(connection: Connection, row: Row[Any], **values: Any) -> Row[Any] | None:
    """Change an item, unless somebody changed it since it was read; the row as it is then."""
    return connection.execute(
        update(WorkItem)
        .where(WorkItem.id == row.id, WorkItem.version == row.version)
        .values(version=WorkItem.version + 1, **values)
        .returning(WorkItem.__table__)
    ).one_or_none()


def add(connection: Connection, **columns: Any) -> bool:
    """Write an alarm; False when this person was called about it in this round already."""
    added = connection.execute(
        upsert(Alarm)
        .values(**columns)
        .on_conflict_do_nothing(index_elements=[Alarm.item_id, Alarm.round, Alarm.staff_id])
        .returning(Alarm.id)
    )
    return added.first() is not None


def of_item(connection: Connection, item_id: str) -> list[Row[Any]]:
    """Every alarm about an item, in the order in which people were called."""
    return list(
        connection.execute(
            select(Alarm.__table__).where(Alarm.item_id == item_id).order_by(Alarm.id)
        )
    )


def by_id(connection: Connection, alarm_id: str) -> Row[Any] | None:
    """One alarm."""
    return connection.execute(select(Alarm.__table__).where(Alarm.id == alarm_id)).one_or_none()


def by_code(connection: Connection, number_key: bytes, code: bytes) -> Row[Any] | None:
    """The last alarm that called the owner of this number with this code."""
    return connection.execute(
        select(Alarm.__table__)
        .join(Staff, Staff.id == Alarm.staff_id)
        .where(Alarm.code == code, Staff.number_key == number_key, Staff.state == "active")
        .order_by(Alarm.id.desc())
        .limit(1)
    ).one_or_none()


def most_urgent_of(connection: Connection, staff_id: str) -> Row[Any] | None:
    """The alarm that calls somebody about the most urgent item, the oldest of several."""
    return connection.execute(
        select(Alarm.__table__)
        .join(WorkItem, WorkItem.id == Alarm.item_id)
        .where(_PAGING, Alarm.staff_id == staff_id)
        .order_by(WorkItem.priority, Alarm.id)
        .limit(1)
    ).one_or_none()


def turn(
    connection: Connection, alarm_id: str, was: str, becomes: str, now: datetime | None
) -> bool:
    """Move an alarm that is still `was`; `now` when a person answered it."""
    done = connection.execute(
        update(Alarm)
        .where(Alarm.id == alarm_id, Alarm.state == was)
        .values(state=becomes, answered_at=now)
    )
    return done.rowcount == 1


def to_move_on(connection: Connection, now: datetime) -> list[str]:
    """The items of alarms whose time is over, or whose item somebody took or ended since; the oldest first."""
    taken = and_(WorkItem.state == "claimed", WorkItem.claimed_at >= Alarm.paged_at)
    rows = connection.execute(
        select(Alarm.item_id)
        .join(WorkItem, WorkItem.id == Alarm.item_id)
        .where(_PAGING, or_(Alarm.answer_by <= now, WorkItem.state == "done", taken))
        .group_by(Alarm.item_id)
        .order_by(func.min(Alarm.answer_by))
    )
    return [row[0] for row in rows]


def add_escalation(connection: Connection, **columns: Any) -> None:
    """Write an escalation; not the step to the police, which `risk_flags.tell_police` alone writes.

    Raises:
        ValueError: that step.
    """
    if columns["to"] == "police":
        raise ValueError("the police are told only when two people agree")
    connection.execute(insert(Escalation).values(**columns))


def escalations_of(connection: Connection, item_ids: Collection[str]) -> list[Row[Any]]:
    """What was raised about these items, in order."""
    return list(
        connection.execute(
            select(Escalation.__table__)
            .where(Escalation.item_id.in_(item_ids))
            .order_by(Escalation.id)
        )
    )


def gave_on(connection: Connection, item_id: str) -> frozenset[str]:
    """Members of staff who raised an item to others."""
    by = connection.execute(select(Escalation.by).where(Escalation.item_id == item_id))
    return frozenset(by.scalars())


def steps_of(connection: Connection, item_id: str) -> list[Row[Any]]:
    """Everything that happened to an item: its own moves, its clocks, its alarms, in order."""
    return list(
        connection.execute(
            select(Event.__table__)
            .where(Event.subject.in_(STEPS), Event.subject_id == item_id)
            .order_by(Event.id)
        )
    )


def open_items_of(connection: Connection, case_id: str) -> list[Row[Any]]:
    """The work about a case that is not done, the most urgent first."""
    return list(
        connection.execute(
            select(WorkItem.__table__)
            .where(WorkItem.case_id == case_id, _NOT_DONE)
            .order_by(WorkItem.priority, WorkItem.promised_at)
        )
    )


def staff(connection: Connection, ids: Collection[str]) -> dict[str, Row[Any]]:
    """Accounts by id."""
    rows = connection.execute(select(Staff.__table__).where(Staff.id.in_(set(ids))))
    return {row.id: row for row in rows}


def supervisors(connection: Connection) -> list[Row[Any]]:
    """Every supervisor who works here, whether there or not."""
    return list(
        connection.execute(
            select(Staff.__table__)
            .where(Staff.role == "supervisor", Staff.state == "active")
            .order_by(Staff.id)
        )
    )


def paging(connection: Connection, member: Member, most: int) -> Sequence[Row[Any]]:
    """Alarms that nobody has answered about items this member may see, the most urgent first.

    Each with its item, and how many were called about it without an answer.
    """
    silent = aliased(Alarm)
    unheard = (
        select(func.count())
        .select_from(silent)
        .where(silent.item_id == WorkItem.id, silent.state == "passed_on")
        .correlate(WorkItem)
        .scalar_subquery()
    )
    return connection.execute(
        select(
            Alarm.id.label("alarm_id"),
            Alarm.round,
            Alarm.staff_id,
            Alarm.paged_at,
            Alarm.answer_by,
            unheard.label("unheard"),
            CareCase.reference,
            *WorkItem.__table__.columns,
        )
        .join(WorkItem, WorkItem.id == Alarm.item_id)
        .outerjoin(CareCase, CareCase.id == WorkItem.case_id)
        .where(_PAGING, or_(Alarm.staff_id == member.id, items_of(member)))
        .order_by(WorkItem.priority, Alarm.paged_at)
        .limit(most)
    ).all()


def raised(connection: Connection, member: Member, most: int) -> Sequence[Row[Any]]:
    """Items that were escalated, are not done and may be seen by this member.

    Each with its last escalation, the most urgent first.
    """
    last = (
        select(func.max(Escalation.id))
        .where(Escalation.item_id == WorkItem.id)
        .correlate(WorkItem)
        .scalar_subquery()
    )
    return connection.execute(
        select(
            Escalation.to,
            Escalation.why,
            Escalation.by,
            Escalation.at,
            CareCase.reference,
            *WorkItem.__table__.columns,
        )
        .join(Escalation, Escalation.id == last)
        .outerjoin(CareCase, CareCase.id == WorkItem.case_id)
        .where(_NOT_DONE, WorkItem.level > 0, items_of(member))
        .order_by(WorkItem.priority, Escalation.at)
        .limit(most)
    ).all()


@dataclass(frozen=True, slots=True)
class Figures:
    """What an operator watches: the queue, its promises, alarms that nobody answered."""

    open: Mapping[int, int]
    """Items that are not done, by priority."""
    oldest: float
    """Seconds since the oldest item that nobody has was offered; 0 when there is none."""
    missed: int
    """Clocks that were missed and still run."""
    unanswered: int


def figures(connection: Connection, now: datetime) -> Figures:
    """Take the figures of this moment, each through a small index."""
    by_priority = connection.execute(
        select(WorkItem.priority, func.count()).where(_NOT_DONE).group_by(WorkItem.priority)
    )
    counted: dict[int, int] = {row[0]: row[1] for row in by_priority}
    oldest = connection.scalar(
        select(func.min(WorkItem.offered_at)).where(_NOT_DONE, WorkItem.owner_id.is_(None))
    )
    missed = connection.scalar(
        select(func.count()).where(SlaClock.next_at.is_not(None), SlaClock.misses > 0)
    )
    unanswered = connection.scalar(select(func.count()).where(_PAGING))
    return Figures(
        open=counted,
        oldest=max(0.0, (now - oldest).total_seconds()) if oldest else 0.0,
        missed=missed or 0,
        unanswered=unanswered or 0,
    )
