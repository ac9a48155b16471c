"""People who want news, and people who must not get any: all of them fictional, planted in bulk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import insert

from helpline.cases import references
from helpline.store.database import Database
from helpline.store.idents import new_ident
from helpline.store.sealing import KeyRing
from helpline.store.tables import Consent, Person, PersonPhone, Phone

DISTRICT: Final = "BD-13"
KINDS: Final = (
    *("reader",) * 8,
    "evening",
    "elsewhere",
    "other_need",
    "man",
    "no_permit",
    "no_consent",
    "said_no",
    "took_back",
    "stopped",
    "unsafe",
    "withdrawn",
    "ended",
    "expired",
    "shared",
)
"""What the people are, in turn: `evening` may be written to after four only, `shared` are two people
on one phone who both want news; everybody after `evening` but those must get nothing."""
GETS: Final = frozenset({"reader", "shared"})
_PAGE: Final = 2000


def number(place: int) -> str:
    """The number of one of them."""
    return f"+88013{place:08d}"


def plant(
    database: Database,
    ring: KeyRing,
    now: datetime,
    kinds: Sequence[str],
    *,
    first: int = 0,
    language: str = "bn",
    **said: Any,
) -> dict[str, str]:
    """One phone for each of `kinds`; gives what each number is. `said` are columns of the people."""
    for begin in range(0, len(kinds), _PAGE):
        rows: dict[type, list[dict[str, Any]]] = {
            Phone: [],
            Person: [],
            PersonPhone: [],
            Consent: [],
        }
        for place, kind in enumerate(kinds[begin : begin + _PAGE], first + begin):
            for table, row in _rows(ring, now, place, kind, language, said):
                rows[table].append(row)
        with database.transaction() as connection:
            for table, planted in rows.items():
                connection.execute(insert(table), planted)
    return {number(first + place): kind for place, kind in enumerate(kinds)}


def _rows(
    ring: KeyRing, now: datetime, place: int, kind: str, language: str, said: dict[str, Any]
) -> Iterator[tuple[type, dict[str, Any]]]:
    phone = new_ident()
    yield (
        Phone,
        {
            "id": phone,
            "fingerprint": ring.fingerprint("phone", number(place)),
            "number": ring.seal(number(place), "phone.number", phone),
            "language": language,
            "stopped_at": now if kind == "stopped" else None,
            "unsafe_at": now if kind == "unsafe" else None,
            "heard_at": now,
            "created_at": now,
        },
    )
    for which in range(2 if kind == "shared" else 1):
        yield from _person(ring, now, 2 * place + which, kind, phone, said)


def _person(
    ring: KeyRing, now: datetime, place: int, kind: str, phone: str, said: dict[str, Any]
) -> Iterator[tuple[type, dict[str, Any]]]:
    person = new_ident()
    yield (
        Person,
        {
            "id": person,
            "reference": references.make(place),
            "registration_key": ring.fingerprint("registration", person),
            "for_whom": "self",
            "sex": "man" if kind == "man" else "woman",
            "district": "BD-10" if kind == "elsewhere" else DISTRICT,
            "country": "SA",
            "returned": "1_year",
            "reason": "contract",
            "need": "debt" if kind == "other_need" else "work",
            "created_at": now,
            "withdrawn_at": now if kind == "withdrawn" else None,
        }
        | said,
    )
    yield (
        PersonPhone,
        {
            "person_id": person,
            "phone_id": phone,
            "relation": "own",
            "sole": kind != "shared",
            "sms": kind != "no_permit",
            "call": False,
            "detailed": kind == "detailed",
            "window": "evening" if kind == "evening" else "any",
            "confirmed_at": now,
            "expires_at": now - timedelta(days=1)
            if kind == "expired"
            else now + timedelta(days=400),
            "ended_at": now if kind == "ended" else None,
        },
    )
    if kind != "no_consent":
        yield (
            Consent,
            {
                "id": new_ident(),
                "person_id": person,
                "purpose": "news",
                "given": kind != "said_no",
                "text_version": "news-1",
                "language": "bn",
                "channel": "ussd",
                "recorded_by": "caller",
                "given_at": now,
                "withdrawn_at": now if kind == "took_back" else None,
                "withdrawn_by": "caller" if kind == "took_back" else None,
            },
        )
