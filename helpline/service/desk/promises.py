"""What hangs on a promise to call: its item in the queue, whether it was kept, who is told if not."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from helpline.cases.work import Kind
from helpline.service import work
from helpline.store import events
from helpline.store.desk import callbacks

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row


def to_supervisor(
    connection: Connection, row: Row[Any], why: str, *, now: datetime, actor: str
) -> None:
    """The promise cannot be kept as it is: the queue's item ends and a supervisor's begins."""
    item = callbacks.item_of(connection, row.id)
    settle(connection, row.id, why, now=now, actor=actor)
    if not callbacks.promise_noted(connection, row.id):
        note_promise(connection, row.id, kept=False, why=why, now=now, actor=actor)
    about = {"subject_id": row.id, "phone_id": row.phone_id, "now": now, "actor": actor}
    if item is not None:
        about |= {
            "case_id": item.case_id,
            "district": item.district,
            "language": item.language,
            "counsellor": item.counsellor,
            "restricted": item.restricted,
        }
    if work.open_item(connection, kind=Kind.UNREACHABLE, **about):
        return
    again = callbacks.unreachable_item(connection, row.id)
    if again is not None and again.state == "done":
        callbacks.reopen(connection, again, offered_at=now)
        events.record(
            connection,
            subject="work_item",
            subject_id=again.id,
            was="done",
            became="open",
            why=why,
            now=now,
            actor=actor,
        )


def settled(
    connection: Connection, callback_id: str, *, why: str, now: datetime, actor: str
) -> None:
    """Kept is what was connected before the time that was promised; each promise is noted once."""
    item = callbacks.item_of(connection, callback_id)
    if item is None or callbacks.promise_noted(connection, callback_id):
        return
    at = callbacks.connected_at(connection, callback_id) or now
    note_promise(
        connection, callback_id, kept=at <= item.promised_at, why=why, now=now, actor=actor
    )


def note_promise(
    connection: Connection, callback_id: str, *, kept: bool, why: str, now: datetime, actor: str
) -> None:
    """Write that a promise was kept or broken."""
    events.record(
        connection,
        subject="promise",
        subject_id=callback_id,
        became="kept" if kept else "broken",
        why=why,
        now=now,
        actor=actor,
    )


def settle(
    connection: Connection, callback_id: str, outcome: str, *, now: datetime, actor: str
) -> None:
    """End the queue's item about a callback, whoever has it."""
    for kind in callbacks.KINDS:
        work.settle(
            connection,
            kind=Kind(kind),
            subject_id=callback_id,
            outcome=outcome,
            now=now,
            actor=actor,
        )


def settle_unreachable(
    connection: Connection, callback_id: str, outcome: str, *, now: datetime, actor: str
) -> None:
    """End the supervisor's item about a callback, if there is one."""
    work.settle(
        connection,
        kind=Kind.UNREACHABLE,
        subject_id=callback_id,
        outcome=outcome,
        now=now,
        actor=actor,
    )
