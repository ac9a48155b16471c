"""Agreeing, refusing and taking back, purpose by purpose. What rests on a consent ends with it, at once.

Callers and staff use the same three verbs. A refusal is written down and costs nobody a service.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from helpline.cases.consents import PURPOSES, ConsentTo, kind_of
from helpline.service import check_in_duties
from helpline.service.messages import cancelled
from helpline.service.referral_moves import revoke_all
from helpline.store import consents, events, outbox, people, reminders, requests
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from helpline.service.parts import Parts


class Hearing(Protocol):
    """Somebody says something, within a transaction: a `Visit`, or a `Spoken` to a member of staff."""

    parts: Parts
    connection: Connection
    channel: str
    now: datetime
    language: str
    actor: str
    posted: list[str]


@dataclass(slots=True)
class Spoken:
    """What somebody said to a member of staff, aloud or on paper (`channel`)."""

    parts: Parts
    connection: Connection
    channel: str
    now: datetime
    language: str
    actor: str
    posted: list[str]


class NoSuchText(ValueError):
    """Nobody wrote down the words that somebody is said to have heard."""


def give(hearing: Hearing, person_id: str, purpose: str, text_version: str) -> None:
    """Write down that a person agreed. Said again while it stands in the same words, it is one line.

    `purpose` is one of `ConsentTo`, or `referral:<reference>:<version>`.

    Raises:
        NoSuchText: the purpose has no text of this version.
    """
    stands = consents.text_that_stands(hearing.connection, person_id=person_id, purpose=purpose)
    if stands != text_version:
        _write(hearing, person_id, purpose, text_version, given=True)


def refuse(hearing: Hearing, person_id: str, purpose: str, text_version: str) -> None:
    """Write down that a person said no; what stood of this purpose, and rests on it, ends.

    Raises:
        NoSuchText: the purpose has no text of this version.
    """
    _write(hearing, person_id, purpose, text_version, given=False)
    take_back(hearing, person_id, purpose)


def take_back(hearing: Hearing, person_id: str, purpose: str) -> bool:
    """End a consent and, in this transaction, what rests on it; False when nothing stood.

    - follow_up: reminders and waiting messages are cancelled;
    - referral: open referrals are called off, and the offices told;
    - registration: all of these, every other consent, and what the person can be known by, so that
      registering again is a new beginning;
    - statistics, news: nothing waits on them that the gate would not stop.
    """
    if purpose == ConsentTo.REGISTRATION:
        return _withdraw(hearing, person_id)
    ended = consents.take_back(
        hearing.connection, person_id=person_id, purpose=purpose, at=hearing.now, by=hearing.actor
    )
    if kind_of(purpose) == ConsentTo.FOLLOW_UP:
        _silence(hearing, person_id, "follow_up_ended")
        requests.stop_sms(hearing.connection, person_id=person_id, now=hearing.now)
    elif purpose == ConsentTo.REFERRAL:
        _call_off(hearing, person_id, "consent_ended")
    elif purpose == ConsentTo.NEWS:
        _drop(
            hearing,
            outbox.cancel_purpose(
                hearing.connection,
                person_id=person_id,
                purpose=ConsentTo.NEWS,
                why="news_ended",
                now=hearing.now,
            ),
            "news_ended",
        )
    if ended:
        _record(hearing, person_id, "consent_ended", purpose)
    return ended


def let_the_last_word_count(hearing: Hearing, person_id: str) -> None:
    """Two registrations turned out to be one person: of what they said to a purpose the last counts.

    The registration itself, and referrals, stay as they are: each was agreed to by itself.
    """
    last: dict[str, tuple[datetime, bool]] = {}
    for row in consents.of_person(hearing.connection, person_id):
        said = [(row.given_at, row.given)]
        if row.withdrawn_at:
            said.append((row.withdrawn_at, False))
        for each in said:
            last[row.purpose] = max(each, last.get(row.purpose, each))
    for purpose, (_at, agreed) in last.items():
        asked_for_itself = kind_of(purpose) in (ConsentTo.REGISTRATION, ConsentTo.REFERRAL)
        if not agreed and not asked_for_itself:
            take_back(hearing, person_id, purpose)


def stands(connection: Connection, person_id: str, purpose: str) -> bool:
    """Whether a person agreed to a purpose and has not taken it back."""
    return bool(consents.text_that_stands(connection, person_id=person_id, purpose=purpose))


def _withdraw(hearing: Hearing, person_id: str) -> bool:
    """Everything ends. A second time nothing is written."""
    nobody = hearing.parts.ring.fingerprint("withdrawn", person_id)
    first = people.withdraw(
        hearing.connection, person_id=person_id, nobody=nobody, now=hearing.now, by=hearing.actor
    )
    if first:
        _silence(hearing, person_id, "withdrawn")
        _call_off(hearing, person_id, "withdrawn")
        _record(hearing, person_id, "withdrawn", "")
    return first


def _silence(hearing: Hearing, person_id: str, why: str) -> None:
    check_in_duties.end_of_person(
        hearing.connection,
        person_id=person_id,
        why=why,
        now=hearing.now,
        actor=hearing.actor,
    )
    reminders.cancel_person(hearing.connection, person_id=person_id, now=hearing.now)
    waiting = outbox.cancel_person(
        hearing.connection, person_id=person_id, why=why, now=hearing.now
    )
    _drop(hearing, waiting, why)


def _call_off(hearing: Hearing, person_id: str, why: str) -> None:
    hearing.posted += revoke_all(
        hearing.parts,
        hearing.connection,
        person_id=person_id,
        why=why,
        now=hearing.now,
        actor=hearing.actor,
    )


def _drop(hearing: Hearing, ids: list[str], why: str) -> None:
    cancelled(hearing.connection, ids, why=why, now=hearing.now, actor=hearing.actor)


def _write(
    hearing: Hearing, person_id: str, purpose: str, text_version: str, *, given: bool
) -> None:
    asked = PURPOSES.get(kind_of(purpose))
    if asked is None or text_version not in asked.texts:
        raise NoSuchText(f"{purpose} {text_version}")
    consents.add(
        hearing.connection,
        id=new_ident(),
        person_id=person_id,
        purpose=purpose,
        given=given,
        text_version=text_version,
        language=hearing.language,
        channel=hearing.channel,
        recorded_by=hearing.actor,
        given_at=hearing.now,
    )


def _record(hearing: Hearing, person_id: str, became: str, why: str) -> None:
    events.record(
        hearing.connection,
        subject="person",
        subject_id=person_id,
        became=became,
        why=why,
        now=hearing.now,
        actor=hearing.actor,
    )
