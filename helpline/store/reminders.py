"""Reminders: what is to be said to whom at which later time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, exists, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from helpline.store.prepared import Prepared
from helpline.store.tables import CounsellingRequest, Event, Person, Phone, Reminder

if TYPE_CHECKING:
    from sqlalchemy import Connection

# Written out, not bound: only then do both databases use the index of the scheduled ones.
_SCHEDULED = Reminder.state == literal_column("'scheduled'")

_ADD = Prepared(upsert(Reminder).on_conflict_do_nothing(index_elements=[Reminder.dedupe_key]))
# In a WITH for the reason that is given in `helpline.store.outbox`.
_DUE = (
    select(Reminder.id)
    .where(_SCHEDULED, Reminder.due_at <= bindparam("now"))
    .order_by(Reminder.due_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
    .cte("taken")
)
_CLAIM = Prepared(
    update(Reminder)
    .where(Reminder.id.in_(select(_DUE.c.id)), _SCHEDULED)
    .values(state="queued", updated_at=bindparam("now"))
    .returning(
        Reminder.id,
        Reminder.person_id,
        Reminder.phone_id,
        Reminder.kind,
        Reminder.subject_id,
        Reminder.due_at,
        Reminder.stale_at,
    )
)
_AHEAD = Prepared(
    select(Reminder.id, Reminder.kind, Reminder.due_at)
    .where(
        Reminder.person_id == bindparam("person"),
        _SCHEDULED,
        Reminder.kind.in_([literal_column("'follow_up'"), literal_column("'centre'")]),
        Reminder.due_at > bindparam("now"),
    )
    .order_by(Reminder.due_at)
    .limit(bindparam("most"))
)
_MOVE = Prepared(
    update(Reminder)
    .where(
        Reminder.id == bindparam("reminder"), Reminder.person_id == bindparam("person"), _SCHEDULED
    )
    .values(due_at=bindparam("due_at"), stale_at=bindparam("stale_at"), updated_at=bindparam("now"))
    .returning(Reminder.kind)
)
# The key is free again: what is moved away may be moved back, and what ended may be wanted again.
_CANCELLED = {
    Reminder.state: "cancelled",
    Reminder.updated_at: bindparam("now"),
    Reminder.dedupe_key: Reminder.id,
}
_CANCEL_SUBJECT = Prepared(
    update(Reminder)
    .where(Reminder.subject_id == bindparam("subject"), _SCHEDULED)
    .values(_CANCELLED)
)
_CANCEL_PERSON = Prepared(
    update(Reminder).where(Reminder.person_id == bindparam("person"), _SCHEDULED).values(_CANCELLED)
)
_CANCEL_PHONE = Prepared(
    update(Reminder).where(Reminder.phone_id == bindparam("phone"), _SCHEDULED).values(_CANCELLED)
)
_CANCEL_KIND = Prepared(
    update(Reminder)
    .where(
        Reminder.person_id == bindparam("person"), Reminder.kind == bindparam("only"), _SCHEDULED
    )
    .values(_CANCELLED)
)


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder whose time has come."""

    id: str
    person_id: str | None
    phone_id: str
    kind: str
    subject_id: str
    due_at: datetime
    stale_at: datetime


def add(connection: Connection, **columns: Any) -> None:
    """Schedule a reminder, unless the same one is there."""
    _ADD.run(connection, **columns, state="scheduled")


def claim_due(connection: Connection, *, now: datetime, most: int) -> list[Due]:
    """Take up to `most` due reminders; no other dispatcher gets them."""
    return [Due(*row) for row in _CLAIM.rows(connection, now=now, most=most)]


def ahead(
    connection: Connection, *, person_id: str, now: datetime, most: int
) -> list[tuple[str, str, datetime]]:
    """A person's own reminders that lie ahead, without those of slots: (id, kind, due)."""
    rows = _AHEAD.rows(connection, person=person_id, now=now, most=most)
    return [(row[0], row[1], row[2]) for row in rows]


def attended_centre(connection: Connection, person_id: str) -> bool:
    """Whether a person has said that they have been to the centre."""
    return bool(
        connection.scalar(
            select(
                exists().where(
                    Event.subject == "person",
                    Event.subject_id == person_id,
                    Event.became == "attended_centre",
                )
            )
        )
    )


def move(
    connection: Connection,
    *,
    reminder_id: str,
    person_id: str,
    due_at: datetime,
    stale_at: datetime,
    now: datetime,
) -> bool:
    """Move one reminder of a person; False when it is no longer waiting."""
    row = _MOVE.row(
        connection,
        reminder=reminder_id,
        person=person_id,
        due_at=due_at,
        stale_at=stale_at,
        now=now,
    )
    return row is not None


def cancel_subject(connection: Connection, *, subject_id: str, now: datetime) -> int:
    """Cancel the waiting reminders of one thing."""
    return _CANCEL_SUBJECT.run(connection, subject=subject_id, now=now)


def cancel_person(connection: Connection, *, person_id: str, now: datetime) -> int:
    """Cancel every waiting reminder of a person."""
    return _CANCEL_PERSON.run(connection, person=person_id, now=now)


def cancel_phone(connection: Connection, *, phone_id: str, now: datetime) -> int:
    """Cancel every waiting reminder that would go to a phone."""
    return _CANCEL_PHONE.run(connection, phone=phone_id, now=now)


def cancel_kind(connection: Connection, *, person_id: str, kind: str, now: datetime) -> int:
    """Cancel the waiting reminders of one kind of a person."""
    return _CANCEL_KIND.run(connection, person=person_id, only=kind, now=now)


def details(
    connection: Connection, ids: Sequence[str]
) -> dict[str, tuple[str, datetime | None, datetime | None]]:
    """What the texts of reminders depend on: id -> (language, slot begins, reminders stopped for good)."""
    rows = connection.execute(
        select(Reminder.id, Phone.language, CounsellingRequest.slot_at, Person.withdrawn_at)
        .join(Phone, Phone.id == Reminder.phone_id)
        .outerjoin(CounsellingRequest, CounsellingRequest.id == Reminder.subject_id)
        .outerjoin(Person, Person.id == Reminder.person_id)
        .where(Reminder.id.in_(ids))
    )
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def settle(connection: Connection, ids: Sequence[str], *, becomes: str, now: datetime) -> None:
    """Give claimed reminders their final state."""
    if ids:
        connection.execute(
            update(Reminder)
            .where(Reminder.id.in_(ids), Reminder.state == "queued")
            .values(state=becomes, updated_at=now)
        )
