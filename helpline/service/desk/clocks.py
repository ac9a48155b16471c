"""The clocks of promises: they start, stop, pause and warn by the facts, whoever made them so.

No room has to remember its clocks. `sweep` starts those of items that are offered, stops those whose
item was taken or done, and lets the others warn and miss; `follow` watches what was said between us
and the client. Both may run in any number of processes, at any time, twice.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from helpline.cases import clocks
from helpline.cases.clocks import Clock, Limit, Promised
from helpline.cases.work import Kind, Priority
from helpline.service.desk import escalation, hours
from helpline.store import events
from helpline.store.desk import clocks as rows
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from helpline.cases.hours import WorkingHours
    from helpline.service.parts import Parts

MOST: Final = 200
"""Rows in one transaction; what is left is taken in the next."""

OF_A_CLIENT: Final = frozenset(
    {
        Kind.COUNSELLING,
        Kind.CALLBACK,
        Kind.MISSED_CALL,
        Kind.TEXT,
        Kind.RISK_REVIEW,
        Kind.COMPLAINT,
    }
)
"""Kinds in which a client waits for a response."""

REACHED: Final = frozenset(
    {"talked", "reached", "answered", "asked_later", "not_convenient", "refused"}
)
"""Dispositions of a contact, in either direction, in which we spoke with the client."""


def start(
    connection: Connection,
    *,
    kind: Promised,
    subject_id: str,
    allowed: Limit,
    at: datetime,
    now: datetime,
    item_id: str | None = None,
    case_id: str | None = None,
    working: WorkingHours | None = None,
) -> bool:
    """Start a clock at a moment, unless the subject has one of this kind already."""
    clock = clocks.begin(allowed, at, working or hours.working_hours(connection))
    ident = new_ident()
    added = rows.add(
        connection,
        id=ident,
        kind=kind.value,
        subject_id=subject_id,
        item_id=item_id,
        case_id=case_id,
        updated_at=now,
        **_columns(clock),
    )
    if added:
        _record(connection, item_id or subject_id, kind, was="", became=clock.state, now=now)
    return added


def stop(
    connection: Connection,
    *,
    subject_id: str,
    now: datetime,
    kinds: Collection[Promised] = tuple(Promised),
) -> int:
    """Stop the clocks of a subject that run or stand still; how many."""
    working = hours.working_hours(connection)
    return sum(
        _apply(connection, row, clocks.stop(clock, now, working), now)
        for row, clock in _of(connection, subject_id, kinds)
        if clocks.may(clock, "stop")
    )


def pause(
    connection: Connection,
    *,
    subject_id: str,
    now: datetime,
    kinds: Collection[Promised] = tuple(Promised),
) -> int:
    """Let the clocks of a subject stand still; what is left of their time is kept."""
    working = hours.working_hours(connection)
    return sum(
        _apply(connection, row, clocks.pause(clock, now, working), now)
        for row, clock in _of(connection, subject_id, kinds)
        if clocks.may(clock, "pause")
    )


def resume(
    connection: Connection,
    *,
    subject_id: str,
    now: datetime,
    kinds: Collection[Promised] = tuple(Promised),
) -> int:
    """Let the clocks of a subject that stand still run on with the time they had left."""
    working = hours.working_hours(connection)
    return sum(
        _apply(connection, row, clocks.resume(clock, now, working), now)
        for row, clock in _of(connection, subject_id, kinds)
        if clocks.may(clock, "resume")
    )


def restart(
    connection: Connection,
    *,
    kind: Promised,
    subject_id: str,
    allowed: Limit,
    at: datetime,
    now: datetime,
    item_id: str | None = None,
    case_id: str | None = None,
) -> None:
    """Give the clock of a subject its whole time again from a moment on; start it if there is none."""
    working = hours.working_hours(connection)
    found = _of(connection, subject_id, (kind,))
    for row, clock in found:
        _apply(connection, row, clocks.restart(clock, allowed, at, working), now)
    if not found:
        start(
            connection,
            kind=kind,
            subject_id=subject_id,
            allowed=allowed,
            at=at,
            now=now,
            item_id=item_id,
            case_id=case_id,
            working=working,
        )


def begin(connection: Connection, item: Row[Any], now: datetime) -> int:
    """Start the clocks of one item now, without waiting for the next sweep; how many began."""
    known = {(row.subject_id, row.kind): row for row in rows.of_subjects(connection, [item.id])}
    return _start_of(connection, item, known, hours.working_hours(connection), now)


def sweep(parts: Parts) -> int:
    """Start, stop, warn and miss whatever is due; how many clocks moved."""
    return sum(_until_done(parts, step) for step in (_start, _settle, _fire))


def follow(parts: Parts) -> int:
    """Let clocks follow what was said and whom we wait for; how many moved."""
    steps = (_stop_answered, _restart_for_texts, _pause, _resume, _of_referrals)
    return sum(_until_done(parts, step) for step in steps)


def _until_done(parts: Parts, step: Callable[[Parts, Connection], tuple[int, bool]]) -> int:
    total = 0
    while True:
        with parts.database.transaction() as connection:
            moved, full = step(parts, connection)
        total += moved
        if not full or not moved:
            return total


def _start(parts: Parts, connection: Connection) -> tuple[int, bool]:
    """Clocks of items that are offered: for the claim while nobody has it, for a response, for the end."""
    now = parts.clock()
    waiting = rows.waiting_to_start(connection, now, MOST)
    if not waiting:
        return 0, False
    working = hours.working_hours(connection)
    found = rows.of_subjects(connection, [item.id for item in waiting])
    known = {(row.subject_id, row.kind): row for row in found}
    moved = sum(_start_of(connection, item, known, working, now) for item in waiting)
    return moved, len(waiting) == MOST


def _start_of(
    connection: Connection,
    item: Row[Any],
    known: dict[tuple[str, str], Row[Any]],
    working: WorkingHours,
    now: datetime,
) -> int:
    """Begin what is missing. Work that was done and is open again begins anew; released work is claimed anew."""
    last = known.get((item.id, Promised.RESOLUTION))
    reopened = last is not None and last.state in clocks.OVER
    begins = max(item.offered_at, item.opened_at) if reopened else item.offered_at
    moved = 0
    for kind in _kinds(item):
        allowed, row = _allowed(kind, item), known.get((item.id, kind))
        at = now if last is not None and not reopened else begins
        if row is None:
            moved += start(
                connection,
                kind=kind,
                subject_id=item.id,
                allowed=allowed,
                at=at,
                now=now,
                item_id=item.id,
                case_id=item.case_id,
                working=working,
            )
        elif row.state in clocks.OVER and (reopened or kind is Promised.CLAIM):
            again = clocks.restart(_clock(row), allowed, at, working)
            moved += _apply(connection, row, again, now)
    return moved


def _kinds(item: Row[Any]) -> Iterable[Promised]:
    if item.state == "open":
        yield Promised.CLAIM
    if item.kind in OF_A_CLIENT:
        yield Promised.FIRST_RESPONSE
    yield Promised.RESOLUTION


def _allowed(kind: Promised, item: Row[Any]) -> Limit:
    """The limit of its priority; a response is also due by when the client was promised something.

    That promise counts every hour: she waits on our holidays, too. Nobody promised a risk review.
    """
    limit = clocks.limit(kind, item.priority)
    promised = int((item.promised_at - item.offered_at).total_seconds())
    told = kind is Promised.FIRST_RESPONSE and item.kind != Kind.RISK_REVIEW
    if told and 0 < promised < limit.seconds:
        return Limit(promised, wall=True)
    return limit


def _settle(parts: Parts, connection: Connection) -> tuple[int, bool]:
    """Stop the clocks of what was claimed or done; too late is missed, though nobody saw it then."""
    return _stop_all(parts, connection, rows.over(connection, MOST))


def _stop_answered(parts: Parts, connection: Connection) -> tuple[int, bool]:
    return _stop_all(parts, connection, rows.answered(connection, REACHED, MOST))


def _stop_all(parts: Parts, connection: Connection, found: list[Row[Any]]) -> tuple[int, bool]:
    if not found:
        return 0, False
    now, working = parts.clock(), hours.working_hours(connection)
    moved = sum(_ended(connection, row, row.since or now, now, working) for row in found)
    return moved, len(found) == MOST


def _ended(
    connection: Connection, row: Row[Any], since: datetime, now: datetime, working: WorkingHours
) -> int:
    clock = _clock(row)
    if clock.due_at is not None and since > clock.due_at:
        allowed = Limit(clock.limit, wall=clock.wall)
        clock = clocks.miss(clock, allowed, since, working)
    return _apply(connection, row, clocks.stop(clock, since, working), now)


def _fire(parts: Parts, connection: Connection) -> tuple[int, bool]:
    """Warn, or miss and escalate. What somebody is changing at this moment waits for the next sweep."""
    now = parts.clock()
    found = rows.due(connection, now, MOST)
    if not found:
        return 0, False
    working = hours.working_hours(connection)
    items = rows.items(connection, [row.item_id for row in found if row.item_id])
    moved = 0
    for row in found:
        clock = _clock(row)
        if row.item_id and row.item_id not in items:
            continue
        if clock.due_at is None or clock.due_at > now:
            moved += _apply(connection, row, clocks.warn(clock), now)
        else:
            _miss(parts, connection, row, items, working, now)
            moved += 1
    return moved, len(found) == MOST


def _miss(
    parts: Parts,
    connection: Connection,
    row: Row[Any],
    items: dict[str, Row[Any]],
    working: WorkingHours,
    now: datetime,
) -> None:
    limit, subject = Limit(row.limit, wall=row.wall), row.item_id or row.subject_id
    _record(connection, subject, row.kind, was=row.state, became="missed", now=now)
    if row.item_id:
        item = escalation.missed(parts, connection, items[row.item_id], row.kind, now)
        items[row.item_id] = item
        limit = clocks.limit(Promised(row.kind), item.priority)
    _apply(connection, row, clocks.miss(_clock(row), limit, now, working), now, was="missed")


def _restart_for_texts(parts: Parts, connection: Connection) -> tuple[int, bool]:
    """The client wrote again: whoever has the item has so much time to answer."""
    now = parts.clock()
    found = rows.written_again(connection, MOST)
    for item in found:
        restart(
            connection,
            kind=Promised.NEXT_RESPONSE,
            subject_id=item.id,
            allowed=clocks.limit(Promised.NEXT_RESPONSE, item.priority),
            at=item.since,
            now=now,
            item_id=item.id,
            case_id=item.case_id,
        )
    return len(found), len(found) == MOST


def _pause(parts: Parts, connection: Connection) -> tuple[int, bool]:
    found = rows.to_pause(connection, MOST)
    if not found:
        return 0, False
    now, working = parts.clock(), hours.working_hours(connection)
    for row in found:
        _apply(connection, row, clocks.pause(_clock(row), now, working), now)
    return len(found), len(found) == MOST


def _resume(parts: Parts, connection: Connection) -> tuple[int, bool]:
    found = rows.standing(connection, MOST)
    if not found:
        return 0, False
    now, working = parts.clock(), hours.working_hours(connection)
    for row in found:
        clock = _clock(row)
        going = (
            clocks.stop(clock, now, working) if row.done_at else clocks.resume(clock, now, working)
        )
        _apply(connection, row, going, now)
    return len(found), len(found) == MOST


def _of_referrals(parts: Parts, connection: Connection) -> tuple[int, bool]:
    """An office that was asked has a clock of its own; what happens at its end is the referral's."""
    now = parts.clock()
    sent = rows.unanswered_referrals(connection, MOST)
    for referral in sent:
        priority = clocks.REFERRAL_PRIORITIES.get(referral.priority, Priority.NORMAL)
        restart(
            connection,
            kind=Promised.REFERRAL_RESPONSE,
            subject_id=referral.id,
            allowed=clocks.limit(Promised.REFERRAL_RESPONSE, priority),
            at=referral.sent_at,
            now=now,
            case_id=referral.case_id,
        )
    stopped, full = _stop_all(parts, connection, rows.answered_referrals(connection, MOST))
    return len(sent) + stopped, full or len(sent) == MOST


