"""The rows of callbacks, with what decides when their phone may ring."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, exists, or_, select, update

from helpline.store.tables import Call, Callback, CareCase, Event, PersonPhone, Phone, WorkItem

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

KINDS: Final = ("callback", "missed_call")
"""The kinds of work items whose subject is a callback that waits for a call."""
WAITING: Final = ("requested", "scheduled", "due", "held", "paused")


def by_id(connection: Connection, callback_id: str, *, lock: bool = False) -> Row[Any] | None:
    """One callback; with `lock` it is ours until the transaction ends."""
    found = select(Callback.__table__).where(Callback.id == callback_id)
    return connection.execute(found.with_for_update() if lock else found).one_or_none()


def change(connection: Connection, callback_id: str, *, was: str, **values: Any) -> Row[Any] | None:
    """Change a callback that is still in the state `was`; the row as it is then."""
    return connection.execute(
        update(Callback)
        .where(Callback.id == callback_id, Callback.state == was)
        .values(**values)
        .returning(Callback.__table__)
    ).one_or_none()


def in_state(
    connection: Connection, states: Sequence[str], *, begun_by: datetime | None = None, most: int
) -> Sequence[Row[Any]]:
    """Callbacks in some states, whose slot has begun; what another process works on is left out."""
    found = select(Callback.__table__).where(Callback.state.in_(states))
    if begun_by is not None:
        found = found.where(Callback.slot_at <= begun_by)
    return connection.execute(
        found.order_by(Callback.slot_at).limit(most).with_for_update(skip_locked=True)
    ).all()


def too_old(
    connection: Connection, *, asked_by: datetime, slot_by: datetime, most: int
) -> Sequence[Row[Any]]:
    """Waiting callbacks that were asked for before one moment and whose slot ended before another."""
    return connection.execute(
        select(Callback.__table__)
        .where(
            Callback.state.in_(WAITING),
            Callback.created_at <= asked_by,
            Callback.slot_ends_at <= slot_by,
        )
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()


def broken_promises(connection: Connection, now: datetime, *, most: int) -> Sequence[Row[Any]]:
    """Callbacks that were promised for earlier, were never connected, and of which that is not noted."""
    noted = exists().where(Event.subject == "promise", Event.subject_id == Callback.id)
    return connection.execute(
        select(Callback.id)
        .join(WorkItem, and_(WorkItem.subject_id == Callback.id, WorkItem.kind.in_(KINDS)))
        .where(
            WorkItem.promised_at < now,
            WorkItem.state != "done",
            Callback.state.in_(("requested", "scheduled", "due", "held")),
            ~noted,
        )
        .limit(most)
    ).all()


def promise_noted(connection: Connection, callback_id: str) -> bool:
    """Whether it is written down that the promise was kept or broken."""
    found = select(Event.id).where(Event.subject == "promise", Event.subject_id == callback_id)
    return connection.execute(found.limit(1)).one_or_none() is not None


def tried(connection: Connection, callback_id: str) -> list[datetime]:
    """When attempts failed."""
    found = select(Event.at).where(
        Event.subject == "callback",
        Event.subject_id == callback_id,
        Event.became == "attempt_failed",
        Event.why != "asked_later",
    )
    return list(connection.execute(found.order_by(Event.at)).scalars())


def connected_at(connection: Connection, callback_id: str) -> datetime | None:
    """When somebody answered last."""
    found = select(Event.at).where(
        Event.subject == "callback", Event.subject_id == callback_id, Event.became == "connected"
    )
    return connection.execute(found.order_by(Event.at.desc()).limit(1)).scalar()


def forgotten(connection: Connection, *, before: datetime, most: int) -> Sequence[Row[Any]]:
    """Connected callbacks whose call is long over and of which nobody wrote down how it ended."""
    running = exists().where(
        Call.callback_id == Callback.id, Call.state.not_in(("failed", "ended"))
    )
    return connection.execute(
        select(Callback.__table__)
        .where(Callback.state == "connected", Callback.updated_at <= before, ~running)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()


def item_of(connection: Connection, callback_id: str) -> Row[Any] | None:
    """The work item that is about calling."""
    return connection.execute(
        select(WorkItem.__table__).where(
            WorkItem.subject_id == callback_id, WorkItem.kind.in_(KINDS)
        )
    ).one_or_none()


def unreachable_item(connection: Connection, callback_id: str) -> Row[Any] | None:
    """The supervisor's item about a callback whose client was not reached."""
    return connection.execute(
        select(WorkItem.__table__).where(
            WorkItem.subject_id == callback_id, WorkItem.kind == "unreachable"
        )
    ).one_or_none()


def reopen(connection: Connection, item: Row[Any], *, offered_at: datetime) -> Row[Any] | None:
    """Put an item back into the queue, for nobody in particular, from a moment on."""
    return connection.execute(
        update(WorkItem)
        .where(WorkItem.id == item.id, WorkItem.version == item.version)
        .values(
            state="open",
            owner_id=None,
            claimed_at=None,
            outcome="",
            done_at=None,
            offered_at=offered_at,
            version=WorkItem.version + 1,
        )
        .returning(WorkItem.__table__)
    ).one_or_none()


def offer_from(connection: Connection, item_id: str, offered_at: datetime) -> None:
    """Show an open item in the queue from a moment on."""
    connection.execute(
        update(WorkItem)
        .where(WorkItem.id == item_id, WorkItem.state == "open", WorkItem.offered_at != offered_at)
        .values(offered_at=offered_at, version=WorkItem.version + 1)
    )


def permit(connection: Connection, callback_id: str) -> Row[Any] | None:
    """What is known about the phone, and what its owner allowed on it (none: never registered).

    `other` says that somebody else is registered on the same phone.
    """
    item = WorkItem.__table__.alias("item")
    other = exists().where(
        PersonPhone.phone_id == Callback.phone_id,
        PersonPhone.ended_at.is_(None),
        or_(CareCase.person_id.is_(None), PersonPhone.person_id != CareCase.person_id),
    )
    own = PersonPhone.__table__.alias("own")
    return connection.execute(
        select(
            Phone.id.label("phone_id"),
            Phone.number,
            Phone.language,
            Phone.stopped_at,
            Phone.unsafe_at,
            CareCase.id.label("case_id"),
            CareCase.person_id,
            own.c.window,
            own.c.call,
            own.c.ended_at,
            item.c.promised_at,
            other.label("other"),
        )
        .select_from(Callback)
        .join(Phone, Phone.id == Callback.phone_id)
        .outerjoin(item, and_(item.c.subject_id == Callback.id, item.c.kind.in_(KINDS)))
        .outerjoin(CareCase, CareCase.id == item.c.case_id)
        .outerjoin(
            own, and_(own.c.person_id == CareCase.person_id, own.c.phone_id == Callback.phone_id)
        )
        .where(Callback.id == callback_id)
        .limit(1)
    ).one_or_none()


def unlink(connection: Connection, *, person_id: str, phone_id: str, now: datetime) -> int:
    """This phone is no longer a way to this person."""
    return connection.execute(
        update(PersonPhone)
        .where(
            PersonPhone.person_id == person_id,
            PersonPhone.phone_id == phone_id,
            PersonPhone.ended_at.is_(None),
        )
        .values(ended_at=now, sms=False, call=False)
    ).rowcount
