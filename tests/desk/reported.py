"""What happened in an office that the reports are to count: fictional people, items, cases, referrals."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import insert

from helpline.cases import references
from helpline.store.idents import new_ident
from helpline.store.tables import CareCase, Consent, Person, WorkItem
from tests.desk.office import Office

_numbers = count(1000)


def people(office: Office, number: int, *, days_ago: int = 0, **said: Any) -> list[str]:
    """People who registered; gives their ids."""
    at = office.clock() - timedelta(days=days_ago)
    rows, consents = [], []
    for _ in range(number):
        ident = new_ident()
        rows.append(
            {
                "id": ident,
                "reference": references.make(next(_numbers)),
                "registration_key": office.parts.ring.fingerprint("registration", ident),
                "for_whom": "self",
                "sex": "woman",
                "district": "BD-13",
                "upazila": None,
                "country": "SA",
                "returned": "3_months",
                "reason": "contract",
                "need": "work",
                "created_at": at,
            }
            | {key: value for key, value in said.items() if key not in ("channel", "language")}
        )
        consents.append(
            {
                "id": new_ident(),
                "person_id": ident,
                "purpose": "registration",
                "text_version": "registration-2026-11",
                "language": said.get("language", "bn"),
                "channel": said.get("channel", "ussd"),
                "given_at": at,
            }
        )
    with office.parts.database.transaction() as connection:
        connection.execute(insert(Person), rows)
        connection.execute(insert(Consent), consents)
    return [row["id"] for row in rows]


def case(office: Office, **columns: Any) -> str:
    """A case; gives its id."""
    ident, now = new_ident(), office.clock()
    values: dict[str, Any] = {
        "id": ident,
        "reference": references.make(next(_numbers)),
        "stage": "new",
        "risk_level": "none",
        "restricted": "",
        "district": "BD-13",
        "opened_at": now,
        "updated_at": now,
    }
    with office.parts.database.transaction() as connection:
        connection.execute(insert(CareCase).values(**values | columns))
    return ident


def item(office: Office, **columns: Any) -> str:
    """A piece of work; gives its id."""
    ident, now = new_ident(), office.clock()
    values: dict[str, Any] = {
        "id": ident,
        "kind": "callback",
        "subject_id": new_ident(),
        "district": "BD-13",
        "priority": 2,
        "offered_at": now,
        "promised_at": now + timedelta(hours=1),
        "state": "open",
        "opened_at": now,
    }
    with office.parts.database.transaction() as connection:
        connection.execute(insert(WorkItem).values(**values | columns))
    return ident


def later(moment: datetime, **passed: float) -> datetime:
    """A moment after another."""
    return moment + timedelta(**passed)
