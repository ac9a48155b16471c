"""Cases for tests: registered by phone, opened by hand, with everything a caller may leave behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert, select

from helpline.cases.effects import Register
from helpline.cases.roles import Member
from helpline.service.desk.acting import acting
from helpline.service.registration import register
from helpline.service.visit import Visit
from helpline.store.idents import new_ident
from helpline.store.tables import CareCase, Event, Person, Provider, Referral
from tests.desk.office import Office
from tests.house import SHIRIN

HOSTILE = [
    "<script>alert(1)</script>",
    "{{7*7}}{% raw %}",
    "%s %(name)s {name}",
    '=cmd("calc")',
    "ক" * 400,
    "\u202e'\"--; DROP TABLE person",
]


@dataclass
class Registered:
    """A person who registered by phone, and their case."""

    person_id: str
    case_id: str
    phone_id: str
    number: str


def register_by_phone(office: Office, number: str = SHIRIN, **said: Any) -> Registered:
    """Somebody registers; answers that are not given are usual ones."""
    parts = office.parts
    wish: dict[str, Any] = {
        "for_whom": "self",
        "sex": "woman",
        "district": "BD-13",
        "upazila": "",
        "country": "SA",
        "returned": "3_months",
        "reason": "work",
        "need": "counselling",
        "sole_phone": True,
        "sms": True,
        "call": True,
        "window": "any",
        "identity_kind": "",
        "identity": "",
        "pin": "",
        "consent_version": "registration-2026-11",
        **said,
    }
    caller = parts.ring.fingerprint("phone", number)
    with parts.database.transaction() as connection:
        visit = Visit(parts, connection, "ussd", number, caller, office.clock(), "bn")
        reference = register(visit, Register(**wish))["reference"].replace(" ", "")
        phone_id = visit.phone_id()
        person_id = connection.execute(
            select(Person.id).where(Person.reference == reference)
        ).scalar_one()
        case_id = connection.execute(
            select(CareCase.id).where(CareCase.person_id == person_id)
        ).scalar_one()
    return Registered(person_id, case_id, phone_id, number)


def row(office: Office, table: Any, **known: Any) -> Row[Any]:
    """The one row of a table with these values."""
    found = rows(office, table, **known)
    assert len(found) == 1, found
    return found[0]


def rows(office: Office, table: Any, **known: Any) -> list[Row[Any]]:
    """The rows of a table with these values, in the order of their ids."""
    columns = table.__table__
    with office.parts.database.reading() as connection:
        return list(
            connection.execute(select(columns).filter_by(**known).order_by(*columns.primary_key))
        )


def case_row(office: Office, case_id: str) -> Row[Any]:
    """A case as it stands."""
    return row(office, CareCase, id=case_id)


def moves(office: Office, subject: str, subject_id: str) -> list[tuple[str, str, str]]:
    """What happened to a thing: (was, became, why), in order."""
    found = rows(office, Event, subject=subject, subject_id=subject_id)
    return [(each.was, each.became, each.why) for each in found]


def refer(office: Office, case_id: str, staff_id: str, *, words: str, state: str = "sent") -> str:
    """A referral as its room leaves one, to an office of its own; its id."""
    provider, ident, now = new_ident(), new_ident(), office.clock()
    with office.parts.database.transaction() as connection:
        connection.execute(
            insert(Provider).values(
                id=provider,
                name_bn="দপ্তর",
                name_en="Office",
                kind="ngo",
                services="training",
                status="enlisted",
                updated_at=now,
            )
        )
        connection.execute(
            insert(Referral).values(
                id=ident,
                reference=ident[-9:],
                case_id=case_id,
                provider_id=provider,
                service="training",
                priority="normal",
                shared="",
                words=office.parts.ring.seal(words, "referral.words", ident),
                state=state,
                link=b"x" * 32,
                code=b"y" * 32,
                staff_id=staff_id,
                created_at=now,
                updated_at=now,
            )
        )
    return ident


class Deeds:
    """One member doing things, each in a transaction of its own."""

    def __init__(self, office: Office, who: Member) -> None:
        self.office = office
        self.who = who

    def do(self, act: Any, /, *args: Any, **named: Any) -> Any:
        """Run a use case of the desk in this member's name."""
        with acting(self.office.parts, self.who) as deed:
            return act(deed, *args, **named)
