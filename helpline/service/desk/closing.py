"""Closing a case: what is still under way for the client ends with it, in the same transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from helpline.cases.case_rules import BROKEN_OFF
from helpline.cases.states import CALLBACK, may_move
from helpline.service import check_in_duties
from helpline.service.desk.counselled import follow
from helpline.service.messages import cancelled
from helpline.service.referral_moves import revoke_all
from helpline.store import outbox, reminders
from helpline.store.desk import case_rows, case_work, risk_flags

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from helpline.service.desk.acting import Acting

OVER: Final = frozenset({"completed", "no_contact", "withdrawn", "declined", "duplicate"})
_TALKING: Final = frozenset({"dialling_staff", "dialling_client", "connected", "wrong_person"})
_OUTLIVES: Final = frozenset({"erasure"})
"""What a person asked for that closing her case does not do."""
_WITH_CLIENT: Final = frozenset(
    {
        "counselling",
        "callback",
        "missed_call",
        "text",
        "complaint",
        "risk_review",
        "check_in",
        "needs",
    }
)
"""Work that somebody asked for or that may mean danger: it is finished before a case graduates."""


def under_way(connection: Connection, case_id: str) -> bool:
    """Whether somebody talks with the client at this moment."""
    requests = case_work.requests(connection, case_id)
    calls = case_work.callbacks(connection, case_id)
    return any(each.state == "in_session" for each in requests) or any(
        each.state in _TALKING for each in calls
    )


def work_open(connection: Connection, case_id: str) -> bool:
    """Whether work that a client waits for is not done."""
    return any(item.kind in _WITH_CLIENT for item in case_rows.open_items(connection, case_id))


def danger_open(connection: Connection, case_id: str) -> bool:
    """Whether a sign of danger was raised that nobody has looked into."""
    return any(item.kind == "risk_review" for item in case_rows.open_items(connection, case_id))


def settle(deed: Acting, case: Row[Any], why: str) -> None:
    """End what belongs to a case that has just been closed; nothing more is sent for it."""
    _referrals(deed, case)
    check_in_duties.end_of_case(
        deed.connection, case_id=case.id, why="case_closed", now=deed.now, actor=deed.who.id
    )
    if why in BROKEN_OFF:
        _dates(deed, case)
        _requests(deed, case, why)
        _callbacks(deed, case)
        _messages(deed, case)
    _turn_all(deed, "transfer", case, ("requested",), "rejected", answered_at=deed.now)
    _turn_all(deed, "approval", case, ("pending",), "rejected", decided_at=deed.now)
    for item in case_rows.open_items(deed.connection, case.id):
        if item.kind in _OUTLIVES:
            continue
        if item.kind == "risk_review":
            risk_flags.settle(
                deed.connection,
                item.id,
                outcome="case_closed",
                level="",
                now=deed.now,
                staff_id=deed.who.id,
            )
        if case_work.end_item(deed.connection, item, outcome="case_closed", now=deed.now):
            deed.record("work_item", item.id, was=item.state, became="done", why="case_closed")


def _referrals(deed: Acting, case: Row[Any]) -> None:
    """Those under way end, and each office is told: its link opens nothing any more."""
    deed.posted += revoke_all(
        deed.parts,
        deed.connection,
        case_id=case.id,
        why="case_closed",
        now=deed.now,
        actor=deed.who.id,
    )


def _dates(deed: Acting, case: Row[Any]) -> None:
    _turn_all(deed, "appointment", case, ("planned",), "cancelled", updated_at=deed.now)
    _turn_all(deed, "follow_up", case, ("planned", "due"), "cancelled", updated_at=deed.now)
    _turn_all(deed, "follow_up", case, ("missed",), "waived", updated_at=deed.now)


def _requests(deed: Acting, case: Row[Any], why: str) -> None:
    ends = "declined" if why == "declined" else "withdrawn"
    for request in case_work.requests(deed.connection, case.id):
        if request.state in OVER:
            continue
        becomes = ends if request.state != "requested" else "withdrawn"
        follow(
            deed.connection,
            request.id,
            becomes,
            now=deed.now,
            actor=deed.who.id,
            why="case_closed",
        )
        reminders.cancel_subject(deed.connection, subject_id=request.id, now=deed.now)
        waiting = outbox.cancel_subject(
            deed.connection, subject_id=request.id, why="case_closed", now=deed.now
        )
        _drop(deed, waiting)


def _callbacks(deed: Acting, case: Row[Any]) -> None:
    for call in case_work.callbacks(deed.connection, case.id):
        was = call.state
        for becomes in ("unreachable", "cancelled") if was == "attempt_failed" else ("cancelled",):
            if may_move(CALLBACK, was, becomes) and case_work.turn_callback(
                deed.connection, call.id, was=was, becomes=becomes, now=deed.now
            ):
                deed.record("callback", call.id, was=was, became=becomes, why="case_closed")
                was = becomes


def _messages(deed: Acting, case: Row[Any]) -> None:
    """Nothing more goes to a person whose case was broken off: she may have died, or not want it."""
    if case.person_id:
        reminders.cancel_person(deed.connection, person_id=case.person_id, now=deed.now)
        waiting = outbox.cancel_person(
            deed.connection, person_id=case.person_id, why="case_closed", now=deed.now
        )
        _drop(deed, waiting)
    texts = outbox.cancel_subject(
        deed.connection, subject_id=case.id, why="case_closed", now=deed.now
    )
    _drop(deed, texts)


def _drop(deed: Acting, ids: list[str]) -> None:
    cancelled(deed.connection, ids, why="case_closed", now=deed.now, actor=deed.who.id)


def _turn_all(
    deed: Acting, table: str, case: Row[Any], was: tuple[str, ...], becomes: str, **columns: Any
) -> None:
    for ident, state in case_rows.turn_all(
        deed.connection, table, case.id, was=was, becomes=becomes, **columns
    ):
        deed.record(table, ident, was=state, became=becomes, why="case_closed")
