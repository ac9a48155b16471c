"""Somebody calls the helpline: a menu of recordings, the queue, and honest words when nobody is there."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.calendar import Slot
from helpline.cases.slots import next_slot
from helpline.cases.voice import Prompt, Role
from helpline.cases.work import PROMISES, Kind
from helpline.gateways.voice import Ask, HangUp, Leave, Play, Reject, Wait
from helpline.service import talk as talks
from helpline.service.desk import callbacks
from helpline.service.desk.hours import opening, working_hours
from helpline.service.inbound_work import work_of_staff
from helpline.service.visit import Visit
from helpline.store import people
from helpline.store.desk import calls
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row

    from helpline.gateways.voice import CallHop, Instruction, VoiceLine
    from helpline.service.parts import Parts
    from helpline.service.talk import Talk

STEPS: Final = frozenset({"language", "menu", "safe", "wait", "left", "lost"})
LONGEST_WAIT: Final = timedelta(minutes=4)
"""In the queue; after that we offer to call."""
_ASKED: Final = 3
"""How often a menu is read to somebody who presses nothing."""
TALK, CALL_ME = "1", "2"


def incoming(
    parts: Parts, connection: Connection, line: VoiceLine, hop: CallHop
) -> Sequence[Instruction]:
    """A call comes in."""
    if hop.called in line.missed:
        _missed(parts, connection, hop)
        return [Reject()]
    staff = (
        calls.staff_by_number(connection, parts.ring.fingerprint("staff_number", hop.caller))
        if hop.caller
        else None
    )
    if staff is not None and staff.pin:
        return _from_staff(parts, connection, line, hop, staff)
    now = talks.begin(
        parts,
        connection,
        line,
        direction="in",
        purpose="hotline",
        actor="caller",
        phone_id=_phone(parts, connection, hop.caller) if hop.caller else None,
    )
    leg_id = _own_leg(now, hop, Role.CLIENT, None)
    return [Ask(Prompt.LANGUAGE, then=f"{leg_id}.language.1"), HangUp()]


def step(  # noqa: PLR0911 (one line a step)
    now: Talk, leg: Row[Any], name: str, digits: str, number: int
) -> Sequence[Instruction]:
    """The caller pressed a key, or waits, or was lost by us."""
    if now.over:
        return [HangUp()]
    match name:
        case "language":
            if digits in ("1", "2") and now.call.phone_id:
                language = "en" if digits == "2" else "bn"
                people.speak(now.connection, phone_id=now.call.phone_id, language=language)
            return _menu(now, leg, 1)
        case "menu" if digits == TALK:
            return _put_through(now, leg)
        case "menu" if digits == CALL_ME:
            return _offer_call(now, leg, None)
        case "menu":
            return _menu(now, leg, number + 1) if number < _ASKED else _goodbye(now)
        case "safe":
            return _noted(now) if digits == TALK else _goodbye(now)
        case "wait":
            return _meanwhile(now)
        case "left":
            return (
                _offer_call(now, leg, Prompt.NOBODY) if now.call.state == "waiting" else [HangUp()]
            )
        case _:
            return _again(now, leg)


def _menu(now: Talk, leg: Row[Any], number: int) -> Sequence[Instruction]:
    if not opening(now.connection, now.now).open:
        return _offer_call(now, leg, Prompt.CLOSED)
    return [Ask(Prompt.MENU, then=f"{leg.id}.menu.{number}", language=_language(now)), HangUp()]


def _put_through(now: Talk, leg: Row[Any]) -> Sequence[Instruction]:
    if not now.ring_staff():
        return _offer_call(now, leg, Prompt.NOBODY)
    now.turn("waiting")
    return _queue(now, leg, Prompt.WAIT)


def _again(now: Talk, leg: Row[Any]) -> Sequence[Instruction]:
    """The counsellor's line was lost: the caller stays, and somebody else is looked for."""
    if now.call.state != "waiting":
        return [HangUp()]
    now.move_leg(leg, "answered", why="staff_lost")
    if not (now.legs(Role.STAFF) or now.ring_staff()):
        return _offer_call(now, leg, Prompt.NOBODY)
    return _queue(now, leg, Prompt.LOST)


