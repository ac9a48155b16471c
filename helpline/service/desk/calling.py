"""Calling through the helpline: staff leg first, others asked in, and what the gateway is asked to do."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import structlog

from helpline.cases.voice import Failure, Role
from helpline.cases.work import Kind
from helpline.gateways.port import Outcome
from helpline.service.desk import audit, callbacks, queue
from helpline.service.desk.acting import NotAllowed, Stale
from helpline.service.desk.callable import call_safety, item_safety
from helpline.service.desk.presence import on_duty
from helpline.service.talk import UNNAMED, Talk, begin, talk
from helpline.store.desk import accounts, calls

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row

    from helpline.cases.roles import Member
    from helpline.service.desk.acting import Acting
    from helpline.service.parts import Parts

UNRUNG: Final = timedelta(seconds=5)
"""A wish that no worker was woken for is fulfilled by the sweep."""
TOO_LATE: Final = timedelta(minutes=2)
"""A wish this old is dropped: whoever asked has given up, and a phone must not ring out of the blue."""
SILENT: Final = timedelta(minutes=4)
"""Nothing was heard of a call that rings for so long: its gateway forgot to say that it ended."""
LONGEST: Final = timedelta(hours=2)
"""Of a call. A gateway without rooms tells only at its end that the client was reached."""
BATCH: Final = 100

_log = structlog.get_logger(__name__)


class NoVoice(Exception):
    """No gateway for calls is configured: the number is dialled by hand."""


class NoNumber(Exception):
    """The member has no registered number that could be rung."""


class NotSafe(Exception):
    """The client's phone may not ring now: `why`, and from `when` on it may."""

    def __init__(self, why: str, when: datetime | None) -> None:
        super().__init__(why)
        self.why = why
        self.when = when


def ring(deed: Acting, item_id: str) -> str:
    """Call the client of an item: first this member's own phone rings. The id of the call.

    Call `wake` with the same parts after the transaction.

    Raises:
        NoVoice, NoNumber, NotSafe: nothing rings.
        helpline.service.desk.queue.Taken, NotAllowed, Stale: as for `queue.claim`; Stale also while
            a call about it runs.
    """
    line = deed.parts.voice
    if line is None:
        raise NoVoice
    item = queue.claim(deed, item_id)
    me = accounts.by_id(deed.connection, deed.who.id)
    if me is None or me.number is None:
        raise NoNumber
    last = calls.of_item(deed.connection, item_id)
    if last is not None and last.state not in calls.OVER:
        raise Stale(item_id)
    safe = item_safety(deed.parts, deed.connection, item, deed.now)
    if not safe.now:
        raise NotSafe(safe.why, safe.when)
    callback_id = item.subject_id if item.kind in (Kind.CALLBACK, Kind.MISSED_CALL) else None
    if callback_id:
        callbacks.begin(deed.connection, callback_id, now=deed.now, actor=deed.who.id)
    now = begin(
        deed.parts,
        deed.connection,
        line,
        direction="out",
        purpose="callback",
        actor=deed.who.id,
        item_id=item_id,
        callback_id=callback_id,
        case_id=item.case_id,
        phone_id=item.phone_id,
        staff_id=deed.who.id,
    )
    now.turn("ringing_staff")
    now.want(Role.STAFF, deed.who.id)
    audit.note(deed, "call", "work_item", item_id, case_id=item.case_id)
    return str(now.call.id)


def ask_in(deed: Acting, call_id: str, staff_id: str) -> None:
    """Warm transfer: somebody else is rung and joins, and who asked may leave when they like.

    Raises:
        NotAllowed: the call is not this member's, or the other may not work.
        Stale: nobody talks any more.
        NoNumber: the other has no registered number.
        NoVoice: the gateway knows no rooms.
    """
    now = own(deed, call_id)
    if not now.line.gateway.meets:
        raise NoVoice
    other = accounts.by_id(deed.connection, staff_id)
    if other is None or other.state != "active" or staff_id == deed.who.id:
        raise NotAllowed(staff_id)
    if now.call.state != "connected":
        raise Stale(call_id)
    if other.number is None:
        raise NoNumber
    here = {leg.staff_id for leg in now.legs(Role.STAFF, Role.SPECIALIST)}
    if staff_id not in here:
        now.want(Role.SPECIALIST, staff_id)
        audit.note(
            deed, "ask_in", "call", call_id, case_id=now.call.case_id, detail=f"to={staff_id}"
        )


