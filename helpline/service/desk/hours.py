"""The calendar of the helpline, read for whoever counts working time and changed by who keeps the rota."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Final

from helpline.cases.calendar import local
from helpline.cases.hours import EVERY_DAY, Closed, Interval, Opening, Span, WorkingHours
from helpline.cases.rota import Openings, Rota, Shift
from helpline.service.desk import audit
from helpline.service.desk.acting import NotAllowed, Stale
from helpline.store.desk import accounts, hours
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from helpline.cases.holidays import FixedHoliday
    from helpline.service.desk.acting import Acting

REASONS: Final = ("staff_shortage", "no_capacity", "emergency", "other")
"""Why the helpline may be closed although its hours say otherwise."""


class Wrong(ValueError):
    """What was entered makes no sense; its code says why."""


def working_hours(connection: Connection) -> WorkingHours:
    """The calendar as it stands; without any hours entered it is open every day from 8 to 21."""
    weekly = tuple(Interval(r.weekday, r.begins, r.ends) for r in hours.weekly(connection))
    closed = hours.closures(connection, since=_LONG_AGO)
    return WorkingHours(
        weekly or EVERY_DAY,
        frozenset(row.day for row in hours.holidays(connection, since=date.min)),
        tuple(Closed(row.why, Span(row.begins_at, row.ends_at)) for row in closed),
    )


_LONG_AGO: Final = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


def opening(connection: Connection, now: datetime) -> Opening:
    """Whether the helpline is open now; if not, why and when it opens next."""
    return working_hours(connection).opening(now)


def rota(connection: Connection, now: datetime) -> Rota:
    """The shifts of those who work, from yesterday on (a night belongs to the day it began)."""
    rows = hours.shifts(connection, today=_yesterday(now))
    return Rota(
        tuple(
            Shift(
                staff_id=row.staff_id,
                sex=row.sex,
                weekday=row.weekday,
                begins=row.begins,
                ends=row.ends,
                on_call=row.on_call,
                rank=row.rank,
                from_day=row.from_day,
                until_day=row.until_day,
            )
            for row in rows
        )
    )


def openings(connection: Connection, now: datetime) -> Openings:
    """Both, as the menus want them."""
    return Openings(working_hours(connection), rota(connection, now))


def add_interval(deed: Acting, weekday: int, begins: time, ends: time) -> None:
    """Open on a weekday from `begins` to `ends`; an end at or before the beginning passes midnight.

    Raises:
        Wrong: it overlaps what is there, or there is no such weekday.
    """
    new = Interval(_weekday(weekday), begins, ends)
    kept = [Interval(r.weekday, r.begins, r.ends) for r in hours.weekly(deed.connection)]
    if any(_meet(new, each) for each in kept):
        raise Wrong("overlaps")
    ident = new_ident()
    hours.add_interval(deed.connection, id=ident, weekday=new.weekday, begins=begins, ends=ends)
    _note(deed, "hours_added", ident, f"{weekday} {begins:%H:%M}-{ends:%H:%M}")


def drop_interval(deed: Acting, ident: str) -> None:
    """No longer open in these hours.

    Raises:
        Stale: they are gone.
    """
    if not hours.drop_interval(deed.connection, ident):
        raise Stale(ident)
    _note(deed, "hours_dropped", ident)


def add_holiday(deed: Acting, day: date, name_bn: str, name_en: str, source: str) -> None:
    """Closed on a day, with where its date comes from.

    Raises:
        Wrong: it has no name, or is a holiday already.
    """
    if not name_bn.strip() or not name_en.strip():
        raise Wrong("no_name")
    if not hours.add_holiday(
        deed.connection,
        day=day,
        name_bn=name_bn.strip()[:80],
        name_en=name_en.strip()[:80],
        source=source.strip()[:200],
    ):
        raise Wrong("is_one")
    _note(deed, "holiday_added", day.isoformat())


def add_fixed_holidays(deed: Acting, year: int, fixed: Iterable[FixedHoliday]) -> int:
    """Enter the holidays that have the same date every year; how many were new."""
    added = 0
    for each in fixed:
        added += hours.add_holiday(
            deed.connection,
            day=date(year, each.month, each.day),
            name_bn=each.name_bn,
            name_en=each.name_en,
            source=each.source,
        )
    _note(deed, "fixed_holidays_added", str(year), f"count={added}")
    return added


def drop_holiday(deed: Acting, day: date) -> None:
    """Open on a day after all.

    Raises:
        Stale: it was no holiday.
    """
    if not hours.drop_holiday(deed.connection, day):
        raise Stale(day.isoformat())
    _note(deed, "holiday_dropped", day.isoformat())


def close_now(deed: Acting, why: str, until: datetime) -> None:
    """Closed from now until a moment, for a reason of `REASONS`; callers are told when we open again.

    Raises:
        Wrong: there is no such reason, or the moment has passed or is more than a month away.
    """
    if why not in REASONS:
        raise Wrong("no_reason")
    if not deed.now < until or (until - deed.now).days > 31:  # noqa: PLR2004  a month
        raise Wrong("not_then")
    ident = new_ident()
    hours.end_closures(deed.connection, deed.now)
    hours.add_closure(
        deed.connection,
        id=ident,
        why=why,
        begins_at=deed.now,
        ends_at=until,
        staff_id=deed.who.id,
    )
    deed.record("helpline", ident, became="closed", why=why)
    _note(deed, "closed_now", ident, f"{why} until={until:%Y-%m-%dT%H:%MZ}")


def open_again(deed: Acting) -> None:
    """End what is closed for now.

    Raises:
        Stale: nothing is.
    """
    if not hours.end_closures(deed.connection, deed.now):
        raise Stale("open")
    deed.record("helpline", deed.who.id, was="closed", became="open")
    _note(deed, "opened_again", "helpline")


def add_shift(
    deed: Acting,
    staff_id: str,
    weekday: int,
    begins: time,
    ends: time,
    *,
    from_day: date,
    until_day: date | None,
    on_call: bool = False,
    rank: int = 0,
) -> None:
    """Put somebody on the rota.

    Raises:
        NotAllowed: there is nobody of that id who works.
        Wrong: it ends before it begins, or meets a shift of theirs of the same kind.
    """
    row = accounts.by_id(deed.connection, staff_id)
    if row is None or row.state != "active":
        raise NotAllowed(staff_id)
    if until_day is not None and until_day < from_day:
        raise Wrong("ends_before")
    new = Interval(_weekday(weekday), begins, ends)
    for each in hours.shifts(deed.connection, today=from_day):
        later = until_day is not None and each.from_day > until_day
        if each.staff_id != staff_id or each.on_call is not on_call or later:
            continue
        if _meet(new, Interval(each.weekday, each.begins, each.ends)):
            raise Wrong("overlaps")
    ident = new_ident()
    hours.add_shift(
        deed.connection,
        id=ident,
        staff_id=staff_id,
        weekday=weekday,
        begins=begins,
        ends=ends,
        on_call=on_call,
        rank=max(0, min(rank, 99)),
        from_day=from_day,
        until_day=until_day,
    )
    _note(deed, "shift_added", ident, f"staff={staff_id} {weekday} {begins:%H:%M}-{ends:%H:%M}")


def end_shift(deed: Acting, ident: str) -> None:
    """A shift has run for the last time yesterday.

    Raises:
        Stale: it ended before.
    """
    if not hours.end_shift(deed.connection, ident, last=_yesterday(deed.now)):
        raise Stale(ident)
    _note(deed, "shift_ended", ident)


def _meet(one: Interval, other: Interval) -> bool:
    """Whether two intervals of the week share a moment; Monday follows Sunday."""
    monday = date(2024, 1, 1)
    first = one.on(monday.replace(day=8 + one.weekday))
    for week in (1, 8, 15):
        second = other.on(monday.replace(day=week + other.weekday))
        if first.begins < second.ends and second.begins < first.ends:
            return True
    return False


def _weekday(number: int) -> int:
    if number not in range(7):
        raise Wrong("no_weekday")
    return number


def _yesterday(now: datetime) -> date:
    return date.fromordinal(local(now).toordinal() - 1)


def _note(deed: Acting, action: str, subject_id: str, detail: str = "") -> None:
    audit.note(deed, action, "hours", subject_id, detail=detail)
