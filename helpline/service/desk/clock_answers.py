"""Clocks and what is said: they stop when we answer, begin when the client writes, stand still while we wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from helpline.cases import clocks
from helpline.cases.clocks import Promised
from helpline.cases.work import Priority
from helpline.service.desk import hours
from helpline.service.desk.clock_moves import MOST, apply, clock_of, stop_all, until_done
from helpline.service.desk.clocks import restart
from helpline.store.desk import clocks as rows

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from helpline.service.parts import Parts

REACHED: Final = frozenset(
    {"talked", "reached", "answered", "asked_later", "not_convenient", "refused"}
)
"""Dispositions of a contact, in either direction, in which we spoke with the client."""


def follow(parts: Parts) -> int:
    """Let clocks follow what was said and whom we wait for; how many moved."""
    steps = (_stop_answered, _restart_for_texts, _pause, _resume, _of_referrals)
    return sum(until_done(parts, step) for step in steps)


def _stop_answered(parts: Parts, connection: Connection) -> tuple[int, bool]:
    return stop_all(parts, connection, rows.answered(connection, REACHED, MOST))


def _restart_for_texts(parts: Parts, connection: Connection) -> tuple[int, bool]:
    """The client wrote again: whoever has the item has so much time to answer."""
    now = parts.clock()
    found = rows.written_again(connection, MOST)
    for item in found:
        restart(
            connection,
            kind=Promised.NEXT_RESPONSE,
            subject_id=item.id,
            allowed=clocks.limit(Promised.NEXT_RESPONSE, item.priority),
            at=item.since,
            now=now,
            item_id=item.id,
            case_id=item.case_id,
        )
    return len(found), len(found) == MOST


def _pause(parts: Parts, connection: Connection) -> tuple[int, bool]:
    found = rows.to_pause(connection, MOST)
    if not found:
        return 0, False
    now, working = parts.clock(), hours.working_hours(connection)
    for row in found:
        apply(connection, row, clocks.pause(clock_of(row), now, working), now)
    return len(found), len(found) == MOST


def _resume(parts: Parts, connection: Connection) -> tuple[int, bool]:
    found = rows.standing(connection, MOST)
    if not found:
        return 0, False
    now, working = parts.clock(), hours.working_hours(connection)
    for row in found:
        clock = clock_of(row)
        going = (
            clocks.stop(clock, now, working) if row.done_at else clocks.resume(clock, now, working)
        )
        apply(connection, row, going, now)
    return len(found), len(found) == MOST


def _of_referrals(parts: Parts, connection: Connection) -> tuple[int, bool]:
    """An office that was asked has a clock of its own; what happens at its end is the referral's."""
    now = parts.clock()
    sent = rows.unanswered_referrals(connection, MOST)
    for referral in sent:
        priority = clocks.REFERRAL_PRIORITIES.get(referral.priority, Priority.NORMAL)
        restart(
            connection,
            kind=Promised.REFERRAL_RESPONSE,
            subject_id=referral.id,
            allowed=clocks.limit(Promised.REFERRAL_RESPONSE, priority),
            at=referral.sent_at,
            now=now,
            case_id=referral.case_id,
        )
    stopped, full = stop_all(parts, connection, rows.answered_referrals(connection, MOST))
    return len(sent) + stopped, full or len(sent) == MOST
