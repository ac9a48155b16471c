"""One tick of the clock: due reminders become messages, and waiting messages get a worker.

Any number of dispatchers may run. Each takes other rows; a wake-up that is lost is repeated.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec

from helpline.cases.calendar import MONTH, spoken_window
from helpline.cases.dates import DateKind
from helpline.cases.permits import Purpose
from helpline.jobs import MOST_IDS
from helpline.service import schedule
from helpline.store import campaigns, events, outbox, reminders

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from helpline.service.parts import Parts
    from helpline.store.reminders import Due

FORGOTTEN: Final = timedelta(seconds=45)
"""A message woken so long ago and still waiting is woken again: its job was lost."""

BATCH: Final = MOST_IDS
"""Messages in one job."""

MOST_BULK_JOBS: Final = 5
"""The same of campaigns: little is on its way when one is paused."""

MOST_JOBS: Final = 25
"""Jobs waiting in one queue; beyond it nothing is woken, so that Redis stays small."""


def dispatch(parts: Parts, most: int = 500) -> int:
    """Do one tick.

    Returns:
        How many reminders and messages were taken; call again at once when it is `most` or more.

    Raises:
        helpline.store.database.Unavailable: nothing was taken.
    """
    now = parts.clock()
    with parts.database.transaction() as connection:
        due = reminders.claim_due(connection, now=now, most=most)
        if due:
            _to_messages(parts, connection, due, now)
    woken = _wake(parts, now, most)
    _wake_campaigns(parts, now)
    return len(due) + woken


def _to_messages(parts: Parts, connection: Connection, due: list[Due], now: datetime) -> None:
    known = reminders.details(connection, [each.id for each in due])
    late = [each.id for each in due if each.stale_at <= now]
    ended = [each.id for each in due if known[each.id][2] is not None]
    reminders.settle(connection, [*late, *ended], becomes="skipped", now=now)
    _record(connection, late, "skipped", "stale", now)
    _record(connection, ended, "skipped", "withdrawn", now)
    dropped = {*late, *ended}
    going = [each for each in due if each.id not in dropped]
    outbox.post_many(
        connection, [_message(parts, each, *known[each.id][:2], now) for each in going]
    )
    _record(connection, [each.id for each in going], "queued", "due", now)
    for each in due:
        if each.kind == DateKind.CENTRE and each.id not in ended and each.person_id:
            schedule.centre(
                connection,
                person_id=each.person_id,
                phone_id=each.phone_id,
                due_at=each.due_at + MONTH,
                now=now,
            )


def _message(
    parts: Parts, due: Due, language: str, slot_at: datetime | None, now: datetime
) -> dict[str, Any]:
    """The message of a reminder. It has the reminder's id, so that the one settles the other."""
    language = "en" if language == "en" else "bn"
    window = spoken_window(slot_at).in_language(language) if slot_at else ""
    values = msgspec.json.encode({"code": parts.short_code, "window": window})
    return {
        "id": due.id,
        "phone_id": due.phone_id,
        "person_id": due.person_id,
        "subject_id": due.subject_id,
        "purpose": Purpose.SLOT if due.kind.startswith("slot_") else Purpose.PERSON,
        "template": due.kind,
        "language": language,
        "values": parts.ring.seal(values, "message.values", due.id),
        "due_at": due.due_at,
        "expires_at": due.stale_at,
        "dedupe_key": f"reminder:{due.id}",
        "created_at": now,
        "updated_at": now,
    }


def _wake(parts: Parts, now: datetime, most: int) -> int:
    """Wake workers for what waits; a queue that is deep enough is left alone."""
    woken = 0
    for queue, bulk in (("send", False), ("remind", True)):
        if (parts.wake.depth(queue) or 0) >= MOST_JOBS:
            continue
        with parts.database.transaction() as connection:
            ids = outbox.wake(connection, bulk=bulk, now=now, forgotten=now - FORGOTTEN, most=most)
        for start in range(0, len(ids), BATCH):
            parts.wake.wake(queue, ids[start : start + BATCH])
        woken += len(ids)
    return woken


def _wake_campaigns(parts: Parts, now: datetime) -> None:
    """Wake a worker for as many texts of campaigns as may go in a second, fairly among them.

    It is not counted: what one tick leaves, the next one takes, a second later.
    """
    if (parts.wake.depth("bulk") or 0) >= MOST_BULK_JOBS:
        return
    with parts.database.transaction() as connection:
        running = campaigns.running(connection)
        share = math.ceil(parts.bulk.fastest / max(1, len(running)))
        ids = [
            ident
            for campaign in running
            for ident in campaigns.wake(
                connection, campaign, now=now, forgotten=now - FORGOTTEN, most=share
            )
        ]
    for start in range(0, len(ids), BATCH):
        parts.wake.wake("bulk", ids[start : start + BATCH])


def _record(
    connection: Connection, ids: Iterable[str], became: str, why: str, now: datetime
) -> None:
    events.record_moves(
        connection,
        subject="reminder",
        was="scheduled",
        moves=[(ident, became, why) for ident in ids],
        now=now,
        actor="dispatcher",
    )
