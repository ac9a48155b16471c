"""Rows that a test puts into the record by itself, through the store, to have something due."""

import json
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from helpline.cases import references
from helpline.cases.permits import Purpose
from helpline.store import consents, outbox, people, reminders
from helpline.store.database import Database
from helpline.store.idents import new_ident
from helpline.store.sealing import KeyRing


def plant_reminders(
    database: Database, ring: KeyRing, numbers: Iterable[str], due_at: datetime
) -> None:
    """A registered person for each number, who allowed SMS at any time, with a follow-up due."""
    with database.transaction() as connection:
        for number in numbers:
            phone_id = _phone(connection, ring, number, due_at)
            person_id = new_ident()
            assert people.add_person(
                connection,
                id=person_id,
                reference=references.make(secrets.randbelow(10**8)),
                registration_key=ring.fingerprint("registration", number),
                **dict.fromkeys(("for_whom", "sex", "district", "country"), "unsaid"),
                **dict.fromkeys(("returned", "reason", "need"), "unsaid"),
                **dict.fromkeys(("upazila", "age", "identity_kind", "identity", "identity_key")),
                created_at=due_at,
                withdrawn_at=None,
            )
            people.link(
                connection,
                person_id=person_id,
                phone_id=phone_id,
                relation="own",
                sole=True,
                sms=True,
                call=False,
                window="any",
                pin_key=None,
                confirmed_at=due_at,
                ended_at=None,
            )
            consents.add(
                connection,
                id=new_ident(),
                person_id=person_id,
                purpose="follow_up",
                given=True,
                text_version="follow-up-1",
                language="bn",
                channel="ussd",
                recorded_by="caller",
                given_at=due_at,
            )
            reminders.add(
                connection,
                id=new_ident(),
                person_id=person_id,
                phone_id=phone_id,
                kind="follow_up",
                subject_id=person_id,
                due_at=due_at,
                stale_at=due_at + timedelta(days=1),
                dedupe_key=f"follow_up:{person_id}:7",
                created_at=due_at,
                updated_at=due_at,
            )


def plant_reply(database: Database, ring: KeyRing, number: str, text: str, now: datetime) -> None:
    """One text to a number that waits to be sent, as the answer to an SMS."""
    with database.transaction() as connection:
        ident = new_ident()
        outbox.post(
            connection,
            id=ident,
            phone_id=_phone(connection, ring, number, now),
            person_id=None,
            subject_id=None,
            purpose=Purpose.REPLY,
            template="screen",
            language="en",
            values=ring.seal(json.dumps({"text": text}), "message.values", ident),
            due_at=now,
            expires_at=now + timedelta(hours=1),
            dedupe_key=f"planted:{number}",
            created_at=now,
            updated_at=now,
        )


def _phone(connection: Connection, ring: KeyRing, number: str, now: datetime) -> str:
    ident = new_ident()
    return people.phone(
        connection,
        ident=ident,
        fingerprint=ring.fingerprint("phone", number),
        number=ring.seal(number, "phone.number", ident),
        language="bn",
        now=now,
    )
