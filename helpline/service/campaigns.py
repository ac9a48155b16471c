"""Campaigns as time passes: everybody is enrolled bit by bit, whatever ended is settled, nobody twice.

Any number of processes may do this. Each holds the row of the campaign it works on; what it wrote of
a bit is written with how far it is, or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec

from helpline.cases.campaigns import Segment
from helpline.cases.permits import Purpose
from helpline.cases.states import CAMPAIGN, move
from helpline.cases.texts import NEWS, NEWS_DETAILED
from helpline.service.messages import cancelled
from helpline.store import campaigns, events, outbox
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from helpline.service.parts import Parts

PAGE: Final = 500
"""Phones looked at in one transaction."""
BITS: Final = 40
"""Transactions for one campaign in one run: others wait for this process, too."""

Find = Callable[..., "Row[Any] | None"]
Bit = Callable[["Parts", "Connection", "Row[Any]", datetime], bool]
"""One transaction's worth of work on a campaign; False when there is nothing left to do now."""


def segment_of(row: Row[Any]) -> Segment:
    """The segment of a campaign as it is written down."""
    return Segment(
        *(
            frozenset(codes.split())
            for codes in (row.districts, row.needs, row.languages, row.sexes)
        )
    )


def texts_of(row: Row[Any]) -> Mapping[str, str]:
    """The texts of a campaign by language."""
    return {"bn": row.text_bn, "en": row.text_en}


def sweep(parts: Parts) -> None:
    """Enrol whom running campaigns are for; settle what waits of those that are over; end what is done.

    May run anywhere, at any time, twice.
    """
    _each(parts, campaigns.to_enrol, _enrol)
    _each(parts, campaigns.to_settle, _settle)


def _each(parts: Parts, find: Find, do: Bit) -> None:
    """Some bits of every campaign that `find` gives, each bit a transaction of its own."""
    after, bits = "", 0
    while True:
        with parts.database.transaction() as connection:
            now = parts.clock()
            row = find(connection, now=now, after=after)
            if row is None:
                return
            bits += 1
            if not do(parts, connection, row, now) or bits == BITS:
                after, bits = row.id, 0


def _enrol(parts: Parts, connection: Connection, row: Row[Any], now: datetime) -> bool:
    """Enrol the next page of a campaign; False when there is nothing left to do."""
    last, found = campaigns.page(
        connection,
        segment_of(row),
        neutral=row.reason is None,
        now=now,
        after=row.reached,
        most=PAGE,
    )
    if not last:
        campaigns.advance(connection, row.id, enrolled_at=now)
        _record(connection, row.id, "enrolled", now)
        return False
    texts = texts_of(row)
    messages = [
        _message(parts, row, phone_id, person_id, language, texts[language], now)
        for phone_id, person_id, language in found
    ]
    added = outbox.enrol(connection, messages)
    campaigns.advance(connection, row.id, reached=last, enrolled=row.enrolled + added)
    return True


def _message(
    parts: Parts,
    row: Row[Any],
    phone_id: str,
    person_id: str,
    language: str,
    text: str,
    now: datetime,
) -> dict[str, Any]:
    ident = new_ident()
    return {
        "id": ident,
        "phone_id": phone_id,
        "person_id": person_id,
        "subject_id": row.id,
        "purpose": Purpose.NEWS,
        "template": NEWS if row.reason is None else NEWS_DETAILED,
        "language": language,
        "values": parts.ring.seal(msgspec.json.encode({"text": text}), "message.values", ident),
        "due_at": now,
        "expires_at": row.valid_until,
        "dedupe_key": f"campaign:{row.id}:{phone_id}",
        "created_at": now,
        "updated_at": now,
    }


def _settle(parts: Parts, connection: Connection, row: Row[Any], now: datetime) -> bool:
    """Settle a page of what waits of a campaign that is over; False when there is nothing left to do."""
    del parts
    if row.state == "cancelled":
        ids = campaigns.drop(
            connection, row.id, becomes="cancelled", why="campaign", now=now, most=PAGE
        )
        cancelled(connection, ids, why="campaign", now=now, actor="campaigns")
        return len(ids) == PAGE
    if row.valid_until <= now:
        ids = campaigns.drop(connection, row.id, becomes="skipped", why="stale", now=now, most=PAGE)
        events.record_moves(
            connection,
            subject="message",
            was="queued",
            moves=[(ident, "skipped", "stale") for ident in ids],
            now=now,
            actor="campaigns",
        )
        if len(ids) == PAGE:
            return True
    if not campaigns.waits(connection, row.id):
        becomes = move(CAMPAIGN, row.state, "done")
        if campaigns.change(
            connection, row.id, was=row.state, seen=row.version, state=becomes, ended_at=now
        ):
            events.record(
                connection,
                subject="campaign",
                subject_id=row.id,
                was=row.state,
                became=becomes,
                now=now,
                actor="campaigns",
            )
    return False


def _record(connection: Connection, campaign_id: str, became: str, now: datetime) -> None:
    events.record(
        connection,
        subject="campaign",
        subject_id=campaign_id,
        became=became,
        now=now,
        actor="campaigns",
    )
