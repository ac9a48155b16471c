"""The log of what staff did: a chain in which every row holds the digest of the one before.

The digests are made with a key of the installation: whoever has the database alone cannot make a
changed row, or all that follow it, look right.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import insert, inspect, select, text

from helpline.store.tables import Audit, CareCase

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Row

    from helpline.store.sealing import KeyRing

_LOCK: Final = 0x4155444954
"""The number of the advisory lock in PostgreSQL: `AUDIT`. SQLite has one writer at a time anyway."""
_FIRST: Final = "0" * 64


class Entry(NamedTuple):
    """One row of the log, without its digest."""

    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    subject_id: str
    case_id: str | None
    detail: str


def append(
    connection: Connection,
    ring: KeyRing,
    *,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    subject_id: str,
    case_id: str | None = None,
    detail: str = "",
) -> None:
    """Add one row at the end; until the transaction is over nobody else can add another."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
    last, before = tail(connection)
    entry = Entry(last + 1, at, actor, action, subject, subject_id, case_id, detail)
    connection.execute(
        insert(Audit).values(**entry._asdict(), digest=_digest(ring, before or _FIRST, entry))
    )


class Fault(NamedTuple):
    """Rows of the log, by number, that are not as they were written."""

    first: int
    last: int
    why: str
    """missing: taken out. changed: this row, or the digest of the one before it, was altered."""


def faults(connection: Connection, ring: KeyRing) -> Iterator[Fault]:
    """What is wrong with the log: rows that were changed, taken out, put in or moved.

    Rows taken off the end leave no trace in those before them: `tail` says where the log ends.
    """
    before, expected = _FIRST, 1
    rows = connection.execute(
        select(Audit.__table__).order_by(Audit.number), execution_options={"yield_per": 1000}
    )
    for row in rows:
        entry = Entry(*(getattr(row, name) for name in Entry._fields))
        if row.number > expected:
            yield Fault(expected, row.number - 1, "missing")
        elif row.number < expected or row.digest != _digest(ring, before, entry):
            yield Fault(row.number, row.number, "changed")
        before, expected = row.digest, row.number + 1


def tail(connection: Connection) -> tuple[int, str]:
    """Number and digest of the last row; 0 and nothing of an empty log."""
    last = connection.execute(
        select(Audit.number, Audit.digest).order_by(Audit.number.desc()).limit(1)
    ).one_or_none()
    return (last.number, last.digest) if last else (0, "")


def digest_of(connection: Connection, number: int) -> str:
    """The digest of one row; empty when it is not there."""
    found = connection.execute(select(Audit.digest).where(Audit.number == number))
    return found.scalar_one_or_none() or ""


def page(
    connection: Connection,
    *,
    before: int = 0,
    most: int,
    actor: str = "",
    action: str = "",
    reference: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Row[Any]]:
    """The newest rows first, with the reference number of the case; those before a number."""
    given: list[tuple[object, Callable[[], ColumnElement[bool]]]] = [
        (before, lambda: Audit.number < before),
        (actor, lambda: Audit.actor == actor),
        (action, lambda: Audit.action.in_((action, f"{action}_break_glass"))),
        (reference, lambda: CareCase.reference == reference),
        (since, lambda: Audit.at >= since),
        (until, lambda: Audit.at < until),
    ]
    wanted = [condition() for value, condition in given if value]
    found = (
        select(Audit.__table__, CareCase.reference)
        .outerjoin(CareCase, CareCase.id == Audit.case_id)
        .where(*wanted)
        .order_by(Audit.number.desc())
        .limit(most)
    )
    return list(connection.execute(found))


def keep(connection: Connection) -> None:
    """Make the database itself refuse to change or delete a row of the log. Done again it changes nothing.

    Whoever owns the database can undo it; then the digests tell.
    """
    if not inspect(connection).has_table(Audit.__tablename__):
        return
    if connection.dialect.name == "sqlite":
        for statement in _SQLITE:
            connection.exec_driver_sql(statement)
    elif not connection.execute(text(_IS_KEPT)).first():
        for statement in _POSTGRESQL:
            connection.exec_driver_sql(statement)


_SQLITE: Final = (
    """CREATE TRIGGER IF NOT EXISTS audit_keeps_update BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the log is only ever added to'); END""",
    """CREATE TRIGGER IF NOT EXISTS audit_keeps_delete BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the log is only ever added to'); END""",
    """CREATE TRIGGER IF NOT EXISTS audit_keeps_replace BEFORE INSERT ON audit
    WHEN EXISTS (SELECT 1 FROM audit WHERE number = NEW.number)
    BEGIN SELECT RAISE(ABORT, 'the log is only ever added to'); END""",
)
_IS_KEPT: Final = "SELECT 1 FROM pg_trigger WHERE tgname = 'audit_keeps'"
_POSTGRESQL: Final = (
    """CREATE OR REPLACE FUNCTION audit_keeps() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the log is only ever added to'; END $$""",
    """CREATE TRIGGER audit_keeps BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_keeps()""",
)


def _digest(ring: KeyRing, before: str, entry: Entry) -> str:
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    said = (before, entry.number, at, *entry[2:])
    return ring.fingerprint("audit", json.dumps(said, ensure_ascii=False)).hex()
