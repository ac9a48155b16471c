"""What a member may see of the marks of a phone: that it is not safe, or wants no messages.

Whoever opens a case for a visitor types a number. That alone must not tell what somebody said on that
phone: it may be the number of a case that is not theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from helpline.service.desk import access
from helpline.store.desk import people_rows

if TYPE_CHECKING:
    from sqlalchemy import Row

    from helpline.service.desk.acting import Acting


@dataclass(frozen=True, slots=True)
class Marks:
    """When a phone asked to be left alone, and when it was marked unsafe."""

    stopped_at: datetime | None = None
    unsafe_at: datetime | None = None


def shown(deed: Acting, case: Row[Any], phone: Row[Any]) -> Marks:
    """The marks of a phone of a case, as far as this member may know of them.

    All of them, where the client registered from it or it contacted us, or another case that they
    may open leads to it; else only what was said since the number was typed.
    """
    stopped, unsafe = phone.stopped_at, phone.unsafe_at
    if (stopped is None and unsafe is None) or phone.person_id is not None:
        return Marks(stopped, unsafe)
    typed = people_rows.opened_by_typing(deed.connection, phone.id)
    if case.id not in typed:
        return Marks(stopped, unsafe)
    leading = people_rows.cases_of_phone(deed.connection, phone.fingerprint)
    if any(each.id not in typed and access.is_theirs(deed, each) for each in leading):
        return Marks(stopped, unsafe)
    return Marks(_since(stopped, case.opened_at), _since(unsafe, case.opened_at))


def _since(at: datetime | None, opened: datetime) -> datetime | None:
    return at if at is not None and at >= opened else None
