"""What one member of staff asks another about a case: put into the queue, and answered once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from helpline.cases.states import APPROVAL, TRANSFER, move
from helpline.cases.work import Kind
from helpline.service import work
from helpline.service.desk.acting import Stale
from helpline.store.desk import case_rows
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Row

    from helpline.service.desk.acting import Acting

_STATES: Final = {Kind.APPROVAL: APPROVAL, Kind.TRANSFER: TRANSFER}


def ask_approval(
    deed: Acting, *, what: str, words: str, case_id: str | None = None, detail: str = ""
) -> str:
    """Write down a question that somebody else has to agree to; its id. `words` are kept sealed."""
    ident = new_ident()
    case_rows.add(
        deed.connection,
        "approval",
        id=ident,
        case_id=case_id,
        what=what,
        detail=detail,
        state="pending",
        words=deed.parts.ring.seal(words, "approval.words", ident),
        asked_by=deed.who.id,
        asked_at=deed.now,
        decided_by=None,
        decided_at=None,
    )
    deed.record("approval", ident, became="pending", why=what)
    return ident


def put(deed: Acting, kind: Kind, ident: str, case: Row[Any]) -> str:
    """An item about a question that was just asked; its id."""
    return work.open_item(
        deed.connection,
        kind=kind,
        subject_id=ident,
        case_id=case.id,
        district=case.district,
        language=case.language,
        restricted=case.restricted,
        now=deed.now,
        actor=deed.who.id,
    )


def answer(
    deed: Acting, kind: Kind, ident: str, *, was: str, becomes: str, why: str = "", **columns: Any
) -> None:
    """Move a question to its answer, which takes it out of the queue.

    Raises:
        Stale: somebody was faster.
        helpline.cases.states.IllegalMove: that is no answer to it.
    """
    move(_STATES[kind], was, becomes)
    if not case_rows.turn(deed.connection, kind.value, ident, was=was, becomes=becomes, **columns):
        raise Stale(ident)
    deed.record(kind.value, ident, was=was, became=becomes, why=why)
    work.settle(
        deed.connection,
        kind=kind,
        subject_id=ident,
        outcome=becomes,
        now=deed.now,
        actor=deed.who.id,
    )
