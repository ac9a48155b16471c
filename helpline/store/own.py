"""What is read and written behind the secret number: the case as its owner sees it, family, feedback."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from helpline.store.tables import (
    CareCase,
    Dependant,
    Feedback,
    Person,
    PlanStep,
    Provider,
    Referral,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row

SHOWN: Final = ("sent", "accepted", "attended", "not_attended", "completed")
"""Referrals their client is shown: those that went out and were not called off."""
_UNDER_WAY: Final = ("sent", "accepted", "attended")


def case_of(connection: Connection, person_id: str) -> Row[Any] | None:
    """The case that stands open for a person, or the one that was closed last."""
    return connection.execute(
        select(CareCase.__table__)
        .where(CareCase.person_id == person_id)
        .order_by((CareCase.stage == "closed").asc(), CareCase.opened_at.desc())
        .limit(1)
    ).one_or_none()


def under_way(connection: Connection, case_id: str) -> frozenset[str]:
    """The codes of services that are planned for a case, or to which a referral is under way."""
    planned = select(PlanStep.service).where(
        PlanStep.case_id == case_id, PlanStep.state == "planned"
    )
    sent = select(Referral.service).where(
        Referral.case_id == case_id, Referral.state.in_(_UNDER_WAY)
    )
    return frozenset(connection.execute(planned.union(sent)).scalars())


def offices(connection: Connection, person_id: str, *, since: datetime, most: int) -> Sequence[Any]:
    """Where a person was sent, the newest first: id, state, what they said, when, kind of office."""
    at = func.coalesce(Referral.appointment_at, Referral.sent_at)
    return connection.execute(
        select(
            Referral.id,
            Referral.state,
            Referral.client_says,
            Referral.appointment_at,
            Referral.sent_at,
            Provider.kind,
        )
        .join(CareCase, CareCase.id == Referral.case_id)
        .join(Provider, Provider.id == Referral.provider_id)
        .where(
            CareCase.person_id == person_id, Referral.state.in_(SHOWN), Referral.sent_at >= since
        )
        .order_by(at.desc(), Referral.id)
        .limit(most)
    ).all()


def person(connection: Connection, person_id: str, *, lock: bool = False) -> Row[Any] | None:
    """A person who has not withdrawn; locked, nobody else changes them until the transaction ends."""
    found = select(Person.__table__).where(Person.id == person_id, Person.withdrawn_at.is_(None))
    return connection.execute(found.with_for_update() if lock else found).one_or_none()


# -- family ---------------------------------------------------------------------------------------


def dependants(connection: Connection, person_ids: Sequence[str]) -> Sequence[Row[Any]]:
    """Whom these persons look after, in the order in which they told us."""
    return connection.execute(
        select(Dependant.__table__)
        .where(Dependant.person_id.in_(person_ids), Dependant.state == "named")
        .order_by(Dependant.told_at, Dependant.id)
    ).all()


def add_dependant(connection: Connection, **columns: Any) -> None:
    """Write somebody whom a person looks after."""
    connection.execute(insert(Dependant).values(**columns, state="named", ended_at=None))


def remove_dependant(
    connection: Connection, ident: str, *, person_ids: Sequence[str], now: datetime
) -> bool:
    """Take somebody out again; False when none of these persons looks after them (any more)."""
    done = connection.execute(
        update(Dependant)
        .where(
            Dependant.id == ident,
            Dependant.person_id.in_(person_ids),
            Dependant.state == "named",
        )
        .values(state="removed", ended_at=now)
    )
    return done.rowcount == 1


# -- how a service was ----------------------------------------------------------------------------


def ask(connection: Connection, **columns: Any) -> bool:
    """Write that a person is to be asked how something was; False when that is written already."""
    row = connection.execute(
        upsert(Feedback)
        .values(**columns, state="asked", said="", answered_at=None)
        .on_conflict_do_nothing(index_elements=[Feedback.subject_id])
        .returning(Feedback.id)
    ).one_or_none()
    return row is not None


def asked(connection: Connection, person_id: str, *, since: datetime) -> Sequence[Any]:
    """What a person is to be asked about and has not answered, the oldest first."""
    return connection.execute(
        select(Feedback.id, Feedback.subject_id)
        .where(
            Feedback.person_id == person_id,
            Feedback.state == "asked",
            Feedback.asked_at >= since,
        )
        .order_by(Feedback.asked_at, Feedback.id)
    ).all()


def answer(
    connection: Connection, ident: str, *, person_id: str, state: str, said: str, now: datetime
) -> Row[Any] | None:
    """Write an answer once; the row, or none when it is not this person's or was answered before."""
    return connection.execute(
        update(Feedback)
        .where(Feedback.id == ident, Feedback.person_id == person_id, Feedback.state == "asked")
        .values(state=state, said=said, answered_at=now)
        .returning(Feedback.__table__)
    ).one_or_none()
