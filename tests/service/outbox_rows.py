"""Messages and reminders for a test, put where the use cases put them."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from helpline.cases.permits import Purpose
from helpline.cases.texts import SCREEN
from helpline.service.messages import post
from helpline.service.visit import Visit
from helpline.store import people, reminders
from helpline.store.idents import new_ident
from helpline.store.tables import Base, Message, Phone
from tests.house import SHIRIN, House

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, RowMapping

_keys = count(1)


def visit(house: House, connection: Connection, number: str = SHIRIN) -> Visit:
    """A delivery from a phone being answered now."""
    caller = house.parts.ring.fingerprint("phone", number)
    return Visit(house.parts, connection, "sms", number, caller, house.clock(), "bn")


def put(
    house: House,
    number: str = SHIRIN,
    *,
    text: str = "কথা",
    purpose: Purpose = Purpose.ASKED,
    template: str = SCREEN,
    lives: timedelta = timedelta(hours=10),
    **more: Any,
) -> str:
    """Put one message into the outbox; gives its id."""
    key = f"test:{next(_keys)}"
    with house.database.transaction() as connection:
        post(
            visit(house, connection, number),
            purpose=purpose,
            template=template,
            values={"text": text},
            dedupe_key=key,
            lives=lives,
            **more,
        )
    (row,) = [each for each in every(house, Message) if each["dedupe_key"] == key]
    return str(row["id"])


def every(house: House, table: type[Base]) -> list[RowMapping]:
    """Every row of a table."""
    with house.database.reading() as connection:
        return list(connection.execute(select(table.__table__)).mappings())


def message(house: House, ident: str) -> RowMapping:
    """One message."""
    return next(row for row in every(house, Message) if row["id"] == ident)


def states(house: House) -> dict[str, str]:
    """The state of every message, by id."""
    return {row["id"]: row["state"] for row in every(house, Message)}


def change(house: House, table: type[Base], ident: str, **values: Any) -> None:
    """Write into a row what no use case would."""
    columns: Any = table.__table__.c
    with house.database.transaction() as connection:
        connection.execute(update(table).where(columns.id == ident).values(**values))


def mark(house: House, number: str = SHIRIN, **marks: datetime | None) -> None:
    """Stop a phone, or mark it unsafe."""
    with house.database.transaction() as connection:
        phone_id = visit(house, connection, number).phone_id()
        people.mark(connection, phone_id=phone_id, **({"stopped": None, "unsafe": None} | marks))


def phone_of(house: House, number: str = SHIRIN) -> RowMapping:
    """The row of a phone."""
    fingerprint = house.parts.ring.fingerprint("phone", number)
    return next(row for row in every(house, Phone) if bytes(row["fingerprint"]) == fingerprint)


def remind(
    house: House,
    due_at: datetime,
    *,
    kind: str = "follow_up",
    stale: timedelta = timedelta(days=3),
    number: str = SHIRIN,
    **more: Any,
) -> str:
    """Plan one reminder; gives its id."""
    ident = new_ident()
    with house.database.transaction() as connection:
        phone_id = visit(house, connection, number).phone_id()
        columns: Mapping[str, Any] = {
            "id": ident,
            "person_id": None,
            "phone_id": phone_id,
            "kind": kind,
            "subject_id": ident,
            "due_at": due_at,
            "stale_at": due_at + stale,
            "dedupe_key": ident,
            "created_at": house.clock(),
            "updated_at": house.clock(),
        }
        reminders.add(connection, **{**columns, **more})
    return ident
