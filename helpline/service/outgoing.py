"""Sending what waits in the outbox: permit, claim, call, record. A claim is committed before the call.

A worker may die anywhere. Before the claim, nothing happened; after it, the message is never sent
again by itself: either its outcome is recorded, or a sweep finds it and calls it ambiguous.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import msgspec

from helpline.cases.permits import Decision, Detail, Purpose, Ruling
from helpline.cases.states import REMINDER_FOLLOWS
from helpline.cases.texts import NEWS_DETAILED, SCREEN, TEXTS, detail_of
from helpline.cases.wording import codes, warnings
from helpline.flow.layout import fill_in
from helpline.flow.lettering import compose
from helpline.gateways.port import Outcome, Outgoing, Verdict
from helpline.i18n import translator
from helpline.service import gate, pacing
from helpline.service.contact import leave_alone
from helpline.service.receipts import join_parked
from helpline.store import campaigns, events, outbox
from helpline.store.sealing import Unsealable
from helpline.store.shredding import know

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from helpline.gateways.port import Gateway
    from helpline.service.parts import Parts

IN_FLIGHT: Final = 8
"""Calls one worker has under way at once, for texts that differ."""
MOST_ATTEMPTS: Final = 8
FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(hours=1)
NO_GATEWAY: Final = timedelta(minutes=5)
"""How long a message waits when its gateway is missing, misconfigured or down."""

STILL_TRUE: Final = timedelta(seconds=1)
"""After this, what somebody allows is read once more before a message is claimed."""

_PURPOSES: Final = frozenset(Purpose)
_LANGUAGES: Final = ("bn", "en")
_VALUES: Final = msgspec.json.Decoder(dict[str, str])


Told = dict[tuple[str, str], list[str]]
"""What is not neutral in a text of a language: of a batch each text is looked at once."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A message that may go: its gateway, its number and its words."""

    gateway: str
    waiting: outbox.Waiting
    outgoing: Outgoing


def send(parts: Parts, ids: Sequence[str]) -> None:
    """Send those of `ids` that wait and may go now; anything else about them is settled too.

    Raises:
        helpline.store.database.Unavailable: what was not claimed still waits.
    """
    read_at = parts.clock()
    ready = pacing.in_turn(parts, _ready(parts, ids))
    with ThreadPoolExecutor(IN_FLIGHT) as calls:
        for gateway, batches in _rounds(parts, ready):
            _round(parts, gateway, batches, calls, read_at)


def _ready(parts: Parts, ids: Sequence[str]) -> list[Ready]:
    """Rule on every message; settle those that may not go, or not now."""
    now = parts.clock()
    ready: list[Ready] = []
    held: list[tuple[str, datetime, str]] = []
    dropped: list[tuple[str, str, str]] = []
    told: Told = {}
    with parts.database.transaction() as connection:
        by_id = {each.id: each for each in outbox.waiting(connection, ids)}
        found = [by_id[ident] for ident in dict.fromkeys(ids) if ident in by_id]
        know(each.number for each in found)
        news = [each.id for each in found if each.purpose == Purpose.NEWS]
        standing = campaigns.standing(connection, news)
        for waiting in found:
            if waiting.purpose not in _PURPOSES:
                dropped.append((waiting.id, "parked", "no_purpose"))
                continue
            of_campaign = standing.get(waiting.id)
            if of_campaign and of_campaign.state != "running":
                continue  # it stays as it is until its campaign goes on, or is over
            ruling = rule(waiting, now, parts)
            if of_campaign and waiting.template == NEWS_DETAILED and not of_campaign.alone:
                ruling = Decision(Ruling.REFUSE, "shared")
            if ruling.ruling is Ruling.HOLD and ruling.until:
                held.append((waiting.id, ruling.until, ruling.why))
            elif ruling.ruling is not Ruling.SEND:
                state = "skipped" if ruling.ruling is Ruling.SKIP else "refused"
                dropped.append((waiting.id, state, ruling.why))
            elif isinstance(written := _written(parts, waiting, told), Ready):
                ready.append(written)
            elif written == "no_gateway":
                held.append((waiting.id, now + NO_GATEWAY, written))
            else:
                dropped.append((waiting.id, "parked", written))
        outbox.hold(connection, held, now)
        _settle(connection, "queued", dropped, now)
    return ready


