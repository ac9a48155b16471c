"""One call while something happens to it: its row is ours, its sides and its promise move with it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.states import CALL, IllegalMove, move
from helpline.cases.voice import LEG, RANK, Failure, Role
from helpline.cases.work import Kind
from helpline.service.desk import callbacks
from helpline.service.desk.acting import Stale
from helpline.service.desk.counselled import follow
from helpline.service.desk.sessions import member
from helpline.store import events
from helpline.store.desk import calls, hours, items
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from helpline.gateways.voice import VoiceLine
    from helpline.service.parts import Parts

UNNAMED: Final = "~"
"""Begins the id of a side for which the gateway has given none yet."""
RUNG_AT_ONCE: Final = 3
"""How many are rung for one caller; whoever presses 1 first has the call."""
_LIVE: Final = ("wanted", "placing", "ringing", "answered", "joined")
_OURS: Final = (Role.STAFF, Role.SPECIALIST)


@dataclass(slots=True)
class Talk:
    """A call that nobody else changes until the transaction ends."""

    parts: Parts
    connection: Connection
    line: VoiceLine
    call: Row[Any]
    now: datetime
    actor: str = "gateway"
    wishes: list[str] = field(default_factory=list)
    """What the gateway is to be asked after the commit: `ring:<leg>`, `turn:<leg>:<step>`, `end:<leg>`."""

    @property
    def over(self) -> bool:
        """Whether nobody talks any more, or ever will."""
        return self.call.state in calls.OVER

    def legs(self, *roles: Role, states: tuple[str, ...] = _LIVE) -> list[Row[Any]]:
        """The sides of these roles in these states."""
        return [
            leg
            for leg in calls.legs(self.connection, self.call.id)
            if leg.role in roles and leg.state in states
        ]

    def client(self) -> Row[Any] | None:
        """The client's side, while there is one."""
        return next(iter(self.legs(Role.CLIENT)), None)

    def mark(self, leg: Row[Any], step: str, number: int = 0) -> str:
        """The name of a step. The version keeps a step that comes again apart from the first."""
        return f"{leg.id}.{step}.{number or self.call.version}"

    def turn(self, becomes: str, *, why: str = "", **values: Any) -> None:
        """Move the call one step by its table."""
        was = self.call.state
        state = move(CALL, was, becomes)
        changed = calls.change(
            self.connection, self.call, state=state, updated_at=self.now, **values
        )
        if changed is None:
            raise Stale(self.call.id)
        self.call = changed
        self._record("call", self.call.id, was=was, became=becomes, why=why)

    def change(self, **values: Any) -> None:
        """Write something about the call that is no move."""
        changed = calls.change(self.connection, self.call, updated_at=self.now, **values)
        if changed is None:
            raise Stale(self.call.id)
        self.call = changed

    def end(self, why: str, *, failed: bool = False) -> None:
        """The call is over."""
        if not self.over:
            self.turn("failed" if failed else "ended", why=why, ended_at=self.now, ended_why=why)

    def want(self, role: Role, staff_id: str | None = None) -> str:
        """Somebody is to be rung; the id of their side."""
        ident = new_ident()
        calls.add_leg(
            self.connection,
            id=ident,
            call_id=self.call.id,
            gateway=self.line.gateway.name,
            external_id=f"{UNNAMED}{ident}",
            role=role,
            staff_id=staff_id,
            state="wanted",
            updated_at=self.now,
        )
        self._record("call_leg", ident, was="", became="wanted", why=role)
        self.wishes.append(f"ring:{ident}")
        return ident

    def move_leg(self, leg: Row[Any], becomes: str, *, why: str = "") -> bool:
        """Move a side; False when it is beyond that already, or somebody was faster."""
        if becomes not in LEG.get(leg.state, ()):
            return False
        moved = calls.change_leg(
            self.connection, leg.id, was=leg.state, state=becomes, updated_at=self.now
        )
        if moved:
            self._record("call_leg", leg.id, was=leg.state, became=becomes, why=why)
        return moved

    def heard(
        self, leg: Row[Any], state: str, failure: Failure | None, *, talked: bool | None = None
    ) -> None:
        """What a gateway reported of a side: it only ever moves on."""
        if RANK[state] <= RANK[leg.state]:
            return
        if self.move_leg(leg, state, why=failure or "") and state == "ended":
            self.left(leg, failure, talked=talked)

    def left(self, leg: Row[Any], failure: Failure | None, *, talked: bool | None = None) -> None:
        """A side is gone: what that means for the others, and for the promise."""
        if self.over:
            return
        if leg.role == Role.CLIENT:
            self._client_left(leg, failure)
        elif talked is not None or not self.line.gateway.meets:
            self._both_left(failure, talked=bool(talked))
        else:
            self._staff_left(leg, failure)

    def reached(self) -> None:
        """The client is on the phone with somebody of ours."""
        self.turn("connected", connected_at=self.now)
        if self.call.callback_id:
            callbacks.connected(
                self.connection, self.call.callback_id, now=self.now, actor=self.actor
            )
        item = items.by_id(self.connection, self.call.item_id) if self.call.item_id else None
        if item is not None and item.kind == Kind.COUNSELLING:
            with suppress(IllegalMove, Stale):
                follow(
                    self.connection, item.subject_id, "in_session", now=self.now, actor=self.actor
                )

    def wish(self) -> str:
        """Whether a woman or a man must answer this caller: woman, man or any."""
        item = items.by_id(self.connection, self.call.item_id) if self.call.item_id else None
        if item is not None and item.counsellor in ("woman", "man"):
            return str(item.counsellor)
        return calls.wish_of(self.connection, self.call.phone_id) if self.call.phone_id else "any"

    def ring_staff(self) -> int:
        """Ring those who are there, suit the caller's wish and were not rung for this call; how many."""
        wish = self.wish()
        rung = {leg.staff_id for leg in calls.legs(self.connection, self.call.id) if leg.staff_id}
        taken = rung | calls.busy_staff(self.connection)
        free = [
            row
            for row in hours.on_duty(self.connection, self.now)
            if row.number is not None
            and row.id not in taken
            and member(self.parts.ring, row).may_be_offered(wish)
        ][:RUNG_AT_ONCE]
        for row in free:
            self.want(Role.STAFF, row.id)
        return len(free)

    def _client_left(self, leg: Row[Any], failure: Failure | None) -> None:
        if self.call.state == "ringing_client":
            self.not_reached(failure or Failure.NO_ANSWER)
            return
        waited = self.call.state == "waiting"
        self.end("gave_up" if waited else "client_left")
        for each in self.legs(*_OURS):
            # who is in the room hears it by themselves: it is over with the client
            if each.id != leg.id and each.state != "joined":
                self.drop(each)

    def not_reached(self, failure: Failure) -> None:
        """The client's phone was not answered: the promise is tried again, the counsellor told."""
        self.end(failure, failed=True)
        if self.call.callback_id:
            callbacks.failed(
                self.parts,
                self.connection,
                self.call.callback_id,
                failure,
                now=self.now,
                actor=self.actor,
            )
        for each in self.legs(*_OURS):
            self.wishes.append(f"turn:{each.id}:sorry")

    def _both_left(self, failure: Failure | None, *, talked: bool) -> None:
        """Without rooms both sides end together, and only then is it known whether they talked."""
        if self.call.state == "ringing_client" and talked:
            self.reached()
        if self.call.state == "ringing_client":
            self.not_reached(failure or Failure.NO_ANSWER)
        elif self.call.state == "waiting":
            if not self.legs(*_OURS):
                self.ring_staff()
        elif self.call.state == "connected":
            self.end("staff_left")
        else:
            self._nobody_here(failure)

    def _staff_left(self, leg: Row[Any], failure: Failure | None) -> None:
        others = [each for each in self.legs(*_OURS) if each.id != leg.id]
        match self.call.state:
            case "connected":
                self._lost(leg, [each for each in others if each.state == "joined"])
            case "waiting":
                if not others:
                    self.ring_staff()
            case "ringing_client":
                client = self.client()
                self.not_reached(Failure.NETWORK)
                if client is not None:
                    self.drop(client)
            case _ if not others:
                self._nobody_here(failure)

    def _lost(self, leg: Row[Any], joined: list[Row[Any]]) -> None:
        """Somebody of ours left a conversation: the client stays, with whoever is there."""
        if joined:
            if self.call.staff_id == leg.staff_id:
                self.change(staff_id=joined[0].staff_id)
            self._record("call", self.call.id, was="connected", became="connected", why="handed_on")
            return
        client = self.client()
        if client is None:
            self.end("client_left")
            return
        self.turn("waiting", why="staff_lost", staff_id=None)
        self.wishes.append(f"turn:{client.id}:lost")

    def _nobody_here(self, failure: Failure | None) -> None:
        """The counsellor was not reached, or did not press 1: the client's phone never rang."""
        why = failure or Failure.NO_ANSWER
        self.end(why, failed=True)
        if self.call.callback_id:
            callbacks.give_up(
                self.connection,
                self.call.callback_id,
                f"staff_{why}",
                now=self.now,
                actor=self.actor,
            )

    def drop(self, leg: Row[Any]) -> None:
        """Hang up on a side, or never ring it."""
        if leg.state == "wanted":
            self.move_leg(leg, "ended", why="not_needed")
        else:
            self.wishes.append(f"end:{leg.id}")

    def _record(self, subject: str, subject_id: str, *, was: str, became: str, why: str) -> None:
        events.record(
            self.connection,
            subject=subject,
            subject_id=subject_id,
            was=was,
            became=became,
            why=why,
            now=self.now,
            actor=self.actor,
        )


