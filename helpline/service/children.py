"""Somebody under 18: a restricted case, a supervisor's work from the first moment, nothing sent by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from helpline.cases.work import Kind
from helpline.service import work

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

MINOR: Final = "minor"
"""As an age is coded, and why the case is restricted."""


def protect(
    connection: Connection,
    *,
    person_id: str,
    case_id: str,
    district: str,
    language: str,
    now: datetime,
    actor: str,
) -> None:
    """Put a child who registered before a supervisor. Nobody is contacted: a guardian least of all.

    Whether a guardian is asked, a person decides with the child; the answer goes into the ledger.
    """
    work.open_item(
        connection,
        kind=Kind.CHILD,
        subject_id=person_id,
        case_id=case_id,
        district=district,
        language=language,
        restricted=MINOR,
        now=now,
        actor=actor,
    )
