"""Glass that was broken: who opened which restricted case for an hour, and what was found about it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from helpline.store.tables import BreakGlass, CareCase, WorkItem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row


def holds_work(connection: Connection, *, case_id: str, staff_id: str) -> bool:
    """Whether a member has claimed an item about a case."""
    found = select(WorkItem.id).where(
        WorkItem.case_id == case_id, WorkItem.owner_id == staff_id, WorkItem.state == "claimed"
    )
    return connection.execute(found.limit(1)).first() is not None


def is_open(connection: Connection, *, case_id: str, staff_id: str, now: datetime) -> bool:
    """Whether a member has broken glass for a case, and the hour is not over."""
    found = select(BreakGlass.id).where(
        BreakGlass.case_id == case_id, BreakGlass.staff_id == staff_id, BreakGlass.ends_at > now
    )
    return connection.execute(found.limit(1)).first() is not None


def named(connection: Connection, named: str) -> Row[Any] | None:
    """The case with this id or reference number; nobody else writes its row meanwhile."""
    wanted = select(CareCase.__table__).where(
        (CareCase.id == named) | (CareCase.reference == named)
    )
    return connection.execute(wanted.with_for_update()).first()


def add(connection: Connection, **columns: Any) -> None:
    """Write that glass was broken."""
    connection.execute(insert(BreakGlass).values(**columns))


def by_id(connection: Connection, glass_id: str) -> Row[Any] | None:
    """One time that glass was broken, with the reference number of the case."""
    return connection.execute(_with_case().where(BreakGlass.id == glass_id)).one_or_none()


def latest(connection: Connection, *, most: int) -> Sequence[Row[Any]]:
    """The last times: those that nobody has reviewed first."""
    order = (BreakGlass.reviewed_at.is_not(None), BreakGlass.granted_at.desc())
    return connection.execute(_with_case().order_by(*order).limit(most)).all()


def of_member(connection: Connection, staff_id: str, *, now: datetime) -> Sequence[Row[Any]]:
    """What stands open to one member."""
    mine = (BreakGlass.staff_id == staff_id, BreakGlass.ends_at > now)
    return connection.execute(_with_case().where(*mine).order_by(BreakGlass.ends_at)).all()


def unreviewed(connection: Connection, *, but_of: str) -> int:
    """How many wait for a review by somebody else than `but_of`."""
    waiting = select(func.count()).where(
        BreakGlass.reviewed_at.is_(None), BreakGlass.staff_id != but_of
    )
    return connection.execute(waiting).scalar_one()


def review(connection: Connection, glass_id: str, *, by: str, verdict: str, now: datetime) -> bool:
    """Write the verdict, once and never by the one who broke it."""
    wanted = (
        BreakGlass.id == glass_id,
        BreakGlass.reviewed_at.is_(None),
        BreakGlass.staff_id != by,
    )
    done = connection.execute(
        update(BreakGlass).where(*wanted).values(reviewed_by=by, reviewed_at=now, verdict=verdict)
    )
    return done.rowcount == 1


def close(connection: Connection, glass_id: str, now: datetime) -> bool:
    """End the hour now; False when it is over already."""
    done = connection.execute(
        update(BreakGlass)
        .where(BreakGlass.id == glass_id, BreakGlass.ends_at > now)
        .values(ends_at=now)
    )
    return done.rowcount == 1


def _with_case() -> Any:
    return select(BreakGlass.__table__, CareCase.reference, CareCase.restricted).join(
        CareCase, CareCase.id == BreakGlass.case_id
    )
