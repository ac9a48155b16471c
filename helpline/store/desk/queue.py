"""The moves of work items: taken, given back, handed over, ended. Each is one statement that checks."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, literal_column, or_, select, update

from helpline.store.desk.scope import items_of, offered_to
from helpline.store.tables import Callback, CounsellingRequest, Duty, WorkItem

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Row

    from helpline.cases.roles import Member

# Written out, not bound: only then do both databases use the partial index of what is not done.
_NOT_DONE: Final = WorkItem.state != literal_column("'done'")
_FREE: Final = and_(WorkItem.state == literal_column("'open'"), WorkItem.owner_id.is_(None))
_TALKING: Final = ("dialling_staff", "dialling_client", "connected")
"""The states of a callback in which somebody is on the phone."""


def take(connection: Connection, who: Member, item_id: str, now: datetime) -> Row[Any] | None:
    """Give one open item to `who`, if they may be offered it; of two at once one gets it."""
    return connection.execute(
        update(WorkItem)
        .where(WorkItem.id == item_id, _FREE, offered_to(who))
        .values(**_taken(who.id, now))
        .returning(WorkItem.__table__)
    ).one_or_none()


def take_next(
    connection: Connection, who: Member, now: datetime, but: Collection[str] = ()
) -> Row[Any] | None:
    """Give `who` the most urgent item that is offered now and suits them; none when there is none.

    Items of the kinds in `but` are left to others.
    What somebody else is taking at this moment is passed over, not waited for.
    """
    first = (
        select(WorkItem.id)
        .where(
            _NOT_DONE,
            _FREE,
            WorkItem.offered_at <= now,
            offered_to(who),
            _understood_by(who),
            WorkItem.specialty.in_(("", *sorted(who.skills))),
            *(WorkItem.kind != kind for kind in but),
        )
        .order_by(WorkItem.priority, WorkItem.promised_at)
        .limit(1)
        .with_for_update(skip_locked=True, of=WorkItem)
        .cte("first")
    )
    return connection.execute(
        update(WorkItem)
        .where(WorkItem.id.in_(select(first.c.id)), _FREE)
        .values(**_taken(who.id, now))
        .returning(WorkItem.__table__)
    ).one_or_none()


def seen(connection: Connection, who: Member, item_id: str) -> Row[Any] | None:
    """One item, if `who` may see it."""
    return connection.execute(
        select(WorkItem.__table__).where(WorkItem.id == item_id, items_of(who))
    ).one_or_none()


def change(connection: Connection, item: Row[Any], **values: Any) -> Row[Any] | None:
    """Change an item, unless somebody changed it since it was read; the row as it is then."""
    return connection.execute(
        update(WorkItem)
        .where(WorkItem.id == item.id, WorkItem.version == item.version)
        .values(version=WorkItem.version + 1, **values)
        .returning(WorkItem.__table__)
    ).one_or_none()


def left_behind(connection: Connection) -> list[Row[Any]]:
    """Claimed items whose owner has gone since, locked; not those in which somebody is talking.

    Gone is who has no duty that runs, and one that ended after the item was claimed.
    """
    there = select(Duty.id).where(Duty.staff_id == WorkItem.owner_id, Duty.ended_at.is_(None))
    went = select(Duty.id).where(
        Duty.staff_id == WorkItem.owner_id, Duty.ended_at >= WorkItem.claimed_at
    )
    return _idle(connection, ~there.exists(), went.exists())


def held_by(connection: Connection, staff_id: str) -> list[Row[Any]]:
    """What somebody has claimed, locked; not that in which they are talking."""
    return _idle(connection, WorkItem.owner_id == staff_id)


def _idle(connection: Connection, *conditions: ColumnElement[bool]) -> list[Row[Any]]:
    return list(
        connection.execute(
            select(WorkItem.__table__)
            .where(WorkItem.state == literal_column("'claimed'"), ~_in_conversation(), *conditions)
            .with_for_update(skip_locked=True, of=WorkItem)
        )
    )


def _taken(staff_id: str, now: datetime) -> dict[str, Any]:
    return {
        "state": "claimed",
        "owner_id": staff_id,
        "claimed_at": now,
        "version": WorkItem.version + 1,
    }


def _understood_by(who: Member) -> ColumnElement[bool]:
    """In a language that they speak; Bangla in Latin letters is Bangla."""
    spoken = who.languages | ({"bn_Latn"} if "bn" in who.languages else set())
    return WorkItem.language.in_(sorted(spoken))


def _in_conversation() -> ColumnElement[bool]:
    """A counsellor is in session, or a call about the item runs."""
    return or_(
        and_(
            WorkItem.kind == "counselling",
            WorkItem.subject_id.in_(
                select(CounsellingRequest.id).where(CounsellingRequest.state == "in_session")
            ),
        ),
        and_(
            WorkItem.kind.in_(("callback", "missed_call")),
            WorkItem.subject_id.in_(select(Callback.id).where(Callback.state.in_(_TALKING))),
        ),
    )