def talk(
    parts: Parts, connection: Connection, call_id: str, *, actor: str = "gateway"
) -> Talk | None:
    """A call, locked; none when it is not there, or no voice is configured."""
    row = calls.locked(connection, call_id)
    if row is None or parts.voice is None:
        return None
    return Talk(parts, connection, parts.voice, row, parts.clock(), actor)


def begin(
    parts: Parts,
    connection: Connection,
    line: VoiceLine,
    *,
    direction: str,
    purpose: str,
    actor: str,
    **about: Any,
) -> Talk:
    """Write a new call. `about` may name its item, callback, case, phone and member of staff."""
    ident, now = new_ident(), parts.clock()
    known = dict.fromkeys(("item_id", "callback_id", "case_id", "phone_id", "staff_id"))
    calls.add(
        connection,
        id=ident,
        gateway=line.gateway.name,
        direction=direction,
        purpose=purpose,
        room=f"call-{ident}",
        state="placed",
        began_at=now,
        updated_at=now,
        **(known | about),
    )
    events.record(
        connection,
        subject="call",
        subject_id=ident,
        became="placed",
        why=purpose,
        now=now,
        actor=actor,
    )
    row = calls.locked(connection, ident)
    if row is None:
        raise LookupError("a call that was just written is not there")
    return Talk(parts, connection, line, row, now, actor)
