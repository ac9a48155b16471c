"""Putting a message into the outbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from helpline.cases.permits import Purpose
from helpline.store import events, outbox
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from helpline.service.visit import Visit

REPLIES: Final = 30
"""Answers one phone gets in an hour; more is a loop between two machines, or a flood."""


def post(
    visit: Visit,
    *,
    purpose: Purpose,
    template: str,
    values: Mapping[str, str],
    dedupe_key: str,
    lives: timedelta,
    person_id: str | None = None,
    subject_id: str | None = None,
    due_at: datetime | None = None,
) -> None:
    """Put one message to this visit's phone into the outbox, unless the same one is there.

    `lives` is how long after it is due it may still be sent.
    """
    phone_id = visit.phone_id()
    if purpose is Purpose.REPLY:
        hour_ago = visit.now - timedelta(hours=1)
        sent = outbox.recent(visit.connection, phone_id=phone_id, purpose=purpose, since=hour_ago)
        if sent >= REPLIES:
            return
    ident = new_ident()
    due = due_at or visit.now
    posted = outbox.post(
        visit.connection,
        id=ident,
        phone_id=phone_id,
        person_id=person_id,
        subject_id=subject_id,
        purpose=purpose,
        template=template,
        language=visit.sms_language(),
        values=visit.parts.ring.seal(msgspec.json.encode(values), "message.values", ident),
        due_at=due,
        expires_at=due + lives,
        dedupe_key=dedupe_key,
        created_at=visit.now,
        updated_at=visit.now,
    )
    if posted and due <= visit.now:
        visit.posted.append(ident)


def cancelled(
    connection: Connection, ids: Sequence[str], *, why: str, now: datetime, actor: str
) -> None:
    """Write down that waiting messages were cancelled; the reminders they came from are too."""
    moves = [(ident, "cancelled", why) for ident in ids]
    events.record_moves(
        connection, subject="message", was="queued", moves=moves, now=now, actor=actor
    )
    outbox.settle_reminders(connection, [(ident, "cancelled") for ident in ids], now)
