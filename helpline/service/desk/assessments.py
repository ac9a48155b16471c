"""Assessments: answers to a versioned set of questions, sealed, each beside the earlier ones.

Two steps, often by two organisations: somebody registers a client, somebody assesses what she needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec

from helpline.cases.consents import ConsentTo
from helpline.cases.needs import CERTIFICATE, INSTRUMENTS, TRADE, TRADES
from helpline.service.desk import access, audit
from helpline.store import consents
from helpline.store.desk import case_rows, people_rows, trades
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Row

    from helpline.cases.questions import Answers
    from helpline.service.desk.acting import Acting


class Taken(msgspec.Struct, frozen=True):
    """What is sealed: the answers."""

    answers: dict[str, list[str]] = {}


@dataclass(frozen=True, slots=True)
class Assessed:
    """One assessment, opened."""

    id: str
    instrument: str
    answers: Mapping[str, list[str]]
    office: str
    """The organisation of who asked; empty for our own, and where nobody asked."""
    staff_id: str | None
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class Identified:
    """Who registered a client."""

    at: datetime
    staff_id: str
    """Empty: the client, by phone."""
    office: str
    """Their organisation on that day; empty for our own."""


CALLER: Final = "caller"
"""Who wrote down a consent that was given in the phone menu."""
_DECODE = msgspec.json.Decoder(Taken).decode


def take(deed: Acting, case_id: str, instrument: str, answers: Answers) -> str:
    """Keep the answers to a set of questions; gives the id of the assessment.

    Raises:
        helpline.cases.questions.NotAnAnswer: an answer that its question does not have.
        KeyError: no such set.
    """
    case = access.find_case(deed, case_id)
    kept = INSTRUMENTS[instrument].understood(answers)
    ident = new_ident()
    taken = Taken({code: list(said) for code, said in kept.items()})
    case_rows.add(
        deed.connection,
        "assessment",
        id=ident,
        case_id=case.id,
        instrument=instrument,
        answers=deed.parts.ring.seal(msgspec.json.encode(taken), "assessment.answers", ident),
        staff_id=deed.who.id,
        office=deed.who.organisation,
        taken_at=deed.now,
    )
    deed.record("assessment", ident, became="taken", why=instrument)
    if said := [code for code in kept.get(TRADE, ()) if code in TRADES]:
        certificate = next(iter(kept.get(CERTIFICATE, ())), "")
        trades.replace(deed.connection, case.id, said, certificate=certificate, now=deed.now)
    audit.note(deed, "assess", "assessment", ident, case_id=case.id, detail=instrument)
    return ident


def history(deed: Acting, case_id: str) -> list[Assessed]:
    """The needs assessments of a case, the newest first; emptied ones are left out."""
    rows = case_rows.of_case(deed.connection, "assessment", case_id)
    opened = (_opened(deed, row) for row in reversed(rows) if row.instrument in INSTRUMENTS)
    return [each for each in opened if each]


def identified(deed: Acting, case: Row[Any]) -> Identified | None:
    """Who registered the person of a case; none where nobody did."""
    person = people_rows.by_id(deed.connection, case.person_id) if case.person_id else None
    if person is None:
        return None
    said = [
        line
        for line in consents.of_person(deed.connection, person.id)
        if line.purpose == ConsentTo.REGISTRATION
    ]
    by = said[-1].recorded_by if said else CALLER
    return Identified(person.created_at, "" if by == CALLER else by, person.office)


def intention(deed: Acting, case_id: str) -> str:
    """What the person last said they want: job, enterprise, remigrate; empty when they did not."""
    said = (each.answers.get("intention") for each in history(deed, case_id))
    return next((codes[0] for codes in said if codes and codes[0] != "unsaid"), "")


def _opened(deed: Acting, row: Row[Any]) -> Assessed | None:
    sealed = deed.parts.ring.unseal(row.answers, "assessment.answers", row.id)
    taken = _DECODE(sealed)
    if not taken.answers:
        return None
    return Assessed(row.id, row.instrument, taken.answers, row.office, row.staff_id, row.taken_at)
