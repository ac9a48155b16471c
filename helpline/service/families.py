"""Whom a person looks after, as she tells it herself: codes, and a task where somebody needs something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helpline.cases.families import MINORS, MOST, is_dependant
from helpline.cases.states import DEPENDANT, move
from helpline.cases.work import Kind, Priority
from helpline.service import work
from helpline.store import events, own
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from helpline.cases.effects import AddDependant, RemoveDependant
    from helpline.service.visit import Visit


def by_person(visit: Visit, wish: AddDependant) -> dict[str, str]:
    """Write somebody a person tells of behind the secret number; what they need is staff's work."""
    person = own.person(visit.connection, wish.person_id, lock=True)
    told = own.dependants(visit.connection, [wish.person_id])
    codes = (wish.relation, wish.age, wish.need)
    if person is None or len(told) >= MOST or not is_dependant(*codes):
        return {}
    ident = add(visit.connection, person.id, codes, now=visit.now, actor=visit.actor)
    case = own.case_of(visit.connection, person.id)
    if case is not None and wish.need != "none":
        _to_staff(visit, ident, case, minor=wish.age in MINORS)
    return {}


def add(
    connection: Connection,
    person_id: str,
    codes: tuple[str, str, str],
    *,
    now: datetime,
    actor: str,
) -> str:
    """Write somebody a person looks after: relation, age, need. Gives the id."""
    ident = new_ident()
    relation, age, need = codes
    own.add_dependant(
        connection,
        id=ident,
        person_id=person_id,
        relation=relation,
        age=age,
        need=need,
        told_at=now,
    )
    _record(connection, ident, became="named", now=now, actor=actor)
    return ident


def remove_by_person(visit: Visit, wish: RemoveDependant) -> dict[str, str]:
    """Take somebody out again, together with the work about them."""
    remove(
        visit.connection,
        wish.dependant_id,
        [wish.person_id],
        now=visit.now,
        actor=visit.actor,
    )
    return {}


def remove(
    connection: Connection,
    ident: str,
    person_ids: list[str],
    *,
    now: datetime,
    actor: str,
) -> bool:
    """Take somebody out whom one of these persons told of; False when there is nobody (any more)."""
    if not own.remove_dependant(connection, ident, person_ids=person_ids, now=now):
        return False
    becomes = move(DEPENDANT, "named", "removed")
    _record(connection, ident, was="named", became=becomes, now=now, actor=actor)
    work.settle(
        connection, kind=Kind.DEPENDANT, subject_id=ident, outcome="removed", now=now, actor=actor
    )
    return True


def _to_staff(visit: Visit, ident: str, case: Row[Any], *, minor: bool) -> None:
    """A child comes first: staff decide whether it is a case of its own."""
    work.open_item(
        visit.connection,
        kind=Kind.DEPENDANT,
        subject_id=ident,
        case_id=case.id,
        phone_id=case.phone_id,
        district=case.district,
        language=case.language,
        counsellor=case.counsellor,
        restricted=case.restricted,
        priority=Priority.HIGH if minor else None,
        now=visit.now,
        actor=visit.actor,
    )


def _record(
    connection: Connection, ident: str, *, became: str, now: datetime, actor: str, was: str = ""
) -> None:
    events.record(
        connection,
        subject="dependant",
        subject_id=ident,
        was=was,
        became=became,
        now=now,
        actor=actor,
    )
