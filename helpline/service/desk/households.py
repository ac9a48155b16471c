"""A household at the desk: who registered from one family, and whom they look after.

Nobody is shown here whose case this member may not open, and nobody is counted: that somebody of the
family has a restricted case must not be read off a list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helpline.cases import references
from helpline.cases.families import MOST, is_dependant
from helpline.cases.states import HOUSEHOLD_MEMBER, move
from helpline.service import families
from helpline.service.desk import access, audit
from helpline.service.desk.acting import Stale
from helpline.service.desk.cases import Blocked
from helpline.store import own
from helpline.store.desk import files, households, people_rows
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Row

    from helpline.service.desk.acting import Acting


@dataclass(frozen=True, slots=True)
class Kin:
    """What the page of a case shows of a family."""

    joined: bool
    """Whether the person of the case belongs to a household at all."""
    cases: tuple[Row[Any], ...]
    """The cases of its other members, as far as this member of staff may open them."""
    dependants: tuple[Row[Any], ...]
    own: frozenset[str]
    """The ids of those dependants that the person of this case told of."""


def kin(deed: Acting, case: Row[Any]) -> Kin:
    """The family of the person of a case."""
    household = households.of_person(deed.connection, case.person_id)
    others = [
        found
        for person in (households.members(deed.connection, household) if household else [])
        if person != case.person_id and (found := _theirs(deed, person)) is not None
    ]
    persons = [case.person_id, *(each.person_id for each in others)]
    rows = tuple(own.dependants(deed.connection, persons))
    mine = frozenset(row.id for row in rows if row.person_id == case.person_id)
    return Kin(bool(others), tuple(others), rows, mine)


def join(deed: Acting, case_id: str, typed: str) -> None:
    """Somebody else who registered belongs to the household of this case's person.

    `typed` is the number of their case or registration.

    Raises:
        Blocked: `not_registered`, `no_such_reference`, `same_person` or `in_a_household`.
    """
    case = access.find_case(deed, case_id)
    person = own.person(deed.connection, case.person_id) if case.person_id else None
    if person is None:
        raise Blocked("not_registered")
    reference = references.understood(typed)
    found = files.with_reference(deed.connection, reference) if reference else []
    other = next((each for each in found if each.person_id and access.is_theirs(deed, each)), None)
    if other is None or own.person(deed.connection, other.person_id) is None:
        raise Blocked("no_such_reference")
    if other.person_id == person.id:
        raise Blocked("same_person")
    mine = households.of_person(deed.connection, person.id)
    theirs = households.of_person(deed.connection, other.person_id)
    if mine and theirs:
        raise Blocked("in_a_household")
    household = mine or theirs or new_ident()
    if not (mine or theirs):
        households.open_new(deed.connection, household, deed.now)
    for who, belongs in ((person.id, mine), (other.person_id, theirs)):
        if not belongs:
            _join(deed, household, who)
    audit.note(deed, "household_join", "person", other.person_id, case_id=case.id)
    audit.note(deed, "household_join", "person", person.id, case_id=other.id)


def leave(deed: Acting, case_id: str, other_case_id: str) -> None:
    """The person of another case does not belong to the household of this one. Nobody is left in one alone.

    Raises:
        Blocked: `not_registered` when they do not belong together (any more).
    """
    case, other = access.find_case(deed, case_id), access.find_case(deed, other_case_id)
    household = households.of_person(deed.connection, case.person_id) if case.person_id else ""
    together = households.members(deed.connection, household) if household else []
    if other.person_id not in together or case.person_id == other.person_id:
        raise Blocked("not_registered")
    gone = [other.person_id]
    if len(together) == 2:  # noqa: PLR2004  who would stay behind alone
        gone = together
    ended = households.leave(deed.connection, gone, deed.now)
    for ident in ended:
        becomes = move(HOUSEHOLD_MEMBER, "joined", "left")
        deed.record("household_member", ident, was="joined", became=becomes)
    audit.note(deed, "household_leave", "person", other.person_id, case_id=case.id)
    audit.note(deed, "household_leave", "person", other.person_id, case_id=other.id)


def add_dependant(deed: Acting, case_id: str, *, relation: str, age: str, need: str) -> None:
    """Write somebody the person of a case looks after; no name.

    Raises:
        Blocked: `not_registered`, `no_such_value` or `too_many`.
    """
    case = access.find_case(deed, case_id)
    person = own.person(deed.connection, case.person_id, lock=True) if case.person_id else None
    if person is None:
        raise Blocked("not_registered")
    if not is_dependant(relation, age, need):
        raise Blocked("no_such_value")
    if len(own.dependants(deed.connection, [person.id])) >= MOST:
        raise Blocked("too_many")
    codes = (relation, age, need)
    ident = families.add(deed.connection, person.id, codes, now=deed.now, actor=deed.who.id)
    audit.note(deed, "dependant_add", "dependant", ident, case_id=case.id)


def remove_dependant(deed: Acting, case_id: str, ident: str) -> None:
    """Take somebody out whom the person of this case told of.

    Raises:
        Stale: nobody is there (any more).
    """
    case = access.find_case(deed, case_id)
    persons = people_rows.merged_into(deed.connection, case.person_id) if case.person_id else []
    if not families.remove(deed.connection, ident, persons, now=deed.now, actor=deed.who.id):
        raise Stale(ident)
    audit.note(deed, "dependant_remove", "dependant", ident, case_id=case.id)


def _theirs(deed: Acting, person_id: str) -> Row[Any] | None:
    """The case of a member of the household, if this member of staff may open it."""
    case = own.case_of(deed.connection, person_id)
    return case if case is not None and access.is_theirs(deed, case) else None


def _join(deed: Acting, household: str, person_id: str) -> None:
    ident = new_ident()
    joined = households.join(
        deed.connection,
        ident=ident,
        household_id=household,
        person_id=person_id,
        now=deed.now,
    )
    if not joined:
        raise Stale(person_id)
    deed.record("household_member", ident, became="joined")
