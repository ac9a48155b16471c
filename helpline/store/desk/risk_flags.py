"""Every sign of danger that was raised, and what is known of how soon somebody was there."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, insert, or_, select, update

from helpline.store.desk.scope import cases_of
from helpline.store.tables import (
    Approval,
    Assessment,
    Call,
    CareCase,
    Contact,
    Escalation,
    Event,
    FollowUp,
    Message,
    RiskFlag,
    StaffText,
    WorkItem,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from helpline.cases.roles import Member


def add(connection: Connection, **columns: Any) -> None:
    """Write a sign."""
    connection.execute(insert(RiskFlag).values(**columns))


def waiting(connection: Connection, item_id: str) -> list[Row[Any]]:
    """The signs about an item that nobody has looked into, the oldest first."""
    return list(
        connection.execute(
            select(RiskFlag.__table__)
            .where(RiskFlag.item_id == item_id, RiskFlag.settled_at.is_(None))
            .order_by(RiskFlag.id)
        )
    )


def settle(
    connection: Connection,
    item_id: str,
    *,
    outcome: str,
    level: str,
    now: datetime,
    staff_id: str | None,
) -> None:
    """Write what came of every sign about an item that waits."""
    connection.execute(
        update(RiskFlag)
        .where(RiskFlag.item_id == item_id, RiskFlag.settled_at.is_(None))
        .values(outcome=outcome, level=level, settled_at=now, settled_by=staff_id)
    )


def tell_police(connection: Connection, approval_id: str, **columns: Any) -> bool:
    """Write the step to the police, in one statement with its condition; False when it does not hold.

    Two members of staff, not one, must have said yes: who asked and who agreed. This is the only
    statement of the house that writes this step.
    """
    agreed = connection.execute(
        select(Approval.id)
        .where(
            Approval.id == approval_id,
            Approval.what == "police",
            Approval.state == "approved",
            Approval.decided_by.is_not(None),
            Approval.decided_by != Approval.asked_by,
            Approval.case_id == columns["case_id"],
        )
        .with_for_update()
    ).one_or_none()
    if agreed is None:
        return False
    connection.execute(insert(Escalation).values(to="police", **columns))
    return True


def between(connection: Connection, begins: datetime, ends: datetime) -> list[Row[Any]]:
    """Every sign that was raised in a time, in order, with the district and number of its case."""
    return list(
        connection.execute(
            select(
                RiskFlag.__table__,
                CareCase.reference,
                CareCase.restricted,
                CareCase.district,
                WorkItem.state.label("item_state"),
            )
            .join(CareCase, CareCase.id == RiskFlag.case_id)
            .join(WorkItem, WorkItem.id == RiskFlag.item_id)
            .where(RiskFlag.raised_at >= begins, RiskFlag.raised_at < ends)
            .order_by(RiskFlag.id)
        )
    )


def theirs(connection: Connection, member: Member, case_ids: Collection[str]) -> frozenset[str]:
    """Those of these cases that a member may open."""
    found = connection.execute(
        select(CareCase.id).where(CareCase.id.in_(case_ids), cases_of(member))
    )
    return frozenset(filter(None, found.scalars()))


def taken_up(connection: Connection, item_ids: Collection[str]) -> list[tuple[str, str, datetime]]:
    """When somebody answered an alarm, took an item, gave it back or ended it: item, what, when; in order."""
    found = connection.execute(
        select(Event.subject_id, Event.became, Event.at)
        .where(
            Event.subject_id.in_(item_ids),
            or_(
                Event.subject == "work_item",
                and_(Event.subject == "alarm", Event.became == "acknowledged"),
            ),
        )
        .order_by(Event.id)
    )
    return [(row[0], row[1], row[2]) for row in found]


def spoken(
    connection: Connection, case_ids: Collection[str], reached: Collection[str]
) -> list[tuple[str, datetime]]:
    """When a person of ours spoke with, or wrote to, the clients of these cases: case and time.

    A call that was connected, a contact that reached her, a form that was gone through, a text by hand.
    """
    asked: tuple[Any, ...] = (
        select(Contact.case_id, Contact.at).where(
            Contact.case_id.in_(case_ids), Contact.disposition.in_(reached)
        ),
        select(Call.case_id, Call.connected_at).where(
            Call.case_id.in_(case_ids), Call.connected_at.is_not(None)
        ),
        select(Assessment.case_id, Assessment.taken_at).where(
            Assessment.case_id.in_(case_ids),
            Assessment.instrument.like("risk-%"),
            Assessment.staff_id.is_not(None),
        ),
        select(StaffText.case_id, Message.sent_at)
        .join(Message, Message.id == StaffText.message_id)
        .where(StaffText.case_id.in_(case_ids), Message.sent_at.is_not(None)),
    )
    found = [row for query in asked for row in connection.execute(query)]
    return [(row[0], row[1]) for row in found if row[0] and row[1]]


def owed(connection: Connection, staff_ids: Collection[str]) -> frozenset[str]:
    """Those of these members with whom a debriefing is still to be held."""
    found = connection.execute(
        select(FollowUp.staff_id).where(
            FollowUp.staff_id.in_(staff_ids),
            FollowUp.kind == "debrief",
            FollowUp.state.in_(("planned", "due", "missed")),
        )
    )
    return frozenset(filter(None, found.scalars()))
