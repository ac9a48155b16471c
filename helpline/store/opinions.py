"""Opinions: answers that belong to nobody, and who is asked for them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, func, insert, select

from helpline.cases.consents import ConsentTo
from helpline.store import consents
from helpline.store.tables import Event, Opinion, Person

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection, Row

GIVEN = "gave_opinion"
"""What becomes of a person who answered; why: which set of questions."""


def asked(
    connection: Connection, person_id: str, instrument: str, *, lock: bool = False
) -> Row[Any] | None:
    """The district of a grown-up who wants news and has not answered these questions; none for others.

    `uncounted`: where they live is not to be counted. Locked, nobody answers for them meanwhile.
    """
    if lock:  # first and by itself: who waited here sees what the other one wrote
        connection.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    answered = exists().where(
        Event.subject == "person",
        Event.subject_id == Person.id,
        Event.became == GIVEN,
        Event.why == instrument,
    )
    found: Any = select(
        Person.district,
        consents.refused(Person.id, ConsentTo.STATISTICS).label("uncounted"),
    ).where(
        Person.id == person_id,
        Person.withdrawn_at.is_(None),
        Person.age.is_distinct_from("minor"),
        consents.stands(Person.id, ConsentTo.NEWS),
        ~answered,
    )
    return connection.execute(found).one_or_none()


def add(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Write answers, one row each."""
    connection.execute(insert(Opinion), rows)


def said(connection: Connection, first: date, after: date) -> Iterable[Row[Any]]:
    """How many gave which answer, in the quarters that begin from `first` up to but not on `after`."""
    answer = (
        Opinion.quarter,
        Opinion.district,
        Opinion.instrument,
        Opinion.question,
        Opinion.said,
    )
    return connection.execute(
        select(*answer, func.count().label("many"))
        .where(Opinion.quarter >= first, Opinion.quarter < after)
        .group_by(*answer)
    )
