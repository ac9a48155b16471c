"""Work for a test's desk: items in the queue, as callers and timers put them there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from helpline.cases.roles import Member
from helpline.cases.work import Kind
from helpline.service import work
from helpline.service.desk.acting import acting
from helpline.store.idents import new_ident
from helpline.store.tables import CareCase, CounsellingRequest, Event, Phone, WorkItem
from tests.desk.office import HOUR, Office


def put(office: Office, kind: Kind = Kind.OTHER, **columns: Any) -> str:
    """Put one item into the queue; its id."""
    values = {"subject_id": new_ident(), "now": office.clock()} | columns
    with office.parts.database.transaction() as connection:
        return work.open_item(connection, kind=kind, **values)


def ask(office: Office, *, state: str = "requested", **columns: Any) -> tuple[str, str]:
    """Somebody asks for a counsellor: the ids of the request and of its item."""
    phone, request, now = new_ident(), new_ident(), office.clock()
    topic = columns.pop("topic", "family")
    with office.parts.database.transaction() as connection:
        connection.execute(
            insert(Phone).values(
                id=phone,
                fingerprint=phone.encode(),
                number=office.parts.ring.seal("+8801300000009", "phone.number", phone),
                language="bn",
                heard_at=now,
                created_at=now,
            )
        )
        connection.execute(
            insert(CounsellingRequest).values(
                id=request,
                reference=request[-9:],
                phone_id=phone,
                topic=topic,
                counsellor=columns.get("counsellor", "any"),
                channel="call",
                sms=False,
                slot_at=now,
                slot_ends_at=now + 3 * HOUR,
                state=state,
                dedupe_key=request,
                created_at=now,
                updated_at=now,
            )
        )
    return request, put(office, Kind.COUNSELLING, subject_id=request, phone_id=phone, **columns)


def case(office: Office, **columns: Any) -> str:
    """A case, without an owner unless one is named."""
    ident, now = new_ident(), office.clock()
    values = {
        "id": ident,
        "reference": ident[-9:],
        "stage": "new",
        "risk_level": "none",
        "opened_at": now,
        "updated_at": now,
    }
    with office.parts.database.transaction() as connection:
        connection.execute(insert(CareCase).values(**values | columns))
    return ident


def do(office: Office, who: Member, deed: Any, *given: Any, **named: Any) -> Any:
    """Let somebody do one thing, in a transaction of its own."""
    with acting(office.parts, who) as act:
        return deed(act, *given, **named)


def item(office: Office, ident: str) -> Any:
    """The row of an item."""
    with office.parts.database.reading() as connection:
        return connection.execute(select(WorkItem.__table__).where(WorkItem.id == ident)).one()


def request_state(office: Office, ident: str) -> str:
    """Where a counselling request stands."""
    with office.parts.database.reading() as connection:
        found = select(CounsellingRequest.state).where(CounsellingRequest.id == ident)
        return str(connection.execute(found).scalar_one())


def moves(office: Office, subject: str, ident: str) -> list[tuple[str, str, str]]:
    """What was written about the moves of one thing: was, became, by whom."""
    with office.parts.database.reading() as connection:
        rows = connection.execute(
            select(Event.was, Event.became, Event.actor)
            .where(Event.subject == subject, Event.subject_id == ident)
            .order_by(Event.at, Event.id)
        )
        return [(row.was, row.became, row.actor) for row in rows]


def at(office: Office, moment: datetime) -> None:
    """It is so late."""
    office.clock.now = moment
