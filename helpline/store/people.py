"""Phones, persons, what each person allows on each phone, and secret numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, bindparam, exists, func, literal_column, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from helpline.cases.permits import expiry
from helpline.cases.safe_times import EVERY_DAY
from helpline.store import consents
from helpline.store.prepared import Prepared
from helpline.store.tables import Person, PersonPhone, Phone, PinTry

if TYPE_CHECKING:
    from sqlalchemy import Connection

_phone = upsert(Phone)
_PHONE = Prepared(
    _phone.on_conflict_do_update(
        index_elements=[Phone.fingerprint], set_={"heard_at": _phone.excluded.heard_at}
    ).returning(Phone.id)
)
_TYPED = Prepared(
    upsert(Phone)
    .on_conflict_do_update(
        index_elements=[Phone.fingerprint], set_={"fingerprint": Phone.fingerprint}
    )
    .returning(Phone.id)
)
_LANGUAGE = Prepared(select(Phone.language).where(Phone.fingerprint == bindparam("caller")))
_SPEAK = Prepared(
    update(Phone).where(Phone.id == bindparam("phone")).values(language=bindparam("language"))
)
_STOP = Prepared(
    update(Phone)
    .where(Phone.id == bindparam("phone"))
    .values(stopped_at=bindparam("stopped_at"), unsafe_at=bindparam("unsafe_at"))
)
_MARKS = Prepared(select(Phone.stopped_at, Phone.unsafe_at).where(Phone.id == bindparam("phone")))
_PERSON = Prepared(upsert(Person).on_conflict_do_nothing().returning(Person.id))
_KNOWN = Prepared(
    select(Person.id, Person.reference, Person.registration_key).where(
        or_(
            Person.registration_key == bindparam("registration_key"),
            Person.identity_key == bindparam("identity_key"),
        )
    )
)
_BY_REFERENCE = Prepared(select(Person.id).where(Person.reference == bindparam("wanted")))
_LINK = Prepared(upsert(PersonPhone).on_conflict_do_nothing())
_NARROW = Prepared(
    update(PersonPhone)
    .where(PersonPhone.person_id == bindparam("person"), PersonPhone.phone_id == bindparam("phone"))
    .values(
        sms=and_(PersonPhone.sms, bindparam("may_sms", type_=PersonPhone.sms.type)),
        call=and_(PersonPhone.call, bindparam("may_call", type_=PersonPhone.call.type)),
        confirmed_at=bindparam("at"),
    )
)
_NARROW_ALIKE = Prepared(
    update(PersonPhone)
    .where(
        PersonPhone.phone_id == bindparam("phone"),
        PersonPhone.ended_at.is_(None),
        or_(
            and_(PersonPhone.sms, ~bindparam("may_sms", type_=PersonPhone.sms.type)),
            and_(PersonPhone.call, ~bindparam("may_call", type_=PersonPhone.call.type)),
        ),
        exists().where(  # of the few on the phone; IN would make SQLite read every person
            Person.id == PersonPhone.person_id,
            Person.for_whom == bindparam("of_for_whom"),
            Person.sex == bindparam("of_sex"),
            Person.district == bindparam("of_district"),
            func.coalesce(Person.upazila, "") == bindparam("of_upazila"),
            Person.country == bindparam("of_country"),
            func.coalesce(Person.age, "") == bindparam("of_age"),
        ),
    )
    .values(
        sms=and_(PersonPhone.sms, bindparam("may_sms", type_=PersonPhone.sms.type)),
        call=and_(PersonPhone.call, bindparam("may_call", type_=PersonPhone.call.type)),
        confirmed_at=bindparam("at"),
    )
)
_OPENED = Prepared(
    select(PersonPhone.person_id)
    .join(Phone, Phone.id == PersonPhone.phone_id)
    .join(Person, Person.id == PersonPhone.person_id)
    .where(
        Phone.fingerprint == bindparam("caller"),
        PersonPhone.pin_key == bindparam("pin_key"),
        PersonPhone.ended_at.is_(None),
        Person.withdrawn_at.is_(None),
    )
)
_ONLY = Prepared(
    select(PersonPhone.person_id, PersonPhone.sole).where(
        PersonPhone.phone_id == bindparam("phone"), PersonPhone.ended_at.is_(None)
    )
)
_TRIES = Prepared(
    upsert(PinTry)
    .on_conflict_do_update(index_elements=[PinTry.caller, PinTry.day], set_={"tries": PinTry.tries})
    .returning(PinTry.tries)
)
_TRIED = Prepared(
    update(PinTry)
    .where(PinTry.caller == bindparam("of"), PinTry.day == bindparam("on"))
    .values(tries=PinTry.tries + 1)
)
_WITHDRAW = Prepared(
    update(Person)
    .where(Person.id == bindparam("person"), Person.withdrawn_at.is_(None))
    .values(withdrawn_at=bindparam("at"), registration_key=bindparam("nobody"), identity_key=None)
)
_UNLINK = Prepared(
    update(PersonPhone)
    .where(PersonPhone.person_id == bindparam("person"), PersonPhone.ended_at.is_(None))
    .values(ended_at=bindparam("at"), sms=literal_column("FALSE"), call=literal_column("FALSE"))
)


_UNSAID: Final[Mapping[str, Any]] = {
    "signal": False,
    "message": False,
    "detailed": False,
    "weekdays": EVERY_DAY,
    "caller": "any",
    "language": "",
    "recheck_on": None,
    "code_key": None,
    "code_until": None,
    "code_tries": 0,
}


@dataclass(frozen=True, slots=True)
class Known:
    """A person who may be the one registering now."""

    id: str
    reference: str
    registration_key: bytes


def phone(
    connection: Connection,
    *,
    ident: str,
    fingerprint: bytes,
    number: bytes,
    language: str,
    now: datetime,
) -> str:
    """The id of this phone's row; `ident` if it is new. The phone was heard of now."""
    return _phone_id(
        _PHONE.row(connection, **_new_phone(ident, fingerprint, number, language, now))
    )


