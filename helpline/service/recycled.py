"""A phone that is no longer whose it was: after a long silence, or because somebody says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from helpline.cases.permits import SILENCE
from helpline.cases.work import Priority
from helpline.service.messages import cancelled
from helpline.service.permits import ask_again
from helpline.store import contact_words, events, outbox, people, reminders, safe_contact
from helpline.store.conversations import close_drafts

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from helpline.service.parts import Parts
    from helpline.service.visit import Visit

BATCH: Final = 100


def unlink(
    parts: Parts, connection: Connection, phone_id: str, *, why: str, now: datetime, actor: str
) -> int:
    """End everything that ties a phone to anybody; how many it was tied to.

    Their secret numbers open nothing on it any more, the same answers given on it name nobody, what
    was begun is not offered, what waits is not sent. Staff ask whoever has an open case.
    """
    persons = safe_contact.end_links(connection, phone_id=phone_id, now=now)
    close_drafts(connection, caller=safe_contact.caller_of(connection, phone_id))
    waiting = outbox.cancel_phone(connection, phone_id=phone_id, why=why, now=now)
    cancelled(connection, waiting, why=why, now=now, actor=actor)
    reminders.cancel_phone(connection, phone_id=phone_id, now=now)
    contact_words.forget(connection, phone_id)
    for person_id in persons:
        nobody = parts.ring.fingerprint("recycled", f"{person_id}:{phone_id}")
        safe_contact.forget_key(connection, person_id=person_id, nobody=nobody)
        events.record(
            connection,
            subject="person",
            subject_id=person_id,
            became="phone_unlinked",
            why=why,
            now=now,
            actor=actor,
        )
    ask_again(connection, persons, phone_id, now=now, actor=actor, priority=Priority.HIGH)
    return len(persons)


def wrong_number(visit: Visit) -> dict[str, str]:
    """Whoever holds the phone says that it is not the number we meant: no answer, and no way back."""
    phone_id = visit.phone_id()
    people.mark(visit.connection, phone_id=phone_id, stopped=visit.now, unsafe=visit.now)
    unlink(
        visit.parts,
        visit.connection,
        phone_id,
        why="wrong_number",
        now=visit.now,
        actor=visit.actor,
    )
    return {}


def sweep(parts: Parts) -> int:
    """Unlink phones of which nothing was heard for so long that they may be another's; how many."""
    now = parts.clock()
    with parts.database.transaction() as connection:
        found = safe_contact.silent(connection, before=now - SILENCE, most=BATCH)
        for phone_id in found:
            unlink(parts, connection, phone_id, why="long_silence", now=now, actor="sweeper")
    return len(found)
