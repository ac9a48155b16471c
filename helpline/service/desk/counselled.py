"""A counselling request follows its item in the queue, by its own table of states."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

from helpline.cases.states import COUNSELLING, IllegalMove, may_move, move
from helpline.cases.work import Kind
from helpline.service import feedback
from helpline.service.desk.acting import Stale
from helpline.store import events, requests

if TYPE_CHECKING:
    from sqlalchemy import Connection

ENDS: Final = ("completed", "no_contact", "withdrawn", "declined", "duplicate")
"""How a request can end; the outcomes of its item."""

_BY_WAY_OF: Final[Mapping[tuple[str, str], str]] = {
    ("requested", "claimed"): "queued",
    ("requested", "declined"): "queued",
    ("requested", "duplicate"): "queued",
    ("requested", "no_contact"): "queued",
    ("requested", "in_session"): "queued",
    ("requested", "completed"): "queued",
    ("queued", "in_session"): "claimed",
    ("queued", "no_contact"): "claimed",
    ("queued", "completed"): "claimed",
    ("claimed", "completed"): "in_session",
    ("claimed", "duplicate"): "queued",
    ("in_session", "claimed"): "queued",
    ("in_session", "no_contact"): "queued",
    ("in_session", "withdrawn"): "queued",
    ("in_session", "declined"): "queued",
    ("in_session", "duplicate"): "queued",
    ("callback_scheduled", "in_session"): "claimed",
    ("callback_scheduled", "completed"): "claimed",
    ("callback_scheduled", "declined"): "claimed",
    ("callback_scheduled", "queued"): "claimed",
    ("callback_scheduled", "duplicate"): "claimed",
}
"""What one action of staff means in two or more moves: each of them is in the table and is written down."""


def follow(
    connection: Connection,
    request_id: str,
    becomes: str,
    *,
    now: datetime,
    actor: str,
    why: str = "",
) -> None:
    """Move a request to where its item is.

    Raises:
        IllegalMove: no way leads there.
        Stale: there is no such request, or somebody moved it meanwhile.
    """
    found = requests.slot_of(connection, request_id)
    if found is None:
        raise Stale(request_id)
    was = found.state
    while was != becomes:
        step = _step(was, becomes)
        if not requests.turn_counselling(
            connection, request_id=request_id, was=was, becomes=step, now=now
        ):
            raise Stale(request_id)
        events.record(
            connection,
            subject="counselling_request",
            subject_id=request_id,
            was=was,
            became=step,
            why=why,
            now=now,
            actor=actor,
        )
        was = step
    if becomes == "completed":
        feedback.after_talk(
            connection,
            about="counselling",
            kind=Kind.COUNSELLING,
            subject_id=request_id,
            now=now,
        )


def _step(was: str, becomes: str) -> str:
    if may_move(COUNSELLING, was, becomes):
        return becomes
    if via := _BY_WAY_OF.get((was, becomes)):
        return move(COUNSELLING, was, via)
    raise IllegalMove(f"{was} does not lead to {becomes}")
