"""Who is there: somebody comes, somebody goes, and what they leave behind is everybody's again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from helpline.service.desk import hours as calendar
from helpline.service.desk.queue import give_back
from helpline.service.desk.sessions import member
from helpline.store import events
from helpline.store.desk import accounts, hours, queue
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from helpline.cases.roles import Member
    from helpline.service.desk.acting import Acting
    from helpline.service.parts import Parts
    from helpline.store.sealing import KeyRing

UNPLANNED: Final = timedelta(hours=9)
"""How long somebody is there who has no shift."""
AFTERWARDS: Final = timedelta(minutes=15)
"""A duty does not end on the stroke: who is still writing down the last call keeps it."""
SHIFT_ENDED: Final = "shift_ended"
"""Why an item that nobody gave back is everybody's again."""


def arrive(deed: Acting) -> datetime:
    """I am here, until the end of my shift; said again it changes nothing. Gives when it ends."""
    known = hours.duty_of(deed.connection, deed.who.id)
    if known is not None and known.until_at > deed.now:
        until: datetime = known.until_at
        return until
    hours.end_duty(deed.connection, deed.who.id, deed.now)
    ident, until = new_ident(), _until(deed)
    hours.begin_duty(
        deed.connection,
        id=ident,
        staff_id=deed.who.id,
        began_at=deed.now,
        until_at=until,
        ended_at=None,
    )
    deed.record("duty", ident, became="here")
    return until


def leave(deed: Acting) -> int:
    """I am leaving: what I hold is everybody's again, except where I am talking. How many that were."""
    if hours.end_duty(deed.connection, deed.who.id, deed.now):
        deed.record("duty", deed.who.id, was="here", became="gone")
    left = queue.held_by(deed.connection, deed.who.id)
    for item in left:
        give_back(deed.connection, item, "left", now=deed.now, actor=deed.who.id)
    return len(left)


def on_duty(connection: Connection, ring: KeyRing, now: datetime) -> list[Member]:
    """Those who are there now, whoever came first first."""
    return [member(ring, row) for row in hours.on_duty(connection, now)]


def on_call(connection: Connection, ring: KeyRing, now: datetime) -> list[Member]:
    """Those who are to be paged now, in the order of the ladder."""
    shifts = [shift for shift, _span in calendar.rota(connection, now).at(now, on_call=True)]
    ladder = dict.fromkeys(shift.staff_id for shift in shifts)
    found = {ident: accounts.by_id(connection, ident) for ident in ladder}
    return [member(ring, row) for row in found.values() if row is not None]


def end_shifts(parts: Parts) -> int:
    """End the duties whose time is over and give back what was left behind; how many items that were.

    Safe in any number of processes: a duty ends once, an item is locked while it is given back.
    """
    now = parts.clock()
    with parts.database.transaction() as connection:
        for ident, _staff in hours.end_late_duties(connection, now):
            _record(connection, ident, was="here", became="gone", why=SHIFT_ENDED, now=now)
        left = queue.left_behind(connection)
        for item in left:
            give_back(connection, item, SHIFT_ENDED, now=now, actor="system")
    return len(left)


def _until(deed: Acting) -> datetime:
    shifts = calendar.rota(deed.connection, deed.now).at(deed.now)
    ends = [span.ends for shift, span in shifts if shift.staff_id == deed.who.id]
    return max(ends) + AFTERWARDS if ends else deed.now + UNPLANNED


def _record(
    connection: Connection, ident: str, *, was: str, became: str, why: str, now: datetime
) -> None:
    events.record(
        connection, subject="duty", subject_id=ident, was=was, became=became, why=why, now=now
    )
