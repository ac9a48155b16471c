"""What those hear whom we rang: our own people press 1 before anybody else's phone rings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from helpline.cases.voice import Failure, Prompt, Role
from helpline.gateways.voice import Ask, Fetch, HangUp, Instruction, Meet, Play, Reach
from helpline.service.desk import callbacks
from helpline.service.desk.alarms import answered_by_call
from helpline.service.desk.callable import call_safety
from helpline.service.desk.paging_calls import PAGE
from helpline.service.desk.phone_pins import proved
from helpline.service.inbound_work import take_up
from helpline.store.desk import accounts, calls, items

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row

    from helpline.service.talk import Talk

YES: Final = "1"
ASKED_AGAIN: Final = 2
PIN_ASKED: Final = 3


def client(now: Talk, leg: Row[Any], step: str) -> Sequence[Instruction]:
    """The client answered, or is to come into the room."""
    if now.over or step not in ("rung", "join"):
        return [HangUp()]
    if step == "rung":
        if now.call.state != "ringing_client":
            return [HangUp()]
        now.move_leg(leg, "joined")
        now.reached()
    else:
        now.move_leg(leg, "joined")
    return [Meet(now.call.room, then=now.mark(leg, "done"), ends_with_me=True)]


def staff(  # noqa: PLR0911 (one line a step)
    now: Talk, leg: Row[Any], step: str, digits: str, number: int
) -> Sequence[Instruction]:
    """Somebody of ours answered, or pressed a key; who does not work here any more is hung up on."""
    row = accounts.by_id(now.connection, leg.staff_id) if leg.staff_id else None
    if row is None or row.state != "active":
        return [HangUp()]
    language: str = row.language
    match step:
        case "rung" if _still_wanted(now, leg):
            now.move_leg(leg, "answered")
            return [Ask(Prompt.ACCEPT, then=f"{leg.id}.accept.1", language=language), HangUp()]
        case "accept" if digits == YES and now.call.purpose == PAGE and _still_wanted(now, leg):
            return _paged(now, leg, language)
        case "accept" if digits == YES and _still_wanted(now, leg):
            return _accepted(now, leg, language)
        case "accept" if digits != YES and number < ASKED_AGAIN and _still_wanted(now, leg):
            again = f"{leg.id}.accept.{number + 1}"
            return [Ask(Prompt.ACCEPT, then=again, language=language), HangUp()]
        case "pin":
            return _dialled_in(now, leg, row, digits, number)
        case "after" if now.call.state == "ringing_client":
            now.not_reached(Failure.NO_ANSWER)
            return [Play(Prompt.NOT_REACHED, language), HangUp()]
        case "sorry":
            return [Play(Prompt.NOT_REACHED, language), HangUp()]
        case "rung" | "accept":
            return [Play(Prompt.TAKEN, language), HangUp()]
    return [HangUp()]


def _still_wanted(now: Talk, leg: Row[Any]) -> bool:
    """Nobody was faster, and the client is still to be talked to."""
    if leg.role == Role.SPECIALIST:
        return bool(now.call.state == "connected")
    return now.call.state in ("placed", "ringing_staff", "waiting")


def _accepted(now: Talk, leg: Row[Any], language: str) -> Sequence[Instruction]:
    if leg.role == Role.SPECIALIST:
        now.move_leg(leg, "joined")
        return _room(now, leg)
    if now.call.state == "waiting":
        return _taken(now, leg)
    if now.call.state == "placed":
        now.turn("ringing_staff")
    return _dial_client(now, leg, language)


def _paged(now: Talk, leg: Row[Any], language: str) -> Sequence[Instruction]:
    """Somebody on call says that they have it: nobody else is rung, and no client."""
    mine = answered_by_call(now.parts, now.connection, leg.staff_id, now.now)
    now.end("answered" if mine else "too_late")
    return [Play(Prompt.PAGED if mine else Prompt.TAKEN, language), HangUp()]


def _taken(now: Talk, leg: Row[Any]) -> Sequence[Instruction]:
    """A caller who waited has somebody; the others who were rung are let go."""
    now.move_leg(leg, "joined")
    waited = now.client()
    now.turn("connected", connected_at=now.now, staff_id=leg.staff_id)
    take_up(now, leg.staff_id)
    for other in now.legs(Role.STAFF):
        if other.id != leg.id:
            now.drop(other)
    if not now.line.gateway.meets:
        if waited is not None:
            now.move_leg(waited, "joined")
        return [Fetch(now.call.room, now.line.number)]
    if waited is not None:
        now.wishes.append(f"turn:{waited.id}:join")
    return _room(now, leg)


def _dial_client(now: Talk, leg: Row[Any], language: str) -> Sequence[Instruction]:
    """The client's phone may ring from here on, if that is still safe at this moment."""
    now.move_leg(leg, "joined")
    safe = call_safety(now.parts, now.connection, now.call, now.now)
    number = calls.number_of(now.connection, now.call.phone_id) if now.call.phone_id else None
    why = safe.why if _has(now, leg) else "not_theirs"
    if why or not safe.now or number is None:
        now.end(why or "no_number", failed=True)
        if now.call.callback_id:
            callbacks.give_up(
                now.connection, now.call.callback_id, why, now=now.now, actor=now.actor
            )
        return [Play(Prompt.NOT_REACHED, language), HangUp()]
    now.turn("ringing_client", staff_id=leg.staff_id)
    if now.call.callback_id:
        callbacks.dial(now.connection, now.call.callback_id, now=now.now, actor=now.actor)
    if now.line.gateway.meets:
        now.want(Role.CLIENT)
        return _room(now, leg)
    plain = now.parts.ring.unseal_text(number, "phone.number", now.call.phone_id)
    return [Reach(plain, now.line.number, then=now.mark(leg, "after"))]


def _dialled_in(
    now: Talk, leg: Row[Any], row: Row[Any], digits: str, number: int
) -> Sequence[Instruction]:
    """Somebody of ours called the helpline: with the PIN they are put through to their client."""
    language = row.language
    if now.call.state != "placed":
        return [HangUp()]
    if not proved(now.parts, now.connection, row, digits, now.now):
        if number >= PIN_ASKED:
            return [HangUp()]
        return [
            Ask(
                Prompt.PIN,
                then=f"{leg.id}.pin.{number + 1}",
                language=language,
                digits=0,
                seconds=10,
            ),
            HangUp(),
        ]
    if not _has(now, leg):
        return [Play(Prompt.NO_WORK, language), HangUp()]
    if now.call.callback_id:
        callbacks.begin(now.connection, now.call.callback_id, now=now.now, actor=row.id)
    now.turn("ringing_staff")
    return _dial_client(now, leg, language)


def _has(now: Talk, leg: Row[Any]) -> bool:
    """Whether the work about the client is still this member's."""
    item = items.by_id(now.connection, now.call.item_id) if now.call.item_id else None
    return item is not None and item.owner_id == leg.staff_id and item.state == "claimed"


def _room(now: Talk, leg: Row[Any]) -> Sequence[Instruction]:
    return [Meet(now.call.room, then=now.mark(leg, "done"))]
