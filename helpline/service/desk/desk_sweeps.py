"""What the queue forgot, or should forget: run every minute or so, anywhere, in any number."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.calendar import local
from helpline.cases.work import Kind
from helpline.service import work
from helpline.service.desk import stale_facts
from helpline.service.files import file_of
from helpline.store import people
from helpline.store.desk import lost

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from helpline.service.parts import Parts

DOUBT_LASTS: Final = timedelta(minutes=15)
"""A receipt often settles what was ambiguous; after this a person has to look."""
_ACTOR: Final = "sweeper"


def sweep(parts: Parts) -> int:
    """Open what is missing in the queue and settle what is over; how many items that were."""
    now = parts.clock()
    done = 0
    for part in (_settle_what_is_over, _requests, _callbacks, _texts, _undecided, _facts):
        with parts.database.transaction() as connection:
            done += part(parts, connection, now)
    return done


def _settle_what_is_over(_parts: Parts, connection: Connection, now: datetime) -> int:
    settled = 0
    for kind, subject_id, outcome in lost.over(connection):
        settled += work.settle(
            connection,
            kind=Kind(kind),
            subject_id=subject_id,
            outcome=outcome,
            now=now,
            actor=_ACTOR,
        )
    return settled


def _requests(_parts: Parts, connection: Connection, now: datetime) -> int:
    return sum(
        _put_back(
            connection,
            Kind.COUNSELLING,
            row,
            now,
            person_id=row.person_id,
            counsellor=row.counsellor,
            offered_at=max(now, row.slot_at),
            promised_at=row.slot_ends_at,
        )
        for row in lost.requests(connection)
    )


def _callbacks(_parts: Parts, connection: Connection, now: datetime) -> int:
    return sum(
        _put_back(
            connection,
            Kind.CALLBACK,
            row,
            now,
            offered_at=max(now, row.slot_at),
            promised_at=row.slot_ends_at,
        )
        for row in lost.callbacks(connection)
    )


def _texts(_parts: Parts, connection: Connection, now: datetime) -> int:
    return sum(_put_back(connection, Kind.TEXT, row, now) for row in lost.texts(connection))


def _undecided(parts: Parts, connection: Connection, now: datetime) -> int:
    answering = [
        gateway.name
        for gateway in parts.gateways.values()
        if gateway.capabilities.receipts != "none"
    ]
    found = lost.undecided(connection, before=now - DOUBT_LASTS, answering=answering)
    return sum(
        bool(
            work.open_item(
                connection,
                kind=Kind.UNDECIDED,
                subject_id=row.id,
                phone_id=row.phone_id,
                language=row.language,
                now=now,
                actor=_ACTOR,
            )
        )
        for row in found
    )


def _facts(_parts: Parts, connection: Connection, now: datetime) -> int:
    """One item for each check that runs out, and one for all facts that nobody has checked."""
    today = local(now).date()
    items = lost.facts(connection)
    facts = list(stale_facts.known(connection))
    asked = {each.digest: each.must_be_checked(today) for each in facts}
    asked[stale_facts.NEVER] = any(each.never_checked for each in facts)
    changed = 0
    for digest, wanted in asked.items():
        item = items.pop(digest, None)
        if wanted and item is None:
            changed += bool(
                work.open_item(
                    connection, kind=Kind.STALE_FACT, subject_id=digest, now=now, actor=_ACTOR
                )
            )
        elif wanted and item is not None and item.state == "done":
            changed += work.reopen(
                connection, kind=Kind.STALE_FACT, subject_id=digest, now=now, actor=_ACTOR
            )
        elif not wanted and item is not None and item.state != "done":
            changed += _end_fact(connection, digest, "checked", now)
    for digest, item in items.items():
        if item.state != "done":
            changed += _end_fact(connection, digest, "gone", now)
    return changed


def _end_fact(connection: Connection, digest: str, outcome: str, now: datetime) -> bool:
    return work.settle(
        connection,
        kind=Kind.STALE_FACT,
        subject_id=digest,
        outcome=outcome,
        now=now,
        actor=_ACTOR,
    )


def _put_back(
    connection: Connection,
    kind: Kind,
    row: Row[Any],
    now: datetime,
    *,
    person_id: str | None = None,
    **columns: Any,
) -> bool:
    """An item about something a caller left: a new one, or the one that was ended too early."""
    if work.reopen(connection, kind=kind, subject_id=row.id, now=now, actor=_ACTOR):
        return True
    case = file_of(
        connection,
        person_id=person_id or people.only_person(connection, row.phone_id),
        phone_id=row.phone_id,
        now=now,
        actor=_ACTOR,
    )
    return bool(
        work.open_item(
            connection,
            kind=kind,
            subject_id=row.id,
            case_id=case.id,
            phone_id=row.phone_id,
            district=case.district,
            now=now,
            actor=_ACTOR,
            **columns,
        )
    )
