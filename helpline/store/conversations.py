"""Sessions and the inbox: three statements take one step of a conversation.

Find (what was stored for this delivery, where the caller stands), then write the session, then
write the inbox row with the reply. Two deliveries at once both try to write step n+1 of one
session, or the same inbox row; one of them loses, starts again, and finds the other's reply.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, insert, literal, select, update
from sqlalchemy.exc import IntegrityError

from helpline.store.prepared import Prepared
from helpline.store.tables import Inbox, Phone, Session

if TYPE_CHECKING:
    from sqlalchemy import Connection


class TakenMeanwhile(Exception):
    """Another delivery wrote this step first: begin again, its reply is there now."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A sealed value and the row it belongs to."""

    id: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Opening:
    """What is known when a session begins."""

    reply: Stored | None
    """The reply this very delivery got before."""
    language: str | None
    draft: Stored | None
    """The state of this caller's last session that broke off in the middle of something."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known when a session goes on. `id` is empty when there is no such session."""

    reply: Stored | None
    id: str = ""
    caller: bytes = b""
    step: int = 0
    state: bytes = b""


_SEEN = and_(
    Inbox.gateway == bindparam("gateway"),
    Inbox.kind == bindparam("kind"),
    Inbox.external_id == bindparam("event"),
)
_ONE = select(literal(1).label("one")).subquery()

_OPENING = Prepared(
    select(Inbox.id, Inbox.reply, Phone.language, Session.id, Session.state)
    .select_from(_ONE)
    .outerjoin(Inbox, _SEEN)
    .outerjoin(Phone, Phone.fingerprint == bindparam("caller"))
    .outerjoin(
        Session,
        and_(
            Session.caller == bindparam("caller"),
            Session.unfinished,
            Session.touched_at > bindparam("since"),
        ),
    )
    .order_by(Session.touched_at.desc())
    .limit(1)
)

_STANDING = Prepared(
    select(Inbox.id, Inbox.reply, Session.id, Session.caller, Session.step, Session.state)
    .select_from(_ONE)
    .outerjoin(Inbox, _SEEN)
    .outerjoin(
        Session,
        and_(Session.gateway == bindparam("gateway"), Session.external_id == bindparam("session")),
    )
)

_OPEN = Prepared(insert(Session))

_ADVANCE = Prepared(
    update(Session)
    .where(Session.id == bindparam("session_id"), Session.step == bindparam("was"))
    .values(
        step=bindparam("now_at"),
        state=bindparam("state"),
        unfinished=bindparam("unfinished"),
        touched_at=bindparam("touched_at"),
        ended_at=bindparam("ended_at"),
    )
)

_REMEMBER = Prepared(insert(Inbox))

_CLOSE_DRAFTS = Prepared(
    update(Session)
    .where(Session.caller == bindparam("of"), Session.unfinished, Session.id != bindparam("but"))
    .values(unfinished=False)
)

_END = Prepared(
    update(Session)
    .where(
        Session.gateway == bindparam("of_gateway"),
        Session.external_id == bindparam("session"),
        Session.ended_at.is_(None),
    )
    .values(ended_at=bindparam("at"))
)


def opening(
    connection: Connection, *, gateway: str, kind: str, event: str, caller: bytes, since: datetime
) -> Opening:
    """Look up everything the first screen depends on, in one round trip."""
    row = _OPENING.row(
        connection, gateway=gateway, kind=kind, event=event, caller=caller, since=since
    )
    if row is None:
        return Opening(None, None, None)
    inbox_id, reply, language, session_id, state = row
    return Opening(
        Stored(inbox_id, reply) if inbox_id else None,
        language,
        Stored(session_id, state) if session_id else None,
    )


def standing(
    connection: Connection, *, gateway: str, kind: str, event: str, session: str
) -> Standing:
    """Look up where a caller stands and whether this delivery was answered before."""
    row = _STANDING.row(connection, gateway=gateway, kind=kind, event=event, session=session)
    if row is None:
        return Standing(None)
    inbox_id, reply, session_id, caller, step, state = row
    stored = Stored(inbox_id, reply) if inbox_id else None
    if session_id is None:
        return Standing(stored)
    return Standing(stored, session_id, caller, step, state)


def open_session(
    connection: Connection,
    *,
    ident: str,
    gateway: str,
    session: str,
    caller: bytes,
    state: bytes,
    unfinished: bool,
    now: datetime,
    ended: bool,
) -> None:
    """Write the first step of a session.

    Raises:
        TakenMeanwhile: somebody else opened it.
    """
    try:
        _OPEN.run(
            connection,
            id=ident,
            gateway=gateway,
            external_id=session,
            caller=caller,
            step=1,
            state=state,
            unfinished=unfinished,
            opened_at=now,
            touched_at=now,
            ended_at=now if ended else None,
        )
    except IntegrityError:
        raise TakenMeanwhile from None


def advance(
    connection: Connection,
    *,
    ident: str,
    was: int,
    state: bytes,
    unfinished: bool,
    now: datetime,
    ended: bool,
) -> None:
    """Write the next step of a session.

    Raises:
        TakenMeanwhile: somebody else took this step.
    """
    written = _ADVANCE.run(
        connection,
        session_id=ident,
        was=was,
        now_at=was + 1,
        state=state,
        unfinished=unfinished,
        touched_at=now,
        ended_at=now if ended else None,
    )
    if written != 1:
        raise TakenMeanwhile


def remember(
    connection: Connection,
    *,
    ident: str,
    gateway: str,
    kind: str,
    event: str,
    reply: bytes,
    now: datetime,
) -> None:
    """Write the inbox row of a delivery with the reply it got.

    Raises:
        TakenMeanwhile: this delivery was answered by somebody else.
    """
    try:
        _REMEMBER.run(
            connection,
            id=ident,
            gateway=gateway,
            kind=kind,
            external_id=event,
            reply=reply,
            received_at=now,
        )
    except IntegrityError:
        raise TakenMeanwhile from None


def close_drafts(connection: Connection, *, caller: bytes, but: str) -> None:
    """Forget the other broken-off sessions of a caller: their answers live on in session `but`."""
    _CLOSE_DRAFTS.run(connection, of=caller, but=but)


def end(connection: Connection, *, gateway: str, session: str, now: datetime) -> None:
    """Note that a session is over; where the caller stood stays, so that it can be offered again."""
    _END.run(connection, of_gateway=gateway, session=session, at=now)
