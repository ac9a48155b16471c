"""A member of staff doing one thing: one transaction, in their name, with what they may do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from helpline.store import events
from helpline.store.desk import log

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from helpline.cases.roles import Member
    from helpline.service.parts import Parts


class NotAllowed(Exception):
    """A member asked for something that is not theirs. Pages answer as if it did not exist."""


class Stale(Exception):
    """Somebody else changed the thing since it was shown: the page shows it anew."""


class Note(NamedTuple):
    """One line for the log, as `helpline.service.desk.audit` takes it."""

    action: str
    subject: str
    subject_id: str
    case_id: str | None
    detail: str


@dataclass(slots=True)
class Acting:
    """What every use case of the desk shares. Lives as long as its transaction."""

    parts: Parts
    connection: Connection
    who: Member
    now: datetime
    posted: list[str] = field(default_factory=list)
    """Messages that are due at once: a worker is woken after the commit."""
    noted: list[Note] = field(default_factory=list)
    """For the log of what staff did, written at the very end: it holds a lock that all staff share."""
    refused: list[Note] = field(default_factory=list)
    """What was asked for and is not theirs: written when they are refused, though nothing else is."""
    through_glass: set[str] = field(default_factory=set)
    """Cases that were reached by breaking glass: everything noted about them says so."""

    def record(
        self, subject: str, subject_id: str, *, became: str, was: str = "", why: str = ""
    ) -> None:
        """Write that a thing moved, and that this member moved it."""
        events.record(
            self.connection,
            subject=subject,
            subject_id=subject_id,
            was=was,
            became=became,
            why=why,
            now=self.now,
            actor=self.who.id,
        )


@contextmanager
def acting(parts: Parts, who: Member) -> Iterator[Acting]:
    """One transaction of the desk.

    Raises:
        helpline.store.database.Unavailable: nothing was written.
    """
    refused: list[Note] = []
    try:
        with parts.database.transaction() as connection:
            deed = Acting(parts, connection, who, parts.clock(), refused=refused)
            yield deed
            write_down(deed)
    except NotAllowed:
        if refused:
            with parts.database.transaction() as connection:
                write_down(Acting(parts, connection, who, parts.clock(), noted=refused))
        raise
    if deed.posted:
        parts.wake.wake("send", deed.posted)


def write_down(deed: Acting) -> None:
    """Write what was noted into the log: last, for those who act outside of `acting`."""
    for each in deed.noted:
        log.append(
            deed.connection, deed.parts.ring, at=deed.now, actor=deed.who.id, **each._asdict()
        )
