"""What happens to the row of a clock: begun, moved, stopped, each with its event on the item."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from helpline.cases import clocks
from helpline.cases.clocks import Clock, Limit, Promised
from helpline.service.desk import hours
from helpline.store import events
from helpline.store.desk import clocks as rows
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from helpline.cases.hours import WorkingHours
    from helpline.service.parts import Parts

MOST: Final = 200
"""Rows in one transaction; what is left is taken in the next."""
BATCHES: Final = 20
"""Transactions of one kind in one sweep."""


def until_done(parts: Parts, step: Callable[[Parts, Connection], tuple[int, bool]]) -> int:
    """Take batch after batch, but not for ever: alarms wait for their turn in the same process."""
    total = 0
    for _ in range(BATCHES):
        with parts.database.transaction() as connection:
            moved, full = step(parts, connection)
        total += moved
        if not full or not moved:
            break
    return total


def row_of(
    kind: Promised,
    subject_id: str,
    item_id: str | None,
    case_id: str | None,
    clock: Clock,
    now: datetime,
) -> dict[str, Any]:
    """The row of a clock that begins."""
    return {
        "id": new_ident(),
        "kind": kind.value,
        "subject_id": subject_id,
        "item_id": item_id,
        "case_id": case_id,
        "updated_at": now,
        **_columns(clock),
    }


def add(connection: Connection, fresh: Sequence[Mapping[str, Any]], now: datetime) -> int:
    """Write clocks that began, each with its event; how many were not there yet."""
    added = rows.add(connection, fresh)
    for kind in Promised:
        begun = [each for each in fresh if each["id"] in added and each["kind"] == kind]
        events.record_moves(
            connection,
            subject="sla_clock",
            was="",
            moves=[(each["item_id"] or each["subject_id"], each["state"], kind) for each in begun],
            now=now,
            actor="system",
        )
    return len(added)


def apply(
    connection: Connection, row: Row[Any], clock: Clock, now: datetime, *, was: str = ""
) -> int:
    """Write what became of a clock, with its event; 1, to be counted."""
    rows.write(connection, row.id, updated_at=now, **_columns(clock))
    became = "paused" if clock.paused_at else clock.state
    before = was or ("paused" if row.paused_at else row.state)
    subject = row.item_id or row.subject_id
    record(connection, subject, row.kind, was=before, became=became, now=now)
    return 1


def stop_all(parts: Parts, connection: Connection, found: list[Row[Any]]) -> tuple[int, bool]:
    """Stop clocks, each at its `since`; how many, and whether there may be more."""
    if not found:
        return 0, False
    now, working = parts.clock(), hours.working_hours(connection)
    moved = sum(_ended(connection, row, row.since or now, now, working) for row in found)
    return moved, len(found) == MOST


def _ended(
    connection: Connection, row: Row[Any], since: datetime, now: datetime, working: WorkingHours
) -> int:
    clock = clock_of(row)
    if clock.due_at is not None and since > clock.due_at:
        allowed = Limit(clock.limit, wall=clock.wall)
        clock = clocks.miss(clock, allowed, since, working)
    return apply(connection, row, clocks.stop(clock, since, working), now)


def record(
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


def clock_of(row: Row[Any]) -> Clock:
    """The clock that a row stands for."""
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
