"""The one way to a case: may this member open it, and it is written down that they did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from helpline.cases.roles import Confided, Right, may_open
from helpline.service.desk import audit
from helpline.service.desk.acting import NotAllowed, Note
from helpline.store.desk import files, glass

if TYPE_CHECKING:
    from sqlalchemy import Row

    from helpline.service.desk.acting import Acting


REFUSED: Final = "refused"
"""The name of the action of somebody who asked for a case, or for work, that is not theirs."""


def open_case(deed: Acting, case_id: str, *, action: str = "read") -> Row[Any]:
    """The row of a case that this member may open; the reading is noted.

    Raises:
        NotAllowed: it does not exist, or is not theirs: nobody can tell which.
    """
    case = find_case(deed, case_id)
    audit.note(deed, action, "case", case_id, case_id=case_id)
    return case


def find_case(deed: Acting, case_id: str) -> Row[Any]:
    """The row of a case that this member may open, for those who note what they do with it at the end.

    Raises:
        NotAllowed: it does not exist, or is not theirs: nobody can tell which.
    """
    case = files.by_id(deed.connection, case_id)
    if case is None:
        raise NotAllowed(case_id)
    if not is_theirs(deed, case):
        if not _broke_glass(deed, case_id):
            deed.refused.append(Note(REFUSED, "case", case_id, case_id, ""))
            raise NotAllowed(case_id)
        deed.through_glass.add(case_id)
    return case


def is_theirs(deed: Acting, case: Row[Any]) -> bool:
    """Whether this member may open a case without breaking glass."""
    held = glass.holds_work(deed.connection, case_id=case.id, staff_id=deed.who.id)
    return may_open(deed.who, confided(case, held=held))


def confided(case: Row[Any], *, held: bool = False) -> Confided:
    """What of a case decides who may open it."""
    return Confided(
        case.district, case.restricted, case.owner_id or "", case.supervisor_id or "", held
    )


def _broke_glass(deed: Acting, case_id: str) -> bool:
    return deed.who.may(Right.BREAK_GLASS) and glass.is_open(
        deed.connection, case_id=case_id, staff_id=deed.who.id, now=deed.now
    )
