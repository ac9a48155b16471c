"""Promises to call: when each may be kept, and what an attempt in vain leads to, never to silence."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.attempts import next_attempt
from helpline.cases.states import CALLBACK, WORK_ITEM, move
from helpline.cases.work import Kind
from helpline.service import feedback, work
from helpline.service.desk.acting import Stale
from helpline.service.desk.callable import safety
from helpline.service.desk.hours import working_hours
from helpline.service.desk.promises import (
    note_promise,
    settle,
    settle_unreachable,
    settled,
    to_supervisor,
)
from helpline.service.desk.wrong_phone import wrong_phone
from helpline.service.files import file_of
from helpline.store import events, people, requests
from helpline.store.desk import callbacks, calls, hours
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from helpline.cases.calendar import Slot
    from helpline.service.parts import Parts

LIVES: Final = timedelta(days=7)
"""A promise that could not be kept for so long is given to a person."""
UNRECORDED: Final = timedelta(hours=12)
"""A call is over for so long, and nobody wrote down how it ended."""
BATCH: Final = 200
"""Rows a sweep takes at a time."""
ON_THE_PHONE: Final = ("dialling_staff", "dialling_client", "connected")

_ROADS: Final = {
    "requested": ("scheduled", "due"),
    "scheduled": ("due",),
    "held": ("due",),
    "due": (),
}
"""How a callback that may be made now comes to be due."""


def ask(
    parts: Parts,
    connection: Connection,
    *,
    phone_id: str,
    kind: Kind,
    about: str,
    slot: Slot,
    dedupe_key: str,
    language: str,
    counsellor: str = "any",
    actor: str = "caller",
) -> str:
    """Write a promise to call and put it into the queue; its id, or nothing when it is there already.

    Who says nothing now of a woman or a man is called by whom they asked for before.
    """
    now, ident = parts.clock(), new_ident()
    wish = counsellor if counsellor != "any" else calls.wish_of(connection, phone_id)
    added = requests.add_callback(
        connection,
        id=ident,
        phone_id=phone_id,
        about=about,
        attempts=0,
        slot_at=slot.begins,
        slot_ends_at=slot.ends,
        state="requested",
        dedupe_key=dedupe_key,
        created_at=now,
        updated_at=now,
    )
    if not added:
        return ""
    _record(connection, ident, was="", became="requested", why=about, now=now, actor=actor)
    case = file_of(
        connection,
        person_id=people.only_person(connection, phone_id),
        phone_id=phone_id,
        language="en" if language == "en" else "bn",
        counsellor=counsellor,
        now=now,
        actor=actor,
    )
    work.open_item(
        connection,
        kind=kind,
        subject_id=ident,
        case_id=case.id,
        phone_id=phone_id,
        district=case.district,
        language=language,
        counsellor=wish,
        offered_at=max(now, slot.begins),
        promised_at=slot.ends,
        now=now,
        actor=actor,
    )
    return ident


def begin(connection: Connection, callback_id: str, *, now: datetime, actor: str) -> Row[Any]:
    """Somebody begins to call: `dialling_staff`, from wherever it waits.

    Raises:
        Stale: it does not wait for a call any more.
    """
    row = _locked(connection, callback_id)
    if row.state not in _ROADS:
        raise Stale(callback_id)
    for step in (*_ROADS[row.state], "dialling_staff"):
        row = turn(connection, row, step, now=now, actor=actor)
    return row


def dial(connection: Connection, callback_id: str, *, now: datetime, actor: str) -> None:
    """The counsellor is there: now the client's phone rings."""
    turn(connection, _locked(connection, callback_id), "dialling_client", now=now, actor=actor)


def give_up(
    connection: Connection, callback_id: str, why: str, *, now: datetime, actor: str
) -> None:
    """The counsellor was not reached, or no call came about: the promise is due as before."""
    row = _locked(connection, callback_id)
    if row.state == "dialling_staff":
        turn(connection, row, "due", why=why, now=now, actor=actor)


def connected(connection: Connection, callback_id: str, *, now: datetime, actor: str) -> None:
    """Somebody answered on the client's phone."""
    turn(connection, _locked(connection, callback_id), "connected", now=now, actor=actor)


