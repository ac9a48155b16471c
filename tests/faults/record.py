"""What the database holds, caller by caller, in the shapes that the model has too."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from helpline.store.database import connect
from helpline.store.sealing import KeyRing
from helpline.store.tables import (
    Base,
    Callback,
    Consent,
    CounsellingRequest,
    Event,
    Inbox,
    IncomingText,
    Message,
    Person,
    PersonPhone,
    Phone,
    PinTry,
    Reminder,
    Session,
)
from tests.faults.model import Person as Registered
from tests.faults.model import World, call

Rows = list[Row[Any]]


@dataclass
class Record:
    """All rows of an installation, opened with its keys."""

    phones: dict[bytes, Row[Any]]
    rows: Mapping[type[Base], Rows]
    ring: KeyRing
    database_url: str
    """Where the secrets of owners are, without which their values do not open."""

    @classmethod
    def read(cls, database_url: str, ring: KeyRing) -> "Record":
        """Read everything in one transaction."""
        with closing(connect(database_url)) as database, database.reading() as connection:
            rows = {
                model: _all(connection, model)
                for model in (
                    *(Phone, Person, PersonPhone, Consent, CounsellingRequest, Callback, Reminder),
                    *(Message, IncomingText, PinTry, Session, Inbox, Event),
                )
            }
        return cls({row.fingerprint: row for row in rows[Phone]}, rows, ring, database_url)

    @contextmanager
    def opening(self) -> Iterator[None]:
        """For as long as it lasts sealed values open."""
        with closing(connect(self.database_url)) as database, database.reading():
            yield

    def count(self, model: type[Base]) -> int:
        return len(self.rows[model])

    def of(self, number: str) -> dict[str, Any]:
        """Everything about one caller, without ids and times of writing."""
        with self.opening():
            return self._of(number)

    def _of(self, number: str) -> dict[str, Any]:
        caller = self.ring.fingerprint("phone", number)
        phone = self.phones.get(caller)
        kept: dict[str, Any] = {
            "sessions": sum(row.caller == caller for row in self.rows[Session]),
            "pin_tries": {
                r.day: r.tries for r in self.rows[PinTry] if r.caller == caller and r.tries
            },
            "phone": phone and (phone.language, bool(phone.stopped_at), bool(phone.unsafe_at)),
        }
        if phone:
            assert self.ring.unseal_text(phone.number, "phone.number", phone.id) == number
        return kept | self._of_phone(phone.id if phone else "", caller)

    def _of_phone(self, phone_id: str, caller: bytes) -> dict[str, Any]:
        links = {r.person_id: r for r in self.rows[PersonPhone] if r.phone_id == phone_id}
        people = {r.id: r for r in self.rows[Person] if r.id in links}
        requests = [r for r in self.rows[CounsellingRequest] if r.phone_id == phone_id]
        names = {row.id: _spoken(row.reference) for row in (*people.values(), *requests)}
        return {
            "people": Counter(self._person(people[ident], links[ident]) for ident in links),
            "pins": {names[ident]: links[ident].pin_key for ident in links},
            "consents": Counter(
                (names[r.person_id], r.purpose, r.given, bool(r.withdrawn_at))
                for r in self.rows[Consent]
                if r.person_id in names
            ),
            "requests": Counter(
                (
                    *(names[r.id], names.get(r.person_id, ""), r.topic, r.counsellor, r.channel),
                    *(r.sms, r.slot_at, r.state),
                )
                for r in requests
            ),
            "callbacks": Counter(
                call(r.about, r.slot_at, r.slot_ends_at)
                for r in self.rows[Callback]
                if r.phone_id == phone_id
            ),
            "reminders": Counter(
                (names[r.subject_id], names.get(r.person_id, ""), r.kind, r.due_at, r.state)
                for r in self.rows[Reminder]
                if r.phone_id == phone_id
            ),
            "messages": Counter(
                (*_put(r, names), self._values(r))
                for r in self.rows[Message]
                if r.phone_id == phone_id
            ),
            "texts": Counter(
                self.ring.unseal_text(r.words, "incoming_text.words", r.id)
                for r in self.rows[IncomingText]
                if r.phone_id == phone_id
            ),
        }

    def _person(self, row: Row[Any], link: Row[Any]) -> tuple[Any, ...]:
        identity = row.identity and self.ring.unseal_text(row.identity, "person.identity", row.id)
        return (
            *(_spoken(row.reference), row.for_whom, row.sex, row.district, row.upazila or ""),
            *(row.country, row.returned, row.reason, row.need),
            *(row.identity_kind or "", identity or "", bool(row.withdrawn_at)),
            *(link.relation, link.sole, link.sms, link.call, link.window, bool(link.ended_at)),
        )

    def _values(self, row: Row[Any]) -> tuple[tuple[str, str], ...]:
        values = json.loads(self.ring.unseal(row.values, "message.values", row.id))
        return tuple(sorted(values.items()))


def predicted(world: World, number: str, ring: KeyRing) -> dict[str, Any]:
    """What `Record.of` must give for a caller in this world."""
    caller = ring.fingerprint("phone", number).hex()
    return {
        "sessions": len(world.talks),
        "pin_tries": world.pin_tries,
        "phone": None
        if world.language is None
        else (world.language, bool(world.stopped), world.unsafe),
        "people": Counter(
            (
                *(each.reference, *each.said, each.wish.returned, each.wish.reason, each.wish.need),
                *(*each.identity, each.withdrawn),
                "own" if each.wish.for_whom == "self" else "family",
                *(each.wish.sole_phone, each.sms, each.call, each.wish.window, each.withdrawn),
            )
            for each in world.people
        ),
        "pins": {
            each.reference: ring.fingerprint("pin", f"{caller}:{each.wish.pin}")
            if each.wish.pin
            else None
            for each in world.people
        },
        "consents": Counter(
            (each.reference, purpose, given, given and each.withdrawn)
            for each in world.people
            for purpose, given in _asked(each)
        ),
        "requests": Counter(
            (
                *(each.reference, each.person, each.wish.topic, each.wish.counsellor),
                *(each.wish.channel, each.sms, each.slot_at, each.state),
            )
            for each in world.requests
        ),
        "callbacks": Counter(world.callbacks),
        "reminders": Counter(
            (each.subject, each.person, each.kind, each.due_at, each.state)
            for each in world.reminders
        ),
        "messages": Counter(
            (each.person, each.purpose, each.template, each.language, each.state, each.values)
            for each in world.messages
        ),
        "texts": Counter(world.texts),
    }


def _asked(person: Registered) -> Iterable[tuple[str, bool]]:
    """Each purpose that a registration asked about, and what was said; a child is asked about one."""
    yield "registration", True
    if not person.is_child:
        yield "follow_up", person.wish.sms or person.wish.call


def difference(held: dict[str, Any], world: dict[str, Any]) -> str:
    """Where the two differ, for the message of a test that fails."""
    return "\n".join(
        f"{name}: held {held[name]}\n{' ' * len(name)}  model {world[name]}"
        for name in held
        if held[name] != world[name]
    )


def _put(row: Row[Any], names: Mapping[str, str]) -> Iterable[str]:
    person = names.get(row.person_id, "")
    return person, row.purpose, row.template, row.language, row.state


def _spoken(reference: str) -> str:
    return f"{reference[:3]} {reference[3:6]} {reference[6:]}"


def _all(connection: Connection, model: type[Base]) -> Rows:
    return list(connection.execute(select(*model.__table__.c)))
