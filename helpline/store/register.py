"""The register of personal data, read off the table definitions: what is kept, where, how, what for."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from helpline.store.tables import Base

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import FromClause

Kind: TypeAlias = Literal["sealed", "fingerprint", "coded"]


class Entry(NamedTuple):
    """One personal column. `purpose` is the first line of what its table says about itself."""

    table: str
    column: str
    kind: Kind
    purpose: str


def register() -> Iterator[Entry]:
    """List every personal column, in the order of the table definitions."""
    for model in Base.__subclasses__():
        purpose = inspect.cleandoc(model.__doc__ or "").partition("\n")[0]
        columns: FromClause = model.__table__
        for column in columns.c:
            if "personal" in column.info:
                yield Entry(model.__tablename__, column.name, column.info["personal"], purpose)
