"""Work changes hands: claimed, given back, assigned, finished. A counselling request moves with its item."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.roles import Right
from helpline.cases.states import WORK_ITEM, IllegalMove, may_move, move
from helpline.cases.work import Kind
from helpline.service.desk import audit
from helpline.service.desk.access import REFUSED
from helpline.service.desk.acting import NotAllowed, Note, Stale
from helpline.service.desk.counselled import follow
from helpline.service.desk.sessions import member
from helpline.service.desk.texts import mark_read
from helpline.store import events
from helpline.store.desk import accounts, hours, items, queue, risk_flags

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from helpline.cases.roles import Member
    from helpline.service.desk.acting import Acting


_IDENT: Final = re.compile("[0-9a-f]{32}")


class Taken(Exception):
    """Somebody else has the item: `name` is who."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Unreviewed(Exception):
    """A review of danger ends only with its form, or with why there could be none."""


class Unsuitable(Exception):
    """The item may not be given to this person: not whom the client asked for, not their district or work."""


def claim(deed: Acting, item_id: str) -> Row[Any]:
    """Take one item; asked twice it is theirs once. Gives its row.

    Raises:
        Taken: somebody else was faster.
        NotAllowed: it does not exist, or is not for this member.
        Stale: it is done, or its subject is over.
    """
    item = queue.take(deed.connection, deed.who, known_ident(item_id), deed.now)
    if item is None:
        return _why_not(deed, item_id)
    _claimed(deed, item)
    return item


def claim_next(deed: Acting) -> Row[Any] | None:
    """Take the most urgent item that suits this member; none when nothing waits for them.

    Who still has a debriefing before them is offered no other danger while somebody else is there.
    """
    spared = (Kind.RISK_REVIEW,) if _is_spared(deed) else ()
    item = queue.take_next(deed.connection, deed.who, deed.now, but=spared)
    if item is not None:
        _claimed(deed, item)
    return item


def release(deed: Acting, item_id: str, why: str) -> Row[Any]:
    """Give an item back, with a code for the reason; who supervises may do it for others.

    Raises:
        Taken: it is somebody else's.
        NotAllowed, Stale: as for `claim`.
    """
    item = held(deed, item_id)
    if item.state != "claimed":
        raise Stale(item_id)
    return give_back(deed.connection, item, why, now=deed.now, actor=deed.who.id)


def finish(deed: Acting, item_id: str, outcome: str, *, looked_into: bool = False) -> Row[Any]:
    """End an item with the code of what came of it.

    For counselling that is an end of its request: completed, no_contact, withdrawn, declined or
    duplicate. A review of danger is ended by `helpline.service.desk.risk_reviews` alone, which says
    that it was `looked_into`.

    Raises:
        Taken: it is somebody else's.
        Unreviewed: it is a review of danger.
        IllegalMove: the request cannot end like that.
        NotAllowed, Stale: as for `claim`.
    """
    item = held(deed, item_id)
    if item.kind == Kind.RISK_REVIEW and not looked_into:
        raise Unreviewed(item_id)
    ended = _change(
        deed.connection,
        item,
        "done",
        why=outcome,
        now=deed.now,
        actor=deed.who.id,
        outcome=outcome,
        done_at=deed.now,
    )
    if item.kind == Kind.COUNSELLING:
        follow(deed.connection, item.subject_id, outcome, now=deed.now, actor=deed.who.id)
    elif item.kind in (Kind.TEXT, Kind.COMPLAINT, Kind.ON_BEHALF):
        mark_read(deed.connection, item.subject_id, why=outcome, now=deed.now, actor=deed.who.id)
    return ended


def assign(deed: Acting, item_id: str, staff_id: str) -> Row[Any]:
    """Give an item to somebody else, as a supervisor; also one that somebody has already.

    Raises:
        Unsuitable: it may not be theirs.
        NotAllowed, Stale: as for `claim`.
    """
    item = seen(deed, item_id)
    row = accounts.by_id(deed.connection, staff_id)
    if not deed.who.may(Right.SUPERVISE):
        raise refused(deed, item_id)
    if row is None or row.state != "active":
        raise NotAllowed(item_id)
    whose = member(deed.parts.ring, row)
    if not suits(whose, item):
        raise Unsuitable(staff_id)
    if item.owner_id == staff_id:
        return item
    given = _change(
        deed.connection,
        item,
        "claimed",
        why="assigned",
        now=deed.now,
        actor=deed.who.id,
        owner_id=staff_id,
        claimed_at=deed.now,
    )
    _taken_up(deed, item)
    audit.note(deed, "assign", "work_item", item_id, case_id=item.case_id, detail=f"to={staff_id}")
    return given