def _queue(now: Talk, leg: Row[Any], said: Prompt) -> Sequence[Instruction]:
    wait = Wait(now.call.room, meanwhile=now.mark(leg, "wait"), then=now.mark(leg, "left"))
    return [Play(said, _language(now)), wait]


def _meanwhile(now: Talk) -> Sequence[Instruction]:
    if now.call.state != "waiting":
        return [Play(Prompt.MUSIC)]  # on the way into the room
    too_long = now.now - now.call.updated_at > LONGEST_WAIT
    if too_long or not (now.legs(Role.STAFF) or now.ring_staff()):
        return [Leave()]
    return [Play(Prompt.MUSIC)]


def _offer_call(now: Talk, leg: Row[Any], said: Prompt | None) -> Sequence[Instruction]:
    """We call back only who says that it is safe."""
    language = _language(now)
    before = [Play(said, language)] if said else []
    if not now.call.phone_id:  # the number is hidden
        return [*before, *_goodbye(now)]
    return [*before, Ask(Prompt.SAFE, then=now.mark(leg, "safe"), language=language), HangUp()]


def _noted(now: Talk) -> Sequence[Instruction]:
    """A promise, written down before it is spoken."""
    slot = next_slot(working_hours(now.connection), now.now)
    if now.call.callback_id:
        callbacks.postponed(now.connection, now.call.callback_id, slot, now=now.now, actor="caller")
    else:
        callbacks.ask(
            now.parts,
            now.connection,
            phone_id=now.call.phone_id,
            kind=Kind.CALLBACK,
            about="hotline",
            slot=slot,
            dedupe_key=f"hotline:{now.call.id}",
            language=_language(now),
        )
    _over(now, "call_back")
    return [Play(Prompt.NOTED, _language(now)), HangUp()]


def _goodbye(now: Talk) -> Sequence[Instruction]:
    language = _language(now)
    _over(now, "caller_done")
    return [Play(Prompt.GOODBYE, language), HangUp()]


def _over(now: Talk, why: str) -> None:
    for each in now.legs(Role.STAFF):
        now.drop(each)
    now.end(why)


def _from_staff(
    parts: Parts, connection: Connection, line: VoiceLine, hop: CallHop, staff: Row[Any]
) -> Sequence[Instruction]:
    item, callback_id = work_of_staff(parts, connection, staff.id)
    now = talks.begin(
        parts,
        connection,
        line,
        direction="in",
        purpose="dial_back",
        actor=staff.id,
        staff_id=staff.id,
        item_id=item.id if item else None,
        callback_id=callback_id or None,
        case_id=item.case_id if item else None,
        phone_id=item.phone_id if item else None,
    )
    leg_id = _own_leg(now, hop, Role.STAFF, staff.id)
    asked = Ask(Prompt.PIN, then=f"{leg_id}.pin.1", language=staff.language, digits=0, seconds=10)
    return [asked, HangUp()]


def _missed(parts: Parts, connection: Connection, hop: CallHop) -> None:
    """A call that is not taken asks for one: of each number one in an hour."""
    if not hop.caller:
        return
    now = parts.clock()
    phone_id = _phone(parts, connection, hop.caller)
    within = PROMISES[Kind.MISSED_CALL].within
    until = working_hours(connection).add(now, within.total_seconds())
    callbacks.ask(
        parts,
        connection,
        phone_id=phone_id,
        kind=Kind.MISSED_CALL,
        about="missed_call",
        slot=Slot(now, until),
        dedupe_key=f"missed:{phone_id}:{now:%Y%m%d%H}",
        language=calls.phone_language(connection, phone_id),
    )


def _own_leg(now: Talk, hop: CallHop, role: Role, staff_id: str | None) -> str:
    ident = new_ident()
    calls.add_leg(
        now.connection,
        id=ident,
        call_id=now.call.id,
        gateway=now.line.gateway.name,
        external_id=hop.external_id,
        role=role,
        staff_id=staff_id,
        state="answered",
        updated_at=now.now,
    )
    return ident


def _phone(parts: Parts, connection: Connection, number: str) -> str:
    caller = parts.ring.fingerprint("phone", number)
    return Visit(parts, connection, "voice", number, caller, parts.clock(), "bn").phone_id()


def _language(now: Talk) -> str:
    if not now.call.phone_id:
        return "bn"
    return "en" if calls.phone_language(now.connection, now.call.phone_id) == "en" else "bn"
