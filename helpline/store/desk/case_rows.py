"""What is written into a case: notes, contacts, assessments, plan, approvals, dates, transfers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from helpline.store.tables import (
    Appointment,
    Approval,
    Assessment,
    Base,
    Contact,
    Event,
    FollowUp,
    Note,
    PlanStep,
    Referral,
    Staff,
    StaffText,
    Transfer,
    WorkItem,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

_TABLES: dict[str, type[Base]] = {
    "appointment": Appointment,
    "approval": Approval,
    "assessment": Assessment,
    "contact": Contact,
    "follow_up": FollowUp,
    "note": Note,
    "plan_step": PlanStep,
    "staff_text": StaffText,
    "transfer": Transfer,
}


def add(connection: Connection, table: str, **columns: Any) -> None:
    """Write one row into one of the tables of a case."""
    connection.execute(insert(_TABLES[table]).values(**columns))


def one(connection: Connection, table: str, ident: str) -> Row[Any] | None:
    """One row by its id."""
    model = _columns(table)
    return connection.execute(select(model).where(model.c.id == ident)).one_or_none()


def of_case(connection: Connection, table: str, case_id: str) -> list[Row[Any]]:
    """The rows of one table that belong to a case, in the order in which they were written."""
    model = _columns(table)
    return list(
        connection.execute(select(model).where(model.c.case_id == case_id).order_by(model.c.id))
    )


def turn(
    connection: Connection, table: str, ident: str, *, was: str, becomes: str, **columns: Any
) -> bool:
    """Give a row another state; False when it has left `was` meanwhile."""
    model = _TABLES[table]
    done = connection.execute(
        update(model)
        .where(_columns(table).c.id == ident, _columns(table).c.state == was)
        .values(state=becomes, **columns)
    )
    return done.rowcount == 1


def turn_all(
    connection: Connection,
    table: str,
    case_id: str,
    *,
    was: Iterable[str],
    becomes: str,
    **columns: Any,
) -> list[tuple[str, str]]:
    """Give all rows of a case that are in one of `was` another state: (id, the state it had).

    A debriefing is about a colleague and outlives the case.
    """
    model = _columns(table)
    of = [model.c.staff_id.is_(None)] if table == "follow_up" else []
    rows = connection.execute(
        select(model.c.id, model.c.state)
        .where(model.c.case_id == case_id, model.c.state.in_(list(was)), *of)
        .with_for_update()
    ).all()
    if rows:
        connection.execute(
            update(_TABLES[table])
            .where(model.c.id.in_([row.id for row in rows]))
            .values(state=becomes, **columns)
        )
    return [(row.id, row.state) for row in rows]


def last_became(
    connection: Connection, subject: str, subject_id: str, became: str
) -> datetime | None:
    """When a thing last came into a state; none when it never did."""
    return connection.execute(
        select(func.max(Event.at)).where(
            Event.subject == subject,
            Event.subject_id == subject_id,
            Event.became == became,
            Event.was != became,
        )
    ).scalar_one()


def asked_by(connection: Connection, approval_id: str) -> str:
    """Who asked a question that a second person answers; empty when there is none."""
    found = connection.execute(
        select(Approval.asked_by).where(Approval.id == approval_id)
    ).scalar_one_or_none()
    return found or ""


def referrals(connection: Connection, case_id: str) -> list[Row[Any]]:
    """The referrals of a case with their states."""
    return list(
        connection.execute(
            select(Referral.id, Referral.state, Referral.service).where(Referral.case_id == case_id)
        )
    )


def staff(connection: Connection, ids: Iterable[str | None]) -> dict[str, Row[Any]]:
    """Members of staff by id."""
    wanted = {ident for ident in ids if ident}
    if not wanted:
        return {}
    rows = connection.execute(select(Staff.__table__).where(Staff.id.in_(wanted)))
    return {row.id: row for row in rows}


def active_staff(connection: Connection, roles: Sequence[str]) -> list[Row[Any]]:
    """Everybody active in one of these roles."""
    return list(
        connection.execute(
            select(Staff.__table__)
            .where(Staff.state == "active", Staff.role.in_(roles))
            .order_by(Staff.username)
        )
    )


def open_items(connection: Connection, case_id: str) -> list[Row[Any]]:
    """The work about a case that is not done, the most urgent first."""
    return list(
        connection.execute(
            select(WorkItem.__table__)
            .where(WorkItem.case_id == case_id, WorkItem.state != "done")
            .order_by(WorkItem.priority, WorkItem.promised_at)
        )
    )


def change_items(connection: Connection, case_id: str, **columns: Any) -> None:
    """Write columns of every piece of work about a case that is not done."""
    connection.execute(
        update(WorkItem)
        .where(WorkItem.case_id == case_id, WorkItem.state != "done")
        .values(version=WorkItem.version + 1, **columns)
    )


def hand_over_items(
    connection: Connection, case_id: str, *, was: str | None, becomes: str, now: datetime
) -> list[str]:
    """What `was` has claimed about a case is claimed by `becomes`; gives the ids."""
    rows = connection.execute(
        update(WorkItem)
        .where(WorkItem.case_id == case_id, WorkItem.state == "claimed", WorkItem.owner_id == was)
        .values(owner_id=becomes, claimed_at=now, version=WorkItem.version + 1)
        .returning(WorkItem.id)
    )
    return [row.id for row in rows]


def _columns(table: str) -> Any:
    return _TABLES[table].__table__
