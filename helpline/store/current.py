"""The transaction that is open here and now, for what must be looked up while a value is opened."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(slots=True)
class Current:
    """One transaction, and the secrets that were read in it; they are forgotten with it."""

    connection: Connection
    secrets: dict[str, bytes | None] = field(default_factory=dict)


CURRENT: ContextVar[Current | None] = ContextVar("current", default=None)
