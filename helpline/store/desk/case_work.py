"""What a client asked for that belongs to a case, found by the work about it: requests, calls, referrals."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from helpline.store.tables import (
    Callback,
    CareCase,
    CounsellingRequest,
    FollowUp,
    Transfer,
    WorkItem,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row


def requests(connection: Connection, case_id: str) -> list[Row[Any]]:
    """The counselling requests of a case."""
    return list(
        connection.execute(
            select(CounsellingRequest.__table__)
            .join(WorkItem, WorkItem.subject_id == CounsellingRequest.id)
            .where(WorkItem.case_id == case_id, WorkItem.kind == "counselling")
            .order_by(CounsellingRequest.created_at)
        )
    )


def callbacks(connection: Connection, case_id: str) -> list[Row[Any]]:
    """The calls that were promised in a case."""
    return list(
        connection.execute(
            select(Callback.__table__)
            .where(
                Callback.id.in_(
                    select(WorkItem.subject_id).where(
                        WorkItem.case_id == case_id,
                        WorkItem.kind.in_(("callback", "missed_call", "unreachable")),
                    )
                )
            )
            .order_by(Callback.created_at)
        )
    )


def turn_callback(
    connection: Connection, callback_id: str, *, was: str, becomes: str, now: datetime
) -> bool:
    """Move a call on; False when it has left `was` meanwhile."""
    done = connection.execute(
        update(Callback)
        .where(Callback.id == callback_id, Callback.state == was)
        .values(state=becomes, updated_at=now)
    )
    return done.rowcount == 1


def end_item(connection: Connection, item: Row[Any], *, outcome: str, now: datetime) -> bool:
    """End one piece of work, whoever has it; False when it is done already."""
    done = connection.execute(
        update(WorkItem)
        .where(WorkItem.id == item.id, WorkItem.state != "done")
        .values(state="done", outcome=outcome, done_at=now, version=WorkItem.version + 1)
    )
    return done.rowcount == 1


def follow_ups_due(connection: Connection, *, before: datetime, most: int) -> list[Row[Any]]:
    """Planned follow-ups whose time has come, locked: no other process gets them.

    Check-ins that go on by themselves are not among them: they have a next step of their own.
    """
    return list(
        connection.execute(
            select(FollowUp.id, FollowUp.case_id, FollowUp.kind)
            .where(
                FollowUp.state == "planned", FollowUp.due_at <= before, FollowUp.next_at.is_(None)
            )
            .order_by(FollowUp.due_at)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
    )


def turn_follow_up(
    connection: Connection, follow_up_id: str, *, becomes: str, now: datetime
) -> None:
    """Move on a follow-up that is locked."""
    connection.execute(
        update(FollowUp).where(FollowUp.id == follow_up_id).values(state=becomes, updated_at=now)
    )


def follow_ups_missed(
    connection: Connection, *, before: datetime, now: datetime, most: int
) -> list[Row[Any]]:
    """Follow-ups that were due before a moment and not done: missed from now on."""
    late = (
        select(FollowUp.id)
        .where(FollowUp.state == "due", FollowUp.due_at <= before, FollowUp.next_at.is_(None))
        .order_by(FollowUp.due_at)
        .limit(most)
        .with_for_update(skip_locked=True)
        .cte("late")
    )
    return list(
        connection.execute(
            update(FollowUp)
            .where(FollowUp.id.in_(select(late.c.id)), FollowUp.state == "due")
            .values(state="missed", updated_at=now)
            .returning(FollowUp.id, FollowUp.case_id, FollowUp.kind)
        )
    )


def give_item(connection: Connection, item_id: str, *, staff_id: str, now: datetime) -> None:
    """Put an open item straight into the hands of whose it is."""
    connection.execute(
        update(WorkItem)
        .where(WorkItem.id == item_id, WorkItem.state == "open")
        .values(state="claimed", owner_id=staff_id, claimed_at=now, version=WorkItem.version + 1)
    )


def transfers_to(connection: Connection, staff_id: str) -> list[Row[Any]]:
    """What somebody is asked to take over, with the little of the case they may see before."""
    return list(
        connection.execute(
            select(
                Transfer.id,
                Transfer.from_id,
                Transfer.words,
                Transfer.asked_at,
                CareCase.reference,
                CareCase.district,
                CareCase.risk_level,
                CareCase.restricted,
            )
            .join(CareCase, CareCase.id == Transfer.case_id)
            .where(Transfer.to_id == staff_id, Transfer.state == "requested")
            .order_by(Transfer.asked_at)
        )
    )
