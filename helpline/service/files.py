"""Opening cases: every request belongs to one, and a person has one open at a time."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from helpline.cases import references
from helpline.store import events
from helpline.store.desk import files
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class File:
    """A case, as far as an item of work about it needs to know."""

    id: str
    district: str


def file_of(
    connection: Connection,
    *,
    person_id: str | None,
    phone_id: str,
    now: datetime,
    language: str = "bn",
    counsellor: str = "any",
    restricted: str = "",
    actor: str = "caller",
) -> File:
    """The open case of a person (or of a phone whose owner is unknown); a new one where none is.

    `restricted` is why a new one is.
    """
    district, upazila = files.place_of(connection, person_id) if person_id else ("", "")
    if known := files.open_case(connection, person_id=person_id, phone_id=phone_id):
        return File(known, district)
    ident = open_file(
        connection,
        person_id=person_id,
        phone_id=phone_id,
        place=(district, upazila),
        language=language,
        counsellor=counsellor,
        restricted=restricted,
        now=now,
        actor=actor,
    )
    return File(ident, district)


def open_file(
    connection: Connection,
    *,
    person_id: str | None,
    phone_id: str | None,
    place: tuple[str, str],
    language: str,
    counsellor: str,
    now: datetime,
    actor: str,
    restricted: str = "",
) -> str:
    """Open a case, whatever others there are; gives its id. `place` is a district and an upazila."""
    ident = new_ident()
    files.add(
        connection,
        id=ident,
        reference=_fresh_reference(connection),
        person_id=person_id,
        phone_id=phone_id,
        stage="new",
        risk_level="none",
        restricted=restricted,
        waiting_on="us",
        owner_id=None,
        supervisor_id=None,
        district=place[0],
        upazila=place[1],
        language=language,
        counsellor=counsellor,
        name=None,
        closed_why="",
        opened_at=now,
        updated_at=now,
        closed_at=None,
        version=1,
    )
    events.record(connection, subject="case", subject_id=ident, became="new", now=now, actor=actor)
    return ident


def _fresh_reference(connection: Connection) -> str:
    while True:
        reference = references.make(secrets.randbelow(10**8))
        if not files.reference_taken(connection, reference):
            return reference