def rule(waiting: outbox.Waiting, now: datetime, parts: Parts) -> Decision:
    """Ask the safe-contact gate about one message."""
    return gate.message(parts, waiting, now)


def _written(parts: Parts, waiting: outbox.Waiting, told: Told) -> Ready | str:
    """The message in words, or a code for what is wrong with it: one bad row stops no other."""
    try:
        number = parts.ring.unseal_text(waiting.number, "phone.number", waiting.phone_id)
        sealed = parts.ring.unseal(waiting.values, "message.values", waiting.id)
        values: Mapping[str, str] = _VALUES.decode(sealed)
    except (Unsealable, msgspec.DecodeError):
        return "cannot_open"
    template = TEXTS.get(waiting.template)
    if template is None:
        return "no_template"
    if waiting.language not in _LANGUAGES:
        return "no_language"
    text = compose(fill_in(translator(waiting.language)(template), values, waiting.language))
    if not _neutral(waiting, text, told):
        return "not_neutral"
    gateway = next(
        (r.gateway for r in parts.routes if r.takes(number, waiting.language, waiting.purpose)), ""
    )
    if gateway not in parts.gateways:
        return "no_gateway"
    left = int((waiting.expires_at - parts.clock()).total_seconds())
    return Ready(gateway, waiting, Outgoing(waiting.id, number, text, valid_seconds=max(left, 1)))


def _neutral(waiting: outbox.Waiting, text: str, told: Told) -> bool:
    """Whether a text may go as it is filled in.

    A screen is the caller's own dialogue, or was read by staff before; what is for an office or for
    our own people is about nobody. Of every other NEUTRAL text the check sees the words that go out;
    the reference number it was written for says nothing.
    """
    checked = waiting.purpose not in (Purpose.STAFF, Purpose.OFFICE, Purpose.LAST)
    if not checked or waiting.template == SCREEN or detail_of(waiting.template) is Detail.DETAILED:
        return True
    meant = {"reference"} if "{reference}" in TEXTS[waiting.template] else set()
    words = (text, waiting.language)
    if words not in told:
        told[words] = codes(warnings(*words))
    return set(told[words]) <= meant


def _rounds(parts: Parts, ready: Sequence[Ready]) -> Iterator[tuple[Gateway, list[list[Ready]]]]:
    """Batches that go out together: one text to many numbers is one call, as far as the gateway can."""
    by_gateway: dict[str, dict[str, list[Ready]]] = {}
    for each in ready:
        by_gateway.setdefault(each.gateway, {}).setdefault(each.outgoing.text, []).append(each)
    for name, by_text in by_gateway.items():
        gateway = parts.gateways[name]
        batches = [
            batch for same in by_text.values() for batch in _slices(same, gateway.capabilities.bulk)
        ]
        for together in _slices(batches, IN_FLIGHT):
            yield gateway, together


def _round(
    parts: Parts,
    gateway: Gateway,
    batches: list[list[Ready]],
    calls: ThreadPoolExecutor,
    read_at: datetime,
) -> None:
    """Claim, call, record: what is claimed here and not recorded is ambiguous.

    `read_at` is when what is allowed was read.
    """
    with parts.database.transaction() as connection:
        now = parts.clock()
        waiting = [each.waiting for batch in batches for each in batch]
        if now - read_at > STILL_TRUE:  # the calls before have lasted
            waiting = outbox.waiting(connection, [each.id for each in waiting])
        wanted = [each.id for each in waiting if rule(each, now, parts).ruling is Ruling.SEND]
        claimed = outbox.claim(connection, wanted, parts.clock())
    mine = [[each for each in batch if each.waiting.id in claimed] for batch in batches]
    failures: list[Exception] = []

    def call(batch: list[Ready]) -> list[Verdict]:
        try:
            return gateway.send([each.outgoing for each in batch]) if batch else []
        except Exception as failure:  # noqa: BLE001  told when the other calls are recorded
            failures.append(failure)
            return []

    answers = list(calls.map(call, mine))
    sent = {each.waiting.id: each for batch in mine for each in batch}
    with parts.database.transaction() as connection:
        record(parts, connection, gateway, sent, [v for verdicts in answers for v in verdicts])
    if failures:
        raise failures[0]