def completed(
    connection: Connection, callback_id: str, disposition: str, *, now: datetime, actor: str
) -> None:
    """The client was spoken to: the promise is over, and it is written down whether it was kept."""
    row = _locked(connection, callback_id)
    turn(connection, row, "completed", why=disposition, now=now, actor=actor)
    settled(connection, callback_id, why=disposition, now=now, actor=actor)
    # the talk that a request for counselling waited for is asked about as that
    if row.about != "counselling" and disposition != "not_recorded":
        feedback.after_talk(
            connection, about="callback", kind=Kind.CALLBACK, subject_id=callback_id, now=now
        )


def failed(
    parts: Parts, connection: Connection, callback_id: str, why: str, *, now: datetime, actor: str
) -> str:
    """Nobody was reached: another time of day, or after the last attempt a supervisor. The new state."""
    row = _locked(connection, callback_id)
    if row.state == "dialling_staff":
        row = turn(connection, row, "dialling_client", now=now, actor=actor)
    row = turn(
        connection,
        row,
        "attempt_failed",
        why=why,
        now=now,
        actor=actor,
        attempts=row.attempts + 1,
    )
    slot = next_attempt(
        callbacks.tried(connection, callback_id),
        now=now,
        until=max(row.created_at + LIVES, row.slot_ends_at),
        safe=safety(parts, connection, callback_id, now).times,
        hours=working_hours(connection),
        quiet=parts.quiet,
    )
    if slot:
        schedule(connection, row, slot, why=why, now=now, actor=actor)
        return "scheduled"
    turn(connection, row, "unreachable", why=why, now=now, actor=actor)
    to_supervisor(connection, row, "unreachable", now=now, actor=actor)
    return "unreachable"


def postponed(
    connection: Connection, callback_id: str, slot: Slot, *, now: datetime, actor: str
) -> None:
    """The client answered and asked to be called at another time: one promise kept, another given."""
    row = _locked(connection, callback_id)
    row = turn(connection, row, "attempt_failed", why="asked_later", now=now, actor=actor)
    settled(connection, callback_id, why="asked_later", now=now, actor=actor)
    schedule(connection, row, slot, why="asked_later", now=now, actor=actor)


def wrong_person(
    parts: Parts, connection: Connection, callback_id: str, *, now: datetime, actor: str
) -> None:
    """Somebody else answered: nothing goes to this phone any more, and a supervisor decides what next."""
    row = _locked(connection, callback_id)
    for step in ("wrong_person", "paused"):
        row = turn(connection, row, step, now=now, actor=actor)
    wrong_phone(parts, connection, callback_id, row.phone_id, now=now, actor=actor)
    to_supervisor(connection, row, "wrong_person", now=now, actor=actor)


def call_again(
    connection: Connection, callback_id: str, slot: Slot, *, now: datetime, actor: str
) -> None:
    """A supervisor has it tried once more."""
    row = _locked(connection, callback_id)
    schedule(connection, row, slot, why="by_supervisor", now=now, actor=actor)
    settle_unreachable(connection, callback_id, "again", now=now, actor=actor)


def cancel(
    connection: Connection, callback_id: str, why: str, *, now: datetime, actor: str
) -> None:
    """Nobody is to be called any more.

    Raises:
        Stale: somebody is on the phone with them.
    """
    row = _locked(connection, callback_id)
    if row.state in ON_THE_PHONE:
        raise Stale(callback_id)
    if row.state == "unreachable" or row.state in callbacks.WAITING:
        turn(connection, row, "cancelled", why=why, now=now, actor=actor)
    settle(connection, callback_id, "cancelled", now=now, actor=actor)
    settle_unreachable(connection, callback_id, why, now=now, actor=actor)


def schedule(
    connection: Connection, row: Row[Any], slot: Slot, *, why: str, now: datetime, actor: str
) -> None:
    """Give a callback another time; its item is everybody's again when that begins."""
    turn(
        connection,
        row,
        "scheduled",
        why=why,
        now=now,
        actor=actor,
        slot_at=slot.begins,
        slot_ends_at=slot.ends,
    )
    item = callbacks.item_of(connection, row.id)
    if item is None:
        return
    if item.state != "open":
        move(WORK_ITEM, item.state, "open")
    if callbacks.reopen(connection, item, offered_at=slot.begins) is None:
        raise Stale(item.id)
    events.record(
        connection,
        subject="work_item",
        subject_id=item.id,
        was=item.state,
        became="open",
        why=why,
        now=now,
        actor=actor,
    )


