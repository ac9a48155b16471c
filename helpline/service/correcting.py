"""Putting right what a person told us: by staff or by the person, on one path and with the same trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from helpline.cases.told import BY_PHONE, PAPERS, is_answer
from helpline.cases.work import Kind
from helpline.service import work
from helpline.store import events, own, people
from helpline.store.desk import case_rows, files, people_rows
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from helpline.cases.effects import CorrectData
    from helpline.service.visit import Visit
    from helpline.store.sealing import KeyRing


@dataclass(frozen=True, slots=True)
class Teller:
    """Who says what is right, and when. `staff_id` is none when the person does."""

    ring: KeyRing
    connection: Connection
    now: datetime
    actor: str
    staff_id: str | None = None


def correct(told: Teller, person: Row[Any], column: str, *, was: str, becomes: str) -> bool:
    """Write one coded answer of a person; what stood there is kept, sealed. False: it is not `was` any more.

    Who moves to another district does not live in the upazila of the old one. The key under which
    the same registration is recognised stays: the caller may well say the same again.
    """
    if not people_rows.correct(
        told.connection, person.id, column, was=was or None, becomes=becomes or None
    ):
        return False
    _keep(told, person.id, column, was, becomes)
    if column == "district" and person.upazila:
        people_rows.correct(told.connection, person.id, "upazila", was=person.upazila, becomes=None)
        _keep(told, person.id, "upazila", person.upazila, "")
    _record(told, person.id, "corrected", column)
    return True


def move_case(told: Teller, case: Row[Any], district: str, upazila: str) -> bool:
    """A case, and the work about it, go to where the person really lives; False when somebody was faster."""
    moved = files.change(
        told.connection,
        case.id,
        case.version,
        now=told.now,
        district=district,
        upazila=upazila,
    )
    if moved and district != case.district:
        case_rows.change_items(told.connection, case.id, district=district)
    return moved


def by_person(visit: Visit, wish: CorrectData) -> dict[str, str]:
    """Write what a person puts right behind the secret number.

    Nothing is written that the menu could not have said, and the words on the screen are the same
    whether it was written or not: an identity number that somebody else gave is looked at by staff.
    """
    person = own.person(visit.connection, wish.person_id, lock=True)
    if person is None:
        return {}
    told = Teller(visit.parts.ring, visit.connection, visit.now, visit.actor)
    said = dict(wish.values)
    if "papers" in said:
        _papers(visit, told, person, said.pop("papers"), wish.number)
    district = said.get("district", person.district)
    if not all(
        column in BY_PHONE and is_answer(visit.parts.places, column, value, district)
        for column, value in said.items()
    ):
        return {}
    for column in sorted(said, key=BY_PHONE.index):
        # a district that changed has emptied the upazila already
        now = own.person(visit.connection, person.id)
        stands = (getattr(now, column) or "") if now else ""
        if now is not None and stands != said[column]:
            correct(told, now, column, was=stands, becomes=said[column])
    moved = own.person(visit.connection, person.id)
    case_id = files.open_case(visit.connection, person_id=person.id, phone_id="")
    case = files.by_id(visit.connection, case_id) if case_id else None
    if moved is not None and case is not None:
        where = (moved.district, moved.upazila or "")
        if where != (person.district, person.upazila or ""):
            move_case(told, case, *where)
    return {}


def _papers(visit: Visit, told: Teller, person: Row[Any], kind: str, number: str) -> None:
    """Another identity document, or none any more."""
    if (kind and kind not in PAPERS) or bool(kind) != bool(number):
        return
    ring = told.ring
    key = ring.fingerprint("identity", f"{kind}:{number}") if kind else None
    if key == person.identity_key and kind == (person.identity_kind or ""):
        return
    others = people.known(visit.connection, registration_key=b"", identity_key=key) if key else []
    if any(each.id != person.id for each in others):
        # kept and shown like any other, for what is not shown tells that the number is known
        key = None
        identity_elsewhere(visit, person.id, kind)
    old = ring.unseal_text(person.identity, "person.identity", person.id) if person.identity else ""
    people_rows.change_papers(
        visit.connection,
        person.id,
        kind=kind or None,
        identity=ring.seal(number, "person.identity", person.id) if kind else None,
        key=key,
    )
    was = f"{person.identity_kind} {old}" if person.identity_kind else ""
    _keep(told, person.id, "papers", was, f"{kind} {number}" if kind else "")
    _record(told, person.id, "corrected", "papers")


def identity_elsewhere(visit: Visit, person_id: str, kind: str) -> None:
    """Somebody else gave the same identity number first: staff find out whether they are one person.

    The caller learns nothing of it.
    """
    events.record(
        visit.connection,
        subject="person",
        subject_id=person_id,
        became="identity_elsewhere",
        why=kind,
        now=visit.now,
        actor=visit.actor,
    )
    case = own.case_of(visit.connection, person_id)
    if case is None:
        return
    work.open_item(
        visit.connection,
        kind=Kind.OTHER,
        subject_id=case.id,
        case_id=case.id,
        phone_id=case.phone_id,
        district=case.district,
        language=case.language,
        counsellor=case.counsellor,
        restricted=case.restricted,
        now=visit.now,
        actor=visit.actor,
    )


def _keep(told: Teller, person_id: str, column: str, was: str, became: str) -> None:
    ident = new_ident()
    people_rows.add_correction(
        told.connection,
        id=ident,
        person_id=person_id,
        column=column,
        was=told.ring.seal(was, "correction.was", ident),
        became=told.ring.seal(became, "correction.became", ident),
        staff_id=told.staff_id,
        at=told.now,
    )


def _record(told: Teller, person_id: str, became: str, why: str) -> None:
    events.record(
        told.connection,
        subject="person",
        subject_id=person_id,
        became=became,
        why=why,
        now=told.now,
        actor=told.actor,
    )
