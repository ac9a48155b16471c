"""Referrals, the services that were missing, and what the reports count of both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, exists, func, insert, or_, select, update

from helpline.cases.referral_rules import STEPS
from helpline.store.desk.scope import cases_of
from helpline.store.tables import (
    CareCase,
    Event,
    Message,
    Provider,
    Referral,
    ServiceGap,
    WorkItem,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection, Row

    from helpline.cases.roles import Member

_WITH_PROVIDER = select(
    *Referral.__table__.c,
    Provider.name_bn.label("provider_bn"),
    Provider.name_en.label("provider_en"),
).join(Provider, Provider.id == Referral.provider_id)


def add(connection: Connection, **columns: Any) -> None:
    """Write a referral."""
    connection.execute(insert(Referral).values(**columns))


def by_id(connection: Connection, referral_id: str, *, lock: bool = False) -> Row[Any] | None:
    """One referral; with `lock` nobody else changes it until the transaction is over."""
    asked = select(Referral.__table__).where(Referral.id == referral_id)
    return connection.execute(asked.with_for_update() if lock else asked).one_or_none()


def by_link(connection: Connection, link: bytes, *, lock: bool = False) -> Row[Any] | None:
    """The referral that a link opens."""
    asked = select(Referral.__table__).where(Referral.link == link)
    return connection.execute(asked.with_for_update() if lock else asked).one_or_none()


def by_code(connection: Connection, codes: Sequence[bytes]) -> Row[Any] | None:
    """The referral with one of these codes, locked."""
    return connection.execute(
        select(Referral.__table__)
        .where(Referral.code.in_(codes))
        .order_by(Referral.sent_at.desc())
        .limit(1)
        .with_for_update()
    ).one_or_none()


def change(
    connection: Connection, referral_id: str, version: int, *, now: datetime, **columns: Any
) -> Row[Any] | None:
    """Write columns of a referral that still has this version; the new row, or None if it has not."""
    return connection.execute(
        update(Referral)
        .where(Referral.id == referral_id, Referral.version == version)
        .values(version=version + 1, updated_at=now, **columns)
        .returning(*Referral.__table__.c)
    ).one_or_none()


def reference_taken(connection: Connection, reference: str) -> bool:
    """Whether a referral has this number."""
    return bool(connection.scalar(select(exists().where(Referral.reference == reference))))


def code_taken(connection: Connection, code: bytes) -> bool:
    """Whether an office is still waiting to answer with this code."""
    return bool(connection.scalar(select(exists().where(Referral.code == code))))


def of_case(connection: Connection, case_id: str) -> Sequence[Any]:
    """The referrals of a case with the names of their offices, the newest first."""
    return connection.execute(
        _WITH_PROVIDER.where(Referral.case_id == case_id).order_by(Referral.id.desc())
    ).all()


def of_cases(
    connection: Connection, *, person_id: str = "", case_id: str = ""
) -> Sequence[Row[Any]]:
    """The referrals of a person, or of one case, that are not over; locked."""
    whose = (
        Referral.case_id == case_id
        if case_id
        else Referral.case_id.in_(select(CareCase.id).where(CareCase.person_id == person_id))
    )
    return connection.execute(
        select(Referral.__table__)
        .where(whose, Referral.state.in_(("draft", "sent", "accepted", "attended", "not_attended")))
        .with_for_update()
    ).all()


def unanswered(connection: Connection, case_id: str) -> bool:
    """Whether an office has still to answer a referral of this case."""
    found = select(Referral.id).where(Referral.case_id == case_id, Referral.state == "sent")
    return connection.execute(found.limit(1)).first() is not None


def events_of(connection: Connection, referral_id: str) -> Sequence[Row[Any]]:
    """Everything that happened with a referral, in order."""
    return connection.execute(
        select(Event.__table__)
        .where(Event.subject == "referral", Event.subject_id == referral_id)
        .order_by(Event.id)
    ).all()


def messages_about(connection: Connection, referral_id: str) -> Sequence[Any]:
    """What was sent about a referral, and whether it arrived."""
    return connection.execute(
        select(Message.purpose, Message.state, Message.trouble, Message.created_at)
        .where(Message.subject_id == referral_id)
        .order_by(Message.id)
    ).all()


# -- lists --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Filter:
    """Which referrals a list shows; empty: all."""

    state: str = ""
    service: str = ""
    district: str = ""
    overdue: bool = False
    conflict: bool = False
    """What the two sides say does not fit together."""


def listed(
    connection: Connection, member: Member, wanted: Filter, *, now: datetime, most: int
) -> Sequence[Any]:
    """The referrals that a member may see, those that waited longest first, without their words."""
    asked = (
        _WITH_PROVIDER.join(CareCase, CareCase.id == Referral.case_id)
        .add_columns(
            CareCase.district,
            CareCase.restricted,
            CareCase.reference.label("case_reference"),
        )
        .where(cases_of(member))
        .order_by(
            case((_over(), 1), else_=0),
            case((Referral.answer_by.is_(None), 1), else_=0),
            Referral.answer_by,
            Referral.id.desc(),
        )
        .limit(most)
    )
    if wanted.state:
        asked = asked.where(Referral.state == wanted.state)
    if wanted.service:
        asked = asked.where(Referral.service == wanted.service)
    if wanted.district:
        asked = asked.where(CareCase.district == wanted.district)
    if wanted.overdue:
        asked = asked.where(Referral.state.in_(tuple(STEPS)), Referral.answer_by <= now)
    if wanted.conflict:
        asked = asked.where(_conflicting())
    return connection.execute(asked).all()


def of_providers(connection: Connection, provider_ids: Sequence[str]) -> Sequence[Row[Any]]:
    """What an office still has to do, and what it did last: sent to it and not revoked."""
    return connection.execute(
        select(Referral.__table__)
        .where(
            Referral.provider_id.in_(provider_ids),
            Referral.state.in_(("sent", "accepted", "attended", "not_attended", "completed")),
        )
        .order_by(case((Referral.state == "completed", 1), else_=0), Referral.answer_by)
        .limit(200)
    ).all()


def _over() -> ColumnElement[bool]:
    return Referral.state.in_(("completed", "declined", "revoked", "cancelled"))


def _conflicting() -> ColumnElement[bool]:
    came = ("attended", "completed")
    return or_(
        and_(Referral.office_says.in_(came), Referral.client_says == "not_attended"),
        and_(Referral.office_says == "not_attended", Referral.client_says.in_(came)),
    )


# -- timers -------------------------------------------------------------------------------------


def overdue(connection: Connection, now: datetime) -> Sequence[Any]:
    """Referrals whose time is up and for which a step of waiting is left: ids and what decides it."""
    steps_left = or_(
        *(
            and_(Referral.state == state, Referral.reminded < steps)
            for state, steps in STEPS.items()
        )
    )
    return connection.execute(
        select(
            Referral.id, Referral.state, Referral.priority, Referral.reminded, Referral.answer_by
        )
        .where(steps_left, Referral.answer_by <= now)
        .order_by(Referral.answer_by)
    ).all()


# -- the item in the queue ----------------------------------------------------------------------


def raise_item(connection: Connection, *, subject_id: str, level: int, now: datetime) -> str:
    """Open the item about a referral again if it is done, and lift it to a level; its id if it was done."""
    mine = (WorkItem.kind == "referral", WorkItem.subject_id == subject_id)
    connection.execute(
        update(WorkItem)
        .where(*mine, WorkItem.state != "done", WorkItem.level < level)
        .values(level=level, version=WorkItem.version + 1)
    )
    opened = connection.execute(
        update(WorkItem)
        .where(*mine, WorkItem.state == "done")
        .values(
            state="open",
            owner_id=None,
            claimed_at=None,
            done_at=None,
            outcome="",
            level=level,
            offered_at=now,
            version=WorkItem.version + 1,
        )
        .returning(WorkItem.id)
    ).one_or_none()
    return str(opened.id) if opened else ""


# -- reports ------------------------------------------------------------------------------------


def add_gap(connection: Connection, **columns: Any) -> None:
    """Write that a service was needed and is not there."""
    connection.execute(insert(ServiceGap).values(**columns))


def gaps_of(connection: Connection, case_id: str) -> Sequence[Row[Any]]:
    """The gaps noted in a case, the newest first."""
    return connection.execute(
        select(ServiceGap.__table__)
        .where(ServiceGap.case_id == case_id)
        .order_by(ServiceGap.id.desc())
    ).all()


def gaps(connection: Connection, since: datetime, until: datetime) -> Sequence[Any]:
    """Missing services from `since` up to but not including `until`: district, upazila, service, why, count.

    Counts of persons' cases, not yet suppressed: whoever shows them hides the small ones.
    """
    return connection.execute(
        select(
            ServiceGap.district,
            ServiceGap.upazila,
            ServiceGap.service,
            ServiceGap.why,
            func.count(func.distinct(ServiceGap.case_id)).label("count"),
        )
        .where(ServiceGap.at >= since, ServiceGap.at < until)
        .group_by(ServiceGap.district, ServiceGap.upazila, ServiceGap.service, ServiceGap.why)
        .order_by(ServiceGap.district, ServiceGap.upazila, ServiceGap.service, ServiceGap.why)
    ).all()


def outcomes(connection: Connection, since: datetime, until: datetime) -> Sequence[Any]:
    """Referrals sent from `since` up to but not including `until`, by service and the client's district.

    Columns: service, district, sent, accepted (by the office, whatever came after), completed,
    confirmed (both sides say that the client was served), conflicts, declined, not_attended,
    revoked, waiting (not answered yet). Not yet suppressed.
    """
    came = ("attended", "completed")

    def count(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    return connection.execute(
        select(
            Referral.service,
            CareCase.district,
            func.count().label("sent"),
            count(Referral.state.in_(("accepted", "attended", "not_attended", "completed"))).label(
                "accepted"
            ),
            count(Referral.state == "completed").label("completed"),
            count(and_(Referral.office_says.in_(came), Referral.client_says.in_(came))).label(
                "confirmed"
            ),
            count(_conflicting()).label("conflicts"),
            count(Referral.state == "declined").label("declined"),
            count(Referral.state == "not_attended").label("not_attended"),
            count(Referral.state == "revoked").label("revoked"),
            count(Referral.state == "sent").label("waiting"),
        )
        .join(CareCase, CareCase.id == Referral.case_id)
        .where(Referral.sent_at >= since, Referral.sent_at < until)
        .group_by(Referral.service, CareCase.district)
        .order_by(Referral.service, CareCase.district)
    ).all()
