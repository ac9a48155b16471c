"""A case as it stands: who it is about, who looks after it, what is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helpline.store.desk import case_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection, Row

    from helpline.service.desk.acting import Acting
    from helpline.store.sealing import KeyRing


@dataclass(frozen=True, slots=True)
class Head:
    """What stands at the top of the page of a case."""

    name: str
    """As the client gave it to staff; empty when nobody wrote one down."""
    owner: str
    supervisor: str
    items: tuple[Row[Any], ...]
    """The work about it that is not done."""


def head(deed: Acting, case: Row[Any]) -> Head:
    """Who a case is about and who has it."""
    ring = deed.parts.ring
    names = staff_names(ring, deed.connection, (case.owner_id, case.supervisor_id))
    return Head(
        name=ring.unseal_text(case.name, "care_case.name", case.id) if case.name else "",
        owner=names.get(case.owner_id, ""),
        supervisor=names.get(case.supervisor_id, ""),
        items=tuple(case_rows.open_items(deed.connection, case.id)),
    )


def staff_names(
    ring: KeyRing, connection: Connection, ids: Iterable[str | None]
) -> Mapping[str, str]:
    """The names of members of staff, by id."""
    return {
        ident: ring.unseal_text(row.name, "staff.name", ident)
        for ident, row in case_rows.staff(connection, ids).items()
    }
