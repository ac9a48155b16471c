"""Transfers: a case is to get another owner, and does so only when that person says yes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from helpline.cases.work import Kind
from helpline.service.desk import access, audit, questions
from helpline.service.desk.acting import NotAllowed
from helpline.service.desk.cases import Blocked, candidates, hand_over, staff_names
from helpline.store.desk import case_rows, case_work, files
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from helpline.service.desk.acting import Acting


@dataclass(frozen=True, slots=True)
class Asked:
    """A transfer that waits for one person's answer, with no more of the case than its number."""

    id: str
    reference: str
    district: str
    risk_level: str
    restricted: str
    from_name: str
    words: str
    asked_at: datetime


def request(deed: Acting, case_id: str, *, to_id: str, words: str) -> str:
    """Ask somebody to take a case over; gives the id of the transfer.

    Raises:
        Blocked: `not_theirs` for somebody who may not have it, `asked_already` while one is pending,
            `closed` for a closed case.
    """
    case = access.find_case(deed, case_id)
    if case.stage == "closed":
        raise Blocked("closed")
    if to_id == case.owner_id or to_id not in {each.id for each in candidates(deed, case)}:
        raise Blocked("not_theirs")
    if any(
        each.state == "requested"
        for each in case_rows.of_case(deed.connection, "transfer", case.id)
    ):
        raise Blocked("asked_already")
    ident = new_ident()
    case_rows.add(
        deed.connection,
        "transfer",
        id=ident,
        case_id=case.id,
        from_id=case.owner_id or deed.who.id,
        to_id=to_id,
        words=deed.parts.ring.seal(words.strip(), "transfer.words", ident),
        state="requested",
        asked_at=deed.now,
        answered_at=None,
    )
    deed.record("transfer", ident, became="requested")
    item = questions.put(deed, Kind.TRANSFER, ident, case)
    case_work.give_item(deed.connection, item, staff_id=to_id, now=deed.now)
    deed.record("work_item", item, was="open", became="claimed", why="transfer")
    audit.note(deed, "transfer", "transfer", ident, case_id=case.id, detail=to_id)
    return ident


def waiting(deed: Acting) -> list[Asked]:
    """What this member is asked to take over."""
    rows = case_work.transfers_to(deed.connection, deed.who.id)
    names = staff_names(deed.parts.ring, deed.connection, [row.from_id for row in rows])
    return [
        Asked(
            row.id,
            row.reference,
            row.district,
            row.risk_level,
            row.restricted,
            names.get(row.from_id, ""),
            deed.parts.ring.unseal_text(row.words, "transfer.words", row.id),
            row.asked_at,
        )
        for row in rows
    ]


def answer(deed: Acting, transfer_id: str, becomes: str) -> str:
    """Accept a case, and own it from now on, or reject it. Gives the id of the case.

    Raises:
        NotAllowed: somebody else was asked.
        Stale: it was answered, or the case changed hands meanwhile.
        helpline.cases.states.IllegalMove: neither accepted nor rejected.
    """
    found = case_rows.one(deed.connection, "transfer", transfer_id)
    if found is None or found.to_id != deed.who.id:
        raise NotAllowed(transfer_id)
    questions.answer(
        deed,
        Kind.TRANSFER,
        found.id,
        was="requested",
        becomes=becomes,
        answered_at=deed.now,
    )
    case = files.by_id(deed.connection, found.case_id)
    if case is None:
        raise NotAllowed(transfer_id)
    if becomes == "accepted":
        hand_over(deed, case, deed.who.id, version=case.version)
    audit.note(deed, becomes, "transfer", found.id, case_id=case.id)
    return str(case.id)
