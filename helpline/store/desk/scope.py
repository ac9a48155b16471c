"""What a member may see of cases and of the queue, as conditions.

Lists, counts, search and exports use these and nothing of their own, so that what is restricted is
absent from all of them alike. `helpline.cases.roles.may_open` says the same of one case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, false, literal_column, or_, select, true
from sqlalchemy.orm import aliased

from helpline.cases.roles import Right, Role
from helpline.cases.work import Level
from helpline.store.tables import Alarm, CareCase, WorkItem

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import InstrumentedAttribute

    from helpline.cases.roles import Member


# Written out, not bound: only then do both databases use the index of the restricted ones.
_RESTRICTED = CareCase.restricted != literal_column("''")


def cases_of(member: Member) -> ColumnElement[bool]:
    """Over `CareCase`: the cases that this member may open without breaking glass.

    Theirs, by ownership, as named supervisor or through an item they have claimed; and of their
    districts those that are not restricted. A restricted case that is nobody's is shown to those
    who supervise, so that somebody gets it.
    """
    if not member.may(Right.CASES):
        return false()
    held = select(WorkItem.case_id).where(
        WorkItem.owner_id == member.id, WorkItem.state == "claimed", WorkItem.case_id.is_not(None)
    )
    mine = or_(
        CareCase.owner_id == member.id, CareCase.supervisor_id == member.id, CareCase.id.in_(held)
    )
    shared = CareCase.restricted == ""
    if member.may(Right.SUPERVISE):
        nobodys = and_(CareCase.owner_id.is_(None), CareCase.supervisor_id.is_(None))
        shared = or_(shared, nobodys)
    return or_(mine, and_(_in_districts(member, CareCase.district), shared))


def items_of(member: Member) -> ColumnElement[bool]:
    """Over `WorkItem`: what this member may see of the queue, whoever has it and whatever its state.

    An item is restricted when it says so or its case does. Who supervises sees what waits for a
    woman, too, whatever their own sex, but `offered_to` decides who may take it.
    """
    if not member.may(Right.WORK):
        return false()
    suits = true() if member.may(Right.SUPERVISE) else _suits(member)
    in_reach = and_(
        suits, _in_districts(member, WorkItem.district), _at_level(member), _open_to(member)
    )
    return or_(
        WorkItem.owner_id == member.id, _paged(member), and_(suits, _of_own_case(member)), in_reach
    )


def offered_to(member: Member) -> ColumnElement[bool]:
    """Over `WorkItem`: what this member may take: of `items_of` only what suits the client's wish."""
    return and_(items_of(member), _suits(member))


def _suits(member: Member) -> ColumnElement[bool]:
    """`Member.may_be_offered`, as a condition."""
    return WorkItem.counsellor.in_(("any", "", member.sex))


def _in_districts(member: Member, column: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """`Member.works_in`, as a condition."""
    if not member.districts:
        return true()
    return column.in_(("", *sorted(member.districts)))


def _at_level(member: Member) -> ColumnElement[bool]:
    if member.may(Right.SUPERVISE):
        return true()
    worker: ColumnElement[bool] = WorkItem.level == int(Level.WORKER)
    if member.role is not Role.SPECIALIST:
        return worker
    own = WorkItem.specialty.in_(("", *sorted(member.skills)))
    return or_(worker, and_(WorkItem.level == int(Level.SPECIALIST), own))


def _open_to(member: Member) -> ColumnElement[bool]:
    """Not restricted; or restricted and nobody's, for those who find somebody for it."""
    secret = select(CareCase.id).where(_RESTRICTED)
    free = and_(
        WorkItem.restricted == "", or_(WorkItem.case_id.is_(None), WorkItem.case_id.not_in(secret))
    )
    if not member.may(Right.SUPERVISE):
        return free
    taken = aliased(CareCase)
    # Looked up for the few that are not free; PostgreSQL would answer EXISTS by reading every case.
    somebodys = (
        select(taken.id)
        .where(
            taken.id == WorkItem.case_id,
            or_(taken.owner_id.is_not(None), taken.supervisor_id.is_not(None)),
        )
        .scalar_subquery()
    )
    return or_(free, and_(WorkItem.owner_id.is_(None), somebodys.is_(None)))


def _of_own_case(member: Member) -> ColumnElement[bool]:
    own = select(CareCase.id).where(
        or_(CareCase.owner_id == member.id, CareCase.supervisor_id == member.id)
    )
    return WorkItem.case_id.in_(own)


def _paged(member: Member) -> ColumnElement[bool]:
    """Somebody on the rota whom an alarm called about it."""
    return WorkItem.id.in_(
        select(Alarm.item_id).where(
            Alarm.staff_id == member.id, Alarm.state.in_(("paging", "acknowledged"))
        )
    )
