"""Somebody else answered: what must not happen to this phone any more."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from helpline.service.messages import cancelled
from helpline.store import events, outbox, people
from helpline.store.desk import callbacks

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row


def wrong_phone(
    connection: Connection, callback_id: str, phone_id: str, *, now: datetime, actor: str
) -> None:
    """Nothing goes to this phone for its person any more, and for nobody if only they were known."""
    known = callbacks.permit(connection, callback_id)
    if known and known.person_id and known.other:
        _unlink(connection, known, now=now, actor=actor)
    else:
        mark_unsafe(connection, phone_id, now=now, actor=actor)


def _unlink(connection: Connection, known: Row[Any], *, now: datetime, actor: str) -> None:
    """Others use the phone: it is no longer this person's, and keeps its other owners."""
    callbacks.unlink(connection, person_id=known.person_id, phone_id=known.phone_id, now=now)
    waiting = outbox.cancel_person(
        connection, person_id=known.person_id, why="wrong_person", now=now
    )
    cancelled(connection, waiting, why="wrong_person", now=now, actor=actor)
    events.record(
        connection,
        subject="person",
        subject_id=known.person_id,
        became="phone_unlinked",
        why="wrong_person",
        now=now,
        actor=actor,
    )


def mark_unsafe(connection: Connection, phone_id: str, *, now: datetime, actor: str) -> None:
    """Somebody else holds this phone: nothing goes there, and what waits is cancelled."""
    people.mark(connection, phone_id=phone_id, stopped=now, unsafe=now)
    waiting = outbox.cancel_phone(connection, phone_id=phone_id, why="unsafe", now=now)
    cancelled(connection, waiting, why="unsafe", now=now, actor=actor)
    events.record(
        connection,
        subject="phone",
        subject_id=phone_id,
        became="unsafe",
        why="wrong_person",
        now=now,
        actor=actor,
    )