def record(
    parts: Parts,
    connection: Connection,
    gateway: Gateway,
    sent: Mapping[str, Ready],
    verdicts: Iterable[Verdict],
) -> None:
    """Write what the gateway said about each message; one it said nothing about is ambiguous."""
    now = parts.clock()
    said = {verdict.message_id: verdict for verdict in verdicts}
    outcomes: list[dict[str, Any]] = []
    for ident, each in sent.items():
        verdict = said.get(ident) or Verdict(ident, Outcome.AMBIGUOUS, trouble="no_verdict")
        outcomes.append(_outcome(each, verdict, gateway.name, now))
        if verdict.outcome is Outcome.OPTED_OUT:
            leave_alone(connection, phone_id=each.waiting.phone_id, now=now, actor="gateway")
    moves = [(each["id"], each["state"], each["trouble"]) for each in outcomes]
    # a receipt, or a sweep, may have been faster: then its word stands, and we say nothing
    ours = outbox.still(connection, list(sent), "sending")
    outbox.settle(connection, "sending", outcomes, now)
    events.record_moves(
        connection,
        subject="message",
        was="sending",
        moves=[each for each in moves if each[0] in ours],
        now=now,
        actor="worker",
    )
    outbox.settle_reminders(connection, _reminder_states(moves), now)
    join_parked(
        connection, gateway, [o["external_id"] for o in outcomes if o.get("external_id")], now
    )


def _outcome(  # noqa: PLR0911 (one line an outcome)
    each: Ready, verdict: Verdict, gateway: str, now: datetime
) -> dict[str, Any]:
    made: dict[str, Any] = {"id": each.waiting.id, "trouble": verdict.trouble, "gateway": gateway}
    match verdict.outcome:
        case Outcome.ACCEPTED:
            return made | {"state": "sent", "external_id": verdict.external_id, "sent_at": now}
        case Outcome.REFUSED:
            return made | {"state": "failed"}
        case Outcome.OPTED_OUT:
            return made | {"state": "opted_out"}
        case Outcome.AMBIGUOUS:
            return made | {"state": "ambiguous", "external_id": verdict.external_id}
        case Outcome.UNTRIED | Outcome.MISCONFIGURED:
            # not the message's fault: it waits, no try counted, until that is mended or it expires
            untried = verdict.outcome is Outcome.UNTRIED
            wait = _wait(0, verdict.retry_after) if untried else NO_GATEWAY
            again = {"due_at": now + wait, "woken_at": None, "attempts": each.waiting.attempts}
            return made | {"state": "queued"} | again
        case Outcome.RETRY:
            if each.waiting.attempts + 1 >= MOST_ATTEMPTS:
                return made | {"state": "parked"}
            wait = _wait(each.waiting.attempts, verdict.retry_after)
            return made | {"state": "queued", "due_at": now + wait, "woken_at": None}


def _wait(attempts: int, asked: float) -> timedelta:
    """Twice as long each time, never all at once, never sooner than the gateway asked."""
    wait: timedelta = min(FIRST_WAIT * 2**attempts, LONGEST_WAIT)
    # not a secret: it only spreads the tries
    return max(wait * random.uniform(0.8, 1.2), timedelta(seconds=asked))  # noqa: S311


def _settle(
    connection: Connection, was: str, moves: list[tuple[str, str, str]], now: datetime
) -> None:
    if not moves:
        return
    ours = outbox.still(connection, [ident for ident, _state, _why in moves], was)
    moves = [each for each in moves if each[0] in ours]
    outbox.settle(
        connection,
        was,
        [{"id": ident, "state": state, "trouble": why} for ident, state, why in moves],
        now,
    )
    events.record_moves(
        connection, subject="message", was=was, moves=moves, now=now, actor="worker"
    )
    outbox.settle_reminders(connection, _reminder_states(moves), now)


def _reminder_states(moves: Iterable[tuple[str, str, str]]) -> list[tuple[str, str]]:
    """What a message's new state means for the reminder it came from."""
    return [
        (ident, REMINDER_FOLLOWS[state])
        for ident, state, _why in moves
        if state in REMINDER_FOLLOWS
    ]


def _slices(things: Iterable[Any], size: int) -> Iterator[list[Any]]:
    waiting = iter(things)
    while some := list(islice(waiting, size)):
        yield some
