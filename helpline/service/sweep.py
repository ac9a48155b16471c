"""Finding what fell between: claims of dead workers, messages without a receipt, parked receipts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from helpline.service.receipts import join_strays
from helpline.store import events, outbox, receipts

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from helpline.service.parts import Parts

CLAIM_LIVES: Final = timedelta(seconds=120)
"""Longer than any call to a gateway takes: a claim older than this belongs to a dead worker."""

RECEIPT_AWAITED: Final = timedelta(hours=48)
RECEIPT_PARKED: Final = timedelta(hours=72)


def sweep(parts: Parts) -> None:
    """Settle what nobody works on any more. May run anywhere, at any time, twice."""
    now = parts.clock()
    with parts.database.transaction() as connection:
        lost = outbox.abandoned(connection, before=now - CLAIM_LIVES, now=now)
        _record(connection, lost, "sending", "ambiguous", "worker_lost", now)
        silent = outbox.unconfirmed(connection, before=now - RECEIPT_AWAITED, now=now)
        _record(connection, silent, "sent", "unconfirmed", "no_receipt", now)
        for gateway in parts.gateways.values():
            join_strays(connection, gateway, now)
        receipts.forget(connection, before=now - RECEIPT_PARKED)


def _record(
    connection: Connection, ids: Iterable[str], was: str, became: str, why: str, now: datetime
) -> None:
    events.record_moves(
        connection,
        subject="message",
        was=was,
        moves=[(ident, became, why) for ident in ids],
        now=now,
        actor="sweeper",
    )
