"""Daily counts: written by the sweep, added up by the reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from helpline.store.tables import CareCase, DayCount, Person, WorkItem

if TYPE_CHECKING:
    from sqlalchemy import Connection


_SWEPT: Final = "swept"
"""Not a measure: by which day each measure was counted last."""


def swept(connection: Connection, measure: str) -> date | None:
    """The day on which a measure was counted last, whether or not there was anything to count."""
    return connection.execute(
        select(func.max(DayCount.day)).where(DayCount.measure == _SWEPT, DayCount.by == measure)
    ).scalar()


def mark(connection: Connection, measure: str, day: date) -> None:
    """Remember that a measure was counted up to a day."""
    write = upsert(DayCount).values(day=day, measure=_SWEPT, district="", by=measure, count=1)
    connection.execute(write.on_conflict_do_nothing())
    connection.execute(
        delete(DayCount).where(
            DayCount.measure == _SWEPT, DayCount.by == measure, DayCount.day < day
        )
    )


def began_at(connection: Connection) -> datetime | None:
    """When the first thing happened that can be counted; none in an empty house."""
    moments = [
        connection.execute(select(func.min(column))).scalar()
        for column in (Person.created_at, CareCase.opened_at, WorkItem.opened_at)
    ]
    return min((moment for moment in moments if moment is not None), default=None)


def replace(
    connection: Connection,
    measure: str,
    *,
    first: date,
    after: date,
    counts: Mapping[tuple[date, str, str], int],
) -> None:
    """Write the counts of a measure by (day, district, by), in place of what was there for these days.

    Two processes that count the same days at once write the same.
    """
    connection.execute(
        delete(DayCount).where(
            DayCount.measure == measure, DayCount.day >= first, DayCount.day < after
        )
    )
    rows = [
        {"day": day, "measure": measure, "district": district, "by": by, "count": count}
        for (day, district, by), count in sorted(counts.items())
    ]
    if rows:
        write = upsert(DayCount)
        connection.execute(
            write.on_conflict_do_update(
                index_elements=[DayCount.day, DayCount.measure, DayCount.district, DayCount.by],
                set_={"count": write.excluded.count},
            ),
            rows,
        )


def sums(
    connection: Connection, measure: str, *, first: date, after: date
) -> list[tuple[str, str, int]]:
    """The counts of a measure over some days: district, by, how many."""
    rows = connection.execute(
        select(DayCount.district, DayCount.by, func.sum(DayCount.count))
        .where(DayCount.measure == measure, DayCount.day >= first, DayCount.day < after)
        .group_by(DayCount.district, DayCount.by)
    )
    return [(district, by, int(count)) for district, by, count in rows]


def monthly(
    connection: Connection, measure: str, by: str, *, months: Iterable[tuple[date, date]]
) -> list[tuple[date, str, int]]:
    """One kind of count by month and district: the first day of the month, district, how many."""
    found: list[tuple[date, str, int]] = []
    for first, after in months:
        rows = connection.execute(
            select(DayCount.district, func.sum(DayCount.count))
            .where(
                DayCount.measure == measure,
                DayCount.by == by,
                DayCount.day >= first,
                DayCount.day < after,
            )
            .group_by(DayCount.district)
        )
        found += [(first, district, int(count)) for district, count in rows]
    return found


def stock(connection: Connection, measure: str, day: date) -> list[tuple[str, str, int]]:
    """What a measure of stock said at the end of one day: district, by, how many."""
    rows: Any = connection.execute(
        select(DayCount.district, DayCount.by, DayCount.count).where(
            DayCount.measure == measure, DayCount.day == day
        )
    )
    return [(row[0], row[1], int(row[2])) for row in rows]


def last_stock(connection: Connection, measure: str, *, first: date, after: date) -> date | None:
    """The last of these days on which a measure of stock was counted."""
    return connection.execute(
        select(func.max(DayCount.day)).where(
            DayCount.measure == measure, DayCount.day >= first, DayCount.day < after
        )
    ).scalar()
