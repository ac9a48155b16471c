"""What happens when an office, or everybody, says nothing for too long."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from helpline.cases.referral_rules import Step, due_step, link_ends
from helpline.cases.work import Level
from helpline.service.referral_moves import note, to_staff, write
from helpline.service.referral_posting import (
    code_key,
    fresh_keys,
    link_key,
    to_client,
    to_office,
)
from helpline.store.desk import files, providers, referrals

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from helpline.service.parts import Parts

_ACTOR = "clock"


def sweep(parts: Parts) -> int:
    """Take every step of waiting whose time has come, each in a transaction of its own; how many.

    Any number of processes may do this at once: a step is taken once, by whoever locks the row first.
    """
    now = parts.clock()
    with parts.database.reading() as connection:
        waiting = [
            row.id
            for row in referrals.overdue(connection, now)
            if due_step(row.state, row.priority, row.reminded, row.answer_by, now)
        ]
    return sum(_take_step(parts, referral_id, now) for referral_id in waiting)


def _take_step(parts: Parts, referral_id: str, now: datetime) -> bool:
    with parts.database.transaction() as connection:
        row = referrals.by_id(connection, referral_id, lock=True)
        if row is None:
            return False
        step = due_step(row.state, row.priority, row.reminded, row.answer_by, now)
        if step is None:
            return False
        posted = _STEPS[step](parts, connection, row, now)
    if posted:
        parts.wake.wake("send", posted)
    return True


def _remind(parts: Parts, connection: Connection, row: Row[Any], now: datetime) -> list[str]:
    """No answer in time: the office is asked once more."""
    return _write_to_office(parts, connection, row, "reminded", "no_response", now)


def _tell_supervisor(
    parts: Parts, connection: Connection, row: Row[Any], now: datetime
) -> list[str]:
    """Still no answer: somebody calls the office."""
    del parts
    after = write(connection, row, now=now, reminded=row.reminded + 1)
    to_staff(connection, after, "no_response", now=now, actor=_ACTOR, level=Level.SUPERVISOR)
    return []


def _suggest_another(
    parts: Parts, connection: Connection, row: Row[Any], now: datetime
) -> list[str]:
    """It will not come: staff look for another office; the page of the referral names them."""
    del parts
    after = write(connection, row, now=now, reminded=row.reminded + 1)
    to_staff(connection, after, "try_another", now=now, actor=_ACTOR, level=Level.SUPERVISOR)
    return []


def _ask_both(parts: Parts, connection: Connection, row: Row[Any], now: datetime) -> list[str]:
    """The day has passed: what came of it?"""
    posted = _write_to_office(parts, connection, row, "ask", "asked_both", now)
    case = files.by_id(connection, row.case_id)
    if case:
        posted += to_client(parts, connection, row, case, f"ask-{row.version}", now=now)
    return posted


def _no_outcome(parts: Parts, connection: Connection, row: Row[Any], now: datetime) -> list[str]:
    """Neither side said how it ended: staff ask."""
    del parts
    after = write(connection, row, now=now, reminded=row.reminded + 1)
    to_staff(connection, after, "no_outcome", now=now, actor=_ACTOR)
    return []


def _write_to_office(
    parts: Parts, connection: Connection, row: Row[Any], text: str, why: str, now: datetime
) -> list[str]:
    """Send a new link and code, since nobody has kept the old ones; they open nothing from now on."""
    token, code = fresh_keys(parts, connection, row.provider_id)
    provider = providers.by_id(connection, row.provider_id)
    keys: dict[str, Any] = {}
    if provider and provider.focal_number and provider.status == "enlisted":
        keys = {
            "link": link_key(parts, token),
            "code": code_key(parts, row.provider_id, code),
            "link_ends_at": link_ends(now, row.answer_by or now),
        }
    after = write(connection, row, now=now, reminded=row.reminded + 1, **keys)
    note(connection, after, was=row.state, why=why, now=now, actor=_ACTOR)
    if not keys or provider is None:
        return []
    return to_office(parts, connection, after, provider, text, now=now, token=token, code=code)


_STEPS = {
    Step.REMIND: _remind,
    Step.SUPERVISOR: _tell_supervisor,
    Step.ALTERNATIVE: _suggest_another,
    Step.ASK: _ask_both,
    Step.NO_OUTCOME: _no_outcome,
}
