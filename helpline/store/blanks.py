"""What takes the place of something personal that is wiped: nothing, or a sealed nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import LargeBinary, func, or_

from helpline.store.sealing import Unsealable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Column, ColumnElement, Row, Table

    from helpline.store.sealing import KeyRing

WIPED: Final = ("sealed", "fingerprint")
"""What is wiped; coded answers stay and are counted."""
_JSON: Final = frozenset({"assessment.answers", "session.state"})
"""Sealed columns that hold JSON: emptied, they still do."""
_BARE: Final = frozenset({"inbox.reply", "message.values"})
"""Sealed columns of which there are so many, and read so seldom, that nothing takes their place."""
_NOBODYS: Final = bytes(8)
"""Begins the fingerprint of nobody."""


def personal(table: Table) -> bool:
    """Whether a table has anything that is wiped."""
    return any(column.info.get("personal") in WIPED for column in table.columns)


def key_of(table: Table, row: Row[Any]) -> str:
    """A row's primary key, as its sealed values are bound to it."""
    return "/".join(str(getattr(row, column.name)) for column in table.primary_key)


def blank(ring: KeyRing, table: Table, row: Row[Any]) -> Mapping[str, Any]:
    """What takes the place of everything personal in one row; empty when there is nothing left."""
    key = key_of(table, row)
    values: dict[str, Any] = {}
    for column in table.columns:
        was = getattr(row, column.name)
        if column.info.get("personal") not in WIPED or was is None:
            continue
        if column.nullable:
            values[column.name] = None
        elif column.info["personal"] == "fingerprint":
            if not was.startswith(_NOBODYS):
                nobody = ring.fingerprint("erased", f"{_place(table, column)}:{key}")
                values[column.name] = _NOBODYS + nobody[len(_NOBODYS) :]
        elif was and _place(table, column) in _BARE:
            values[column.name] = b""
        elif was and not _holds_nothing(ring, _place(table, column), key, was):
            values[column.name] = ring.seal(_nothing(table, column), _place(table, column), key)
    return values


def not_blank(ring: KeyRing, table: Table) -> ColumnElement[bool]:
    """That something personal is left in a row; of a row that is empty it may say so for once too often."""
    left: list[ColumnElement[bool]] = []
    for column in table.columns:
        if column.info.get("personal") not in WIPED:
            continue
        if column.nullable:
            left.append(column.is_not(None))
        elif column.info["personal"] == "fingerprint":
            beginning = func.substr(column, 1, len(_NOBODYS), type_=LargeBinary)
            left.append(beginning != _NOBODYS)
        else:
            bare = _place(table, column) in _BARE
            empty = 0 if bare else empty_length(ring, table, column)
            left.append(func.length(column).not_in((0, empty)))
    return or_(*left)


def empty_length(ring: KeyRing, table: Table, column: Column[Any]) -> int:
    """How many bytes a sealed nothing has under the current key."""
    return len(ring.seal(_nothing(table, column), "", ""))


def _holds_nothing(ring: KeyRing, place: str, key: str, was: bytes) -> bool:
    try:
        return ring.unseal(was, place, key) in (b"", b"{}")
    except Unsealable:
        return False


def _nothing(table: Table, column: Column[Any]) -> bytes:
    return b"{}" if _place(table, column) in _JSON else b""


def _place(table: Table, column: Column[Any]) -> str:
    return f"{table.name}.{column.name}"
