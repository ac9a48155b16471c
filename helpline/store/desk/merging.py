"""Moving what belongs to one person to another, who turned out to be the same."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from helpline.cases.safe_times import SafeTimes, narrower
from helpline.store.desk import trades, wages
from helpline.store.tables import (
    Appointment,
    CareCase,
    Consent,
    CounsellingRequest,
    Feedback,
    FollowUp,
    Merge,
    Message,
    PersonPhone,
    PlanStep,
    Referral,
    Reminder,
    RiskFlag,
    WorkItem,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

_NO_WAY_IN: Final = {"pin_key": None, "code_key": None, "code_until": None, "code_tries": 0}
"""Neither a secret number nor a code for a new one."""


def add(connection: Connection, **columns: Any) -> bool:
    """Write that one person lives on in another; False when that was done before."""
    row = connection.execute(
        upsert(Merge)
        .values(**columns)
        .on_conflict_do_nothing(index_elements=[Merge.gone_id])
        .returning(Merge.id)
    ).one_or_none()
    return row is not None


def move_phones(connection: Connection, *, kept: str, gone: str, now: datetime) -> None:
    """The phones that are still in use go over; on a phone of both, only what both allow is allowed.

    The other registration's secret number ends: whoever made it up may not be the one who stays.
    """
    mine = {row.phone_id: row for row in _links(connection, kept)}
    for link in _links(connection, gone):
        known = mine.get(link.phone_id)
        if link.ended_at is not None:
            continue
        if known is None:
            values = dict(zip(PersonPhone.__table__.c.keys(), link, strict=True))
            connection.execute(
                insert(PersonPhone).values(**{**values, **_NO_WAY_IN, "person_id": kept})
            )
        elif known.ended_at is None:
            connection.execute(
                update(PersonPhone)
                .where(PersonPhone.person_id == kept, PersonPhone.phone_id == link.phone_id)
                .values(**_of_both(known, link))
            )
    connection.execute(
        update(PersonPhone)
        .where(PersonPhone.person_id == gone, PersonPhone.ended_at.is_(None))
        .values(ended_at=now, sms=False, call=False, **_NO_WAY_IN)
    )


def move_reminders(connection: Connection, *, kept: str, gone: str, now: datetime) -> None:
    """Reminders of a kind that the kept person has, or had, are cancelled; the others go over."""
    kinds = set(
        connection.execute(
            select(Reminder.kind).where(
                Reminder.person_id == kept, Reminder.subject_id == Reminder.person_id
            )
        ).scalars()
    )
    waiting = and_(Reminder.person_id == gone, Reminder.state == "scheduled")
    connection.execute(
        update(Reminder)
        .where(waiting, Reminder.kind.in_(kinds), Reminder.subject_id == gone)
        .values(state="cancelled", updated_at=now)
    )
    connection.execute(
        update(Reminder)
        .where(
            Reminder.person_id == gone, Reminder.subject_id == gone, Reminder.state == "scheduled"
        )
        .values(subject_id=kept)
    )
    connection.execute(update(Reminder).where(Reminder.person_id == gone).values(person_id=kept))


def cancel_doubled(connection: Connection, *, kept: str, gone: str, now: datetime) -> list[str]:
    """Cancel what waits for the gone person and would say the same as what the kept one gets."""
    same = select(Message.template).where(Message.person_id == kept)
    rows = connection.execute(
        update(Message)
        .where(
            Message.person_id == gone,
            Message.state == "queued",
            Message.template.in_(("follow_up", "centre", "confirmation")),
            Message.template.in_(same),
        )
        .values(state="cancelled", trouble="merged", updated_at=now)
        .returning(Message.id)
    )
    return [row.id for row in rows]


def move_rows(connection: Connection, *, kept: str, gone: str) -> None:
    """Cases, requests, messages, feedback and the ledger of consents become the kept person's."""
    for table in (CareCase, Consent, CounsellingRequest, Feedback, Message):
        connection.execute(update(table).where(table.person_id == gone).values(person_id=kept))


def move_case(connection: Connection, *, becomes: str, was: str) -> None:
    """What is still to be done in one case is done in another; what was written stays where it is."""
    for table in (Appointment, FollowUp, PlanStep, Referral):
        connection.execute(update(table).where(table.case_id == was).values(case_id=becomes))
    trades.move(connection, becomes=becomes, was=was)
    wages.move(connection, becomes=becomes, was=was)
    connection.execute(
        update(WorkItem)
        .where(WorkItem.case_id == was, WorkItem.state != "done")
        .values(case_id=becomes, version=WorkItem.version + 1)
    )
    connection.execute(
        update(RiskFlag)
        .where(RiskFlag.case_id == was, RiskFlag.settled_at.is_(None))
        .values(case_id=becomes)
    )


def _of_both(known: Any, link: Any) -> dict[str, Any]:
    """What both registrations allow on a phone, at times both call safe, for as long as both hold."""
    times = narrower(SafeTimes(known.window, known.weekdays), SafeTimes(link.window, link.weekdays))
    both = ("sms", "call", "signal", "message", "detailed", "sole")
    return {
        **{name: getattr(known, name) and getattr(link, name) for name in both},
        "window": times.window,
        "weekdays": times.weekdays,
        "expires_at": min(known.expires_at, link.expires_at),
    }


def _links(connection: Connection, person_id: str) -> list[Any]:
    return list(
        connection.execute(select(PersonPhone.__table__).where(PersonPhone.person_id == person_id))
    )
