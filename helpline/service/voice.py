"""The telephone rings: what the gateway is told to do next, and what it reports, each taken once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from helpline.cases.voice import Failure, Prompt, Role
from helpline.gateways.port import HookReply, Kind
from helpline.gateways.voice import XML, HangUp, Play
from helpline.service import callees, hotline
from helpline.service.talk import UNNAMED, Talk, talk
from helpline.store import conversations, events
from helpline.store.conversations import TakenMeanwhile
from helpline.store.desk import calls
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row

    from helpline.gateways.voice import CallEvent, CallHop, Instruction, VoiceLine
    from helpline.service.parts import Parts

TRIES: Final = 3
_POLLED: Final = "wait"
"""Asked again and again by somebody's queue: each time is another question."""


def answer(parts: Parts, line: VoiceLine, hop: CallHop) -> HookReply:
    """What the gateway is to do now with one side of a call; asked twice it is told the same.

    Raises:
        helpline.store.database.Unavailable: nothing was written.
    """
    for _ in range(TRIES):
        try:
            with parts.database.transaction() as connection:
                reply, wishes = _once(parts, connection, line, hop)
        except TakenMeanwhile:
            continue
        if wishes:
            parts.wake.wake("call", wishes)
        return reply
    raise RuntimeError("a call kept moving while it was answered")


def sorry(line: VoiceLine) -> HookReply:
    """What a caller hears while the record cannot be reached."""
    return line.gateway.tell([Play(Prompt.SORRY), HangUp()])


def note(parts: Parts, line: VoiceLine, event: CallEvent) -> None:
    """Take what a gateway reports of one side; known reports and late ones change nothing.

    Raises:
        helpline.store.database.Unavailable: nothing was written; the gateway may try again.
    """
    try:
        with parts.database.transaction() as connection:
            wishes = _noted(parts, connection, line, event)
    except TakenMeanwhile:
        return
    if wishes:
        parts.wake.wake("call", wishes)


def _once(
    parts: Parts, connection: Connection, line: VoiceLine, hop: CallHop
) -> tuple[HookReply, list[str]]:
    name = line.gateway.name
    leg_id, step, number = _parted(hop.mark)
    stored = conversations.standing(
        connection, gateway=name, kind=Kind.VOICE, event=hop.event_id, session=""
    ).reply
    if stored and step != _POLLED:
        body = (
            parts.ring.unseal_text(stored.sealed, "inbox.reply", stored.id) if stored.sealed else ""
        )
        return HookReply(body, content_type=XML), []
    leg = _leg(parts, connection, line, hop, leg_id)
    instructions: Sequence[Instruction]
    wishes: list[str] = []
    if leg is not None and (now := talk(parts, connection, leg.call_id)):
        fresh = calls.leg(connection, leg.id)
        instructions = _told(now, fresh, hop, step, number) if fresh else [HangUp()]
        wishes = now.wishes
    elif hop.incoming and not leg_id:
        instructions = hotline.incoming(parts, connection, line, hop)
    else:
        instructions = [HangUp()]
    reply = line.gateway.tell(instructions)
    if step != _POLLED:
        ident = new_ident()
        sealed = parts.ring.seal(reply.body, "inbox.reply", ident)
        _remember(parts, connection, name, Kind.VOICE, hop.event_id, ident, sealed)
    return reply, wishes


def _told(now: Talk, leg: Row[Any], hop: CallHop, step: str, number: int) -> Sequence[Instruction]:
    if leg.state == "ended":
        return [HangUp()]
    if leg.external_id.startswith(UNNAMED):
        calls.name_leg(now.connection, leg.id, hop.external_id)
    if leg.role != Role.CLIENT:
        return callees.staff(now, leg, step or "rung", hop.digits, number)
    if step in hotline.STEPS:
        return hotline.step(now, leg, step, hop.digits, number)
    return callees.client(now, leg, step or "rung")


def _leg(
    parts: Parts, connection: Connection, line: VoiceLine, hop: CallHop, leg_id: str
) -> Row[Any] | None:
    """The side that is asked about: by our mark, by the gateway's id, by the number that was rung."""
    name = line.gateway.name
    if leg_id:
        leg = calls.leg(connection, leg_id)
        if leg is None or leg.gateway != name:
            return None
        return leg if leg.external_id in (hop.external_id, f"{UNNAMED}{leg_id}") else None
    leg = calls.leg_of(connection, gateway=name, external_id=hop.external_id)
    if leg is not None or hop.incoming:
        return leg
    for number in filter(None, (hop.caller, hop.called)):
        staff = calls.staff_by_number(connection, parts.ring.fingerprint("staff_number", number))
        if staff and (leg := calls.expected(connection, gateway=name, staff_id=staff.id)):
            return leg
    return None


def _noted(parts: Parts, connection: Connection, line: VoiceLine, event: CallEvent) -> list[str]:
    name = line.gateway.name
    _remember(parts, connection, name, Kind.VOICE_EVENTS, event.event_id, new_ident(), b"")
    leg_id, _step, _number = _parted(event.mark)
    leg = calls.leg(connection, leg_id) if leg_id else None
    leg = leg or calls.leg_of(connection, gateway=name, external_id=event.external_id)
    if leg is None or leg.gateway != name:
        return []
    now = talk(parts, connection, leg.call_id)
    fresh = calls.leg(connection, leg.id)
    if now is None or fresh is None:
        return []
    if fresh.external_id.startswith(UNNAMED):
        calls.name_leg(connection, fresh.id, event.external_id)
    elif fresh.external_id != event.external_id:
        return []
    if not event.state:
        events.record(
            connection,
            subject="call_leg",
            subject_id=fresh.id,
            was=fresh.state,
            became=fresh.state,
            why=f"unknown_{event.status}"[:40],
            now=now.now,
            actor="gateway",
        )
        return []
    failure = event.failure or (Failure.NO_ANSWER if _unheard(fresh, event) else None)
    now.heard(fresh, event.state, failure, talked=event.talked)
    return now.wishes


def _unheard(leg: Row[Any], event: CallEvent) -> bool:
    """It ended before anybody was there."""
    return event.state == "ended" and leg.state in ("wanted", "placing", "ringing")


def _remember(
    parts: Parts,
    connection: Connection,
    gateway: str,
    kind: Kind,
    event: str,
    ident: str,
    reply: bytes,
) -> None:
    conversations.remember(
        connection,
        {
            "id": ident,
            "gateway": gateway,
            "kind": kind,
            "external_id": event,
            "sender": None,
            "reply": reply,
            "received_at": parts.clock(),
        },
    )


def _parted(mark: str) -> tuple[str, str, int]:
    leg_id, _, rest = mark.partition(".")
    step, _, number = rest.partition(".")
    return leg_id, step, int(number) if number.isdigit() else 0