def turn(
    connection: Connection,
    row: Row[Any],
    becomes: str,
    *,
    now: datetime,
    actor: str,
    why: str = "",
    **values: Any,
) -> Row[Any]:
    """Move a callback one step, and write that it moved.

    Raises:
        helpline.cases.states.IllegalMove: its table does not lead there.
        Stale: somebody else moved it meanwhile.
    """
    state = move(CALLBACK, row.state, becomes)
    changed = callbacks.change(
        connection, row.id, was=row.state, state=state, updated_at=now, **values
    )
    if changed is None:
        raise Stale(row.id)
    _record(connection, row.id, was=row.state, became=becomes, why=why, now=now, actor=actor)
    return changed


def sweep(parts: Parts) -> int:
    """Do with every promise what its time asks for; how many moved. Safe in any number of processes."""
    now = parts.clock()
    with parts.database.transaction() as connection:
        return (
            _plan(connection, now)
            + _expire(connection, now)
            + _hold(parts, connection, now)
            + _break(connection, now)
            + _forget(connection, now)
        )


def _plan(connection: Connection, now: datetime) -> int:
    """What was asked for is scheduled, and due when its slot has begun."""
    asked = callbacks.in_state(connection, ("requested",), most=BATCH)
    for row in asked:
        turn(connection, row, "scheduled", now=now, actor="system")
    begun = callbacks.in_state(connection, ("scheduled",), begun_by=now, most=BATCH)
    for row in begun:
        turn(connection, row, "due", now=now, actor="system")
    return len(asked) + len(begun)


def _hold(parts: Parts, connection: Connection, now: datetime) -> int:
    """What is due waits while its phone may not ring or nobody is there, and no longer."""
    moved = 0
    somebody = bool(hours.on_duty(connection, now))
    for row in callbacks.in_state(connection, ("due", "held"), most=BATCH):
        safe = safety(parts, connection, row.id, now)
        may = safe.now and somebody
        if may is (row.state == "held"):
            why = "" if may else safe.why or "nobody_on_shift"
            turn(connection, row, "due" if may else "held", why=why, now=now, actor="system")
            moved += 1
        item = callbacks.item_of(connection, row.id)
        if item is not None and not safe.now and safe.when:
            callbacks.offer_from(connection, item.id, safe.when)
    return moved


def _expire(connection: Connection, now: datetime) -> int:
    late = callbacks.too_old(connection, asked_by=now - LIVES, slot_by=now, most=BATCH)
    for row in late:
        turn(connection, row, "expired", now=now, actor="system")
        to_supervisor(connection, row, "expired", now=now, actor="system")
    return len(late)


def _break(connection: Connection, now: datetime) -> int:
    """A promise whose time is over without a call is broken, whatever comes later."""
    late = callbacks.broken_promises(connection, now, most=BATCH)
    for row in late:
        note_promise(connection, row.id, kept=False, why="late", now=now, actor="system")
    return len(late)


def _forget(connection: Connection, now: datetime) -> int:
    """A call of which nobody wrote down how it ended is over all the same."""
    left = callbacks.forgotten(connection, before=now - UNRECORDED, most=BATCH)
    for row in left:
        completed(connection, row.id, "not_recorded", now=now, actor="system")
        settle(connection, row.id, "not_recorded", now=now, actor="system")
    return len(left)


def _locked(connection: Connection, callback_id: str) -> Row[Any]:
    row = callbacks.by_id(connection, callback_id, lock=True)
    if row is None:
        raise Stale(callback_id)
    return row


def _record(
    connection: Connection,
    callback_id: str,
    *,
    was: str,
    became: str,
    why: str,
    now: datetime,
    actor: str,
) -> None:
    events.record(
        connection,
        subject="callback",
        subject_id=callback_id,
        was=was,
        became=became,
        why=why,
        now=now,
        actor=actor,
    )
