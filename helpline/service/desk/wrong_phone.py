"""Somebody else answered: what must not happen to this phone any more."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from helpline.cases.work import Priority
from helpline.service import recycled
from helpline.service.messages import cancelled
from helpline.service.permits import ask_again
from helpline.store import contact_words, events, outbox, people, safe_contact
from helpline.store.conversations import close_drafts
from helpline.store.desk import callbacks

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from helpline.service.parts import Parts


def wrong_phone(
    parts: Parts,
    connection: Connection,
    callback_id: str,
    phone_id: str,
    *,
    now: datetime,
    actor: str,
) -> None:
    """Nothing goes to this phone for its person any more, and for nobody if only they were known."""
    known = callbacks.permit(connection, callback_id)
    if known and known.person_id and known.other:
        _unlink(connection, known, now=now, actor=actor)
    else:
        mark_unsafe(parts, connection, phone_id, now=now, actor=actor)


def _unlink(connection: Connection, known: Row[Any], *, now: datetime, actor: str) -> None:
    """Others use the phone: it is no longer this person's, and keeps its other owners."""
    callbacks.unlink(connection, person_id=known.person_id, phone_id=known.phone_id, now=now)
    contact_words.forget(connection, known.phone_id, owner_id=known.person_id)
    # what somebody began on it may be hers
    close_drafts(connection, caller=safe_contact.caller_of(connection, known.phone_id))
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
    ask_again(
        connection,
        [known.person_id],
        known.phone_id,
        now=now,
        actor=actor,
        priority=Priority.HIGH,
    )


def mark_unsafe(
    parts: Parts, connection: Connection, phone_id: str, *, now: datetime, actor: str
) -> None:
    """Somebody else holds this phone: nothing goes there, and it is nobody's until it is proved anew."""
    people.mark(connection, phone_id=phone_id, stopped=now, unsafe=now)
    recycled.unlink(parts, connection, phone_id, why="wrong_person", now=now, actor=actor)
    events.record(
        connection,
        subject="phone",
        subject_id=phone_id,
        became="unsafe",
        why="wrong_person",
        now=now,
        actor=actor,
    )
