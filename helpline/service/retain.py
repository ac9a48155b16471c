"""Keeping no longer than needed. Runs daily; every line may run twice."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from helpline.cases.calendar import local
from helpline.store import retention

if TYPE_CHECKING:
    from helpline.service.parts import Parts

REPLIES: Final = timedelta(days=2)
"""A gateway that delivers again does so within hours."""
SESSIONS: Final = timedelta(days=14)
MESSAGES: Final = timedelta(days=30)
PIN_TRIES: Final = timedelta(days=7)


def retain(parts: Parts) -> None:
    """Empty or delete what has served its purpose, one short transaction each."""
    now = parts.clock()
    with parts.database.transaction() as connection:
        retention.empty_replies(connection, now - REPLIES)
    with parts.database.transaction() as connection:
        retention.delete_sessions(connection, now - SESSIONS)
    with parts.database.transaction() as connection:
        retention.empty_messages(connection, now - MESSAGES)
    with parts.database.transaction() as connection:
        retention.delete_pin_tries(connection, local(now - PIN_TRIES).date())
