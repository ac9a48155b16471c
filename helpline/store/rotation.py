"""Rotation of the data keys: everything sealed under an older key is sealed again under the current."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import LargeBinary, Table, bindparam, func, select, tuple_, update

from helpline.store.prepared import Prepared
from helpline.store.register import Entry, register
from helpline.store.sealing import KeyRing, Unsealable, owner_of
from helpline.store.shredding import know
from helpline.store.tables import Base

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import ColumnElement

    from helpline.store.database import Database


class Rotation(NamedTuple):
    """What one run did."""

    resealed: int
    """Values."""
    left: int
    """Values that are still not under the current key: unreadable ones, and those that a process
    with the old keys wrote in the meantime. The old key may leave the ring when this is 0."""
    unreadable: list[str]
    """Places (`table.column:row`) whose value no key of the ring opens."""


def rotate(
    database: Database,
    ring: KeyRing,
    batch: int = 500,
    progress: Callable[[Entry, int], None] = lambda _entry, _resealed: None,
) -> Rotation:
    """Seal again whatever is not sealed under the current key of the ring.

    Each batch of rows is a transaction of its own, and a value that a writer changed in the
    meantime is left as the writer wants it: run it while everything runs, end it at any moment,
    start it again. `progress` hears of every batch: the column, and how many values it re-sealed.

    Raises:
        Unavailable: as `helpline.store.database` says; start it again.
    """
    resealed, left = 0, 0
    unreadable: list[str] = []
    for entry in register():
        if entry.kind == "sealed":
            column = _SealedColumn(entry, ring)
            for number in column.resealed(database, batch, unreadable):
                resealed += number
                progress(entry, number)
            left += column.count(database)
    return Rotation(resealed, left, unreadable)


class _SealedColumn:
    def __init__(self, entry: Entry, ring: KeyRing) -> None:
        self._ring = ring
        self._name = f"{entry.table}.{entry.column}"
        self._table: Table = Base.metadata.tables[entry.table]
        self._column = self._table.c[entry.column]
        self._key = list(self._table.primary_key)
        current = (ring.current_header, ring.owned_header)
        beginning = func.substr(self._column, 1, len(ring.current_header), type_=LargeBinary)
        self._old: ColumnElement[bool] = beginning.not_in(current)
        same_row = [key == bindparam(f"key_{key.name}") for key in self._key]
        self._update = Prepared(
            update(self._table)
            .where(*same_row, self._column == bindparam("before"))
            .values({self._column: bindparam("after")})
        )

    def resealed(self, database: Database, batch: int, unreadable: list[str]) -> Iterator[int]:
        """Go through the table in the order of its key; give for each batch what was re-sealed."""
        after: tuple[Any, ...] | None = None
        while rows := self._batch(database, after, batch):
            after = rows[-1][:-1]
            with database.transaction() as connection:
                know(row[-1] for row in rows)
                changes = [change for row in rows if (change := self._change(row, unreadable))]
                number = sum(self._update.run(connection, **change) for change in changes)
            yield number

    def count(self, database: Database) -> int:
        with database.reading() as connection:
            query = select(func.count()).select_from(self._table).where(self._old)
            return connection.execute(query).scalar_one()

    def _batch(
        self, database: Database, after: tuple[Any, ...] | None, batch: int
    ) -> list[tuple[Any, ...]]:
        query = select(*self._key, self._column).where(self._old).order_by(*self._key).limit(batch)
        if after is not None:
            query = query.where(tuple_(*self._key) > after)
        with database.reading() as connection:
            return [tuple(row) for row in connection.execute(query)]

    def _change(self, row: tuple[Any, ...], unreadable: list[str]) -> dict[str, Any] | None:
        *key, before = row
        place = "/".join(str(each) for each in key)
        try:
            value = self._ring.unseal(before, self._name, place)
        except Unsealable:
            unreadable.append(f"{self._name}:{place}")
            return None
        after = self._ring.seal(value, self._name, place, owner=owner_of(before))
        names = (f"key_{column.name}" for column in self._key)
        return {**dict(zip(names, key, strict=True)), "before": before, "after": after}
