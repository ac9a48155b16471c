"""What should be in the queue and is not, and what is there though its subject is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, exists, or_, select, text

from helpline.store.tables import Callback, CounsellingRequest, IncomingText, Message, WorkItem

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Row

_UNDONE: Final = {
    table: text(f"{table.__tablename__}.{index.dialect_options['postgresql']['where']}")
    for table, name in (
        (CounsellingRequest, "ix_counselling_request_open"),
        (Callback, "ix_callback_waiting"),
        (IncomingText, "ix_incoming_text_open"),
        (Message, "ix_message_undecided"),
    )
    for index in table.__table__.indexes  # type: ignore[attr-defined]
    if index.name == name
}
"""What each small index holds, word for word: only so the database sees that it may use it. What is
over is never looked at, however much of it there is."""
MOST: Final = 500
"""How many of one kind are looked at in one go: the next sweep goes on."""
_ASKED_FOR: Final = ("requested", "queued", "claimed", "callback_scheduled", "in_session")
_TO_BE_CALLED: Final = ("requested", "scheduled", "due", "held")
_CALLED: Final = ("completed", "cancelled", "expired")


def requests(connection: Connection) -> Sequence[Row[Any]]:
    """Counselling requests that are not over and have no item, or only one that is done."""
    return connection.execute(
        select(CounsellingRequest.__table__)
        .where(
            _UNDONE[CounsellingRequest],
            CounsellingRequest.state.in_(_ASKED_FOR),
            ~_item(CounsellingRequest.id, "counselling", open_only=True),
        )
        .limit(MOST)
    ).all()


def callbacks(connection: Connection) -> Sequence[Row[Any]]:
    """Calls that were promised and never got an item of any kind."""
    kinds = ("callback", "missed_call", "unreachable")
    return connection.execute(
        select(Callback.__table__)
        .where(
            _UNDONE[Callback],
            Callback.state.in_(_TO_BE_CALLED),
            ~or_(*(_item(Callback.id, kind) for kind in kinds)),
        )
        .limit(MOST)
    ).all()


def texts(connection: Connection) -> Sequence[Row[Any]]:
    """Texts nobody has read that have no item, or only one that is done."""
    kinds = ("text", "complaint", "on_behalf")
    waiting = or_(*(_item(IncomingText.id, kind, open_only=True) for kind in kinds))
    return connection.execute(
        select(IncomingText.__table__).where(_UNDONE[IncomingText], ~waiting).limit(MOST)
    ).all()


def undecided(
    connection: Connection, *, before: datetime, answering: Sequence[str]
) -> Sequence[Row[Any]]:
    """Messages nobody knows the fate of since before a moment, that were never in the queue.

    `answering` are the gateways that send receipts: of the others a missing one says nothing. Those
    of campaigns are counted on their own page: nobody looks into them one by one.
    """
    return connection.execute(
        select(Message.__table__)
        .where(
            or_(
                Message.state.in_(("ambiguous", "parked")),
                and_(Message.state == "unconfirmed", Message.gateway.in_(answering)),
            ),
            _UNDONE[Message],
            Message.updated_at < before,
            Message.purpose != "news",
            ~_item(Message.id, "undecided"),
        )
        .limit(MOST)
    ).all()


def facts(connection: Connection) -> dict[str, Row[Any]]:
    """The items about dated facts, by the digest of the fact."""
    rows = connection.execute(select(WorkItem.__table__).where(WorkItem.kind == "stale_fact"))
    return {row.subject_id: row for row in rows}


def over(connection: Connection) -> list[tuple[str, str, str]]:
    """Items that are not done though their subject is: (kind, subject, how it ended)."""
    pairs: list[tuple[str, Any, ColumnElement[bool]]] = [
        ("counselling", CounsellingRequest, CounsellingRequest.state.not_in(_ASKED_FOR)),
        ("callback", Callback, Callback.state.in_(_CALLED)),
        ("missed_call", Callback, Callback.state.in_(_CALLED)),
        ("unreachable", Callback, Callback.state.in_(_CALLED)),
        ("text", IncomingText, IncomingText.state == "read"),
        (
            "undecided",
            Message,
            Message.state.not_in(("ambiguous", "parked", "unconfirmed")),
        ),
    ]
    found: list[tuple[str, str, str]] = []
    for kind, table, ended in pairs:
        rows = connection.execute(
            select(WorkItem.subject_id, table.state)
            .join(table, table.id == WorkItem.subject_id)
            .where(WorkItem.kind == kind, WorkItem.state != "done", ended)
            .limit(MOST)
        )
        found += [(kind, row[0], row[1]) for row in rows]
    return found


def _item(subject: Any, kind: str, *, open_only: bool = False) -> ColumnElement[bool]:
    conditions = [WorkItem.kind == kind, WorkItem.subject_id == subject]
    if open_only:
        conditions.append(WorkItem.state != "done")
    return exists().where(*conditions)
