"""The log of what staff did: a chain in which every row holds the digest of the one before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import insert, select, text

from helpline.store.tables import Audit

if TYPE_CHECKING:
    from sqlalchemy import Connection

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
    last = connection.execute(
        select(Audit.number, Audit.digest).order_by(Audit.number.desc()).limit(1)
    ).one_or_none()
    number, before = (last.number + 1, last.digest) if last else (1, _FIRST)
    entry = Entry(number, at, actor, action, subject, subject_id, case_id, detail)
    connection.execute(insert(Audit).values(**entry._asdict(), digest=_digest(before, entry)))


def broken(connection: Connection) -> Iterator[int]:
    """The numbers of rows that do not follow from the one before: changed, taken out or put in."""
    before, expected = _FIRST, 1
    rows = connection.execute(select(Audit.__table__).order_by(Audit.number))
    for row in rows:
        entry = Entry(*(getattr(row, name) for name in Entry._fields))
        if row.number != expected or row.digest != _digest(before, entry):
            yield row.number
        before, expected = row.digest, row.number + 1


def _digest(before: str, entry: Entry) -> str:
    said = entry._replace(at=entry.at.astimezone(UTC)).__repr__()
    return sha256(f"{before} {said}".encode()).hexdigest()
