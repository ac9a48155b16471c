"""The clocks of promises: they start, stop, pause and warn by the facts, whoever made them so.

No room has to remember its clocks. `sweep` starts those of items that are offered, stops those whose
item was taken or done, and lets the others warn and miss; `clock_answers.follow` watches what was
said between us and the client. Both may run in any number of processes, at any time, twice.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from helpline.cases import clocks
from helpline.cases.clocks import Clock, Limit, Promised
from helpline.cases.work import Kind
from helpline.service.desk import escalation, hours
from helpline.service.desk.clock_moves import (
    MOST,
    add,
    apply,
    clock_of,
    record,
    row_of,
    stop_all,
    until_done,
)
from helpline.store.desk import clocks as rows

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from helpline.cases.hours import WorkingHours
    from helpline.service.parts import Parts

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
    return bool(add(connection, [row_of(kind, subject_id, item_id, case_id, clock, now)], now))


def stop(
    connection: Connection,
    *,
    subject_id: str,
    now: datetime,
    kinds: Collection[Promised] = tuple(Promised),
) -> int:
    """Stop the clocks of a subject that run or stand still; how many."""
    return _each(connection, subject_id, kinds, "stop", clocks.stop, now)


def pause(
    connection: Connection,
    *,
    subject_id: str,
    now: datetime,
    kinds: Collection[Promised] = tuple(Promised),
) -> int:
    """Let the clocks of a subject stand still; what is left of their time is kept."""
    return _each(connection, subject_id, kinds, "pause", clocks.pause, now)


def resume(
    connection: Connection,
    *,
    subject_id: str,
    now: datetime,
    kinds: Collection[Promised] = tuple(Promised),
) -> int:
    """Let the clocks of a subject that stand still run on with the time they had left."""
    return _each(connection, subject_id, kinds, "resume", clocks.resume, now)


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
        apply(connection, row, clocks.restart(clock, allowed, at, working), now)
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
    return _start_all(connection, [item], hours.working_hours(connection), now)


def sweep(parts: Parts) -> int:
    """Start, stop, warn and miss whatever is due; how many clocks moved."""
    return sum(until_done(parts, step) for step in (_start, _settle, _fire))


def _start(parts: Parts, connection: Connection) -> tuple[int, bool]:
    """Clocks of items that are offered: for the claim while nobody has it, for a response, for the end."""
    now = parts.clock()
    waiting = rows.waiting_to_start(connection, now, MOST)
    if not waiting:
        return 0, False
    moved = _start_all(connection, waiting, hours.working_hours(connection), now)
    return moved, len(waiting) == MOST


def _start_all(
    connection: Connection, items: Sequence[Row[Any]], working: WorkingHours, now: datetime
) -> int:
    """Begin what is missing of these items. Work that is open again begins anew; released work is claimed anew."""
    found = rows.of_subjects(connection, [item.id for item in items])
    known = {(row.subject_id, row.kind): row for row in found}
    begun: dict[tuple[Limit, datetime], Clock] = {}
    fresh: list[dict[str, Any]] = []
    moved = 0
    for item in items:
        last = known.get((item.id, Promised.RESOLUTION))
        reopened = last is not None and last.state in clocks.OVER
        begins = max(item.offered_at, item.opened_at) if reopened else item.offered_at
        for kind in _kinds(item):
            allowed, row = _allowed(kind, item), known.get((item.id, kind))
            at = now if last is not None and not reopened else begins
            if row is None:
                if (allowed, at) not in begun:
                    begun[allowed, at] = clocks.begin(allowed, at, working)
                clock = begun[allowed, at]
                fresh.append(row_of(kind, item.id, item.id, item.case_id, clock, now))
            elif row.state in clocks.OVER and (reopened or kind is Promised.CLAIM):
                again = clocks.restart(clock_of(row), allowed, at, working)
                moved += apply(connection, row, again, now)
    return moved + add(connection, fresh, now)


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
    return stop_all(parts, connection, rows.over(connection, MOST))


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
        clock = clock_of(row)
        if row.item_id and row.item_id not in items:
            continue
        if clock.due_at is None or clock.due_at > now:
            moved += apply(connection, row, clocks.warn(clock), now)
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
    record(connection, subject, row.kind, was=row.state, became="missed", now=now)
    if row.item_id:
        item = escalation.missed(parts, connection, items[row.item_id], row.kind, now)
        items[row.item_id] = item
        limit = clocks.limit(Promised(row.kind), item.priority)
    apply(connection, row, clocks.miss(clock_of(row), limit, now, working), now, was="missed")


def _each(
    connection: Connection,
    subject_id: str,
    kinds: Collection[Promised],
    step: str,
    turned: Callable[[Clock, datetime, WorkingHours], Clock],
    now: datetime,
) -> int:
    """Turn those clocks of a subject that may take a step; how many."""
    working = hours.working_hours(connection)
    return sum(
        apply(connection, row, turned(clock, now, working), now)
        for row, clock in _of(connection, subject_id, kinds)
        if clocks.may(clock, step)
    )


def _of(
    connection: Connection, subject_id: str, kinds: Collection[Promised]
) -> list[tuple[Row[Any], Clock]]:
    wanted = {kind.value for kind in kinds}
    return [
        (row, clock_of(row))
        for row in rows.of_subjects(connection, [subject_id])
        if row.kind in wanted
    ]
