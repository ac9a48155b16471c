"""The rows of the desk's queue."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from helpline.store.prepared import Prepared
from helpline.store.tables import CounsellingRequest, Event, IncomingText, Message, Phone, WorkItem

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

_ADD = Prepared(
    upsert(WorkItem)
    .on_conflict_do_nothing(index_elements=[WorkItem.kind, WorkItem.subject_id])
    .returning(WorkItem.id)
)
_SETTLE = Prepared(
    update(WorkItem)
    .where(
        WorkItem.kind == bindparam("of_kind"),
        WorkItem.subject_id == bindparam("subject"),
        WorkItem.state != "done",
    )
    .values(
        state="done",
        outcome=bindparam("how"),
        done_at=bindparam("at"),
        version=WorkItem.version + 1,
    )
    .returning(WorkItem.id)
)


def add(connection: Connection, **columns: Any) -> bool:
    """Write an item; False when there is one of this kind about this subject already."""
    return _ADD.row(connection, **columns) is not None


def settle(
    connection: Connection, *, kind: str, subject_id: str, outcome: str, now: datetime
) -> str:
    """End the item of a kind about a subject; its id, or nothing when there was none to end."""
    row = _SETTLE.row(connection, of_kind=kind, subject=subject_id, how=outcome, at=now)
    return str(row[0]) if row else ""


def reopen(
    connection: Connection,
    *,
    kind: str,
    subject_id: str,
    offered_at: datetime,
    promised_at: datetime,
) -> str:
    """Put an item that is done back into the queue, nobody's; its id, or nothing when there is none."""
    row = connection.execute(
        update(WorkItem)
        .where(WorkItem.kind == kind, WorkItem.subject_id == subject_id, WorkItem.state == "done")
        .values(
            state="open",
            owner_id=None,
            claimed_at=None,
            outcome="",
            done_at=None,
            offered_at=offered_at,
            promised_at=promised_at,
            version=WorkItem.version + 1,
        )
        .returning(WorkItem.id)
    ).one_or_none()
    return str(row.id) if row else ""


def hasten(connection: Connection, *, kind: str, subject_id: str, priority: int) -> Row[Any] | None:
    """Give an item that waits or is worked on a higher priority; none when there is nothing to raise."""
    return connection.execute(
        update(WorkItem)
        .where(
            WorkItem.kind == kind,
            WorkItem.subject_id == subject_id,
            WorkItem.state != "done",
            WorkItem.priority > priority,
        )
        .values(priority=priority, version=WorkItem.version + 1)
        .returning(WorkItem.__table__)
    ).one_or_none()


def postpone(
    connection: Connection,
    *,
    kind: str,
    subject_id: str,
    offered_at: datetime,
    promised_at: datetime,
) -> Row[Any] | None:
    """Give an item that is not done another time; its row, or none when there is no such item."""
    return connection.execute(
        update(WorkItem)
        .where(WorkItem.kind == kind, WorkItem.subject_id == subject_id, WorkItem.state != "done")
        .values(offered_at=offered_at, promised_at=promised_at, version=WorkItem.version + 1)
        .returning(WorkItem.__table__)
    ).one_or_none()


def about(connection: Connection, *, kind: str, subject_id: str) -> Row[Any] | None:
    """The item of a kind about a subject."""
    return connection.execute(
        select(WorkItem.__table__).where(WorkItem.kind == kind, WorkItem.subject_id == subject_id)
    ).one_or_none()


def by_id(connection: Connection, item_id: str) -> Row[Any] | None:
    """One item."""
    return connection.execute(
        select(WorkItem.__table__).where(WorkItem.id == item_id)
    ).one_or_none()


def complaint(connection: Connection, complaint_id: str) -> str:
    """What a complaint is about and whether one may call: `pay_call`, `agency_no_call`; else nothing."""
    found = select(Event.why).where(
        Event.subject == "complaint", Event.subject_id == complaint_id, Event.became == "made"
    )
    return str(connection.execute(found.limit(1)).scalar() or "")


def text(connection: Connection, text_id: str) -> Row[Any] | None:
    """Free words that a caller sent."""
    return connection.execute(
        select(IncomingText.__table__).where(IncomingText.id == text_id)
    ).one_or_none()


def turn_text(connection: Connection, text_id: str, *, was: str, becomes: str) -> bool:
    """Move a text to another state; False when it is not in `was`."""
    return (
        connection.execute(
            update(IncomingText)
            .where(IncomingText.id == text_id, IncomingText.state == was)
            .values(state=becomes)
        ).rowcount
        == 1
    )


def message(connection: Connection, message_id: str) -> Row[Any] | None:
    """A message of the outbox with the number it goes to."""
    return connection.execute(
        select(Message.__table__, Phone.number)
        .join(Phone, Phone.id == Message.phone_id)
        .where(Message.id == message_id)
    ).one_or_none()


def counselling(connection: Connection, request_id: str) -> Row[Any] | None:
    """A counselling request."""
    return connection.execute(
        select(CounsellingRequest.__table__).where(CounsellingRequest.id == request_id)
    ).one_or_none()


def held(connection: Connection) -> dict[str, int]:
    """How many items everybody has claimed who has any, by the id of the account."""
    rows = connection.execute(
        select(WorkItem.owner_id, func.count())
        .where(WorkItem.state == literal_column("'claimed'"), WorkItem.owner_id.is_not(None))
        .group_by(WorkItem.owner_id)
    )
    return {str(row[0]): row[1] for row in rows}
