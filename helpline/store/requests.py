"""What callers asked a human for: a counsellor, a call, somebody to read their words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, bindparam, insert, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from helpline.store.prepared import Prepared
from helpline.store.tables import Callback, CounsellingRequest, IncomingText

if TYPE_CHECKING:
    from sqlalchemy import Connection

_OVER: list[ColumnElement[str]] = [
    literal_column(f"'{state}'")
    for state in ("withdrawn", "completed", "declined", "duplicate", "no_contact")
]

_COUNSELLING = Prepared(insert(CounsellingRequest))
_REFERENCE = Prepared(
    select(CounsellingRequest.reference).where(
        CounsellingRequest.phone_id == bindparam("phone"),
        CounsellingRequest.topic == bindparam("topic"),
        CounsellingRequest.slot_at == bindparam("slot_at"),
        CounsellingRequest.state.not_in(_OVER),
    )
)
_TAKEN = Prepared(
    select(CounsellingRequest.id).where(CounsellingRequest.reference == bindparam("wanted"))
)
_SLOT = Prepared(
    select(
        CounsellingRequest.state,
        CounsellingRequest.phone_id,
        CounsellingRequest.person_id,
        CounsellingRequest.sms,
    ).where(CounsellingRequest.id == bindparam("request"))
)
_AHEAD = Prepared(
    select(CounsellingRequest.id, CounsellingRequest.slot_at)
    .where(
        CounsellingRequest.person_id == bindparam("person"),
        CounsellingRequest.slot_at > bindparam("now"),
        CounsellingRequest.state.not_in(_OVER),
    )
    .order_by(CounsellingRequest.slot_at)
)
_MOVE = Prepared(
    update(CounsellingRequest)
    .where(
        CounsellingRequest.id == bindparam("request"), CounsellingRequest.state == bindparam("was")
    )
    .values(
        slot_at=bindparam("slot_at"),
        slot_ends_at=bindparam("slot_ends_at"),
        updated_at=bindparam("at"),
    )
)
_TURN = Prepared(
    update(CounsellingRequest)
    .where(
        CounsellingRequest.id == bindparam("request"), CounsellingRequest.state == bindparam("was")
    )
    .values(state=bindparam("becomes"), updated_at=bindparam("at"))
)
_STOP_SMS = Prepared(
    update(CounsellingRequest)
    .where(CounsellingRequest.person_id == bindparam("person"), CounsellingRequest.sms)
    .values(sms=literal_column("FALSE"), updated_at=bindparam("at"))
)
_STOP_SMS_ON = Prepared(
    update(CounsellingRequest)
    .where(CounsellingRequest.phone_id == bindparam("phone"), CounsellingRequest.sms)
    .values(sms=literal_column("FALSE"), updated_at=bindparam("at"))
)
_CALLBACK = Prepared(
    upsert(Callback)
    .on_conflict_do_nothing(index_elements=[Callback.dedupe_key])
    .returning(Callback.id)
)
_AWAITED = Prepared(
    select(Callback.id)
    .where(
        Callback.phone_id == bindparam("phone"),
        Callback.about == bindparam("about"),
        Callback.attempts == literal_column("0"),
        Callback.state.in_(
            [literal_column(f"'{each}'") for each in ("requested", "scheduled", "due", "held")]
        ),
        Callback.slot_at <= bindparam("now"),
        Callback.slot_ends_at > bindparam("now"),
    )
    .limit(1)
)
_TEXT = Prepared(insert(IncomingText))


@dataclass(frozen=True, slots=True)
class Slot:
    """The part of a counselling request that its reminders depend on."""

    state: str
    phone_id: str
    person_id: str | None
    sms: bool


def add_counselling(connection: Connection, **columns: Any) -> None:
    """Write a request."""
    _COUNSELLING.run(connection, **columns)


def counselling_reference(
    connection: Connection, *, phone_id: str, topic: str, slot_at: datetime
) -> str:
    """The reference of a request that stands for just this; empty if there is none."""
    row = _REFERENCE.row(connection, phone=phone_id, topic=topic, slot_at=slot_at)
    return str(row[0]) if row else ""


def reference_taken(connection: Connection, reference: str) -> bool:
    """Whether a request has this reference number."""
    return _TAKEN.row(connection, wanted=reference) is not None


def slot_of(connection: Connection, request_id: str) -> Slot | None:
    """What the reminders of a request depend on; None when there is no such request."""
    row = _SLOT.row(connection, request=request_id)
    return Slot(*row) if row else None


def slots_ahead(
    connection: Connection, *, person_id: str, now: datetime
) -> list[tuple[str, datetime]]:
    """The counselling slots of a person that lie ahead, the next one first: (id, begins)."""
    return [(row[0], row[1]) for row in _AHEAD.rows(connection, person=person_id, now=now)]


def move_slot(
    connection: Connection,
    *,
    request_id: str,
    was: str,
    slot_at: datetime,
    slot_ends_at: datetime,
    now: datetime,
) -> bool:
    """Give a request another time; False when its state changed meanwhile."""
    moved = _MOVE.run(
        connection, request=request_id, was=was, slot_at=slot_at, slot_ends_at=slot_ends_at, at=now
    )
    return moved == 1


def turn_counselling(
    connection: Connection, *, request_id: str, was: str, becomes: str, now: datetime
) -> bool:
    """Change the state of a request; False when it changed meanwhile."""
    return _TURN.run(connection, request=request_id, was=was, becomes=becomes, at=now) == 1


def stop_sms(connection: Connection, *, person_id: str, now: datetime) -> None:
    """From now on remind a person of none of their requests by SMS."""
    _STOP_SMS.run(connection, person=person_id, at=now)


def stop_sms_on(connection: Connection, *, phone_id: str, now: datetime) -> None:
    """From now on remind nobody on a phone of a request that was made before."""
    _STOP_SMS_ON.run(connection, phone=phone_id, at=now)


def add_callback(connection: Connection, **columns: Any) -> bool:
    """Write a call that was asked for; False when the same one is there already."""
    return _CALLBACK.row(connection, **columns) is not None


def is_awaited(connection: Connection, *, phone_id: str, about: str, now: datetime) -> bool:
    """Whether a call about this may come at this moment, and nobody has tried yet."""
    return _AWAITED.row(connection, phone=phone_id, about=about, now=now) is not None


def add_text(connection: Connection, **columns: Any) -> None:
    """Keep free words for a human."""
    _TEXT.run(connection, **columns)
