"""The states of everything that moves, each as one table, and the one function that moves it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Table = Mapping[str, frozenset[str]]


def _table(**moves: str) -> Table:
    return {state: frozenset(to.split()) for state, to in moves.items()}


MESSAGE: Final = _table(
    queued="sending queued cancelled skipped refused parked",
    sending="sent delivered failed queued ambiguous parked opted_out",
    ambiguous="sent delivered failed queued",
    sent="delivered failed unconfirmed",
    unconfirmed="delivered failed",
    failed="delivered",
    delivered="",
    opted_out="",
    refused="",
    skipped="",
    cancelled="",
    parked="queued",
)
"""The outbox. `ambiguous` and `parked` wait for a receipt or a person; they are never resent blindly.

A receipt that says delivered is believed after one that said failed: whatever the order in which
they come, the end is the same.
"""

REMINDER: Final = _table(
    scheduled="queued cancelled skipped scheduled",
    queued="sent skipped cancelled failed",
    sent="",
    failed="sent",
    skipped="",
    cancelled="",
)
"""A reminder follows its message; while that is undecided the reminder stays `queued`."""

REMINDER_FOLLOWS: Final[Mapping[str, str]] = {
    "sent": "sent",
    "delivered": "sent",
    "failed": "failed",
    "skipped": "skipped",
    "refused": "skipped",
    "opted_out": "skipped",
}
"""What a message's new state means for the reminder it came from."""

COUNSELLING: Final = _table(
    requested="queued withdrawn requested",
    queued="claimed withdrawn declined duplicate queued",
    claimed="in_session queued callback_scheduled withdrawn no_contact declined",
    callback_scheduled="claimed no_contact withdrawn",
    in_session="completed queued",
    completed="",
    no_contact="",
    withdrawn="",
    declined="",
    duplicate="",
)

CALLBACK: Final = _table(
    requested="scheduled cancelled expired",
    scheduled="due cancelled expired",
    due="held scheduled cancelled expired",
    held="due cancelled expired",
    cancelled="",
    expired="",
)

INCOMING_TEXT: Final = _table(open="read", read="")


class IllegalMove(ValueError):
    """A thing was asked to go where its table does not lead."""


def may_move(table: Table, was: str, becomes: str) -> bool:
    """Whether `table` leads from `was` to `becomes`."""
    return becomes in table.get(was, frozenset())


def move(table: Table, was: str, becomes: str) -> str:
    """The new state.

    Raises:
        IllegalMove: when `table` does not lead there.
    """
    if not may_move(table, was, becomes):
        raise IllegalMove(f"{was} does not lead to {becomes}")
    return becomes
