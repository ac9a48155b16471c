"""Everything that happened in a case, newest first, from all the tables that remember it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import and_, exists, literal, or_, select, union_all

from helpline.store.tables import (
    Appointment,
    Approval,
    Assessment,
    Base,
    Call,
    Callback,
    Contact,
    CounsellingRequest,
    Escalation,
    Event,
    FollowUp,
    IncomingText,
    Message,
    Note,
    PersonPhone,
    PlanStep,
    Referral,
    StaffText,
    Transfer,
    WorkItem,
)

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row, Select

_ROWS: Final[dict[str, tuple[type[Base], Any]]] = {
    "note": (Note, Note.written_at),
    "contact": (Contact, Contact.at),
    "message": (Message, Message.created_at),
    "incoming_text": (IncomingText, IncomingText.received_at),
    "assessment": (Assessment, Assessment.taken_at),
    "call": (Call, Call.began_at),
    "escalation": (Escalation, Escalation.at),
    "event": (Event, Event.at),
}


class Moment(NamedTuple):
    """Where one entry is kept, and when it was."""

    table: str
    id: str
    at: datetime


def page(
    connection: Connection,
    case: Row[Any],
    *,
    phone_ids: Sequence[str],
    own: Sequence[str],
    offset: int,
    most: int,
) -> list[Moment]:
    """The entries of one page of a case's timeline.

    `phone_ids` are the phones of the client; `own` those of them that nobody else uses, on which
    what is sent without naming a person is theirs too.
    """
    subjects = _subjects(connection, case)
    of_items = select(WorkItem.subject_id).where(
        WorkItem.case_id == case.id, WorkItem.kind.in_(("text", "complaint"))
    )
    said_once = or_(Event.was != Event.became, Event.why != Event.became)
    parts = [
        _part("note", Note.case_id == case.id),
        _part("contact", Contact.case_id == case.id),
        _part("message", _of_messages(case, phone_ids, own)),
        _part("incoming_text", IncomingText.id.in_(of_items)),
        _part("assessment", Assessment.case_id == case.id),
        _part("call", Call.case_id == case.id),
        _part("escalation", Escalation.case_id == case.id),
        _part(
            "event",
            and_(
                Event.subject.in_(
                    sorted({*subjects, "alarm", "case", "risk", "restricted", "waiting"})
                ),
                Event.subject_id.in_([case.id, *(i for ids in subjects.values() for i in ids)]),
                said_once,
            ),
        ),
    ]
    together = union_all(*parts).subquery()
    rows = connection.execute(
        select(together)
        .order_by(together.c.at.desc(), together.c.id.desc())
        .offset(offset)
        .limit(most)
    )
    return [Moment(row.table, row.id, row.at) for row in rows]


def rows(connection: Connection, table: str, ids: Iterable[str]) -> dict[str, Row[Any]]:
    """Rows of one of the tables of a timeline, by id."""
    columns: Any = _ROWS[table][0].__table__
    found = connection.execute(select(columns).where(columns.c.id.in_(list(ids))))
    return {row.id: row for row in found}


def staff_texts(connection: Connection, message_ids: Iterable[str]) -> dict[str, Row[Any]]:
    """Who wrote which of these messages by hand, by the id of the message."""
    found = connection.execute(
        select(StaffText.__table__).where(StaffText.message_id.in_(list(message_ids)))
    )
    return {row.message_id: row for row in found}


def _part(table: str, of: ColumnElement[bool]) -> Select[Any]:
    model, at = _ROWS[table]
    columns: Any = model.__table__
    return select(literal(table).label("table"), columns.c.id.label("id"), at.label("at")).where(of)


def _of_messages(
    case: Row[Any], phone_ids: Sequence[str], own: Sequence[str]
) -> ColumnElement[bool]:
    if not case.person_id:
        # once somebody registered from it, what goes to the phone may be theirs
        registered = exists().where(PersonPhone.phone_id == case.phone_id)
        nobodys = and_(Message.phone_id == case.phone_id, Message.person_id.is_(None), ~registered)
        return or_(nobodys, and_(Message.phone_id == case.phone_id, Message.subject_id == case.id))
    nobodys = and_(Message.person_id.is_(None), Message.phone_id.in_(own))
    return and_(Message.phone_id.in_(phone_ids), or_(Message.person_id == case.person_id, nobodys))


def _subjects(connection: Connection, case: Row[Any]) -> dict[str, list[str]]:
    """The ids of everything in a case that moves from state to state, by what it is."""
    asked = select(WorkItem.subject_id).where(WorkItem.case_id == case.id)
    wanted: dict[str, Select[Any]] = {
        "work_item": select(WorkItem.id).where(WorkItem.case_id == case.id),
        "counselling_request": select(CounsellingRequest.id).where(
            CounsellingRequest.id.in_(asked)
        ),
        "callback": select(Callback.id).where(Callback.id.in_(asked)),
        "complaint": select(WorkItem.subject_id.label("id")).where(
            WorkItem.case_id == case.id, WorkItem.kind == "complaint"
        ),
        **{
            name: select(_key(model)).where(_case(model) == case.id)
            for name, model in (
                ("referral", Referral),
                ("approval", Approval),
                ("appointment", Appointment),
                ("follow_up", FollowUp),
                ("transfer", Transfer),
                ("plan_step", PlanStep),
            )
        },
    }
    together = union_all(
        *(
            select(literal(name).label("subject"), query.subquery().c.id.label("id"))
            for name, query in wanted.items()
        )
    )
    found: dict[str, list[str]] = {}
    for row in connection.execute(together):
        found.setdefault(row.subject, []).append(row.id)
    if case.person_id:
        found["person"] = [case.person_id]
    return found


def _key(model: type[Base]) -> Any:
    return model.__table__.c.id


def _case(model: type[Base]) -> Any:
    return model.__table__.c.case_id
