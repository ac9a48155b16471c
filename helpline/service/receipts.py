"""What became of a message, as its gateway tells it: forward only, in any order, however often."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from helpline.cases.states import MESSAGE, REMINDER_FOLLOWS, may_move
from helpline.gateways.port import Delivery
from helpline.service.contact import leave_alone
from helpline.store import events, outbox, receipts

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from helpline.gateways.port import Gateway, ReceiptHeard
    from helpline.service.parts import Parts

MEANS: Final = {
    Delivery.SENT: "sent",
    Delivery.DELIVERED: "delivered",
    Delivery.FAILED: "failed",
}
"""The state a receipt leads to. Other receipts are kept and change nothing."""

NO_MORE: Final = "(wants no more messages)"
"""Kept beside a receipt that said so before its message was recorded: a status no gateway has."""


def receive(parts: Parts, gateway: Gateway, heard: ReceiptHeard) -> None:
    """Take one receipt. One that comes before its message was recorded waits for it.

    Raises:
        helpline.store.database.Unavailable: nothing was written; the gateway may try again.
    """
    now = parts.clock()
    with parts.database.transaction() as connection:
        fresh = receipts.add(
            connection,
            gateway=gateway.name,
            external_id=heard.external_id,
            status=heard.status[:60],
            reason=heard.reason[:60],
            now=now,
        )
        if not fresh:
            return
        message = _apply(
            connection,
            gateway,
            heard.external_id,
            heard.status,
            heard.reason,
            now,
            heard.message_id,
        )
        if heard.opted_out and message:
            _leave_alone(connection, message, now)
        elif heard.opted_out:
            receipts.add(
                connection,
                gateway=gateway.name,
                external_id=heard.external_id,
                status=NO_MORE,
                reason="",
                now=now,
            )


def join_strays(connection: Connection, gateway: Gateway, now: datetime) -> None:
    """Use receipts that came in the very moment in which their messages were recorded."""
    join_parked(connection, gateway, receipts.strays(connection, gateway=gateway.name), now)


def join_parked(
    connection: Connection, gateway: Gateway, external_ids: Sequence[str], now: datetime
) -> None:
    """Use the receipts that were faster than the record of their messages."""
    if not external_ids:
        return
    for external_id, status, reason in receipts.parked(
        connection, gateway=gateway.name, external_ids=external_ids
    ):
        message = _apply(connection, gateway, external_id, status, reason, now)
        if status == NO_MORE and message:
            _leave_alone(connection, message, now)


def _leave_alone(connection: Connection, message_id: str, now: datetime) -> None:
    if phone_id := outbox.phone_of(connection, message_id):
        leave_alone(connection, phone_id=phone_id, now=now, actor="gateway")


def _apply(
    connection: Connection,
    gateway: Gateway,
    external_id: str,
    status: str,
    reason: str,
    now: datetime,
    message_id: str = "",
) -> str:
    """Move the message of a receipt on; gives its id, or empty when it is not known yet."""
    found = receipts.message_of(
        connection, gateway=gateway.name, external_id=external_id, message_id=message_id
    )
    if found is None:
        return ""
    receipts.joined(connection, gateway=gateway.name, external_id=external_id, now=now)
    ident, was = found
    becomes = MEANS.get(gateway.delivery(status), "")
    if not becomes or not may_move(MESSAGE, was, becomes):
        return ident
    moved = receipts.forward(
        connection,
        message_id=ident,
        gateway=gateway.name,
        external_id=external_id,
        was=was,
        becomes=becomes,
        why=reason[:40],
        now=now,
    )
    if moved:
        events.record(
            connection,
            subject="message",
            subject_id=ident,
            was=was,
            became=becomes,
            why=reason[:40],
            now=now,
            actor="gateway",
        )
        outbox.settle_reminders(connection, [(ident, REMINDER_FOLLOWS[becomes])], now)
    return ident
