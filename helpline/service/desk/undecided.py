"""Messages of which nobody knows whether they were sent: staff look, and say what they found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.states import MESSAGE, REMINDER_FOLLOWS, move
from helpline.cases.work import Kind
from helpline.gateways.numbers import masked
from helpline.service.desk import queue
from helpline.service.desk.acting import NotAllowed, Stale
from helpline.store import events, outbox
from helpline.store.desk import items
from helpline.store.sealing import Unsealable

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from helpline.service.desk.acting import Acting
    from helpline.store.sealing import KeyRing

BECOMES: Final[Mapping[str, Mapping[str, str]]] = {
    "ambiguous": {"was_sent": "sent", "was_not_sent": "failed", "send_again": "queued"},
    "unconfirmed": {"was_sent": "delivered", "was_not_sent": "failed"},
    "parked": {"send_again": "queued"},
}
"""What each answer makes of a message in each state. Any other is left as it is."""
LEAVE: Final = "leave"
"""Nothing can or need be found out."""


@dataclass(frozen=True, slots=True)
class Doubtful:
    """The facts of a message, without its words."""

    state: str
    trouble: str
    purpose: str
    language: str
    number: str
    """With only a few of its digits."""
    gateway: str
    external_id: str
    attempts: int
    asked_at: datetime
    sent_at: datetime | None
    expired: bool
    answers: tuple[str, ...]
    """What may be said of it."""


def facts(deed: Acting, item: Row[Any]) -> Doubtful | None:
    """What is known about the message of an item; none when it was deleted."""
    message = items.message(deed.connection, item.subject_id)
    if message is None:
        return None
    return Doubtful(
        state=message.state,
        trouble=message.trouble,
        purpose=message.purpose,
        language=message.language,
        number=_number(deed.parts.ring, message),
        gateway=message.gateway,
        external_id=message.external_id,
        attempts=message.attempts,
        asked_at=message.created_at,
        sent_at=message.sent_at or message.claimed_at,
        expired=message.expires_at <= deed.now,
        answers=_answers(message, deed.now),
    )


def decide(deed: Acting, item_id: str, answer: str) -> None:
    """Say what became of a message: was_sent, was_not_sent, send_again, or leave. Its item ends with it.

    Raises:
        NotAllowed: it is no such item, or there is no such answer to it.
        Stale: a receipt, or somebody else, was faster.
        queue.Taken: somebody else has the item.
    """
    item = queue.seen(deed, item_id)
    message = items.message(deed.connection, item.subject_id)
    if item.kind != Kind.UNDECIDED or message is None:
        raise NotAllowed(item_id)
    if answer not in _answers(message, deed.now):
        raise Stale(item_id) if answer in _EVER else NotAllowed(item_id)
    queue.finish(deed, item_id, answer)
    if answer != LEAVE:
        _move(deed.connection, message, answer, deed.now, deed.who.id)
        if answer == "send_again":
            deed.posted.append(message.id)


_EVER: Final = frozenset(answer for answers in BECOMES.values() for answer in answers)


def _answers(message: Row[Any], now: datetime) -> tuple[str, ...]:
    known = BECOMES.get(message.state, {})
    late = message.expires_at <= now
    return (*(each for each in known if not (late and each == "send_again")), LEAVE)


def _move(connection: Connection, message: Row[Any], answer: str, now: datetime, who: str) -> None:
    was, becomes = message.state, move(MESSAGE, message.state, BECOMES[message.state][answer])
    if not outbox.still(connection, [message.id], was):
        raise Stale(message.id)
    outcome = {"id": message.id, "state": becomes, "trouble": "by_staff"}
    if becomes == "queued":
        outcome |= {"due_at": now}
    outbox.settle(connection, was, [outcome], now)
    events.record(
        connection,
        subject="message",
        subject_id=message.id,
        was=was,
        became=becomes,
        why=answer,
        now=now,
        actor=who,
    )
    if becomes in REMINDER_FOLLOWS:
        outbox.settle_reminders(connection, [(message.id, REMINDER_FOLLOWS[becomes])], now)


def _number(ring: KeyRing, message: Row[Any]) -> str:
    try:
        return masked(ring.unseal_text(message.number, "phone.number", message.phone_id))
    except Unsealable:
        return ""
