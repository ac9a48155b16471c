"""The calendar and the rota as one page shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from helpline.cases.calendar import local
from helpline.service.desk import presence
from helpline.service.desk.hours import working_hours
from helpline.service.desk.sessions import member
from helpline.store.desk import hours

if TYPE_CHECKING:
    from sqlalchemy import Row

    from helpline.cases.hours import Opening
    from helpline.cases.roles import Member
    from helpline.service.desk.acting import Acting


@dataclass(frozen=True, slots=True)
class Here:
    """Somebody who is there."""

    name: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class View:
    """Everything the page of the hours shows."""

    opening: Opening
    closes_at: datetime | None
    closed_until: datetime | None
    """Set while the helpline is closed for now by somebody's decision."""
    weekly: Mapping[int, Sequence[Row[Any]]]
    """By weekday; empty as long as nobody entered hours."""
    holidays: Sequence[Row[Any]]
    """From today on."""
    shifts: Mapping[int, Sequence[Row[Any]]]
    names: Mapping[str, str]
    staff: Sequence[Member]
    here: Sequence[Here]
    on_call: Sequence[Member]


def view(deed: Acting) -> View:
    """The calendar as it stands, with the names of who is on the rota."""
    connection, ring, now = deed.connection, deed.parts.ring, deed.now
    calendar = working_hours(connection)
    staff = [member(ring, row) for row in hours.active_staff(connection)]
    today = local(now).date()
    closures = [row for row in hours.closures(connection, since=now) if row.begins_at <= now]
    return View(
        opening=calendar.opening(now),
        closes_at=calendar.closes_at(now),
        closed_until=max((row.ends_at for row in closures), default=None),
        weekly=_by_weekday(hours.weekly(connection)),
        holidays=hours.holidays(connection, since=today),
        shifts=_by_weekday(hours.shifts(connection, today=today)),
        names={each.id: each.name for each in staff},
        staff=sorted(staff, key=lambda each: each.name),
        here=[
            Here(member(ring, row).name, row.here_since, row.here_until)
            for row in hours.on_duty(connection, now)
        ],
        on_call=presence.on_call(connection, ring, now),
    )


def _by_weekday(rows: Sequence[Row[Any]]) -> dict[int, list[Row[Any]]]:
    days: dict[int, list[Row[Any]]] = {}
    for row in rows:
        days.setdefault(row.weekday, []).append(row)
    return days
