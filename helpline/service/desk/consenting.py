"""The ledger of a client's consents, as staff read it and write what the client says aloud or on paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.consents import PURPOSES, ConsentTo, kind_of, words_of
from helpline.service import consents, follow_up_again
from helpline.service.children import MINOR
from helpline.service.desk import access, audit
from helpline.service.desk.cases import Blocked, staff_names
from helpline.store import consents as rows
from helpline.store.desk import people_rows

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row

    from helpline.service.desk.acting import Acting

WAYS: Final = ("voice", "paper")
"""How a client says it to a member of staff."""
ASKED_HERE: Final = (ConsentTo.FOLLOW_UP, ConsentTo.STATISTICS, ConsentTo.NEWS)
"""What staff may ask on the page of a case; registering and referring ask for their own."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the ledger."""

    purpose: str
    """A key of `PURPOSES`."""
    about: str
    """Of a referral its reference number; else empty."""
    given: bool
    version: str
    words: str
    """What the client heard; in the language of the page."""
    language: str
    channel: str
    at: datetime
    recorded_by: str
    """The member of staff by name; empty when the client pressed or wrote it."""
    ended_at: datetime | None
    ended_by: str
    """As `recorded_by`; only where it ended."""


@dataclass(frozen=True, slots=True)
class Question:
    """A purpose that may be asked about now, with the words to read out."""

    purpose: str
    words: str
    stands: bool


def ledger(deed: Acting, case: Row[Any]) -> list[Line]:
    """Everything the person of a case said to any purpose, the newest first."""
    if not case.person_id:
        return []
    found = rows.of_person(deed.connection, case.person_id)
    names = staff_names(
        deed.parts.ring,
        deed.connection,
        {each for row in found for each in (row.recorded_by, row.withdrawn_by) if each},
    )
    return [
        Line(
            kind_of(row.purpose),
            row.purpose.partition(":")[2].partition(":")[0],
            row.given,
            row.text_version,
            words_of(row.purpose, row.text_version, deed.who.language),
            row.language,
            row.channel,
            row.given_at,
            names.get(row.recorded_by, ""),
            row.withdrawn_at,
            names.get(row.withdrawn_by, ""),
        )
        for row in found
    ]


def questions(deed: Acting, case: Row[Any]) -> list[Question]:
    """What may be asked now; nothing of somebody who is not registered, or took everything back."""
    person = people_rows.by_id(deed.connection, case.person_id)
    if person is None or person.withdrawn_at:
        return []
    return [
        Question(
            purpose,
            PURPOSES[purpose].texts[PURPOSES[purpose].current].name(case.language),
            consents.stands(deed.connection, person.id, purpose),
        )
        for purpose in _asked(case)
    ]


def say(deed: Acting, case_id: str, purpose: str, *, agreed: bool, how: str) -> None:
    """Write down that the client agreed to a purpose, or said no; a no ends what rested on it.

    Raises:
        Blocked: `not_registered`, or `no_such_value`.
        NotAllowed: the case is not theirs.
    """
    case, spoken = _hear(deed, case_id, how)
    if purpose not in _asked(case):
        raise Blocked("no_such_value")
    version = PURPOSES[purpose].current
    if agreed and purpose == ConsentTo.FOLLOW_UP:
        follow_up_again.agree(spoken, case.person_id, version)
    else:
        verb = consents.give if agreed else consents.refuse
        verb(spoken, case.person_id, purpose, version)
    action = "consent_given" if agreed else "consent_refused"
    audit.note(deed, action, "person", case.person_id, case_id=case.id, detail=purpose)


def take_back(deed: Acting, case_id: str, purpose: str, *, how: str) -> None:
    """End a consent because the client says so, and all that rests on it; `registration` ends everything.

    Raises:
        Blocked: `not_registered`, or `no_such_value`.
        NotAllowed: the case is not theirs.
    """
    case, spoken = _hear(deed, case_id, how)
    if purpose not in PURPOSES:
        raise Blocked("no_such_value")
    consents.take_back(spoken, case.person_id, purpose)
    audit.note(deed, "consent_ended", "person", case.person_id, case_id=case.id, detail=purpose)


def _asked(case: Row[Any]) -> tuple[ConsentTo, ...]:
    return (*ASKED_HERE, ConsentTo.GUARDIAN) if case.restricted == MINOR else ASKED_HERE


def _hear(deed: Acting, case_id: str, how: str) -> tuple[Row[Any], consents.Spoken]:
    case = access.find_case(deed, case_id)
    person = people_rows.by_id(deed.connection, case.person_id)
    if person is None or person.withdrawn_at:
        raise Blocked("not_registered")
    if how not in WAYS:
        raise Blocked("no_such_value")
    spoken = consents.Spoken(
        deed.parts,
        deed.connection,
        how,
        deed.now,
        case.language,
        deed.who.id,
        deed.posted,
    )
    return case, spoken
