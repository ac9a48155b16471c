"""What a person allows on a phone: said anew by themselves, run out, and what staff are asked to do then."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.consents import BY_PHONE, PURPOSES, ConsentTo
from helpline.cases.permits import expiry
from helpline.cases.safe_times import EVERY_DAY, WEEKEND, WORKING_DAYS
from helpline.cases.work import Kind, Priority
from helpline.service import consents, follow_up_again, work
from helpline.service.messages import cancelled
from helpline.store import events, outbox, requests, safe_contact

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from helpline.cases.effects import ChangeContact
    from helpline.service.parts import Parts
    from helpline.service.visit import Visit

BATCH: Final = 200
_NOTHING: Final[Mapping[str, Any]] = {
    "sms": False,
    "call": False,
    "signal": False,
    "message": False,
    "detailed": False,
}
"""What stands of a permit that has run out: only what is said now."""
_SAID: Final[Mapping[tuple[str, str], Mapping[str, Any]]] = {
    ("sms", "yes"): {"sms": True},
    ("sms", "no"): {"sms": False, "detailed": False},
    ("call", "yes"): {"call": True},
    ("call", "no"): {"call": False, "signal": False, "message": False},
    ("time", "any"): {"window": "any"},
    ("time", "morning"): {"window": "morning"},
    ("time", "afternoon"): {"window": "afternoon"},
    ("time", "evening"): {"window": "evening"},
    ("days", "every"): {"weekdays": EVERY_DAY},
    ("days", "weekend"): {"weekdays": WEEKEND},
    ("days", "working"): {"weekdays": WORKING_DAYS},
    ("sole", "yes"): {"sole": True},
    # others read it: nothing that tells what it is about is sent or said any more
    ("sole", "no"): {"sole": False, "detailed": False, "message": False},
}


def change(visit: Visit, wish: ChangeContact) -> dict[str, str]:
    """One thing is said anew behind the secret number; with it, all that was shown stands confirmed.

    What is allowed no longer is cancelled where it waits, in this transaction. A permit that has run
    out begins at nothing.
    """
    phone_id, person_id = visit.phone_id(), wish.person_id
    link = safe_contact.link(visit.connection, person_id=person_id, phone_id=phone_id, lock=True)
    if link is None:
        return {}
    if wish.what == "news":
        _news(visit, person_id, said=wish.said)
        return {}
    said = _SAID.get((wish.what, wish.said))
    if said is None:
        return {}
    base = _NOTHING if link.expires_at <= visit.now else {}
    safe_contact.change(
        visit.connection,
        person_id=person_id,
        phone_id=phone_id,
        **{**base, **said},
        confirmed_at=visit.now,
        expires_at=expiry(visit.now),
    )
    if wish.said == "yes" and wish.what in ("sms", "call"):
        follow_up_again.agree(visit, person_id, BY_PHONE)
    if not {"sms": link.sms, **base, **said}["sms"]:
        _no_sms(visit, person_id)
    events.record(
        visit.connection,
        subject="person",
        subject_id=person_id,
        became="permit_changed",
        why=f"{wish.what}_{wish.said}",
        now=visit.now,
        actor=visit.actor,
    )
    asked_anew(visit.connection, person_id, phone_id, now=visit.now, actor=visit.actor)
    return {}


def asked_anew(
    connection: Connection, person_id: str, phone_id: str, *, now: datetime, actor: str
) -> None:
    """What is safe was said anew: nobody need ask for it any more."""
    work.settle(
        connection,
        kind=Kind.SAFE_CONTACT,
        subject_id=subject(person_id, phone_id),
        outcome="asked",
        now=now,
        actor=actor,
    )


def ask_again(
    connection: Connection,
    persons: Sequence[str],
    phone_id: str,
    *,
    now: datetime,
    actor: str,
    priority: Priority | None = None,
) -> int:
    """Let staff ask what is safe when they are next in contact: one item for each open case.

    The item names no phone, so that nobody is called because of it.
    """
    opened = 0
    for case in safe_contact.open_cases(connection, persons):
        about = subject(case.person_id, phone_id)
        added = work.open_item(
            connection,
            kind=Kind.SAFE_CONTACT,
            subject_id=about,
            case_id=case.id,
            district=case.district,
            language=case.language,
            restricted=case.restricted,
            priority=priority,
            now=now,
            actor=actor,
        )
        opened += bool(added) or work.reopen(
            connection, kind=Kind.SAFE_CONTACT, subject_id=about, now=now, actor=actor
        )
    return opened


def subject(person_id: str, phone_id: str) -> str:
    """What the item about a person on a phone is about: 32 hexadecimal digits."""
    return sha256(f"{person_id}/{phone_id}".encode()).hexdigest()[:32]


def sweep(parts: Parts) -> int:
    """Notice permits that have run out, each once; what waits for them is cancelled. How many."""
    now = parts.clock()
    with parts.database.transaction() as connection:
        over = safe_contact.run_out(connection, now=now, most=BATCH)
        for link in over:
            events.record(
                connection,
                subject="permit",
                subject_id=link.person_id,
                became="run_out",
                why=link.phone_id,
                now=now,
                actor="sweeper",
            )
            ask_again(connection, [link.person_id], link.phone_id, now=now, actor="sweeper")
    return len(over)


def _news(visit: Visit, person_id: str, *, said: str) -> None:
    if said == "yes":
        consents.give(visit, person_id, ConsentTo.NEWS, PURPOSES[ConsentTo.NEWS].current)
    else:
        consents.take_back(visit, person_id, ConsentTo.NEWS)


def _no_sms(visit: Visit, person_id: str) -> None:
    """No SMS any more: what waits goes nowhere, and slots are not reminded of."""
    waiting = outbox.cancel_person(
        visit.connection, person_id=person_id, why="no_permit", now=visit.now
    )
    cancelled(visit.connection, waiting, why="no_permit", now=visit.now, actor=visit.actor)
    requests.stop_sms(visit.connection, person_id=person_id, now=visit.now)
