"""What the law gives a person: everything that is kept about her, handed out; and erased."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.references import understood
from helpline.cases.roles import Right
from helpline.cases.work import Kind
from helpline.service import work
from helpline.service.desk import access, audit, closing
from helpline.service.desk.acting import NotAllowed, Stale
from helpline.service.desk.cases import Blocked
from helpline.service.messages import cancelled
from helpline.store import outbox, people, reminders
from helpline.store.blanks import blank, key_of, personal
from helpline.store.desk import files, households, people_rows, person_data
from helpline.store.sealing import Unsealable

if TYPE_CHECKING:
    from sqlalchemy import Row, Table

    from helpline.service.desk.acting import Acting
    from helpline.store.desk.person_data import Scope
    from helpline.store.sealing import KeyRing

REASONS: Final = ("asked_for", "court", "moved_service")
"""Why somebody's data are handed out: she asked, a court did, another service goes on with her."""
_ASKED_AGAIN: Final = timedelta(minutes=15)
"""A gateway that asks for a reply once more does so much sooner."""


def export(deed: Acting, case_id: str, reason: str) -> dict[str, Any]:
    """Everything that is kept about the person of a case, opened, by table; that it was taken is noted.

    Raises:
        Blocked: `no_reason`.
    """
    case = access.find_case(deed, case_id)
    if reason not in REASONS:
        raise Blocked("no_reason")
    ring = deed.parts.ring
    found = {
        table.name: [_opened(ring, table, row) for row in rows]
        for table, rows in person_data.rows(deed.connection, _scope(deed, case))
    }
    if case.person_id:
        deed.record("person", case.person_id, became="exported", why=reason)
    audit.note(deed, "export", "case", case.id, case_id=case.id, detail=reason)
    return {"made_at": deed.now.isoformat(), "case": case.reference, "tables": found}


def summary(deed: Acting, case_id: str) -> dict[str, int]:
    """How many rows of each table erasing would touch.

    Raises:
        NotAllowed: not for this member.
    """
    case = _erasable(deed, case_id)
    return {
        table.name: len(rows)
        for table, rows in person_data.rows(deed.connection, _scope(deed, case))
        if table.name not in person_data.UNTOUCHED and personal(table)
    }


def erase(deed: Acting, case_id: str, typed: str) -> None:
    """Erase everything personal of the person of a case, for ever; what is only counted stays.

    `typed` is the case's reference number, typed once more. The cases are closed, nothing that
    waits is sent, and consents end.

    Raises:
        Blocked: `not_repeated`, or `under_way` while somebody talks with the client.
        NotAllowed: not for this member.
    """
    case = _erasable(deed, case_id)
    if understood(typed) != case.reference:
        raise Blocked("not_repeated")
    scope = _scope(deed, case)
    for ident in dict.fromkeys(scope.cases):
        _close(deed, ident)
    _stop(deed, scope)
    for table, rows in person_data.rows(deed.connection, scope):
        if table.name in person_data.UNTOUCHED or not personal(table):
            continue
        if table.name == "pin_try":
            continue
        for row in rows:
            values = dict(blank(deed.parts.ring, table, row))
            if table.name == "session":  # the name of an SMS thread is made from the number
                key = key_of(table, row)
                values |= {"external_id": f"erased:{key}", "unfinished": False}
            person_data.change(deed.connection, table, row, values)
    person_data.forget_tries(deed.connection, scope)
    person_data.destroy_keys(deed.connection, scope)
    person_data.empty_replies(deed.connection, deed.now - _ASKED_AGAIN)
    households.leave(deed.connection, scope.persons, deed.now)
    for person in scope.persons:
        deed.record("person", person, became="erased")
        work.settle(
            deed.connection,
            kind=Kind.ERASURE,
            subject_id=person,
            outcome="erased",
            now=deed.now,
            actor=deed.who.id,
        )
    deed.record("case", case.id, was="closed", became="closed", why="erased")
    audit.note(deed, "erase", "case", case.id, case_id=case.id)


def _erasable(deed: Acting, case_id: str) -> Row[Any]:
    case = access.find_case(deed, case_id)
    if not deed.who.may(Right.ERASE):
        raise NotAllowed(case_id)
    return case


def _scope(deed: Acting, case: Row[Any]) -> Scope:
    persons = (
        people_rows.merged_into(
            deed.connection, people_rows.kept_as(deed.connection, case.person_id)
        )
        if case.person_id
        else []
    )
    return person_data.scope_of(deed.connection, case, persons)


def _close(deed: Acting, case_id: str) -> None:
    case = files.by_id(deed.connection, case_id)
    if case is None or case.stage == "closed":
        return
    if closing.under_way(deed.connection, case.id):
        raise Blocked("under_way")
    closed = files.change(
        deed.connection,
        case.id,
        case.version,
        now=deed.now,
        stage="closed",
        closed_why="cancelled",
        closed_at=deed.now,
    )
    if not closed:
        raise Stale(case.id)
    deed.record("case", case.id, was=case.stage, became="closed", why="erased")
    closing.settle(deed, case, "cancelled")


def _stop(deed: Acting, scope: Scope) -> None:
    """Consents end, and nothing that waits is sent."""
    waiting: list[str] = []
    for person in scope.persons:
        nobody = deed.parts.ring.fingerprint("withdrawn", person)
        people.withdraw(
            deed.connection, person_id=person, nobody=nobody, now=deed.now, by=deed.who.id
        )
        reminders.cancel_person(deed.connection, person_id=person, now=deed.now)
        waiting += outbox.cancel_person(
            deed.connection, person_id=person, why="erased", now=deed.now
        )
    for phone in scope.own:
        waiting += outbox.cancel_phone(deed.connection, phone_id=phone, why="erased", now=deed.now)
    for request in scope.requests:
        reminders.cancel_subject(deed.connection, subject_id=request, now=deed.now)
    cancelled(deed.connection, waiting, why="erased", now=deed.now, actor=deed.who.id)


def _opened(ring: KeyRing, table: Table, row: Row[Any]) -> dict[str, Any]:
    """A row as plain values; fingerprints are left out, they are of no use to anybody else."""
    key = key_of(table, row)
    return {
        column.name: _plain(ring, column.info, f"{table.name}.{column.name}", key, value)
        for column in table.columns
        if column.info.get("personal") != "fingerprint"
        and (value := getattr(row, column.name)) is not None
    }


def _plain(ring: KeyRing, info: Any, place: str, key: str, value: Any) -> Any:
    if info.get("personal") == "sealed":
        try:
            return ring.unseal_text(value, place, key)
        except Unsealable:
            return ""
    return value.isoformat() if isinstance(value, date | datetime) else value
