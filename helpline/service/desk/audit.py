"""Writing down what staff read and do, where nobody can take it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.calendar import DHAKA
from helpline.cases.roles import Right
from helpline.service.desk.acting import NotAllowed, Note
from helpline.store.desk import accounts, log

if TYPE_CHECKING:
    from sqlalchemy import Row

    from helpline.service.desk.acting import Acting

THROUGH_GLASS: Final = "_break_glass"
"""Ends the name of an action on a case that was reached by breaking glass."""


def note(
    deed: Acting,
    action: str,
    subject: str,
    subject_id: str,
    *,
    case_id: str | None = None,
    detail: str = "",
) -> None:
    """Note one action of this member. All of it are codes and ids, never words of a person.

    It is written at the end of the transaction, and only if that commits.
    """
    if case_id in deed.through_glass:
        action = f"{action}{THROUGH_GLASS}"
    deed.noted.append(Note(action, subject, subject_id, case_id, detail))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines of the log somebody wants to see; empty means all."""

    actor: str = ""
    action: str = ""
    reference: str = ""
    """Of a case."""
    day: date | None = None
    """In Dhaka."""
    before: int = 0
    """Only lines with a smaller number: the next page."""


def lines(deed: Acting, wanted: Wanted, most: int) -> list[Row[Any]]:
    """Lines of the log, the newest first, and with the reference number of their case. That is noted, too.

    Raises:
        NotAllowed: the log is not for this member.
    """
    if not deed.who.may(Right.AUDIT):
        raise NotAllowed("log")
    since = datetime.combine(wanted.day, time(), tzinfo=DHAKA) if wanted.day else None
    found = log.page(
        deed.connection,
        before=wanted.before,
        most=most,
        actor=wanted.actor,
        action=wanted.action,
        reference=wanted.reference,
        since=since,
        until=since + timedelta(days=1) if since else None,
    )
    note(deed, "log_read", "audit", "")
    return found


def names(deed: Acting) -> Mapping[str, str]:
    """The name of every account by its id."""
    ring = deed.parts.ring
    return {
        row.id: ring.unseal_text(row.name, "staff.name", row.id)
        for row in accounts.everybody(deed.connection)
    }
