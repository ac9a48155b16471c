"""The rows of clocks: which have to start, which are over because their item is, which are due.

Whoever takes rows to change them locks them and passes over what somebody else has locked, so that
any number of processes may sweep at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, case, func, literal_column, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import aliased

from helpline.cases.clocks import RUNNING, Promised
from helpline.store.desk.scope import items_of
from helpline.store.tables import (
    Call,
    CareCase,
    Contact,
    IncomingText,
    Message,
    Referral,
    SlaClock,
    StaffText,
    WorkItem,
)

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Row

    from helpline.cases.roles import Member

_RUNS: Final = SlaClock.state.in_(sorted(RUNNING))
# Written out, not bound: only then do both databases use the partial indexes.
_NOT_DONE: Final = WorkItem.state != literal_column("'done'")
_TICKS: Final = SlaClock.next_at.is_not(None)
_RESPONSES: Final = SlaClock.kind.in_([Promised.FIRST_RESPONSE, Promised.NEXT_RESPONSE])


def add(connection: Connection, clocks: Sequence[Mapping[str, Any]]) -> set[str]:
    """Write clocks, except those of which the subject has one of that kind; the ids of those written."""
    if not clocks:
        return set()
    added = connection.execute(
        upsert(SlaClock)
        .on_conflict_do_nothing(index_elements=[SlaClock.subject_id, SlaClock.kind])
        .returning(SlaClock.id),
        [dict(each) for each in clocks],
    )
    return {row[0] for row in added}


def write(connection: Connection, ident: str, **columns: Any) -> None:
    """Write what became of a clock that this transaction has locked."""
    connection.execute(update(SlaClock).where(SlaClock.id == ident).values(**columns))


def of_subjects(connection: Connection, subject_ids: Collection[str]) -> list[Row[Any]]:
    """The clocks of these subjects, locked until the transaction ends."""
    return list(
        connection.execute(
            select(SlaClock.__table__)
            .where(SlaClock.subject_id.in_(subject_ids))
            .order_by(SlaClock.id)
            .with_for_update()
        )
    )


def of_item(connection: Connection, item_id: str) -> list[Row[Any]]:
    """The clocks of one item, to be shown."""
    return list(
        connection.execute(
            select(SlaClock.__table__).where(SlaClock.item_id == item_id).order_by(SlaClock.id)
        )
    )


def waiting_to_start(connection: Connection, now: datetime, most: int) -> list[Row[Any]]:
    """Items that are offered and have no clock that runs for their end, or, while open, for their claim."""
    return list(
        connection.execute(
            select(WorkItem.__table__)
            .where(
                _NOT_DONE,
                WorkItem.offered_at <= now,
                or_(
                    ~_has(Promised.RESOLUTION),
                    and_(WorkItem.state == "open", ~_has(Promised.CLAIM)),
                ),
            )
            .order_by(WorkItem.priority, WorkItem.offered_at)
            .limit(most)
        )
    )


def _has(kind: Promised) -> ColumnElement[bool]:
    return (
        select(SlaClock.id)
        .where(SlaClock.subject_id == WorkItem.id, SlaClock.kind == kind.value, _RUNS)
        .exists()
    )


def over(connection: Connection, most: int) -> list[Row[Any]]:
    """Clocks that tick although their item is done, or claimed and they wait for the claim; locked.

    Each with `since`, when that happened.
    """
    done = WorkItem.state == "done"
    claimed = and_(SlaClock.kind == Promised.CLAIM.value, WorkItem.state == "claimed")
    since = case(
        (
            SlaClock.kind == Promised.CLAIM.value,
            func.coalesce(WorkItem.claimed_at, WorkItem.done_at),
        ),
        else_=WorkItem.done_at,
    ).label("since")
    return list(
        connection.execute(
            select(*SlaClock.__table__.columns, since)
            .join(WorkItem, WorkItem.id == SlaClock.item_id)
            .where(_TICKS, or_(done, claimed))
            .limit(most)
            .with_for_update(skip_locked=True, of=SlaClock)
        )
    )


def due(connection: Connection, now: datetime, most: int) -> list[Row[Any]]:
    """Clocks that have to warn or are missed, the oldest first; locked."""
    return list(
        connection.execute(
            select(SlaClock.__table__)
            .where(_TICKS, SlaClock.next_at <= now)
            .order_by(SlaClock.next_at)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
    )


def items(connection: Connection, ids: Collection[str]) -> dict[str, Row[Any]]:
    """Those of these items that nobody else is changing at this moment; locked."""
    rows = connection.execute(
        select(WorkItem.__table__)
        .where(WorkItem.id.in_(ids))
        .order_by(WorkItem.id)
        .with_for_update(skip_locked=True)
    )
    return {row.id: row for row in rows}


def answered(connection: Connection, reached: Iterable[str], most: int) -> list[Row[Any]]:
    """Clocks that wait for a response which has been given since they began; locked, with `since`.

    `reached` are the dispositions of a contact in which the client was spoken to. Waiting for the
    client counts as a response: the next step is hers.
    """
    spoken = (
        select(func.min(Contact.at))
        .where(
            Contact.case_id == SlaClock.case_id,
            Contact.disposition.in_(sorted(reached)),
            Contact.at >= SlaClock.started_at,
        )
        .correlate(SlaClock)
        .scalar_subquery()
    )
    written = (
        select(func.min(Message.created_at))
        .join(StaffText, StaffText.message_id == Message.id)
        .where(StaffText.case_id == SlaClock.case_id, Message.created_at >= SlaClock.started_at)
        .correlate(SlaClock)
        .scalar_subquery()
    )
    called = (
        select(func.min(Call.connected_at))
        .where(Call.case_id == SlaClock.case_id, Call.connected_at >= SlaClock.started_at)
        .correlate(SlaClock)
        .scalar_subquery()
    )
    hers = (
        select(CareCase.updated_at)
        .where(CareCase.id == SlaClock.case_id, CareCase.waiting_on == "client")
        .correlate(SlaClock)
        .scalar_subquery()
    )
    since = func.coalesce(spoken, written, called, hers).label("since")
    return list(
        connection.execute(
            select(*SlaClock.__table__.columns, since)
            .where(_TICKS, _RESPONSES, SlaClock.case_id.is_not(None), since.is_not(None))
            .limit(most)
            .with_for_update(skip_locked=True)
        )
    )


def written_again(connection: Connection, most: int) -> list[Row[Any]]:
    """Claimed items whose client wrote after the claim and after our last answer, without a clock for it.

    Each with `since`, when the first unanswered text came.
    """
    last = (
        select(func.max(Message.created_at))
        .join(StaffText, StaffText.message_id == Message.id)
        .where(StaffText.case_id == WorkItem.case_id)
        .correlate(WorkItem)
        .scalar_subquery()
    )
    first = (
        select(func.min(IncomingText.received_at))
        .where(
            IncomingText.phone_id == WorkItem.phone_id,
            IncomingText.received_at > WorkItem.claimed_at,
            or_(last.is_(None), IncomingText.received_at > last),
        )
        .correlate(WorkItem)
        .scalar_subquery()
    )
    clock = aliased(SlaClock)
    known = (
        select(clock.id)
        .where(
            clock.subject_id == WorkItem.id,
            clock.kind == Promised.NEXT_RESPONSE.value,
            or_(clock.state.in_(sorted(RUNNING)), clock.started_at >= first),
        )
        .exists()
    )
    return list(
        connection.execute(
            select(*WorkItem.__table__.columns, first.label("since"))
            .where(
                WorkItem.state == literal_column("'claimed'"),
                WorkItem.case_id.is_not(None),
                WorkItem.phone_id.is_not(None),
                first.is_not(None),
                ~known,
            )
            .limit(most)
        )
    )


def to_pause(connection: Connection, most: int) -> list[Row[Any]]:
    """Clocks of resolution that tick although we wait for the client or another office; locked."""
    return list(
        connection.execute(
            select(SlaClock.__table__)
            .join(CareCase, CareCase.id == SlaClock.case_id)
            .where(_TICKS, SlaClock.kind == Promised.RESOLUTION.value, CareCase.waiting_on != "us")
            .limit(most)
            .with_for_update(skip_locked=True, of=SlaClock)
        )
    )


def standing(connection: Connection, most: int) -> list[Row[Any]]:
    """Paused clocks that should not be: it is our turn again, or their item is done; locked.

    Each with the `done_at` of its item.
    """
    return list(
        connection.execute(
            select(*SlaClock.__table__.columns, WorkItem.done_at)
            .join(CareCase, CareCase.id == SlaClock.case_id)
            .join(WorkItem, WorkItem.id == SlaClock.item_id)
            .where(
                _RUNS,
                SlaClock.paused_at.is_not(None),
                or_(CareCase.waiting_on == "us", WorkItem.state == "done"),
            )
            .limit(most)
            .with_for_update(skip_locked=True, of=SlaClock)
        )
    )


def unanswered_referrals(connection: Connection, most: int) -> list[Row[Any]]:
    """Referrals that were sent and have no clock that runs."""
    has = (
        select(SlaClock.id)
        .where(
            SlaClock.subject_id == Referral.id,
            SlaClock.kind == Promised.REFERRAL_RESPONSE.value,
            or_(_RUNS, SlaClock.started_at >= Referral.sent_at),
        )
        .exists()
    )
    return list(
        connection.execute(
            select(Referral.id, Referral.case_id, Referral.priority, Referral.sent_at)
            .where(Referral.state == "sent", Referral.sent_at.is_not(None), ~has)
            .limit(most)
        )
    )


def answered_referrals(connection: Connection, most: int) -> list[Row[Any]]:
    """Clocks of referrals that are no longer waiting for an answer; locked, with `since`."""
    return list(
        connection.execute(
            select(*SlaClock.__table__.columns, Referral.updated_at.label("since"))
            .join(Referral, Referral.id == SlaClock.subject_id)
            .where(
                _TICKS,
                SlaClock.kind == Promised.REFERRAL_RESPONSE.value,
                Referral.state != "sent",
            )
            .limit(most)
            .with_for_update(skip_locked=True, of=SlaClock)
        )
    )


def troubled(connection: Connection, member: Member, most: int) -> Sequence[Row[Any]]:
    """Clocks that have warned or were missed and still run, the most urgent first.

    Each with its item; only of items that this member may see.
    """
    return connection.execute(
        select(
            SlaClock.kind.label("clock"),
            SlaClock.state.label("clock_state"),
            SlaClock.due_at,
            SlaClock.misses,
            CareCase.reference,
            *WorkItem.__table__.columns,
        )
        .join(WorkItem, WorkItem.id == SlaClock.item_id)
        .outerjoin(CareCase, CareCase.id == WorkItem.case_id)
        .where(
            _TICKS,
            SlaClock.state.in_(("warned", "active_with_misses")),
            _NOT_DONE,
            items_of(member),
        )
        .order_by(WorkItem.priority, SlaClock.due_at)
        .limit(most)
    ).all()