def _of(
    connection: Connection, subject_id: str, kinds: Collection[Promised]
) -> list[tuple[Row[Any], Clock]]:
    wanted = {kind.value for kind in kinds}
    return [
        (row, _clock(row))
        for row in rows.of_subjects(connection, [subject_id])
        if row.kind in wanted
    ]


def _apply(
    connection: Connection, row: Row[Any], clock: Clock, now: datetime, *, was: str = ""
) -> int:
    """Write what became of a clock, with its event; 1, to be counted."""
    rows.write(connection, row.id, updated_at=now, **_columns(clock))
    became = "paused" if clock.paused_at else clock.state
    before = was or ("paused" if row.paused_at else row.state)
    subject = row.item_id or row.subject_id
    _record(connection, subject, row.kind, was=before, became=became, now=now)
    return 1


def _record(
    connection: Connection, subject_id: str, kind: str, *, was: str, became: str, now: datetime
) -> None:
    """A step of a clock, among the events of its item: the why says which clock."""
    events.record(
        connection,
        subject="sla_clock",
        subject_id=subject_id,
        was=was,
        became=became,
        why=kind,
        now=now,
    )


def _clock(row: Row[Any]) -> Clock:
    return Clock(
        state=row.state,
        wall=row.wall,
        limit=row.limit,
        left=row.left,
        started_at=row.started_at,
        paused_at=row.paused_at,
        warn_at=row.warn_at,
        due_at=row.due_at,
        misses=row.misses,
    )


def _columns(clock: Clock) -> dict[str, Any]:
    return {**asdict(clock), "next_at": clock.next_at}
