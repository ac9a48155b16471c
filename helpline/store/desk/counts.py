"""Daily counts: written by the sweep, added up by the reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Date, bindparam, delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert as upsert

from helpline.store.tables import CareCase, DayCount, Person, WorkItem

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection
    from sqlalchemy.dialects.postgresql import Insert


_SUMS: Final = ".quarter"
_SWEPT: Final = "swept"
"""Not a measure: by which day each measure was counted last."""


def swept(connection: Connection, measure: str) -> date | None:
    """The day on which a measure was counted last, whether or not there was anything to count."""
    return connection.execute(
        select(func.max(DayCount.day)).where(DayCount.measure == _SWEPT, DayCount.by == measure)
    ).scalar()


def mark(connection: Connection, measure: str, day: date) -> None:
    """Remember that a measure was counted up to a day."""
    connection.execute(
        _write(upsert(DayCount)),
        [{"measure": _SWEPT, "day": day, "district": "", "by": measure, "count": 1}],
    )
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
) -> int:
    """Write the counts of a measure by (day, district, by), in place of what was there for these days.

    Gives how many had changed. Two processes that count the same days at once write the same.
    """
    known = {
        (row.day, row.district, row.by): row.count_
        for row in connection.execute(
            select(
                DayCount.day, DayCount.district, DayCount.by, DayCount.count.label("count_")
            ).where(*_days(measure, first, after))
        )
    }
    changed = [
        {"measure": measure, "day": day, "district": district, "by": by, "count": count}
        for (day, district, by), count in sorted(counts.items())
        if known.get((day, district, by)) != count
    ]
    gone = [
        {"of_day": day, "of_district": district, "what": by}
        for day, district, by in sorted(known.keys() - counts.keys())
    ]
    if changed:
        connection.execute(_write(upsert(DayCount)), changed)
    if gone:
        connection.execute(
            delete(DayCount).where(
                DayCount.measure == measure,
                DayCount.day == bindparam("of_day"),
                DayCount.district == bindparam("of_district"),
                DayCount.by == bindparam("what"),
            ),
            gone,
        )
    return len(changed) + len(gone)


def add_up(connection: Connection, measure: str, *, first: date, after: date) -> None:
    """Keep the sums of a quarter beside its days: what reports read."""
    name = f"{measure}{_SUMS}"
    connection.execute(delete(DayCount).where(DayCount.measure == name, DayCount.day == first))
    added = (
        select(
            literal(name),
            literal(first, Date),
            DayCount.district,
            DayCount.by,
            func.sum(DayCount.count),
        )
        .where(*_days(measure, first, after))
        .group_by(DayCount.district, DayCount.by)
    )
    columns = ["measure", "day", "district", "by", "count"]
    connection.execute(_write(upsert(DayCount).from_select(columns, added)))


def quarter(connection: Connection, measure: str, first: date) -> list[tuple[str, str, int]]:
    """The sums of a measure over the quarter that begins on a day: district, by, how many."""
    return stock(connection, f"{measure}{_SUMS}", first)


def sums(
    connection: Connection, measure: str, *, first: date, after: date
) -> list[tuple[str, str, int]]:
    """The counts of a measure over some days: district, by, how many."""
    rows = connection.execute(
        select(DayCount.district, DayCount.by, func.sum(DayCount.count))
        .where(*_days(measure, first, after))
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
    return [(district, by, count) for district, by, count in rows.all()]


def last_stock(connection: Connection, measure: str, *, first: date, after: date) -> date | None:
    """The last of these days on which a measure of stock was counted."""
    return connection.execute(
        select(func.max(DayCount.day)).where(*_days(measure, first, after))
    ).scalar()


def first_day(connection: Connection, measure: str) -> date | None:
    """The first day on which anything was counted under a measure."""
    return connection.execute(
        select(func.min(DayCount.day)).where(DayCount.measure == measure)
    ).scalar()


def _days(measure: str, first: date, after: date) -> tuple[ColumnElement[bool], ...]:
    return DayCount.measure == measure, DayCount.day >= first, DayCount.day < after


def _write(rows: Insert) -> Insert:
    return rows.on_conflict_do_update(
        index_elements=[DayCount.measure, DayCount.day, DayCount.district, DayCount.by],
        set_={"count": rows.excluded.count},
    )
