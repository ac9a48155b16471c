"""How a referral moves: by its table, with an event, and with staff told where somebody has to act."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.states import REFERRAL, move
from helpline.cases.work import Kind, Level
from helpline.service import work
from helpline.service.desk.acting import Stale
from helpline.service.messages import cancelled
from helpline.service.referral_posting import to_office
from helpline.store import events, outbox
from helpline.store.desk import files, providers, referrals

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from helpline.service.parts import Parts

CLOSED: Final[Mapping[str, Any]] = {"answer_by": None, "code": None}
"""What a referral that is over no longer has: a time to answer by, and a code to answer with."""
_ENDS_AS: Final = {
    "draft": "cancelled",
    "sent": "revoked",
    "accepted": "revoked",
    "not_attended": "cancelled",
}


def turn(
    connection: Connection,
    row: Row[Any],
    becomes: str,
    *,
    now: datetime,
    actor: str,
    because: str = "",
    **columns: Any,
) -> Row[Any]:
    """Move a referral to another state, for a reason that is a code; the new row.

    Raises:
        IllegalMove: its table does not lead there.
        Stale: somebody else changed it since `row` was read.
    """
    move(REFERRAL, row.state, becomes)
    after = write(connection, row, now=now, state=becomes, **columns)
    note(connection, after, was=row.state, why=because, now=now, actor=actor)
    _wait_for(connection, after, was=row.state, now=now, actor=actor)
    return after


def _wait_for(
    connection: Connection, row: Row[Any], *, was: str, now: datetime, actor: str
) -> None:
    """A case waits for an office from when a referral is sent until the last office has answered."""
    if row.state == "sent":
        waits, waited = "agency", "us"
    elif was == "sent" and not referrals.unanswered(connection, row.case_id):
        waits, waited = "us", "agency"
    else:
        return
    if files.wait_for(connection, row.case_id, waits, was=waited, now=now):
        events.record(
            connection,
            subject="waiting",
            subject_id=row.case_id,
            was=waited,
            became=waits,
            now=now,
            actor=actor,
        )


def write(connection: Connection, row: Row[Any], *, now: datetime, **columns: Any) -> Row[Any]:
    """Write columns of a referral; the new row.

    Raises:
        Stale: somebody else changed it since `row` was read.
    """
    after = referrals.change(connection, row.id, row.version, now=now, **columns)
    if after is None:
        raise Stale(row.id)
    return after


def note(
    connection: Connection, row: Row[Any], *, was: str, why: str, now: datetime, actor: str
) -> None:
    """Write what happened with a referral."""
    events.record(
        connection,
        subject="referral",
        subject_id=row.id,
        was=was,
        became=row.state,
        why=why,
        now=now,
        actor=actor,
    )


def to_staff(
    connection: Connection,
    row: Row[Any],
    why: str,
    *,
    now: datetime,
    actor: str,
    level: Level = Level.WORKER,
) -> None:
    """Put a referral into the desk's queue, again if it was there before, and write down why."""
    case = files.by_id(connection, row.case_id)
    if case is None:
        raise LookupError(row.case_id)
    opened = work.open_item(
        connection,
        kind=Kind.REFERRAL,
        subject_id=row.id,
        case_id=case.id,
        phone_id=case.phone_id,
        district=case.district,
        language=case.language,
        counsellor=case.counsellor,
        restricted=case.restricted,
        level=level,
        now=now,
        actor=actor,
    )
    if not opened and (
        again := referrals.raise_item(connection, subject_id=row.id, level=int(level), now=now)
    ):
        events.record(
            connection,
            subject="work_item",
            subject_id=again,
            was="done",
            became="open",
            why=why,
            now=now,
            actor=actor,
        )
    note(connection, row, was=row.state, why=why, now=now, actor=actor)


def settle(
    connection: Connection, row: Row[Any], outcome: str, *, now: datetime, actor: str
) -> None:
    """Take a referral out of the desk's queue: what had to be done about it is done."""
    work.settle(
        connection,
        kind=Kind.REFERRAL,
        subject_id=row.id,
        outcome=outcome,
        now=now,
        actor=actor,
    )


def silence(connection: Connection, row: Row[Any], why: str, *, now: datetime, actor: str) -> None:
    """Cancel what still waits to be sent about a referral."""
    waiting = outbox.cancel_subject(connection, subject_id=row.id, why=why, now=now)
    cancelled(connection, waiting, why=why, now=now, actor=actor)


def end(
    parts: Parts, connection: Connection, row: Row[Any], why: str, *, now: datetime, actor: str
) -> list[str]:
    """Call a referral off, whatever it has come to: its link opens nothing from now on.

    One that the client attended keeps its state: that has happened. Gives the message to the office.
    """
    silence(connection, row, why, now=now, actor=actor)
    settle(connection, row, why, now=now, actor=actor)
    gone = {**CLOSED, "link": None, "link_ends_at": None}
    if row.state not in _ENDS_AS:
        after = write(connection, row, now=now, **gone)
        note(connection, after, was=row.state, why=why, now=now, actor=actor)
    else:
        becomes = _ENDS_AS[row.state]
        after = turn(connection, row, becomes, now=now, actor=actor, because=why, **gone)
    provider = providers.by_id(connection, row.provider_id)
    if row.state == "draft" or provider is None:
        return []
    return to_office(parts, connection, after, provider, "withdrawn", now=now)


def revoke_all(
    parts: Parts,
    connection: Connection,
    *,
    person_id: str = "",
    case_id: str = "",
    why: str,
    now: datetime,
    actor: str,
) -> list[str]:
    """Call off every open referral of a person, or of one case; the messages that are due at once."""
    rows = referrals.of_cases(connection, person_id=person_id, case_id=case_id)
    return [
        ident for row in rows for ident in end(parts, connection, row, why, now=now, actor=actor)
    ]
