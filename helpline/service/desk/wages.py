"""Unpaid pay, as a client reckons it: how much, for how many months, where, who owes it.

Counted by country in the reports; never a claim that we make, and nothing is sent to anybody by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from helpline.service.desk import access, audit
from helpline.service.desk.acting import Stale
from helpline.service.desk.cases import Blocked
from helpline.store.desk import people_rows, wages
from helpline.store.idents import new_ident
from helpline.store.sealing import Unsealable

if TYPE_CHECKING:
    from sqlalchemy import Row

    from helpline.service.desk.acting import Acting
    from helpline.store.sealing import KeyRing

MONTHS: Final = range(1, 121)
TAKA: Final = range(1, 100_000_001)
"""What somebody may be owed, in taka: more is a slip of the finger."""
LONGEST: Final = 120
"""Letters of the name of an employer or an agency."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a client tells of unpaid pay from one country."""

    country: str
    months: int
    taka: int
    employer: str = ""
    agency: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """What stands in a case, opened; `taka` is none once it was erased."""

    id: str
    country: str
    months: str
    taka: int | None
    employer: str
    agency: str
    updated_at: datetime


def write(deed: Acting, case_id: str, told: Told) -> str:
    """Write what is owed from one country, in place of what was told of it before; gives the id.

    Raises:
        Blocked: `no_such_value`, `months`, `taka`, `too_long`, or `closed`.
        Stale: somebody wrote the same, or took it out, at this moment.
    """
    case = access.find_case(deed, case_id)
    _check(deed, case, told)
    seal = deed.parts.ring.seal
    claims = wages.of_case(deed.connection, case.id)
    known = next((each for each in claims if each.country == told.country), None)
    ident = known.id if known else new_ident()
    columns: dict[str, Any] = {
        "months": str(told.months),
        "amount": seal(str(told.taka), "wage_claim.amount", ident),
        "employer": seal(told.employer.strip(), "wage_claim.employer", ident),
        "agency": seal(told.agency.strip(), "wage_claim.agency", ident),
        "staff_id": deed.who.id,
        "updated_at": deed.now,
    }
    if known:
        done = wages.change(deed.connection, ident, known.updated_at, **columns)
    else:
        done = wages.add(
            deed.connection,
            id=ident,
            case_id=case.id,
            country=told.country,
            told_at=deed.now,
            **columns,
        )
    if not done:
        raise Stale(case.id)
    deed.record("wage_claim", ident, became="told", why=told.country)
    audit.note(deed, "wages", "wage_claim", ident, case_id=case.id, detail=told.country)
    return ident


def take_out(deed: Acting, case_id: str, ident: str) -> None:
    """It was written by mistake, or was paid.

    Raises:
        Stale: it is not there (any more).
    """
    case = access.find_case(deed, case_id)
    if not wages.remove(deed.connection, ident, case.id):
        raise Stale(ident)
    deed.record("wage_claim", ident, was="told", became="removed")
    audit.note(deed, "wages_removed", "wage_claim", ident, case_id=case.id)


def of_case(deed: Acting, case: Row[Any]) -> list[Claim]:
    """What stands in a case."""
    ring = deed.parts.ring
    return [
        Claim(
            row.id,
            row.country,
            row.months,
            taka_of(ring, row),
            _opened(ring, row.employer, "wage_claim.employer", row.id),
            _opened(ring, row.agency, "wage_claim.agency", row.id),
            row.updated_at,
        )
        for row in wages.of_case(deed.connection, case.id)
    ]


def worked_in(deed: Acting, case: Row[Any]) -> str:
    """The country that the person of a case came back from, as the first guess; empty when not known."""
    person = people_rows.by_id(deed.connection, case.person_id) if case.person_id else None
    return person.country if person else ""


def taka_of(ring: KeyRing, row: Row[Any]) -> int | None:
    """The amount of a claim; none once it was erased."""
    amount = _opened(ring, row.amount, "wage_claim.amount", row.id)
    return int(amount) if amount else None


def _opened(ring: KeyRing, sealed: bytes, column: str, ident: str) -> str:
    try:
        return ring.unseal_text(sealed, column, ident)
    except Unsealable:
        return ""


def _check(deed: Acting, case: Row[Any], told: Told) -> None:
    if case.stage == "closed":
        raise Blocked("closed")
    if deed.parts.places.country(told.country) is None:
        raise Blocked("no_such_value")
    if told.months not in MONTHS:
        raise Blocked("months")
    if told.taka not in TAKA:
        raise Blocked("taka")
    if max(len(told.employer.strip()), len(told.agency.strip())) > LONGEST:
        raise Blocked("too_long")
