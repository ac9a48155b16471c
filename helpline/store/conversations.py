"""Sessions and the inbox: two statements take one step of a conversation.

Find (what was stored for this delivery, where the caller stands), then write the session and the
inbox row with the reply. Two deliveries at once both try to write step n+1 of one session, or the
same inbox row; one of them loses, starts again, and finds the other's reply.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypedDict

from sqlalchemy import Insert, Update, and_, bindparam, insert, literal, select, update
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
    unfinished: bool = False
    touched_at: datetime | None = None


class Answered(TypedDict):
    """A delivery and the reply it got, as its row in the inbox."""

    id: str
    gateway: str
    kind: str
    external_id: str
    sender: bytes | None
    reply: bytes
    received_at: datetime


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
    select(
        Inbox.id,
        Inbox.reply,
        Session.id,
        Session.caller,
        Session.step,
        Session.state,
        Session.unfinished,
        Session.touched_at,
    )
    .select_from(_ONE)
    .outerjoin(Inbox, _SEEN)
    .outerjoin(
        Session,
        and_(Session.gateway == bindparam("gateway"), Session.external_id == bindparam("session")),
    )
)

_REMEMBER = Prepared(insert(Inbox))


class _Step:
    """A write to a session, and with it the row in the inbox of the delivery that caused it."""

    def __init__(self, write: Insert | Update) -> None:
        inbox = Inbox.__table__.columns
        written = write.returning(Session.id).cte()
        delivery = select(*(bindparam(each.name, type_=each.type) for each in inbox))
        self._both = Prepared(insert(Inbox).from_select([*inbox], delivery.select_from(written)))
        self._session = Prepared(write)

    def run(self, connection: Connection, answered: Answered, **values: Any) -> None:
        """Write both rows or none.

        Raises:
            TakenMeanwhile: somebody else wrote this session, or answered this delivery.
        """
        try:
            if connection.dialect.name == "postgresql":
                written = self._both.run(connection, **values, **answered)
            else:  # which cannot write to two tables in one statement
                written = self._session.run(connection, **values)
                _REMEMBER.run(connection, **answered)
        except IntegrityError:
            raise TakenMeanwhile from None
        if written != 1:
            raise TakenMeanwhile


_OPEN = _Step(
    insert(Session).values(
        id=bindparam("session_id"),
        gateway=bindparam("of_gateway"),
        external_id=bindparam("session"),
        caller=bindparam("caller"),
        step=1,
        state=bindparam("state"),
        unfinished=bindparam("unfinished"),
        opened_at=bindparam("touched_at"),
        touched_at=bindparam("touched_at"),
        ended_at=bindparam("ended_at"),
    )
)

_ADVANCE = _Step(
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

_CLOSE_DRAFTS = Prepared(
    update(Session)
    .where(Session.caller == bindparam("of"), Session.unfinished)
    .values(unfinished=False)
)

_SET_ASIDE = Prepared(
    update(Session)
    .where(Session.id == bindparam("session_id"), Session.step == bindparam("was"))
    .values(external_id=bindparam("aside"))
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
    inbox_id, reply, session_id, *rest = row
    stored = Stored(inbox_id, reply) if inbox_id else None
    if session_id is None:
        return Standing(stored)
    return Standing(stored, session_id, *rest)


def open_session(
    connection: Connection,
    *,
    ident: str,
    session: str,
    caller: bytes,
    state: bytes,
    unfinished: bool,
    ended: bool,
    answered: Answered,
) -> None:
    """Write the first step of a session and the delivery it came with.

    Raises:
        TakenMeanwhile: somebody else opened it, or answered this delivery.
    """
    now = answered["received_at"]
    _OPEN.run(
        connection,
        answered,
        session_id=ident,
        of_gateway=answered["gateway"],
        session=session,
        caller=caller,
        state=state,
        unfinished=unfinished,
        touched_at=now,
        ended_at=now if ended else None,
    )


def advance(
    connection: Connection,
    *,
    ident: str,
    was: int,
    state: bytes,
    unfinished: bool,
    ended: bool,
    answered: Answered,
) -> None:
    """Write the next step of a session and the delivery that led to it.

    Raises:
        TakenMeanwhile: somebody else took this step, or answered this delivery.
    """
    now = answered["received_at"]
    _ADVANCE.run(
        connection,
        answered,
        session_id=ident,
        was=was,
        now_at=was + 1,
        state=state,
        unfinished=unfinished,
        touched_at=now,
        ended_at=now if ended else None,
    )


def remember(connection: Connection, answered: Answered) -> None:
    """Write the inbox row of a delivery that moved no session.

    Raises:
        TakenMeanwhile: this delivery was answered by somebody else.
    """
    try:
        _REMEMBER.run(connection, **answered)
    except IntegrityError:
        raise TakenMeanwhile from None


def close_drafts(connection: Connection, *, caller: bytes) -> None:
    """Forget the broken-off sessions of a caller: their answers live on in the one about to open."""
    _CLOSE_DRAFTS.run(connection, of=caller)


def set_aside(connection: Connection, *, ident: str, was: int) -> None:
    """Let a thread begin anew: what stands in the old one can only be gone on with by dialling.

    Raises:
        TakenMeanwhile: somebody else took a step in it.
    """
    if _SET_ASIDE.run(connection, session_id=ident, was=was, aside=f"aside:{ident}") != 1:
        raise TakenMeanwhile


def end(connection: Connection, *, gateway: str, session: str, now: datetime) -> None:
    """Note that a session is over; where the caller stood stays, so that it can be offered again."""
    _END.run(connection, of_gateway=gateway, session=session, at=now)
