"""Keeping what somebody thinks, so that nobody can tell who thought it."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.calendar import local
from helpline.cases.measures import quarter_of
from helpline.data.load import load_instrument
from helpline.store import events, opinions

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from helpline.cases.effects import GiveOpinion
    from helpline.service.visit import Visit

ASKED: Final = "voice-1"
"""The questions that are asked now."""


def offered(connection: Connection, person_id: str) -> bool:
    """Whether somebody may be asked: a grown-up who wants news and has not answered yet."""
    return opinions.asked(connection, person_id, ASKED) is not None


def keep(visit: Visit, said: GiveOpinion) -> dict[str, str]:
    """Keep a set of answers: each by itself, with a district and a quarter and nothing else.

    That somebody answered is written beside the person, so that nobody is asked twice; what they
    answered is not, and cannot be found from there. Whoever is not asked changes nothing.
    """
    person = opinions.asked(visit.connection, said.person_id, said.instrument, lock=True)
    answers = load_instrument(said.instrument).understood(dict(said.answers))
    if person is None or not answers:
        return {}
    quarter = quarter_of(local(visit.now).date()).first
    rows: list[dict[str, Any]] = [
        {
            "id": secrets.token_hex(16),
            "instrument": said.instrument,
            "question": code,
            "said": answer,
            "district": "" if person.uncounted else person.district,
            "quarter": quarter,
        }
        for code, answer in answers.items()
    ]
    opinions.add(visit.connection, sorted(rows, key=lambda row: str(row["id"])))
    events.record(
        visit.connection,
        subject="person",
        subject_id=said.person_id,
        became=opinions.GIVEN,
        why=said.instrument,
        now=visit.now,
        actor=visit.actor,
    )
    return {}
