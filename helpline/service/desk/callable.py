"""May this phone ring now? Asked when a callback is offered, and again at the moment of dialling."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from helpline.cases.attempts import next_safe, safe_at
from helpline.cases.calendar import WINDOWS, Span, local
from helpline.store import people
from helpline.store.desk import callbacks

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from helpline.service.parts import Parts


@dataclass(frozen=True, slots=True)
class Safety:
    """Whether a phone may ring `now`; if not, `why`, and from `when` on it may (none: not at all)."""

    now: bool
    why: str = ""
    when: datetime | None = None
    window: Span = WINDOWS["any"]


def safety(parts: Parts, connection: Connection, callback_id: str, now: datetime) -> Safety:
    """What is known of the phone of a callback at this moment.

    The client asked for the call, and with it allowed it in the slot they chose. At other times
    their permit counts; without one, the time of day they chose then.
    """
    known = callbacks.permit(connection, callback_id)
    row = callbacks.by_id(connection, callback_id)
    if known is None or row is None:
        return Safety(now=False, why="unknown")
    window = WINDOWS.get(_window(known), WINDOWS["any"])
    if forbidden := _forbidden(known, row):
        return Safety(now=False, why=forbidden, window=window)
    chosen = row.slot_at <= now < row.slot_ends_at and safe_at(now, WINDOWS["any"], parts.quiet)
    if chosen or safe_at(now, window, parts.quiet):
        return Safety(now=True, window=window)
    quiet = not safe_at(now, WINDOWS["any"], parts.quiet)
    when = next_safe(now, window, parts.quiet)
    return Safety(now=False, why="quiet" if quiet else "window", when=when, window=window)


def item_safety(parts: Parts, connection: Connection, item: Row[Any], now: datetime) -> Safety:
    """The same for the phone of any work item: what is no callback rings outside quiet hours only."""
    if item.kind in callbacks.KINDS:
        return safety(parts, connection, item.subject_id, now)
    return _phone_safety(parts, connection, item.phone_id, item.opened_at, now)


def call_safety(parts: Parts, connection: Connection, call: Row[Any], now: datetime) -> Safety:
    """The same for a call that is about to be dialled."""
    if call.callback_id:
        return safety(parts, connection, call.callback_id, now)
    return _phone_safety(parts, connection, call.phone_id, call.began_at, now)


def _phone_safety(
    parts: Parts, connection: Connection, phone_id: str | None, since: datetime, now: datetime
) -> Safety:
    if not phone_id:
        return Safety(now=False, why="no_number")
    stopped, unsafe = people.marks(connection, phone_id)
    if unsafe is not None:
        return Safety(now=False, why="unsafe")
    if stopped is not None and stopped >= since:
        return Safety(now=False, why="stopped")
    window = WINDOWS["any"]
    if safe_at(now, window, parts.quiet):
        return Safety(now=True)
    return Safety(now=False, why="quiet", when=next_safe(now, window, parts.quiet))


def _forbidden(known: Row[Any], row: Row[Any]) -> str:
    if known.unsafe_at is not None:
        return "unsafe"
    if known.stopped_at is not None and known.stopped_at >= row.created_at:
        return "stopped"
    if known.ended_at is not None and known.ended_at >= row.created_at:
        return "unlinked"
    return ""


def _window(known: Row[Any]) -> str:
    """The time of day that is safe: as the person said, or as they chose for this call."""
    if known.window and known.ended_at is None:
        return str(known.window)
    if known.promised_at is None:
        return "any"
    ends = local(known.promised_at).time()
    named = ("morning", "afternoon", "evening")
    return next((name for name in named if WINDOWS[name].ends == ends), "any")
