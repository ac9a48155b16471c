"""Registering a client at the desk, with the consent she gave aloud or on paper; and correcting answers."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from helpline.cases import references
from helpline.cases.calendar import WINDOWS
from helpline.cases.consents import PURPOSES, ConsentTo
from helpline.cases.safe_times import SafeTimes
from helpline.cases.told import ANSWERS, PLACES, is_answer
from helpline.service import check_in_duties, children, consents, correcting, schedule
from helpline.service.children import MINOR
from helpline.service.desk import access, audit, contact_words
from helpline.service.desk.acting import Stale
from helpline.service.desk.cases import Blocked
from helpline.store import people
from helpline.store.desk import case_rows, files, people_rows
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Row

    from helpline.service.desk.acting import Acting

CONSENTED: Final = ("voice", "paper")


@dataclass(frozen=True, slots=True)
class Told:
    """What a client told us at the desk."""

    answers: Mapping[str, str]
    """By the names in `ANSWERS` and `PLACES`."""
    consent: str
    """How she agreed: voice, paper; empty when she did not."""
    consent_version: str
    """Which words were read to her."""
    sole: bool = False
    sms: bool = False
    call: bool = False
    window: str = "any"
    child: bool = False
    """Under 18: the case is restricted, and nothing is planned to be sent."""


def register(deed: Acting, case_id: str, version: int, told: Told) -> str:
    """Make a person of a case without one; gives the person's id.

    Raises:
        Blocked: `registered_already`, `no_consent` or `no_such_value`.
        Stale: the case was changed meanwhile.
    """
    case = access.find_case(deed, case_id)
    if case.person_id:
        raise Blocked("registered_already")
    if told.consent not in CONSENTED:
        raise Blocked("no_consent")
    _check(deed, told)
    person_id = _add(deed, case, told)
    _allow(deed, case, person_id, told)
    if not told.child:
        _follow_up(deed, case, person_id, told)
    changed = files.change(
        deed.connection,
        case.id,
        version,
        now=deed.now,
        person_id=person_id,
        district=told.answers["district"],
        upazila=told.answers["upazila"],
        restricted=MINOR if told.child else case.restricted,
        owner_id=case.owner_id or (deed.who.id if told.child else None),
    )
    if not changed:
        raise Stale(case.id)
    contact_words.adopt(deed, case.id, person_id)
    case_rows.change_items(deed.connection, case.id, district=told.answers["district"])
    if told.child:
        case_rows.change_items(deed.connection, case.id, restricted=MINOR)
        children.protect(
            deed.connection,
            person_id=person_id,
            case_id=case.id,
            district=told.answers["district"],
            language=case.language,
            now=deed.now,
            actor=deed.who.id,
        )
    deed.record("person", person_id, became="registered", why=told.consent)
    audit.note(deed, "register", "person", person_id, case_id=case.id)
    return person_id


def correct(deed: Acting, case_id: str, column: str, *, was: str, becomes: str) -> None:
    """Put right what a person told us. What stood there before is kept, sealed.

    The key under which the same registration is recognised stays: the caller may well say the same
    again.

    Raises:
        Blocked: `no_such_value`, or `not_registered`.
        Stale: somebody else corrected it meanwhile.
    """
    case = access.find_case(deed, case_id)
    person = people_rows.by_id(deed.connection, case.person_id)
    if person is None or person.withdrawn_at:
        raise Blocked("not_registered")
    if was == becomes or not is_answer(deed.parts.places, column, becomes, person.district):
        raise Blocked("no_such_value")
    told = correcting.Teller(deed.parts.ring, deed.connection, deed.now, deed.who.id, deed.who.id)
    if not correcting.correct(told, person, column, was=was, becomes=becomes):
        raise Stale(person.id)
    if column in ("district", "upazila"):
        where = (becomes, "") if column == "district" else (person.district, becomes)
        if not correcting.move_case(told, case, *where):
            raise Stale(case.id)
    audit.note(deed, "correct", "person", person.id, case_id=case.id, detail=column)


def _check(deed: Acting, told: Told) -> None:
    said = told.answers
    if told.window not in WINDOWS or said.keys() != {*ANSWERS, *PLACES}:
        raise Blocked("no_such_value")
    places = deed.parts.places
    if not all(is_answer(places, name, said[name], said["district"]) for name in said):
        raise Blocked("no_such_value")


def _add(deed: Acting, case: Row[Any], told: Told) -> str:
    ident, said = new_ident(), told.answers
    for _try in range(3):
        reference = references.make(secrets.randbelow(10**8))
        if files.reference_taken(deed.connection, reference):
            continue
        for key in _keys(deed, case, ident, said):
            if people.add_person(
                deed.connection,
                id=ident,
                reference=reference,
                registration_key=key,
                age=MINOR if told.child else "adult",
                identity_kind=None,
                identity=None,
                identity_key=None,
                office=deed.who.organisation,
                created_at=deed.now,
                withdrawn_at=None,
                **{**said, "upazila": said["upazila"] or None},
            ):
                return ident
    raise RuntimeError("no free reference number was found")


def _keys(deed: Acting, case: Row[Any], ident: str, said: Mapping[str, str]) -> list[bytes]:
    """By which the same words from the same phone are the same person, as when she calls herself.

    Where somebody has registered with them already, perhaps with a case that this member may not
    know of, it is a registration of its own: to refuse it would tell.
    """
    own = deed.parts.ring.fingerprint("registration", f"desk|{ident}")
    caller = next((phone.fingerprint for phone in people_rows.phones(deed.connection, case)), None)
    if caller is None:
        return [own]
    names = ("for_whom", "sex", "district", "upazila", "country")
    words = "|".join((caller.hex(), *(said[name] for name in names)))
    return [deed.parts.ring.fingerprint("registration", words), own]


def _allow(deed: Acting, case: Row[Any], person_id: str, told: Told) -> None:
    """The consent, and what she allows on the phone of the case."""
    spoken = consents.Spoken(
        deed.parts,
        deed.connection,
        told.consent,
        deed.now,
        case.language,
        deed.who.id,
        deed.posted,
    )
    consents.give(spoken, person_id, ConsentTo.REGISTRATION, told.consent_version)
    if not told.child:
        follow_up = consents.give if _contact(case, told) else consents.refuse
        follow_up(spoken, person_id, ConsentTo.FOLLOW_UP, PURPOSES[ConsentTo.FOLLOW_UP].current)
    if not case.phone_id:
        return
    people.link(
        deed.connection,
        person_id=person_id,
        phone_id=case.phone_id,
        relation="own" if told.answers["for_whom"] == "self" else "family",
        sole=told.sole,
        sms=told.sms,
        call=told.call,
        window=told.window,
        pin_key=None,
        confirmed_at=deed.now,
        ended_at=None,
    )


def _contact(case: Row[Any], told: Told) -> bool:
    return bool(case.phone_id) and (told.sms or told.call)


def _follow_up(deed: Acting, case: Row[Any], person_id: str, told: Told) -> None:
    """What is sent and asked later on; nothing of this for a child."""
    check_in_duties.plan(
        deed.connection,
        case_id=case.id,
        since=deed.now,
        times=SafeTimes(told.window),
        now=deed.now,
        actor=deed.who.id,
    )
    if _contact(case, told):
        schedule.follow_ups(
            deed.connection,
            person_id=person_id,
            phone_id=case.phone_id,
            window=told.window,
            since=deed.now,
            now=deed.now,
        )