def begin_session(deed: Acting, item_id: str) -> Row[Any]:
    """The counsellor and the client are talking: nobody takes the item away meanwhile.

    Raises:
        Taken, NotAllowed, Stale, IllegalMove: as for `finish`.
    """
    item = held(deed, item_id)
    if item.owner_id != deed.who.id:
        raise refused(deed, item_id)
    if item.kind != Kind.COUNSELLING:
        raise NotAllowed(item_id)
    follow(deed.connection, item.subject_id, "in_session", now=deed.now, actor=deed.who.id)
    return item


def seen(deed: Acting, item_id: str) -> Row[Any]:
    """The row of an item that this member may see.

    Raises:
        NotAllowed: it does not exist, or is not theirs to see.
    """
    item = queue.seen(deed.connection, deed.who, known_ident(item_id))
    if item is None:
        raise refused(deed, item_id)
    return item


def refused(deed: Acting, item_id: str) -> NotAllowed:
    """The refusal of an item that is not theirs: as with a case, that they asked for it is noted.

    Nothing is noted of one that does not exist; whoever asks cannot tell which it was.
    """
    item = items.by_id(deed.connection, item_id)
    if item is not None:
        deed.refused.append(Note(REFUSED, "work_item", item_id, item.case_id, ""))
    return NotAllowed(item_id)


def known_ident(said: str) -> str:
    """An id as somebody's browser sent it.

    Raises:
        NotAllowed: no row has such an id.
    """
    if not _IDENT.fullmatch(said):
        raise NotAllowed(said)
    return said


def suits(who: Member, item: Row[Any]) -> bool:
    """Whether an item may be given to somebody: the client's wish, their district, their work."""
    return (
        who.may(Right.WORK) and who.may_be_offered(item.counsellor) and who.works_in(item.district)
    )


def give_back(
    connection: Connection, item: Row[Any], why: str, *, now: datetime, actor: str
) -> Row[Any]:
    """Put a claimed item back for everybody, whoever had it.

    Raises:
        Stale: it changed since it was read.
    """
    given = _change(
        connection, item, "open", why=why, now=now, actor=actor, owner_id=None, claimed_at=None
    )
    if item.kind == Kind.COUNSELLING:
        with suppress(
            IllegalMove
        ):  # a request that is over has an item that is about to be settled
            follow(connection, item.subject_id, "queued", now=now, actor=actor, why=why)
    return given


def _is_spared(deed: Acting) -> bool:
    if not risk_flags.owed(deed.connection, [deed.who.id]):
        return False
    there = {row.id: row for row in hours.on_duty(deed.connection, deed.now)}
    tired = risk_flags.owed(deed.connection, there)
    return any(
        member(deed.parts.ring, row).may(Right.WORK)
        for ident, row in there.items()
        if ident not in tired
    )


def _claimed(deed: Acting, item: Row[Any]) -> None:
    deed.record("work_item", item.id, was="open", became="claimed", why=item.kind)
    _taken_up(deed, item)


def _taken_up(deed: Acting, item: Row[Any]) -> None:
    if item.kind == Kind.COUNSELLING:
        try:
            follow(deed.connection, item.subject_id, "claimed", now=deed.now, actor=deed.who.id)
        except IllegalMove as over:
            raise Stale(item.id) from over


def _why_not(deed: Acting, item_id: str) -> Row[Any]:
    item = seen(deed, item_id)
    if item.owner_id == deed.who.id and item.state == "claimed":
        return item
    if item.state == "claimed":
        raise Taken(_name(deed, item.owner_id))
    if item.state == "open":
        raise refused(deed, item_id)
    raise Stale(item_id)


def held(deed: Acting, item_id: str) -> Row[Any]:
    """An item that this member may move on: theirs, nobody's, or anybody's for who supervises.

    Raises:
        Taken: it is somebody else's.
        NotAllowed: it does not exist, or is not theirs to see.
        Stale: it is done.
    """
    item = seen(deed, item_id)
    others = item.owner_id not in (None, deed.who.id)
    if item.state == "claimed" and others and not deed.who.may(Right.SUPERVISE):
        raise Taken(_name(deed, item.owner_id))
    if not may_move(WORK_ITEM, item.state, "done"):
        raise Stale(item_id)
    return item


def _change(
    connection: Connection,
    item: Row[Any],
    becomes: str,
    *,
    why: str,
    now: datetime,
    actor: str,
    **values: Any,
) -> Row[Any]:
    changed = queue.change(connection, item, state=move(WORK_ITEM, item.state, becomes), **values)
    if changed is None:
        raise Stale(item.id)
    events.record(
        connection,
        subject="work_item",
        subject_id=item.id,
        was=item.state,
        became=becomes,
        why=why,
        now=now,
        actor=actor,
    )
    return changed


def _name(deed: Acting, staff_id: str) -> str:
    row = accounts.by_id(deed.connection, staff_id)
    return member(deed.parts.ring, row).name if row else ""
