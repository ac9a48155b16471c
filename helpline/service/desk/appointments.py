"""Appointments: a time and a place agreed with a client, and whether they came."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from helpline.cases.calendar import local
from helpline.cases.states import APPOINTMENT, move
from helpline.service import schedule
from helpline.service.desk import access, audit
from helpline.service.desk.acting import Stale
from helpline.service.desk.cases import Blocked, subject
from helpline.service.messages import cancelled
from helpline.store import outbox, reminders
from helpline.store.desk import case_rows, referral_sides
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from helpline.service.desk.acting import Acting

PURPOSES: Final = ("counselling", "assessment", "service", "home_visit", "other")
GROUP: Final = "group"
SESSIONS: Final = ("alone", "family", GROUP)
"""With whom somebody is seen. What the family or a group says is written into nobody else's case."""
GROUP_SIZES: Final = range(2, 201)


def plan(
    deed: Acting,
    case_id: str,
    *,
    what: str,
    place: str,
    begins_at: datetime,
    session: str = "alone",
) -> str:
    """Write down an appointment; gives its id. `place` is the key of a centre, or empty: by phone.

    The same group is written into the case of each who takes part, and names none of the others:
    what has one place and time is one group.

    Raises:
        Blocked: `no_such_value`, `no_such_place`, `group_place`, or `in_the_past`.
    """
    case = access.find_case(deed, case_id)
    if session not in SESSIONS:
        raise Blocked("no_such_value")
    if session == GROUP and not place:
        raise Blocked("group_place")
    _check(deed, what=what, place=place, begins_at=begins_at)
    ident = new_ident()
    case_rows.add(
        deed.connection,
        "appointment",
        id=ident,
        case_id=case.id,
        what=what,
        place=place,
        session=session,
        begins_at=begins_at,
        state="planned",
        created_at=deed.now,
        updated_at=deed.now,
    )
    deed.record("appointment", ident, became="planned", why=what)
    _remind(deed, case.person_id, ident, begins_at)
    audit.note(deed, "appointment", "appointment", ident, case_id=case.id, detail=what)
    return ident


def turn(
    deed: Acting,
    appointment_id: str,
    *,
    was: str,
    becomes: str,
    begins_at: datetime | None = None,
    came: int = 0,
) -> None:
    """An appointment was kept, missed or cancelled; or, with a new time, planned again.

    `came` is how many were there, when a group met.

    Raises:
        Blocked: `in_the_past` for planning again without a time to come; `group_size`.
        Stale: somebody was faster.
        helpline.cases.states.IllegalMove: it does not lead there.
    """
    found, case = subject(deed, "appointment", appointment_id)
    move(APPOINTMENT, was, becomes)
    begins = found.begins_at
    met = becomes == "kept" and found.session == GROUP
    if met and came not in GROUP_SIZES:
        raise Blocked("group_size")
    if becomes == "planned":
        if begins_at is None or begins_at <= deed.now:
            raise Blocked("in_the_past")
        begins = begins_at
    if not case_rows.turn(
        deed.connection,
        "appointment",
        found.id,
        was=was,
        becomes=becomes,
        begins_at=begins,
        came=came if met else None,
        updated_at=deed.now,
    ):
        raise Stale(found.id)
    deed.record("appointment", found.id, was=was, became=becomes)
    _silence(deed, found.id)
    if becomes == "planned":
        _remind(deed, case.person_id, found.id, begins)
    audit.note(deed, becomes, "appointment", found.id, case_id=case.id)


def _remind(deed: Acting, person_id: str | None, ident: str, begins: datetime) -> None:
    """One SMS that says nothing, the day before, where the client allowed any; asked again when it goes."""
    if not person_id or referral_sides.wants_no_reminders(deed.connection, person_id):
        return
    links = referral_sides.phone_links(deed.connection, person_id)
    if allowed := [link for link in links if link.sms]:
        schedule.appointment(
            deed.connection,
            appointment_id=ident,
            person_id=person_id,
            phone_id=allowed[0].phone_id,
            window=allowed[0].window,
            begins=begins,
            now=deed.now,
        )


def _silence(deed: Acting, ident: str) -> None:
    """Nothing more is sent about a time that no longer holds."""
    reminders.cancel_subject(deed.connection, subject_id=ident, now=deed.now)
    why = "appointment_moved"
    waiting = outbox.cancel_subject(deed.connection, subject_id=ident, why=why, now=deed.now)
    cancelled(deed.connection, waiting, why=why, now=deed.now, actor=deed.who.id)


def _check(deed: Acting, *, what: str, place: str, begins_at: datetime) -> None:
    if what not in PURPOSES:
        raise Blocked("no_such_value")
    today = local(deed.now).date()
    if place and deed.parts.directory().answer(place, today) is None:
        raise Blocked("no_such_place")
    if begins_at <= deed.now:
        raise Blocked("in_the_past")
