"""The one way to a case: may this member open it, and it is written down that they did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helpline.cases.roles import Confided, may_open
from helpline.service.desk import audit
from helpline.service.desk.acting import NotAllowed
from helpline.store.desk import files

if TYPE_CHECKING:
    from sqlalchemy import Row

    from helpline.service.desk.acting import Acting


def open_case(deed: Acting, case_id: str, *, action: str = "read") -> Row[Any]:
    """The row of a case that this member may open; the reading is noted.

    Raises:
        NotAllowed: it does not exist, or is not theirs: nobody can tell which.
    """
    case = files.by_id(deed.connection, case_id)
    if case is None or not may_open(deed.who, confided(case)):
        raise NotAllowed(case_id)
    audit.note(deed, action, "case", case_id, case_id=case_id)
    return case


def confided(case: Row[Any]) -> Confided:
    """What of a case decides who may open it."""
    return Confided(case.district, case.restricted, case.owner_id or "", case.supervisor_id or "")
