"""Many rows at once, faster than the use cases would write them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any

import psycopg
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from helpline.store.tables import Base

Row = dict[str, Any]


def fill(cursor: psycopg.Cursor[Any], table: str, rows: Iterable[Row]) -> None:
    """Copy rows with the same columns into a table; what they leave out is as the table says."""
    each = iter(rows)
    first = next(each)
    unsaid = {
        column.name: column.default.arg
        for column in Base.metadata.tables[table].columns
        if isinstance(column.default, ScalarElementColumnDefault) and column.name not in first
    }
    columns = ", ".join(f'"{column}"' for column in (*first, *unsaid))
    with cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN'.encode()) as copy:
        for row in chain([first], each):
            copy.write_row((*row.values(), *unsaid.values()))