def leave(deed: Acting, call_id: str) -> list[str]:
    """This member's own side is hung up; the client stays with whoever else is there.

    Gives what the gateway is to be asked, for `wake`.

    Raises:
        NotAllowed: they have no side in it.
    """
    now = own(deed, call_id)
    for leg in now.legs(Role.STAFF, Role.SPECIALIST):
        if leg.staff_id == deed.who.id:
            now.drop(leg)
    return now.wishes


def own(deed: Acting, call_id: str) -> Talk:
    """A call in which this member has a side, locked.

    Raises:
        NotAllowed: they have none, or it does not exist.
    """
    now = talk(deed.parts, deed.connection, call_id, actor=deed.who.id)
    if now is None or deed.who.id not in {
        leg.staff_id for leg in calls.legs(deed.connection, call_id)
    }:
        raise NotAllowed(call_id)
    return now


def wake(parts: Parts, wishes: Sequence[str] = (), *, call_id: str = "") -> None:
    """After the commit: have a worker ask the gateway what this call needs."""
    if call_id:
        with parts.database.reading() as connection:
            legs = calls.legs(connection, call_id)
        wishes = [*wishes, *(f"ring:{leg.id}" for leg in legs if leg.state == "wanted")]
    if wishes:
        parts.wake.wake("call", list(wishes))


def carry_out(parts: Parts, wishes: Sequence[str]) -> None:
    """Ask the gateway. Each wish counts once, however often it is heard; nothing here raises for one."""
    for wish in wishes:
        what, _, rest = wish.partition(":")
        leg_id, _, step = rest.partition(":")
        if what == "ring":
            _ring(parts, leg_id)
        elif what in ("turn", "end"):
            _change(parts, leg_id, step)


def sweep(parts: Parts) -> int:
    """Fulfil wishes nobody was woken for, and end calls of which nothing is heard any more.

    What rings on a phone that somebody marked unsafe meanwhile ends, too.
    """
    if parts.voice is None:
        return 0
    now = parts.clock()
    silence = SILENT if parts.voice.gateway.meets else LONGEST
    with parts.database.transaction() as connection:
        unrung = calls.wanted(connection, before=now - UNRUNG, most=BATCH)
        silent = calls.stuck(connection, before=now - silence, most=BATCH)
        lost = calls.unsettled(connection, before=now - UNRUNG, most=BATCH)
        unsafe = calls.ringing_unsafe(connection, most=BATCH)
    for call_id in unsafe:
        _stop_ringing(parts, call_id)
    for call_id in silent:
        _give_up(parts, call_id)
    carry_out(parts, [*(f"ring:{leg_id}" for leg_id in unrung), *lost])
    return len(unrung) + len(silent) + len(lost) + len(unsafe)


def _ring(parts: Parts, leg_id: str) -> None:
    with parts.database.transaction() as connection:
        leg = calls.leg(connection, leg_id)
        now = talk(parts, connection, leg.call_id, actor="worker") if leg else None
        leg = calls.leg(connection, leg_id)
        if leg is None or now is None or leg.state != "wanted":
            return
        late = now.now - leg.updated_at > TOO_LATE
        refused = _refused(now, leg)
        number = "" if refused else _number(now, leg)
        if late or now.over or not number:
            if now.move_leg(leg, "ended", why="too_late" if late else refused or "not_needed"):
                now.left(leg, Failure.NETWORK)
            number = ""
        else:
            now.move_leg(leg, "placing")
        wishes = now.wishes
        line = now.line
    if number:
        rung = line.gateway.ring(number, f"{leg_id}.rung.0", seconds=line.ring_seconds)
        wishes = _settle(parts, leg_id, rung.outcome, rung.external_id, rung.trouble)
    if wishes:
        parts.wake.wake("call", wishes)


