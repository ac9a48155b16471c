"""Putting work into the desk's queue, and taking it out again when its subject is over."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from helpline.cases.work import PROMISES, Kind, Priority
from helpline.store import events
from helpline.store.desk import items
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Connection


def open_item(
    connection: Connection,
    *,
    kind: Kind,
    subject_id: str,
    now: datetime,
    case_id: str | None = None,
    phone_id: str | None = None,
    district: str = "",
    language: str = "bn",
    counsellor: str = "any",
    specialty: str = "",
    restricted: str = "",
    priority: Priority | None = None,
    level: int | None = None,
    offered_at: datetime | None = None,
    promised_at: datetime | None = None,
    actor: str = "system",
) -> str:
    """Put one thing into the queue; its id, or nothing when it is there already.

    `offered_at` and `promised_at` are the window the client chose; without them the item is
    offered now and promised within the time of its kind.
    """
    promise = PROMISES[kind]
    ident, offered = new_ident(), offered_at or now
    added = items.add(
        connection,
        id=ident,
        kind=kind,
        subject_id=subject_id,
        case_id=case_id,
        phone_id=phone_id,
        district=district,
        language=language,
        counsellor=counsellor,
        specialty=specialty,
        restricted=restricted,
        priority=int(promise.priority if priority is None else priority),
        level=int(promise.level if level is None else level),
        offered_at=offered,
        promised_at=promised_at or offered + promise.within,
        state="open",
        owner_id=None,
        claimed_at=None,
        outcome="",
        opened_at=now,
        done_at=None,
        version=1,
    )
    if not added:
        return ""
    events.record(
        connection,
        subject="work_item",
        subject_id=ident,
        became="open",
        why=kind,
        now=now,
        actor=actor,
    )
    return ident


def reopen(
    connection: Connection, *, kind: Kind, subject_id: str, now: datetime, actor: str
) -> bool:
    """Put the item about a subject back into the queue that was done too early; False when there is none."""
    again = items.reopen(
        connection,
        kind=kind,
        subject_id=subject_id,
        offered_at=now,
        promised_at=now + PROMISES[kind].within,
    )
    if again:
        events.record(
            connection,
            subject="work_item",
            subject_id=again,
            was="done",
            became="open",
            why=kind,
            now=now,
            actor=actor,
        )
    return bool(again)


def postpone(
    connection: Connection,
    *,
    kind: Kind,
    subject_id: str,
    offered_at: datetime,
    promised_at: datetime,
    now: datetime,
    actor: str,
) -> None:
    """Offer the item about a subject at another time, because the client chose one; whoever has it keeps it."""
    moved = items.postpone(
        connection,
        kind=kind,
        subject_id=subject_id,
        offered_at=offered_at,
        promised_at=promised_at,
    )
    if moved is not None:
        events.record(
            connection,
            subject="work_item",
            subject_id=moved.id,
            was=moved.state,
            became=moved.state,
            why="moved",
            now=now,
            actor=actor,
        )


def settle(
    connection: Connection, *, kind: Kind, subject_id: str, outcome: str, now: datetime, actor: str
) -> bool:
    """End the item about a subject that is over, whoever has it; False when none was to be ended."""
    ended = items.settle(connection, kind=kind, subject_id=subject_id, outcome=outcome, now=now)
    if ended:
        events.record(
            connection,
            subject="work_item",
            subject_id=ended,
            became="done",
            why=outcome,
            now=now,
            actor=actor,
        )
    return bool(ended)
