"""Finding a client, and opening a case for one who came in person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from helpline.cases import references
from helpline.cases.needs import TRADES
from helpline.gateways.numbers import e164
from helpline.service.desk import access, audit
from helpline.service.desk.cases import Blocked
from helpline.service.files import open_file
from helpline.store import people
from helpline.store.desk import case_rows, files, people_rows, trades
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Row

    from helpline.service.desk.acting import Acting


MOST: Final = 100
"""Cases found by a trade."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was found for a number: which kind of number it was, and the cases this member may open."""

    kind: str
    """reference, phone, or empty: it is neither."""
    cases: tuple[Row[Any], ...]


def search(deed: Acting, typed: str) -> Wanted:
    """Find cases by a reference number or by a whole phone number. Names are sealed: nobody finds them.

    That it was searched is noted, what was typed is not. Cases that are not theirs are not there.
    """
    found: list[Row[Any]] = []
    kind = ""
    if reference := references.understood(typed):
        kind, found = "reference", files.with_reference(deed.connection, reference)
    elif number := e164(typed):
        kind = "phone"
        found = people_rows.cases_of_phone(deed.connection, fingerprint(deed, number))
    theirs = tuple(case for case in found if access.is_theirs(deed, case))
    audit.note(deed, "search", "case", kind or "nothing", detail=str(len(theirs)))
    return Wanted(kind, theirs)


def by_trade(deed: Acting, trade: str, *, certified: bool, district: str) -> list[Row[Any]]:
    """The open cases of clients who did some work abroad, as far as they are this member's.

    That it was searched is noted, with how many were found. Cases that are not theirs, and restricted
    ones of others, are neither shown nor counted.

    Raises:
        Blocked: `no_such_value`.
    """
    if trade not in TRADES or (district and deed.parts.places.district(district) is None):
        raise Blocked("no_such_value")
    found = trades.found(
        deed.connection, deed.who, trade=trade, certified=certified, district=district, most=MOST
    )
    audit.note(deed, "search", "case", "trade", detail=str(len(found)))
    return found


def fingerprint(deed: Acting, number: str) -> bytes:
    """What a number in E.164 is found by."""
    return deed.parts.ring.fingerprint("phone", number)


def walk_in(
    deed: Acting, *, name: str, typed: str, district: str, upazila: str, language: str, wish: str
) -> str:
    """Open a case for somebody who stands at the counter, or is on the line; it is this member's.

    `typed` may be a phone number; nothing is allowed on it until she says so. Gives the id of the case.

    Raises:
        Blocked: `no_such_value`, or `no_such_number`.
    """
    places = deed.parts.places
    if (
        (district and places.district(district) is None)
        or (upazila and upazila not in {each.key for each in places.upazilas_of(district)})
        or language not in ("bn", "en")
        or wish not in ("any", "woman", "man")
    ):
        raise Blocked("no_such_value")
    phone_id = _phone(deed, typed, language) if typed.strip() else None
    ident = open_file(
        deed.connection,
        person_id=None,
        phone_id=phone_id,
        place=(district, upazila),
        language=language,
        counsellor=wish,
        now=deed.now,
        actor=deed.who.id,
    )
    name = name.strip()[:120]
    files.change(
        deed.connection,
        ident,
        1,
        now=deed.now,
        stage="assigned",
        owner_id=deed.who.id,
        name=deed.parts.ring.seal(name, "care_case.name", ident) if name else None,
    )
    deed.record("case", ident, was="new", became="assigned", why="owner")
    contact = new_ident()
    case_rows.add(
        deed.connection,
        "contact",
        id=contact,
        case_id=ident,
        item_id=None,
        phone_id=phone_id,
        staff_id=deed.who.id,
        channel="walk_in",
        direction="in",
        disposition="talked",
        seconds=0,
        at=deed.now,
    )
    deed.record("contact", contact, became="talked", why="walk_in_in")
    audit.note(deed, "walk_in", "case", ident, case_id=ident)
    return ident


def _phone(deed: Acting, typed: str, language: str) -> str:
    number = e164(typed)
    if number is None:
        raise Blocked("no_such_number")
    ident = new_ident()
    return people.typed_phone(
        deed.connection,
        ident=ident,
        fingerprint=fingerprint(deed, number),
        number=deed.parts.ring.seal(number, "phone.number", ident),
        language=language,
        now=deed.now,
    )
