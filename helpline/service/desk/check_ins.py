"""Check-ins as staff see them: what came of each, version by version, and one filled in with a client."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec

from helpline.cases.instruments import Instrument, NotAnAnswer, Result, score
from helpline.data.files import BadData
from helpline.data.load import load_instrument, load_instruments
from helpline.service import check_ins
from helpline.service.desk import access, audit
from helpline.service.desk.cases import Blocked
from helpline.store.desk import case_rows

if TYPE_CHECKING:
    from sqlalchemy import Row

    from helpline.service.desk.acting import Acting
    from helpline.store.sealing import KeyRing

_DECODE = msgspec.json.Decoder(dict[str, str]).decode
NOTHING: Final[dict[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Checked:
    """One check-in, scored by the version it was asked with."""

    id: str
    taken_at: datetime
    staff_id: str | None
    answers: Mapping[str, str]
    result: Result


def history(deed: Acting, case_id: str) -> dict[str, list[Checked]]:
    """The check-ins of a case by instrument and version, the oldest first; emptied ones are left out.

    Two versions never stand in one list: their scores do not mean the same.
    """
    known = {each.key: each for each in load_instruments()}
    found: dict[str, list[Checked]] = {}
    for row in case_rows.of_case(deed.connection, "assessment", case_id):
        instrument = known.get(row.instrument)
        opened = _opened(deed, row, instrument) if instrument else None
        if opened is not None:
            found.setdefault(row.instrument, []).append(opened)
    return found


def of_item(deed: Acting, item: Row[Any]) -> Checked | None:
    """The check-in that a piece of work is about; none once its answers were erased."""
    row = case_rows.one(deed.connection, "assessment", item.subject_id)
    if row is None:
        return None
    try:
        return _opened(deed, row, load_instrument(row.instrument))
    except BadData:
        return None


def take(deed: Acting, case_id: str, instrument: str, answers: Mapping[str, str]) -> str:
    """Keep what a client answered to a member of staff; gives the id of the assessment.

    The same engine as on the phone: the duty it answers is done, low scores open a task, distress
    raises the danger.

    Raises:
        Blocked: `no_such_value`; `empty` when nothing was answered; `closed`.
    """
    case = access.find_case(deed, case_id)
    if case.stage == "closed":
        raise Blocked("closed")
    try:
        asked = load_instrument(instrument)
        kept = asked.understood(answers)
    except (BadData, NotAnAnswer):
        raise Blocked("no_such_value") from None
    if not kept:
        raise Blocked("empty")
    ident = check_ins.add(
        deed.parts,
        deed.connection,
        case_id=case.id,
        instrument=asked.key,
        payload=msgspec.json.encode(kept),
        found=score(asked, kept),
        phone_id=case.phone_id,
        staff_id=deed.who.id,
        office=deed.who.organisation,
        now=deed.now,
        actor=deed.who.id,
    )
    audit.note(deed, "assess", "assessment", ident, case_id=case.id, detail=asked.key)
    return ident


def _opened(deed: Acting, row: Row[Any], instrument: Instrument) -> Checked | None:
    answers = answers_of(deed.parts.ring, row)
    if not answers:
        return None
    return Checked(row.id, row.taken_at, row.staff_id, answers, score(instrument, answers))


def answers_of(ring: KeyRing, row: Row[Any]) -> Mapping[str, str]:
    """What was answered in one check-in; nothing once it was erased."""
    if not row.answers:
        return NOTHING
    try:
        return _DECODE(ring.unseal(row.answers, "assessment.answers", row.id))
    except msgspec.DecodeError:
        return NOTHING
