"""Registering a person once, however often they confirm it."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from helpline.cases import references
from helpline.cases.consents import BY_PHONE, ConsentTo
from helpline.cases.permits import Purpose
from helpline.cases.safe_times import SafeTimes
from helpline.service import check_in_duties, children, consents, correcting, schedule
from helpline.service.children import MINOR
from helpline.service.files import file_of
from helpline.service.messages import post
from helpline.service.pins import pin_key
from helpline.store import events, people
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from helpline.cases.effects import Register
    from helpline.service.visit import Visit

CONFIRMATION_LIVES = timedelta(days=2)


def register(visit: Visit, wish: Register) -> dict[str, str]:
    """Register, or find who is registered already. Gives `reference`, as it is shown.

    The same words and secret number from the same phone are the same person. Whoever knows the
    words, or the identity number, of somebody else and registers her is a new person in every
    respect that they could try out: whether she had registered shows nowhere. An identity number
    belongs to the first registration that gave it; staff find out whether the two are one person.
    """
    key = _registration_key(visit, wish)
    identity_key = _identity_key(visit, wish)
    for _try in range(3):
        known = people.known(visit.connection, registration_key=key, identity_key=identity_key)
        same = next((each for each in known if each.registration_key == key), None)
        if same:
            return {"reference": references.spoken(_again(visit, wish, same))}
        reference = _fresh_reference(visit)
        if person_id := _add(visit, wish, key, None if known else identity_key, reference):
            _begin(visit, wish, person_id, reference)
            if known:
                correcting.identity_elsewhere(visit, person_id, wish.identity_kind)
            return {"reference": references.spoken(reference)}
    raise RuntimeError("a registration kept colliding")


def _again(visit: Visit, wish: Register, known: people.Known) -> str:
    """Confirmed once more from the same phone: permissions may only shrink."""
    people.narrow(
        visit.connection,
        person_id=known.id,
        phone_id=visit.phone_id(),
        sms=wish.sms,
        call=wish.call,
        now=visit.now,
    )
    events.record(
        visit.connection,
        subject="person",
        subject_id=known.id,
        became="confirmed_again",
        now=visit.now,
        actor=visit.actor,
    )
    return known.reference


def _add(
    visit: Visit, wish: Register, key: bytes, identity_key: bytes | None, reference: str
) -> str:
    ident = new_ident()
    seal = visit.parts.ring.seal
    added = people.add_person(
        visit.connection,
        id=ident,
        reference=reference,
        registration_key=key,
        for_whom=wish.for_whom,
        sex=wish.sex,
        age=wish.age or None,
        district=wish.district,
        upazila=wish.upazila or None,
        country=wish.country,
        returned=wish.returned,
        reason=wish.reason,
        need=wish.need,
        identity_kind=wish.identity_kind or None,
        identity=seal(wish.identity, "person.identity", ident) if wish.identity else None,
        identity_key=identity_key,
        created_at=visit.now,
        withdrawn_at=None,
    )
    return ident if added else ""


def _begin(visit: Visit, wish: Register, person_id: str, reference: str) -> None:
    """What follows a new registration: the permit, the consent, the duties, the first message.

    Who says the same with another secret number may be the same person, who forgot it: what she
    does not allow now is not allowed to her older registration on this phone either.
    """
    phone_id = visit.phone_id()
    people.narrow_alike(
        visit.connection,
        phone_id=phone_id,
        said={
            "for_whom": wish.for_whom,
            "sex": wish.sex,
            "district": wish.district,
            "upazila": wish.upazila or None,
            "country": wish.country,
            "age": wish.age or None,
        },
        sms=wish.sms,
        call=wish.call,
        now=visit.now,
    )
    people.link(
        visit.connection,
        person_id=person_id,
        phone_id=phone_id,
        relation="own" if wish.for_whom == "self" else "family",
        sole=wish.sole_phone,
        sms=wish.sms,
        call=wish.call,
        window=wish.window,
        pin_key=pin_key(visit, wish.pin) if wish.pin else None,
        confirmed_at=visit.now,
        ended_at=None,
    )
    consents.give(visit, person_id, ConsentTo.REGISTRATION, wish.consent_version)
    events.record(
        visit.connection,
        subject="person",
        subject_id=person_id,
        became="registered",
        now=visit.now,
        actor=visit.actor,
    )
    case = file_of(
        visit.connection,
        person_id=person_id,
        phone_id=phone_id,
        language=visit.sms_language(),
        restricted=MINOR if wish.age == MINOR else "",
        now=visit.now,
        actor=visit.actor,
    )
    if wish.age == MINOR:
        children.protect(
            visit.connection,
            person_id=person_id,
            case_id=case.id,
            district=case.district,
            language=visit.language,
            now=visit.now,
            actor=visit.actor,
        )
    else:
        _follow_up(visit, wish, person_id, case.id, reference)


def _follow_up(visit: Visit, wish: Register, person_id: str, case_id: str, reference: str) -> None:
    """What is sent and asked later on, as far as it was agreed to; nothing of this for a child."""
    contact = consents.give if wish.sms or wish.call else consents.refuse
    contact(visit, person_id, ConsentTo.FOLLOW_UP, BY_PHONE)
    schedule.follow_ups(
        visit.connection,
        person_id=person_id,
        phone_id=visit.phone_id(),
        window=wish.window,
        since=visit.now,
        now=visit.now,
    )
    check_in_duties.plan(
        visit.connection,
        case_id=case_id,
        since=visit.now,
        times=SafeTimes(wish.window),
        now=visit.now,
        actor=visit.actor,
    )
    if wish.sms:
        post(
            visit,
            purpose=Purpose.PERSON,
            template="confirmation",
            values={"reference": references.spoken(reference)},
            dedupe_key=f"confirmation:{person_id}",
            lives=CONFIRMATION_LIVES,
            person_id=person_id,
        )


def _fresh_reference(visit: Visit) -> str:
    while True:
        reference = references.make(secrets.randbelow(10**8))
        if not people.reference_taken(visit.connection, reference):
            return reference


def _registration_key(visit: Visit, wish: Register) -> bytes:
    said = (visit.caller.hex(), wish.for_whom, wish.sex, wish.district, wish.upazila, wish.country)
    child = (MINOR,) if wish.age == MINOR else ()
    # with another secret number it is another person: else trying it would tell who was there before
    pin = (pin_key(visit, wish.pin).hex(),) if wish.pin else ()
    return visit.parts.ring.fingerprint("registration", "|".join((*said, *child, *pin)))


def _identity_key(visit: Visit, wish: Register) -> bytes | None:
    if not wish.identity:
        return None
    return visit.parts.ring.fingerprint("identity", f"{wish.identity_kind}:{wish.identity}")
