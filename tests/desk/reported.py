"""What happened in an office that the reports are to count: fictional people, items, cases, referrals."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy import insert

from helpline.cases import references
from helpline.store.idents import new_ident
from helpline.store.tables import (
    Alarm,
    Base,
    CareCase,
    Consent,
    CounsellingRequest,
    Escalation,
    Event,
    FollowUp,
    Merge,
    Person,
    Phone,
    Provider,
    Referral,
    ServiceGap,
    SlaClock,
    WorkItem,
)
from tests.desk.office import Office

_numbers = count(1000)


def people(office: Office, number: int, *, days_ago: int = 0, **said: Any) -> list[str]:
    """People who registered; gives their ids."""
    at = office.clock() - timedelta(days=days_ago)
    agreed = {"channel": said.pop("channel", "ussd"), "language": said.pop("language", "bn")}
    rows: list[dict[str, Any]] = []
    consents: list[dict[str, Any]] = []
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
            | said
        )
        consents.append(
            {
                "id": new_ident(),
                "person_id": ident,
                "purpose": "registration",
                "text_version": "registration-2026-11",
                "given": True,
                "recorded_by": "caller",
                "given_at": at,
            }
            | agreed
        )
    with office.parts.database.transaction() as connection:
        connection.execute(insert(Person), rows)
        connection.execute(insert(Consent), consents)
    return [row["id"] for row in rows]


def case(office: Office, **columns: Any) -> str:
    """A case; gives its id."""
    now = office.clock()
    values = {
        "reference": references.make(next(_numbers)),
        "stage": "new",
        "risk_level": "none",
        "restricted": "",
        "district": "BD-13",
        "opened_at": now,
        "updated_at": now,
    }
    return _add(office, CareCase, values | columns)


def item(office: Office, **columns: Any) -> str:
    """A piece of work; gives its id."""
    now = office.clock()
    values = {
        "kind": "callback",
        "subject_id": new_ident(),
        "district": "BD-13",
        "priority": 2,
        "offered_at": now,
        "promised_at": now + timedelta(hours=1),
        "state": "open",
        "opened_at": now,
    }
    return _add(office, WorkItem, values | columns)


def talk(office: Office, kind: str = "callback", **columns: Any) -> str:
    """A promised call or talk that was done: `reached` minutes after it could be, by `by`; gives its id.

    Without `reached` nobody talked; with `tried` somebody tried, so many minutes after.
    """
    reached, tried = columns.pop("reached", None), columns.pop("tried", None)
    by, subject = columns.pop("by", "system"), new_ident()
    offered = columns.setdefault("offered_at", office.clock() - timedelta(hours=3))
    columns.setdefault("promised_at", offered + timedelta(hours=1))
    columns.setdefault("state", "done")
    columns.setdefault("done_at", offered + timedelta(hours=2))
    columns.setdefault("outcome", "completed")
    about = "counselling_request" if kind == "counselling" else "callback"
    for became, minutes in (("attempt_failed", tried), ("completed", reached)):
        if minutes is not None:
            event(office, about, subject, became, by=by, at=offered + timedelta(minutes=minutes))
    return item(office, kind=kind, subject_id=subject, **columns)


def event(office: Office, subject: str, subject_id: str, became: str, **more: Any) -> str:
    """A move; gives its id."""
    values = {
        "subject": subject,
        "subject_id": subject_id,
        "was": more.pop("was", ""),
        "became": became,
        "why": "",
        "actor": more.pop("by", "system"),
        "at": more.pop("at", office.clock()),
    }
    return _add(office, Event, values | more)


def office_of(office: Office, **columns: Any) -> str:
    """An office that takes referrals; gives its id."""
    values = {
        "name_bn": "কাল্পনিক অফিস",
        "name_en": "Fictional office",
        "kind": "ngo",
        "services": "legal_aid health",
        "districts": "BD-13",
        "status": "enlisted",
        "updated_at": office.clock(),
    }
    return _add(office, Provider, values | columns)


def referral(office: Office, case_id: str, provider_id: str, staff_id: str, **columns: Any) -> str:
    """A referral that was sent; gives its id."""
    now, ident = office.clock(), new_ident()
    values = {
        "id": ident,
        "reference": references.make(next(_numbers)),
        "case_id": case_id,
        "provider_id": provider_id,
        "service": "legal_aid",
        "priority": "normal",
        "shared": "reference",
        "words": office.parts.ring.seal("fictional words", "referral.words", ident),
        "state": "sent",
        "sent_at": now,
        "staff_id": staff_id,
        "created_at": now,
        "updated_at": now,
    }
    return _add(office, Referral, values | columns)


def gap(office: Office, case_id: str, **columns: Any) -> str:
    """A service that was not there; gives its id."""
    values = {
        "case_id": case_id,
        "service": "shelter",
        "district": "BD-13",
        "upazila": "bd-13.savar",
        "why": "no_provider",
        "at": office.clock(),
    }
    return _add(office, ServiceGap, values | columns)


def follow_up(office: Office, case_id: str, **columns: Any) -> str:
    """A follow-up; gives its id."""
    now = office.clock()
    values = {
        "case_id": case_id,
        "kind": "check_in",
        "due_at": now - timedelta(hours=1),
        "state": "done",
        "created_at": now,
        "updated_at": now,
    }
    return _add(office, FollowUp, values | columns)


def clock(office: Office, item_id: str, **columns: Any) -> str:
    """A clock of an item; gives its id."""
    now = office.clock()
    values = {
        "kind": "claim",
        "subject_id": item_id,
        "item_id": item_id,
        "state": "hit",
        "wall": False,
        "limit": 3600,
        "left": 3600,
        "started_at": now,
        "misses": 0,
        "updated_at": now,
    }
    return _add(office, SlaClock, values | columns)


def alarm(office: Office, item_id: str, staff_id: str, **columns: Any) -> str:
    """Somebody is paged about an item; gives the id."""
    now = office.clock()
    values = {
        "item_id": item_id,
        "round": next(_numbers),
        "staff_id": staff_id,
        "state": "paging",
        "paged_at": now,
        "answer_by": now + timedelta(minutes=2),
    }
    return _add(office, Alarm, values | columns)


def escalation(office: Office, item_id: str, **columns: Any) -> str:
    """An item was raised; gives the id."""
    values = {
        "item_id": item_id,
        "to": "supervisor",
        "why": "danger",
        "by": "system",
        "priority_was": 2,
        "level_was": 0,
        "at": office.clock(),
    }
    return _add(office, Escalation, values | columns)


def counselling(office: Office, **columns: Any) -> str:
    """A request for counselling from a fictional phone; gives its id."""
    now, number = office.clock(), next(_numbers)
    phone = new_ident()
    _add(
        office,
        Phone,
        {
            "id": phone,
            "fingerprint": office.parts.ring.fingerprint("phone", phone),
            "number": office.parts.ring.seal(f"+88013000{number:05}", "phone.number", phone),
            "language": "bn",
            "heard_at": now,
            "created_at": now,
        },
    )
    ident = new_ident()
    values = {
        "id": ident,
        "reference": references.make(next(_numbers)),
        "phone_id": phone,
        "topic": "family",
        "counsellor": "any",
        "channel": "call",
        "sms": False,
        "slot_at": now,
        "slot_ends_at": now + timedelta(hours=3),
        "state": "completed",
        "dedupe_key": ident,
        "created_at": now,
        "updated_at": now,
    }
    return _add(office, CounsellingRequest, values | columns)


def merge(office: Office, kept: str, gone: str, staff_id: str) -> str:
    """Two people turned out to be one; gives the id."""
    values = {"kept_id": kept, "gone_id": gone, "staff_id": staff_id, "at": office.clock()}
    return _add(office, Merge, values)


def _add(office: Office, table: type[Base], values: dict[str, Any]) -> str:
    values = {"id": new_ident()} | values
    with office.parts.database.transaction() as connection:
        connection.execute(insert(table).values(**values))
    return str(values["id"])