def _refused(now: Talk, leg: Row[Any]) -> str:
    """Why a client's phone may not ring at the moment of dialling, whatever was found before."""
    if leg.role != Role.CLIENT:
        return ""
    safe = call_safety(now.parts, now.connection, now.call, now.now)
    return "" if safe.now else safe.why


def _settle(
    parts: Parts, leg_id: str, outcome: Outcome, external_id: str, trouble: str
) -> list[str]:
    """Write down what became of a ring; what the gateway reported meanwhile stands."""
    with parts.database.transaction() as connection:
        leg = calls.leg(connection, leg_id)
        now = talk(parts, connection, leg.call_id, actor="worker") if leg else None
        leg = calls.leg(connection, leg_id)
        if leg is None or now is None:
            return []
        if outcome is Outcome.ACCEPTED:
            if leg.external_id.startswith(UNNAMED) and external_id:
                calls.name_leg(connection, leg_id, external_id)
            return []
        _log.warning("a call was not placed", gateway=now.line.gateway.name, trouble=trouble)
        if leg.state == "placing" and now.move_leg(leg, "ended", why=trouble[:40]):
            now.left(leg, Failure.NETWORK)
        return now.wishes


def _change(parts: Parts, leg_id: str, step: str) -> None:
    """Turn a side to another step of ours, or (without one) hang up on it."""
    with parts.database.transaction() as connection:
        leg = calls.leg(connection, leg_id)
        now = talk(parts, connection, leg.call_id, actor="worker") if leg else None
        leg = calls.leg(connection, leg_id)
        if leg is None or now is None or leg.state == "ended":
            return
        mark, line = now.mark(leg, step), now.line
    if leg.external_id.startswith(UNNAMED):
        return  # it hears that the call is over when it answers
    done = line.gateway.turn(leg.external_id, mark) if step else line.gateway.end(leg.external_id)
    if done.outcome is not Outcome.ACCEPTED:
        _log.warning("a call was not changed", gateway=line.gateway.name, trouble=done.trouble)


def _stop_ringing(parts: Parts, call_id: str) -> None:
    """Where both sides are one call to the gateway, it ends with the counsellor's."""
    with parts.database.transaction() as connection:
        now = talk(parts, connection, call_id, actor="sweeper")
        if now is None or now.call.state != "ringing_client":
            return
        client = now.client()
        for leg in [client] if client else now.legs(Role.STAFF):
            now.drop(leg)
        now.not_reached(Failure.NETWORK)
        wishes = now.wishes
    parts.wake.wake("call", wishes)


def _give_up(parts: Parts, call_id: str) -> None:
    with parts.database.transaction() as connection:
        now = talk(parts, connection, call_id, actor="sweeper")
        if now is None or now.over:
            return
        for leg in now.legs(Role.CLIENT, Role.STAFF, Role.SPECIALIST):
            now.drop(leg)
        client = now.client()
        if now.call.state == "ringing_client" and client is not None:
            now.left(client, Failure.NETWORK)
        elif now.call.direction == "in":
            now.end("silent")
        else:
            staff = now.legs(
                Role.STAFF, states=("wanted", "placing", "ringing", "answered", "ended")
            )
            for leg in staff[:1]:
                now.left(leg, Failure.NETWORK)
            if not now.over:
                now.end("silent", failed=True)
        wishes = now.wishes
    if wishes:
        parts.wake.wake("call", wishes)


def _number(now: Talk, leg: Row[Any]) -> str:
    if leg.role == Role.CLIENT:
        sealed = calls.number_of(now.connection, now.call.phone_id) if now.call.phone_id else None
        ring_of = ("phone.number", now.call.phone_id)
    else:
        row = accounts.by_id(now.connection, leg.staff_id)
        sealed = row.number if row is not None and row.state == "active" else None
        ring_of = ("staff.number", leg.staff_id)
    return now.parts.ring.unseal_text(sealed, *ring_of) if sealed else ""


def colleagues(deed: Acting) -> list[Member]:
    """Those who are there and could be asked in."""
    return [
        each
        for each in on_duty(deed.connection, deed.parts.ring, deed.now)
        if each.id != deed.who.id
    ]
