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
    scheduled="due paused cancelled expired",
    due="held dialling_staff scheduled paused cancelled expired",
    held="due paused cancelled expired",
    dialling_staff="dialling_client attempt_failed due",
    dialling_client="connected attempt_failed wrong_person",
    connected="completed attempt_failed wrong_person",
    attempt_failed="scheduled unreachable",
    wrong_person="paused",
    paused="scheduled cancelled expired",
    unreachable="scheduled cancelled",
    completed="",
    cancelled="",
    expired="scheduled",
)
"""A promise to call. An attempt that failed leads to another or to a supervisor, never to silence.

Only the counsellor can tell who answered, so `connected` may turn out to be the wrong person.
"""

CASE: Final = _table(
    new="assigned closed",
    assigned="assessment assigned closed",
    assessment="support_ongoing assigned closed",
    support_ongoing="support_completed assessment closed",
    support_completed="closed support_ongoing",
    closed="assessment",
)
"""The stages of a case. Who wants to work abroad again may leave the social part out: see the guards."""

REFERRAL: Final = _table(
    draft="sent cancelled",
    sent="accepted declined revoked",
    accepted="attended not_attended revoked",
    attended="completed declined",
    not_attended="sent cancelled",
    completed="",
    declined="",
    revoked="",
    cancelled="",
)

PROVIDER: Final = _table(proposed="enlisted suspended", enlisted="suspended", suspended="enlisted")
"""Only an enlisted office may be sent a client."""

FOLLOW_UP: Final = _table(
    planned="due waived cancelled",
    due="done missed waived cancelled",
    missed="done waived",
    done="",
    waived="",
    cancelled="",
)

APPOINTMENT: Final = _table(
    planned="kept missed cancelled", kept="", missed="planned", cancelled=""
)

TRANSFER: Final = _table(requested="accepted rejected", accepted="", rejected="")

APPROVAL: Final = _table(pending="approved rejected", approved="", rejected="")

PLAN_STEP: Final = _table(planned="done waived", done="planned", waived="planned")

WORK_ITEM: Final = _table(open="claimed done", claimed="open claimed done", done="open")
"""The desk's queue; from claimed to claimed it changes hands."""

SLA: Final = _table(
    active="warned hit missed active",
    warned="active hit missed",
    missed="active_with_misses",
    active_with_misses="missed hit active_with_misses",
    hit="active",
)
"""A clock. One that was missed goes on until the thing is done, and remembers that it was missed."""

ALARM: Final = _table(
    paging="acknowledged passed_on ended", acknowledged="", passed_on="acknowledged", ended=""
)

CALL: Final = _table(
    placed="ringing_staff ringing_client waiting connected failed ended",
    ringing_staff="ringing_client failed ended",
    ringing_client="connected failed ended",
    waiting="connected ended",
    connected="waiting ended",
    failed="",
    ended="",
)
"""A conversation by voice; an inbound one waits in the queue until somebody takes it, and so does a
client whose counsellor's line was lost."""

CAMPAIGN: Final = _table(
    draft="submitted cancelled",
    submitted="approved draft cancelled",
    approved="running draft cancelled",
    running="paused done cancelled",
    paused="running done cancelled",
    done="",
    cancelled="",
)
"""A text to many. Whoever changes one that was agreed to makes it a draft again; what runs is not
changed any more."""

STAFF: Final = _table(invited="active suspended", active="suspended", suspended="active")

INCOMING_TEXT: Final = _table(open="read", read="")

FEEDBACK: Final = _table(asked="answered skipped", answered="", skipped="")
"""How a service was is asked once; who would rather not say is not asked again."""

HOUSEHOLD_MEMBER: Final = _table(joined="left", left="")
DEPENDANT: Final = _table(named="removed", removed="")


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