def typed_phone(
    connection: Connection,
    *,
    ident: str,
    fingerprint: bytes,
    number: bytes,
    language: str,
    now: datetime,
) -> str:
    """The same for a number that staff typed: of a phone that is known nothing was heard by that."""
    return _phone_id(
        _TYPED.row(connection, **_new_phone(ident, fingerprint, number, language, now))
    )


def _new_phone(
    ident: str, fingerprint: bytes, number: bytes, language: str, now: datetime
) -> dict[str, Any]:
    return {
        "id": ident,
        "fingerprint": fingerprint,
        "number": number,
        "language": language,
        "stopped_at": None,
        "unsafe_at": None,
        "heard_at": now,
        "created_at": now,
    }


def _phone_id(row: tuple[Any, ...] | None) -> str:
    if row is None:
        raise LookupError("an upsert returned no row")
    return str(row[0])


def language_of(connection: Connection, caller: bytes) -> str | None:
    """The language chosen on a phone, if anything was ever remembered of it."""
    row = _LANGUAGE.row(connection, caller=caller)
    return row[0] if row else None


def speak(connection: Connection, *, phone_id: str, language: str) -> None:
    """From now on use `language` with this phone."""
    _SPEAK.run(connection, phone=phone_id, language=language)


def marks(connection: Connection, phone_id: str) -> tuple[datetime | None, datetime | None]:
    """When this phone asked to be left alone, and when it was marked unsafe."""
    row = _MARKS.row(connection, phone=phone_id)
    return (row[0], row[1]) if row else (None, None)


def mark(
    connection: Connection, *, phone_id: str, stopped: datetime | None, unsafe: datetime | None
) -> None:
    """Set both marks of a phone."""
    _STOP.run(connection, phone=phone_id, stopped_at=stopped, unsafe_at=unsafe)


def known(
    connection: Connection, *, registration_key: bytes, identity_key: bytes | None
) -> list[Known]:
    """Persons registered with the same key or the same identity number: at most two."""
    rows = _KNOWN.rows(connection, registration_key=registration_key, identity_key=identity_key)
    return [Known(*row) for row in rows]


def reference_taken(connection: Connection, reference: str) -> bool:
    """Whether somebody has this reference number."""
    return _BY_REFERENCE.row(connection, wanted=reference) is not None


def add_person(connection: Connection, **columns: Any) -> bool:
    """Write a person; False when one with the same reference, key or identity number is there.

    Without `office` nobody else's organisation registered them.
    """
    return _PERSON.row(connection, **{"office": "", **columns}) is not None


def link(connection: Connection, **columns: Any) -> None:
    """Write what a person allows on a phone, unless something is written already.

    What nobody asked about at registration is not allowed.
    """
    _LINK.run(connection, **_UNSAID, expires_at=expiry(columns["confirmed_at"]), **columns)


def narrow(
    connection: Connection, *, person_id: str, phone_id: str, sms: bool, call: bool, now: datetime
) -> None:
    """Take permissions back; giving more than before needs the secret number."""
    _NARROW.run(connection, person=person_id, phone=phone_id, may_sms=sms, may_call=call, at=now)


def narrow_alike(
    connection: Connection,
    *,
    phone_id: str,
    said: Mapping[str, str | None],
    sms: bool,
    call: bool,
    now: datetime,
) -> None:
    """Take permissions back from everybody on a phone of whom the same was `said`.

    `said` has for_whom, sex, district, upazila, country and age.
    """
    _NARROW_ALIKE.run(
        connection,
        phone=phone_id,
        may_sms=sms,
        may_call=call,
        at=now,
        **{f"of_{name}": value or "" for name, value in said.items()},
    )


def opened_by(connection: Connection, *, caller: bytes, pin_key: bytes) -> str:
    """The person whose secret number on this phone has this key; empty if nobody, or two people."""
    rows = _OPENED.rows(connection, caller=caller, pin_key=pin_key)
    return str(rows[0][0]) if len(rows) == 1 else ""


def only_person(connection: Connection, phone_id: str) -> str | None:
    """The one person of a phone that is only theirs; None when more than one may hold it."""
    rows = _ONLY.rows(connection, phone=phone_id)
    return str(rows[0][0]) if len(rows) == 1 and rows[0][1] else None


def pin_tries(connection: Connection, *, caller: bytes, day: date) -> int:
    """Wrong secret numbers from this phone on this day.

    The row stays locked until the transaction ends: guesses at the same moment come one by one.
    """
    row = _TRIES.row(connection, caller=caller, day=day, tries=0)
    return int(row[0]) if row else 0


def count_pin_try(connection: Connection, *, caller: bytes, day: date) -> None:
    """One more wrong secret number from this phone; `pin_tries` was asked before."""
    _TRIED.run(connection, of=caller, on=day)


def withdraw(
    connection: Connection, *, person_id: str, nobody: bytes, now: datetime, by: str
) -> bool:
    """Take back every consent and permission of a person; False when it was done before.

    `nobody` takes the place of the registration key: nobody's answers have that fingerprint.
    """
    first = _WITHDRAW.run(connection, person=person_id, nobody=nobody, at=now) == 1
    consents.take_back(connection, person_id=person_id, purpose="", at=now, by=by)
    _UNLINK.run(connection, person=person_id, at=now)
    return first
