"""Raising an item: to a supervisor, a specialist, another agency. An event, never a state of its own.

It raises the level, the priority by one (but never to imminent, which is for danger to a person)
and, when a member of staff does it, gives the item to somebody who is there for it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.clocks import Promised
from helpline.cases.roles import Member, Role
from helpline.cases.states import WORK_ITEM, IllegalMove, move
from helpline.cases.work import Kind, Level, Priority
from helpline.service.desk import alarms, audit, presence
from helpline.service.desk.acting import NotAllowed, Stale
from helpline.service.desk.counselled import follow
from helpline.service.desk.note_rows import beside
from helpline.service.desk.queue import seen, suits
from helpline.store import events
from helpline.store.desk import alarms as rows
from helpline.store.desk import files, risk_flags
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from helpline.service.desk.acting import Acting
    from helpline.service.parts import Parts

LEVELS: Final[Mapping[str, Level]] = {
    "supervisor": Level.SUPERVISOR,
    "psychologist": Level.SPECIALIST,
    "legal": Level.SPECIALIST,
    "agency": Level.AGENCY,
}
"""To whom an item may be raised."""

REASONS: Final = (
    "danger",
    "beyond_me",
    "needs_specialist",
    "client_asks",
    "conflict",
    "no_service",
    "not_reached",
    "other",
)
"""Why staff raise something; a clock that was missed says which one: `claim_missed`."""

ALARMING: Final = frozenset({Promised.CLAIM, Promised.FIRST_RESPONSE, Promised.NEXT_RESPONSE})
"""Clocks whose miss calls somebody, when the item is urgent: a person is waiting at this moment."""


def escalate(
    deed: Acting | None,
    connection: Connection,
    item_id: str,
    to: str,
    why: str,
    *,
    now: datetime | None = None,
    words: str = "",
) -> Row[Any]:
    """Raise an item; its row as it is then. Without a deed the desk itself does it, at `now`.

    `to` is one of `LEVELS`, `why` a code. Words of the member who raises it become a note in the
    case. The desk itself never takes work away from whoever has it.

    Raises:
        NotAllowed: the item does not exist, or is not theirs to see.
        Stale: it is done, or changed meanwhile.
    """
    if deed is not None:
        seen(deed, item_id)
    item = rows.item(connection, item_id)
    if item is None:
        raise NotAllowed(item_id)
    at = deed.now if deed else now
    if at is None:
        raise TypeError("without a deed, say when it is")
    if item.state == "done":
        raise Stale(item_id)
    after = _raised(connection, item, to, _handed_over(deed, item, to, at) if deed else {})
    _record(connection, item, after, to=to, why=why, by=deed.who.id if deed else "system", now=at)
    if deed is not None:
        _name_supervisor(deed, after, to)
        if words.strip() and item.case_id:
            beside(deed, item.case_id, words.strip())
        audit.note(
            deed, "escalate", "work_item", item_id, case_id=item.case_id, detail=f"{to} {why}"
        )
    return after


def missed(
    parts: Parts, connection: Connection, item: Row[Any], clock: str, now: datetime
) -> Row[Any]:
    """A clock of an item was missed: first its supervisor gets it, then whoever is on call is called.

    Somebody is called at once when the item was urgent already, and somebody waits. Gives the row
    of the item as it is then; it must be locked by this transaction.
    """
    after = item
    if item.level < Level.SUPERVISOR:
        after = escalate(None, connection, item.id, "supervisor", f"{clock}_missed", now=now)
    if item.priority <= Priority.HIGH and clock in ALARMING:
        alarms.page(parts, connection, item.id, now)
    return after


def _raised(connection: Connection, item: Row[Any], to: str, handed: Mapping[str, Any]) -> Row[Any]:
    level = max(item.level, int(LEVELS[to]))
    priority = item.priority
    if priority > Priority.HIGH:
        priority -= 1
    after = rows.change_item(connection, item, level=level, priority=priority, **handed)
    if after is None:
        raise Stale(item.id)
    return after


def _handed_over(deed: Acting, item: Row[Any], to: str, now: datetime) -> dict[str, Any]:
    """Whose the item is from now on: somebody's who is there, or everybody's of that level.

    Another agency does not work at this desk: whoever has the item writes the referral.
    """
    if to == "agency":
        return {}
    chosen = _chosen(deed, item, to)
    values: dict[str, Any] = {"specialty": to} if LEVELS[to] is Level.SPECIALIST else {}
    if chosen is None:
        return {**values, "state": "open", "owner_id": None, "claimed_at": None}
    return {**values, "state": "claimed", "owner_id": chosen.id, "claimed_at": now}


def _chosen(deed: Acting, item: Row[Any], to: str) -> Member | None:
    """Who is there for it: the named supervisor before others; of specialists one with the skill.

    A review of danger goes last to who still has a debriefing before them.
    """
    case = files.by_id(deed.connection, item.case_id) if item.case_id else None
    here = [
        each
        for each in presence.on_duty(deed.connection, deed.parts.ring, deed.now)
        if each.id != deed.who.id and _is_for(each, to) and suits(each, item)
    ]
    if case is not None and case.restricted and to == "supervisor" and case.supervisor_id:
        here = [each for each in here if each.id == case.supervisor_id]
    named = (case.supervisor_id if case else None, deed.who.supervisor_id)
    tired: Collection[str] = ()
    if item.kind == Kind.RISK_REVIEW:
        tired = risk_flags.owed(deed.connection, [each.id for each in here])
    order = sorted(here, key=lambda each: (each.id in tired, each.id not in named))
    return next(iter(order), None)


def _is_for(member: Member, to: str) -> bool:
    return member.role is Role.SUPERVISOR if to == "supervisor" else to in member.skills


def _name_supervisor(deed: Acting, item: Row[Any], to: str) -> None:
    """The supervisor who got a restricted case that had none is the one who is named for it."""
    if to != "supervisor" or not item.owner_id or not item.case_id:
        return
    case = files.by_id(deed.connection, item.case_id)
    if case is None or not case.restricted or case.supervisor_id:
        return
    changed = files.change(
        deed.connection, case.id, case.version, now=deed.now, supervisor_id=item.owner_id
    )
    if not changed:
        raise Stale(item.id)
    deed.record("case", case.id, was=case.stage, became=case.stage, why="supervisor_named")


def _record(
    connection: Connection,
    was: Row[Any],
    item: Row[Any],
    *,
    to: str,
    why: str,
    by: str,
    now: datetime,
) -> None:
    rows.add_escalation(
        connection,
        id=new_ident(),
        item_id=was.id,
        case_id=was.case_id,
        to=to,
        why=why,
        by=by,
        priority_was=was.priority,
        level_was=was.level,
        owner_was=was.owner_id,
        at=now,
    )
    events.record(
        connection,
        subject="escalation",
        subject_id=was.id,
        was=str(was.level),
        became=to,
        why=why,
        now=now,
        actor=by,
    )
    if (item.state, item.owner_id) == (was.state, was.owner_id):
        return
    events.record(
        connection,
        subject="work_item",
        subject_id=was.id,
        was=was.state,
        became=move(WORK_ITEM, was.state, item.state),
        why="escalated",
        now=now,
        actor=by,
    )
    if was.kind == Kind.COUNSELLING:
        with suppress(
            IllegalMove
        ):  # a request that is over has an item that is about to be settled
            moved = "claimed" if item.state == "claimed" else "queued"
            follow(connection, was.subject_id, moved, now=now, actor=by, why="escalated")
