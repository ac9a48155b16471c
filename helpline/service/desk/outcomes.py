"""What came of a call, as whoever called says it: the promise, its item and the contact move together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.attempts import next_attempt, safe_at
from helpline.cases.calendar import Slot
from helpline.cases.safe_times import ANY_TIME
from helpline.cases.states import IllegalMove
from helpline.cases.work import Kind
from helpline.service.desk import audit, callbacks, queue
from helpline.service.desk.acting import Stale
from helpline.service.desk.callable import item_safety
from helpline.service.desk.calling import NotSafe
from helpline.service.desk.counselled import follow
from helpline.service.desk.hours import working_hours
from helpline.service.desk.wrong_phone import mark_unsafe
from helpline.store.desk import callbacks as rows
from helpline.store.desk import calls
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Row

    from helpline.cases.safe_times import SafeTimes
    from helpline.service.desk.acting import Acting

REACHED: Final = "reached"
LATER: Final = "asked_later"
WRONG: Final = "wrong_person"
IN_VAIN: Final = ("no_answer", "busy", "rejected", "number_off")
OUTCOMES: Final = (REACHED, LATER, *IN_VAIN, WRONG)
SLOT: Final = timedelta(hours=2)
"""How long a time that the client named on the phone lasts."""
FARTHEST: Final = timedelta(days=30)
_STEP: Final = timedelta(minutes=1)


class Wrong(ValueError):
    """What was entered makes no sense: `outcome` or `time`."""


def reveal(deed: Acting, item_id: str) -> str:
    """The number of an item's client in full, to be dialled by hand. It is noted who saw it.

    Raises:
        NotSafe: that phone may not ring now.
        helpline.service.desk.queue.Taken, NotAllowed, Stale: as for `queue.claim`.
    """
    item = queue.claim(deed, item_id)
    safe = item_safety(deed.parts, deed.connection, item, deed.now)
    sealed = calls.number_of(deed.connection, item.phone_id) if item.phone_id else None
    if not safe.now or sealed is None:
        raise NotSafe(safe.why or "no_number", safe.when)
    audit.note(deed, "unmask", "phone", item.phone_id, case_id=item.case_id, detail="why=by_hand")
    return deed.parts.ring.unseal_text(sealed, "phone.number", item.phone_id)


def record(deed: Acting, item_id: str, outcome: str, later: datetime | None = None) -> str:
    """Write down what came of a call; `later` is when the client asked to be called. The new state.

    Raises:
        Wrong: there is no such outcome, or no such time.
        Stale: it was written down already, or the call still rings.
        helpline.service.desk.queue.Taken, NotAllowed: as for `queue.claim`.
    """
    if outcome not in OUTCOMES:
        raise Wrong("outcome")
    slot = _slot(deed, outcome, later)
    item = queue.claim(deed, item_id)
    if item.kind in rows.KINDS:
        with _still(item_id):
            state = _of_callback(deed, item, outcome, slot)
    elif item.kind == Kind.COUNSELLING:
        state = _of_counselling(deed, item, outcome, slot)
    else:
        raise Wrong("outcome")
    _contact(deed, item, outcome)
    audit.note(
        deed, "outcome", "work_item", item_id, case_id=item.case_id, detail=f"outcome={outcome}"
    )
    return state


def call_again(deed: Acting, item_id: str, slot: Slot) -> None:
    """A supervisor has a client tried once more who was not reached, within the times that are safe.

    Raises:
        Wrong: `time`, when the phone may not ring then.
        Stale: it does not wait for that any more.
        helpline.service.desk.queue.Taken, NotAllowed: as for `queue.claim`.
    """
    item = queue.claim(deed, item_id)
    safe = item_safety(deed.parts, deed.connection, item, deed.now)
    slot = _safe_part(deed, slot, safe.times)
    with _still(item_id):
        callbacks.call_again(
            deed.connection, item.subject_id, slot, now=deed.now, actor=deed.who.id
        )


def cancel(deed: Acting, item_id: str, why: str) -> None:
    """Nobody calls this client any more; `why` is a code.

    Raises:
        Stale: somebody is on the phone with them.
        helpline.service.desk.queue.Taken, NotAllowed: as for `queue.claim`.
    """
    item = queue.claim(deed, item_id)
    callbacks.cancel(deed.connection, item.subject_id, why, now=deed.now, actor=deed.who.id)
    audit.note(deed, "cancel_call", "work_item", item_id, case_id=item.case_id, detail=f"why={why}")


@contextmanager
def _still(item_id: str) -> Iterator[None]:
    """What its table of states does not allow was done by somebody else meanwhile."""
    try:
        yield
    except IllegalMove as moved:
        raise Stale(item_id) from moved


def _of_callback(deed: Acting, item: Row[Any], outcome: str, slot: Slot | None) -> str:
    connection, ident = deed.connection, item.subject_id
    by: dict[str, Any] = {"now": deed.now, "actor": deed.who.id}
    row = rows.by_id(connection, ident, lock=True)
    if row is None or row.state in ("dialling_staff", "dialling_client"):
        raise Stale(item.id)
    if row.state != "connected":  # dialled by hand
        callbacks.begin(connection, ident, **by)
        callbacks.dial(connection, ident, **by)
        if outcome in (REACHED, LATER):
            callbacks.connected(connection, ident, **by)
    if outcome == REACHED:
        callbacks.completed(connection, ident, outcome, **by)
        queue.finish(deed, item.id, "completed")
        _counselled(deed, row)
        return "completed"
    if outcome == LATER and slot is not None:
        callbacks.postponed(connection, ident, slot, **by)
        return "scheduled"
    if outcome == WRONG:
        callbacks.wrong_person(deed.parts, connection, ident, **by)
        return "paused"
    return callbacks.failed(deed.parts, connection, ident, outcome, **by)


def _of_counselling(deed: Acting, item: Row[Any], outcome: str, slot: Slot | None) -> str:
    """Who was not reached for counselling is promised a call, at another time of day."""
    if outcome == REACHED:
        queue.finish(deed, item.id, "completed")
        return "completed"
    with suppress(IllegalMove):
        follow(deed.connection, item.subject_id, "claimed", now=deed.now, actor=deed.who.id)
    if outcome == WRONG:
        mark_unsafe(deed.parts, deed.connection, item.phone_id, now=deed.now, actor=deed.who.id)
        queue.finish(deed, item.id, "no_contact")
        return "no_contact"
    safe = item_safety(deed.parts, deed.connection, item, deed.now)
    if outcome != LATER and not safe.now and safe.when is None:
        # what was said after she had asked counts for the promise that follows, too
        queue.finish(deed, item.id, "no_contact")
        return "no_contact"
    again = slot or next_attempt(
        [deed.now],
        now=deed.now,
        until=deed.now + callbacks.LIVES,
        safe=safe.times,
        hours=working_hours(deed.connection),
        quiet=deed.parts.quiet,
    )
    if again is None or not item.phone_id:
        queue.finish(deed, item.id, "no_contact")
        return "no_contact"
    callbacks.ask(
        deed.parts,
        deed.connection,
        phone_id=item.phone_id,
        kind=Kind.CALLBACK,
        about="counselling",
        slot=again,
        dedupe_key=f"counselling:{item.subject_id}:{deed.now:%Y%m%d%H%M%S}",
        language=item.language,
        counsellor=item.counsellor,
        actor=deed.who.id,
    )
    queue.finish(deed, item.id, "callback_scheduled")
    return "scheduled"


def _counselled(deed: Acting, row: Row[Any]) -> None:
    """The call that a counselling request was waiting for has been made."""
    if row.about == "counselling":
        request_id = row.dedupe_key.split(":")[1]
        with suppress(IllegalMove, Stale):
            follow(deed.connection, request_id, "completed", now=deed.now, actor=deed.who.id)


def _slot(deed: Acting, outcome: str, later: datetime | None) -> Slot | None:
    if outcome != LATER:
        return None
    ahead = later is not None and deed.now < later < deed.now + FARTHEST
    if later is None or not ahead or not safe_at(later, ANY_TIME, deed.parts.quiet):
        raise Wrong("time")
    return Slot(later, later + SLOT)


def _safe_part(deed: Acting, slot: Slot, times: SafeTimes) -> Slot:
    """A slot up to where its time stops being safe: staff choose among the client's times, not beyond."""
    ends = slot.begins
    while ends < slot.ends and safe_at(ends, times, deed.parts.quiet):
        ends = min(ends + _STEP, slot.ends)
    if ends == slot.begins:
        raise Wrong("time")
    return Slot(slot.begins, ends)


def _contact(deed: Acting, item: Row[Any], outcome: str) -> None:
    call = calls.of_item(deed.connection, item.id)
    talked = 0
    if call is not None and call.connected_at is not None:
        talked = max(0, int(((call.ended_at or deed.now) - call.connected_at).total_seconds()))
    calls.add_contact(
        deed.connection,
        id=new_ident(),
        case_id=item.case_id,
        item_id=item.id,
        phone_id=item.phone_id,
        staff_id=deed.who.id,
        channel="call",
        direction="out",
        disposition=outcome,
        seconds=talked,
        at=deed.now,
    )
