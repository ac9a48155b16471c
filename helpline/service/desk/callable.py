"""May this phone ring now? Asked when a call is offered, when it is begun, and when it is dialled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.calendar import WINDOWS, Slot, local
from helpline.cases.permits import Channel, Decision, Permit, Purpose, Ruling, decide
from helpline.cases.safe_times import ANY_TIME, SafeTimes
from helpline.cases.work import Kind
from helpline.store import safe_contact
from helpline.store.desk import callbacks, items

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from helpline.service.parts import Parts

_ASKED_FOR: Final = frozenset({Channel.CALL})
_OPEN_END: Final = timedelta(days=30)
"""What ends a call that waits too long is its promise, not the gate."""


@dataclass(frozen=True, slots=True)
class Safety:
    """Whether a phone may ring `now`; if not, `why`, and from `when` on it may (none: not at all)."""

    now: bool
    why: str = ""
    when: datetime | None = None
    times: SafeTimes = ANY_TIME
    message: bool = False
    """May words be left with whoever answers."""
    signal: bool = False
    """May it ring once, as a sign to dial us."""


def safety(parts: Parts, connection: Connection, callback_id: str, now: datetime) -> Safety:
    """What is known of the phone of a callback at this moment.

    The client asked for the call, and with it allowed it in the slot they chose. At other times
    their permit counts; without one, the time of day they chose then.
    """
    row = callbacks.by_id(connection, callback_id)
    promise = callbacks.permit(connection, callback_id)
    if promise is None or row is None:
        return Safety(now=False, why="unknown")
    slot = Slot(row.slot_at, row.slot_ends_at)
    return _asked(
        parts,
        connection,
        case_id=promise.case_id,
        phone_id=row.phone_id,
        since=row.created_at,
        slot=slot,
        times=_of_day(promise.promised_at),
        now=now,
    )


def item_safety(parts: Parts, connection: Connection, item: Row[Any], now: datetime) -> Safety:
    """The same for the phone of any work item.

    Who asked for a call with it may be called; everybody else only as their permit says.
    """
    if item.kind in (*callbacks.KINDS, Kind.UNREACHABLE):
        return safety(parts, connection, item.subject_id, now)
    if not item.phone_id:
        return Safety(now=False, why="no_number")
    if slot := _slot_asked_for(connection, item):
        return _asked(
            parts,
            connection,
            case_id=item.case_id,
            phone_id=item.phone_id,
            since=item.opened_at,
            slot=slot,
            times=_of_day(slot.ends),
            now=now,
        )
    known = safe_contact.known(connection, case_id=item.case_id, phone_id=item.phone_id)
    if known is None:
        return Safety(now=False, why="no_number")
    return _ruled(parts, _own(known), Purpose.PERSON, since=item.opened_at, now=now)


def call_safety(parts: Parts, connection: Connection, call: Row[Any], now: datetime) -> Safety:
    """The same for a call that is about to be dialled."""
    if call.callback_id:
        return safety(parts, connection, call.callback_id, now)
    item = items.by_id(connection, call.item_id) if call.item_id else None
    if item is None:
        return Safety(now=False, why="no_permit")
    return item_safety(parts, connection, item, now)


def _slot_asked_for(connection: Connection, item: Row[Any]) -> Slot | None:
    """The time for which the client asked to be called about an item; none when they did not."""
    if item.kind == Kind.COUNSELLING:
        wish = items.counselling(connection, item.subject_id)
        if wish is not None and wish.channel == "call":
            return Slot(wish.slot_at, wish.slot_ends_at)
    if item.kind == Kind.COMPLAINT and safe_contact.complaint_allows_call(
        connection, item.subject_id
    ):
        return Slot(item.offered_at, item.promised_at)
    return None


def _asked(
    parts: Parts,
    connection: Connection,
    *,
    case_id: str | None,
    phone_id: str,
    since: datetime,
    slot: Slot,
    times: SafeTimes,
    now: datetime,
) -> Safety:
    """A call somebody asked for: their permit counts as far as it was said later, or is about time."""
    known = safe_contact.known(connection, case_id=case_id, phone_id=phone_id)
    if known is None:
        return Safety(now=False, why="unknown")
    own = _own(known)
    linked = known.confirmed_at is not None
    ended = known.ended_at or known.withdrawn_at
    later = linked and not ended and known.confirmed_at > since
    permit = Permit(
        stopped=(known.stopped_at is not None and known.stopped_at >= since)
        or (not later and safe_contact.was_unsafe(connection, phone_id, since)),
        unsafe=own.unsafe,
        ended=ended is not None and ended >= since,
        channels=own.channels if later else own.channels | _ASKED_FOR,
        times=own.times if linked and not ended else times,
        expires_at=own.expires_at if later else None,
        chosen=None if later else slot,
    )
    return _ruled(parts, permit, Purpose.ASKED, since=since, now=now)


def _own(known: Row[Any]) -> Permit:
    """What the person of a case allows on a phone: nothing, where nobody registered."""
    if known.confirmed_at is None:
        return Permit(
            stopped=known.stopped_at is not None,
            unsafe=known.unsafe_at is not None,
        )
    allowed = {
        Channel.SMS: known.sms,
        Channel.CALL: known.call,
        Channel.SIGNAL: known.signal,
        Channel.MESSAGE: known.call and known.message,
    }
    return Permit(
        stopped=known.stopped_at is not None,
        unsafe=known.unsafe_at is not None,
        ended=known.ended_at is not None or known.withdrawn_at is not None,
        channels=frozenset(channel for channel, said in allowed.items() if said),
        times=SafeTimes(known.window, known.weekdays),
        expires_at=known.expires_at,
    )


def _ruled(
    parts: Parts, permit: Permit, purpose: Purpose, *, since: datetime, now: datetime
) -> Safety:
    def ask(channel: Channel) -> Decision:
        return decide(
            permit,
            purpose,
            channel,
            now=now,
            since=since,
            expires=now + _OPEN_END,
            quiet=parts.quiet,
        )

    call = ask(Channel.CALL)
    return Safety(
        now=call.ruling is Ruling.SEND,
        why=_WHY.get(call.why, call.why),
        when=call.until,
        times=permit.times,
        message=ask(Channel.MESSAGE).ruling is Ruling.SEND,
        signal=ask(Channel.SIGNAL).ruling is Ruling.SEND,
    )


_WHY: Final = {"withdrawn": "unlinked"}
"""To staff it is the phone that is not the client's any more."""


def _of_day(ends: datetime | None) -> SafeTimes:
    """The part of the day that ends with a slot; any, where it was none of them."""
    if ends is None:
        return ANY_TIME
    at = local(ends).time()
    named = ("morning", "afternoon", "evening")
    return SafeTimes(next((name for name in named if WINDOWS[name].ends == at), "any"))
