"""Forgetting: what has served its purpose is emptied or deleted, a few rows at a time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, and_, delete, exists, or_, select, tuple_, update

from helpline.cases.calendar import local
from helpline.cases.keeping import CASE, PERSON, UNHEARD, Then
from helpline.store.blanks import blank, not_blank
from helpline.store.tables import (
    Base,
    CareCase,
    ContactWords,
    Message,
    Person,
    PersonPhone,
    Phone,
    ShredKey,
    WorkItem,
)

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Row, Table

    from helpline.cases.keeping import Rule
    from helpline.store.sealing import KeyRing

Place = tuple[Any, ...]
"""A primary key."""


def forget(
    connection: Connection, ring: KeyRing, rule: Rule, *, now: datetime, after: Place, most: int
) -> tuple[int, Place]:
    """Do what a rule says to up to `most` rows behind the key `after`; an empty one is the beginning.

    Gives how many rows were changed and the last key; an empty one when there is nothing behind it.
    """
    table = Base.metadata.tables[rule.table]
    keys = list(table.primary_key)
    due = [_due(table, rule, now)]
    if rule.then is Then.EMPTY:
        due.append(not_blank(ring, table))
    if after:
        due.append(tuple_(*keys) > tuple_(*after))
    wanted = table.c if rule.then is Then.EMPTY else keys
    rows = connection.execute(
        select(*wanted).where(*due).order_by(*keys).limit(most).with_for_update(skip_locked=True)
    ).all()
    changed = 0
    for row in rows:
        same = [key == getattr(row, key.name) for key in keys]
        if rule.then is Then.DELETE:
            changed += connection.execute(delete(table).where(*same)).rowcount
        elif values := blank(ring, table, row):
            changed += connection.execute(update(table).where(*same).values(**values)).rowcount
    return changed, _key(keys, rows[-1]) if len(rows) == most else ()


def _due(table: Table, rule: Rule, now: datetime) -> ColumnElement[bool]:
    before = now - timedelta(days=rule.days)
    if rule.since == CASE:
        return _closed_before(table, before)
    if rule.since == PERSON:
        return _over_before(table, before)
    if rule.since == UNHEARD:
        return _unheard_since(table, before)
    column = table.c[rule.since]
    moment: datetime | date = local(before).date() if isinstance(column.type, Date) else before
    passed = column < moment
    return and_(passed, table.c.state.in_(rule.states)) if rule.states else passed


def _closed_before(table: Table, before: datetime) -> ColumnElement[bool]:
    over = (CareCase.stage == "closed", CareCase.closed_at < before)
    if table is CareCase.__table__:
        return and_(*over)
    known = {ShredKey.__table__: "owner", ContactWords.__table__: "owner_id"}
    owned = table.c[known.get(table, "case_id")]
    return owned.in_(select(CareCase.id).where(*over))


def _over_before(table: Table, before: datetime) -> ColumnElement[bool]:
    """Nothing about the person is open, nothing was since `before`, and they registered before it."""
    known = {Person.__table__: "id", ContactWords.__table__: "owner_id"}
    person = table.c[known.get(table, "person_id")]
    alive = exists().where(
        CareCase.person_id == person, or_(CareCase.stage != "closed", CareCase.closed_at >= before)
    )
    registered = exists().where(Person.id == person, Person.created_at < before)
    return and_(registered, ~alive)


def _unheard_since(table: Table, before: datetime) -> ColumnElement[bool]:
    """The phone was silent, nobody with an open case uses it, and nothing waits for it."""
    users = select(PersonPhone.person_id).where(PersonPhone.phone_id == table.c.id)
    return and_(
        Phone.heard_at < before,
        ~exists().where(
            or_(CareCase.phone_id == table.c.id, CareCase.person_id.in_(users)),
            or_(CareCase.stage != "closed", CareCase.closed_at >= before),
        ),
        ~exists().where(WorkItem.phone_id == table.c.id, WorkItem.state != "done"),
        ~exists().where(
            Message.phone_id == table.c.id, Message.state.in_(("queued", "sending", "ambiguous"))
        ),
    )


def _key(keys: list[Any], row: Row[Any]) -> Place:
    return tuple(getattr(row, key.name) for key in keys)
