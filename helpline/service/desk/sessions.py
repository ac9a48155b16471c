"""Log-ins: a random token in the browser, its fingerprint here, so that any of them can be ended."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.roles import Member, Role
from helpline.store.desk import accounts
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from helpline.service.parts import Parts
    from helpline.store.sealing import KeyRing

IDLE: Final = timedelta(minutes=30)
"""A log-in that is not used for so long is over."""
LONGEST: Final = timedelta(hours=12)
"""A shift; after that everybody shows again who they are."""
_NOTED: Final = timedelta(minutes=1)
"""How exactly `seen_at` is kept: not every look at the queue is worth a write."""


@dataclass(frozen=True, slots=True)
class LogIn:
    """Who asks, and with which log-in."""

    session_id: str
    member: Member
    proved: bool
    """The second factor was shown, too."""
    opened_at: datetime


def begin(
    parts: Parts, connection: Connection, staff_id: str, now: datetime, *, proved: bool
) -> str:
    """Open a log-in and give its token: 43 letters that only the browser keeps."""
    token = secrets.token_urlsafe(32)
    accounts.open_session(
        connection,
        id=new_ident(),
        token=parts.ring.fingerprint("staff_session", token),
        staff_id=staff_id,
        opened_at=now,
        seen_at=now,
        proved_at=now if proved else None,
        ended_at=None,
        ended_why="",
    )
    return token


def find(parts: Parts, token: str, *, used: bool = True) -> LogIn | None:
    """Who has this token, unless the log-in ended, slept too long, or the account is suspended.

    `used` is False when a page only refreshes itself: nobody need be sitting before it.
    """
    if not token:
        return None
    now = parts.clock()
    with parts.database.reading() as connection:
        found = accounts.logged_in(connection, parts.ring.fingerprint("staff_session", token))
    if found is None or now - found.seen_at > IDLE or now - found.opened_at > LONGEST:
        return None
    if used and now - found.seen_at > _NOTED:
        with parts.database.transaction() as connection:
            accounts.seen(connection, found.session_id, now)
    return LogIn(
        found.session_id,
        member(parts.ring, found.staff),
        proved=found.proved_at is not None,
        opened_at=found.opened_at,
    )


def end(parts: Parts, connection: Connection, token: str, now: datetime, *, why: str) -> None:
    """End the log-in with this token, if there is one."""
    found = accounts.logged_in(connection, parts.ring.fingerprint("staff_session", token))
    if found is not None:
        accounts.end_sessions(connection, found.staff.id, why=why, now=now, only=found.session_id)


def member(ring: KeyRing, row: Row[Any]) -> Member:
    """The person behind a row of `staff`."""
    return Member(
        id=row.id,
        role=Role(row.role),
        name=ring.unseal_text(row.name, "staff.name", row.id),
        sex=row.sex,
        languages=frozenset(row.languages.split()),
        skills=frozenset(row.skills.split()),
        districts=frozenset(row.districts.split()),
        organisation=row.organisation,
        supervisor_id=row.supervisor_id or "",
        language=row.language,
    )
