"""What is counted, as rows of codes: never a name, a number or a word of anybody.

Each function gives what happened from `begins` up to but not including `ends`.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, func, literal_column, select
from sqlalchemy.orm import aliased

from helpline.cases.consents import ConsentTo
from helpline.store import consents
from helpline.store.tables import (
    Alarm,
    Appointment,
    Assessment,
    CareCase,
    CaseTrade,
    Consent,
    CounsellingRequest,
    Escalation,
    Event,
    Feedback,
    FollowUp,
    Merge,
    Person,
    Referral,
    ServiceGap,
    SlaClock,
    Staff,
    WageClaim,
    WorkItem,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection, Row

_SUBJECTS: Final = ("counselling_request", "callback")
REACHED: Final = ("in_session", "connected", "completed")
"""States of a request or a call in which a human talked with the client."""
TRIED: Final = (
    *REACHED,
    "dialling_client",
    "attempt_failed",
    "no_contact",
    "wrong_person",
    "unreachable",
)
"""States that say that somebody tried to."""


def registered(connection: Connection, begins: datetime, ends: datetime) -> Iterable[Row[Any]]:
    """People who registered, one row for each time they agreed to it, the first one first.

    Who turned out to be another person is left out. `uncounted`: nothing about them is to be counted
    but that they are.
    """
    gone = aliased(Merge)
    return connection.execute(
        select(
            Person.id,
            Person.created_at.label("at"),
            Person.district,
            Person.sex,
            Person.country,
            Person.need,
            Person.returned,
            Person.reason,
            Consent.channel,
            Consent.language,
            Consent.recorded_by,
            Person.office,
            consents.refused(Person.id, ConsentTo.STATISTICS).label("uncounted"),
        )
        .outerjoin(
            Consent,
            and_(
                Consent.person_id == Person.id,
                Consent.purpose == "registration",
                Consent.given.is_(True),
            ),
        )
        .outerjoin(gone, gone.gone_id == Person.id)
        .where(Person.created_at >= begins, Person.created_at < ends, gone.id.is_(None))
        .order_by(Person.id, Consent.given_at)
    )


def promised(connection: Connection, begins: datetime, ends: datetime) -> Iterable[Row[Any]]:
    """Promised talks, one row for each time somebody tried, or one without."""
    return connection.execute(
        _talks().where(
            WorkItem.promised_at >= begins,
            WorkItem.promised_at < ends,
            WorkItem.kind.in_(("counselling", "callback", "missed_call")),
        )
    )


def ended(connection: Connection, begins: datetime, ends: datetime) -> Iterable[Row[Any]]:
    """Items that were done, one row for each time somebody tried to talk, or one without."""
    return connection.execute(
        _talks().where(
            WorkItem.done_at >= begins, WorkItem.done_at < ends, WorkItem.state == "done"
        )
    )


def clocks(connection: Connection, begins: datetime, ends: datetime) -> Iterable[Row[Any]]:
    """Clocks that started."""
    return connection.execute(
        select(
            SlaClock.started_at.label("at"),
            func.coalesce(WorkItem.district, CareCase.district, "").label("district"),
            SlaClock.kind,
            SlaClock.state,
            SlaClock.misses,
        )
        .outerjoin(WorkItem, WorkItem.id == SlaClock.item_id)
        .outerjoin(CareCase, CareCase.id == SlaClock.case_id)
        .where(SlaClock.started_at >= begins, SlaClock.started_at < ends)
    )


def escalated(connection: Connection, begins: datetime, ends: datetime) -> Iterable[Row[Any]]:
    """Escalations."""
    return connection.execute(
        select(Escalation.at, WorkItem.district, Escalation.to)
        .join(WorkItem, WorkItem.id == Escalation.item_id)
        .where(Escalation.at >= begins, Escalation.at < ends)
    )


def paged(connection: Connection, begins: datetime, ends: datetime) -> Iterable[Row[Any]]:
    """Pages of people on call."""
    return connection.execute(
        select(Alarm.paged_at.label("at"), WorkItem.district, Alarm.state, Alarm.answered_at)
        .join(WorkItem, WorkItem.id == Alarm.item_id)
        .where(Alarm.paged_at >= begins, Alarm.paged_at < ends)
    )


def complained(connection: Connection, begins: datetime, ends: datetime) -> Iterable[Row[Any]]:
    """Complaints about our own service."""
    return connection.execute(
        select(WorkItem.opened_at.label("at"), WorkItem.district, WorkItem.state).where(
            WorkItem.kind == literal_column("'complaint'"),  # as the index has it, not bound
            WorkItem.opened_at >= begins,
            WorkItem.opened_at < ends,
        )
    )


def rated(connection: Connection, begins: datetime, ends: datetime) -> Iterable[Row[Any]]:
    """Marks that persons gave on the phone, or would rather not give."""
    return connection.execute(
        select(
            Feedback.answered_at.label("at"),
            CareCase.district,
            Feedback.about,
            Feedback.said,
        )
        .join(CareCase, CareCase.id == Feedback.case_id)
        .where(Feedback.answered_at >= begins, Feedback.answered_at < ends)
    )


def counselling(connection: Connection, begins: datetime, ends: datetime) -> Iterable[Row[Any]]:
    """Requests for counselling."""
    return connection.execute(
        select(
            CounsellingRequest.created_at.label("at"),
            func.coalesce(Person.district, "").label("district"),
            CounsellingRequest.state,
            CounsellingRequest.counsellor,
            CounsellingRequest.topic,
        )
        .outerjoin(Person, Person.id == CounsellingRequest.person_id)
        .where(CounsellingRequest.created_at >= begins, CounsellingRequest.created_at < ends)
    )


def referred(connection: Connection, begins: datetime, ends: datetime) -> Iterable[Row[Any]]:
    """Referrals that were sent."""
    return connection.execute(
        select(
            Referral.sent_at.label("at"),
            CareCase.district,
            Referral.state,
            Referral.service,
            Referral.outcome,
            Referral.why,
            Referral.funding,
            Referral.office_says,
            Referral.client_says,
            Referral.score,
            Referral.provider_id,
        )
        .join(CareCase, CareCase.id == Referral.case_id)
        .where(Referral.sent_at >= begins, Referral.sent_at < ends)
    )


def gaps(connection: Connection, begins: datetime, ends: datetime) -> Iterable[Row[Any]]:
    """Services that were not there."""
    return connection.execute(
        select(
            ServiceGap.at,
            ServiceGap.district,
            ServiceGap.upazila,
            ServiceGap.service,
            ServiceGap.why,
            ServiceGap.funding,
        ).where(ServiceGap.at >= begins, ServiceGap.at < ends)
    )


def follow_ups(connection: Connection, begins: datetime, ends: datetime) -> Iterable[Row[Any]]:
    """Follow-ups of clients that were due; debriefing staff is none of them."""
    return connection.execute(
        select(FollowUp.due_at.label("at"), CareCase.district, FollowUp.state)
        .join(CareCase, CareCase.id == FollowUp.case_id)
        .where(FollowUp.due_at >= begins, FollowUp.due_at < ends, FollowUp.kind != "debrief")
    )


def wages(connection: Connection, begins: datetime, ends: datetime) -> Iterable[Row[Any]]:
    """Claims of unpaid pay, as they are kept: sealed; who wants not to be counted is left out."""
    return connection.execute(
        select(
            WageClaim.told_at.label("at"),
            CareCase.district,
            WageClaim.id,
            WageClaim.country,
            WageClaim.amount,
        )
        .join(CareCase, CareCase.id == WageClaim.case_id)
        .where(
            WageClaim.told_at >= begins,
            WageClaim.told_at < ends,
            ~consents.refused(CareCase.person_id, ConsentTo.STATISTICS),
        )
    )


def sessions(connection: Connection, begins: datetime, ends: datetime) -> Iterable[Row[Any]]:
    """Appointments that took place; those of one group stand next to each other."""
    return connection.execute(
        select(
            Appointment.begins_at.label("at"),
            CareCase.district,
            Appointment.session,
            Appointment.place,
            Appointment.came,
        )
        .join(CareCase, CareCase.id == Appointment.case_id)
        .where(
            Appointment.state == "kept",
            Appointment.begins_at >= begins,
            Appointment.begins_at < ends,
        )
        .order_by(Appointment.session, Appointment.begins_at, Appointment.place, CareCase.district)
    )


def checked_in(connection: Connection, begins: datetime, ends: datetime) -> Iterable[Row[Any]]:
    """Answers to sets of questions, as they are kept: sealed."""
    return connection.execute(
        select(
            Assessment.taken_at.label("at"),
            CareCase.district,
            Assessment.id,
            Assessment.instrument,
            Assessment.answers,
        )
        .join(CareCase, CareCase.id == Assessment.case_id)
        .where(Assessment.taken_at >= begins, Assessment.taken_at < ends)
    )


def assessed(
    connection: Connection, begins: datetime, ends: datetime, instruments: Sequence[str]
) -> Iterable[Row[Any]]:
    """Assessments with one of these sets of questions: whether staff asked, and of which office."""
    return connection.execute(
        select(
            Assessment.taken_at.label("at"),
            CareCase.district,
            Assessment.staff_id,
            Assessment.office,
        )
        .join(CareCase, CareCase.id == Assessment.case_id)
        .where(
            Assessment.instrument.in_(instruments),
            Assessment.taken_at >= begins,
            Assessment.taken_at < ends,
        )
    )


def merged(connection: Connection, begins: datetime, ends: datetime) -> Iterable[Row[Any]]:
    """People who were registered twice."""
    return connection.execute(
        select(Merge.at, Person.district)
        .join(Person, Person.id == Merge.kept_id)
        .where(Merge.at >= begins, Merge.at < ends)
    )


def closed(connection: Connection, begins: datetime, ends: datetime) -> Iterable[Row[Any]]:
    """Cases that were closed, and are."""
    return connection.execute(
        select(CareCase.closed_at.label("at"), CareCase.district, CareCase.closed_why).where(
            CareCase.stage == "closed",
            CareCase.updated_at >= begins,
            CareCase.closed_at >= begins,
            CareCase.closed_at < ends,
        )
    )


def moves(connection: Connection, begins: datetime, ends: datetime) -> Iterable[Row[Any]]:
    """Every move of the cases that moved from stage to stage, in order; the first one may lie long back."""
    moved = (
        select(Event.subject_id)
        .join(CareCase, CareCase.id == Event.subject_id)
        .where(
            Event.subject == "case",
            Event.at >= begins,
            Event.at < ends,
            CareCase.updated_at >= begins,
        )
    )
    return connection.execute(
        select(Event.at, Event.subject_id, Event.was, Event.became, CareCase.district)
        .join(CareCase, CareCase.id == Event.subject_id)
        .where(Event.subject == "case", Event.subject_id.in_(moved), Event.at < ends)
        .order_by(Event.subject_id, Event.at, Event.id)
    )


def stages(connection: Connection) -> Iterable[Row[Any]]:
    """How many cases stand at which stage, by district."""
    return connection.execute(
        select(CareCase.district, CareCase.stage, func.count()).group_by(
            CareCase.district, CareCase.stage
        )
    )


def trades(connection: Connection) -> Iterable[Row[Any]]:
    """How many open cases have which trade, by district; who wants not to be counted is left out."""
    return connection.execute(
        select(CareCase.district, CaseTrade.trade, func.count())
        .join(CaseTrade, CaseTrade.case_id == CareCase.id)
        .where(
            CareCase.stage != "closed",
            ~consents.refused(CareCase.person_id, ConsentTo.STATISTICS),
        )
        .group_by(CareCase.district, CaseTrade.trade)
    )


def restricted(connection: Connection) -> Iterable[Row[Any]]:
    """How many open cases are restricted, and why, by district."""
    return connection.execute(
        select(CareCase.district, CareCase.restricted, func.count())
        .where(CareCase.restricted != "", CareCase.stage != "closed")
        .group_by(CareCase.district, CareCase.restricted)
    )


def _talks() -> Any:
    """Items with every time somebody talked, or tried to, about their subject.

    `sex` is that of the member of staff who did, or of whoever has the item when a gateway said so.
    """
    actor, owner = aliased(Staff), aliased(Staff)
    return (
        select(
            WorkItem.id,
            WorkItem.kind,
            WorkItem.district,
            WorkItem.counsellor,
            WorkItem.priority,
            WorkItem.offered_at,
            WorkItem.promised_at,
            WorkItem.state,
            WorkItem.outcome,
            WorkItem.done_at,
            Event.became,
            Event.at.label("tried_at"),
            func.coalesce(actor.sex, owner.sex).label("sex"),
        )
        .outerjoin(
            Event,
            and_(
                Event.subject_id == WorkItem.subject_id,
                Event.subject.in_(_SUBJECTS),
                Event.became.in_(TRIED),
            ),
        )
        .outerjoin(actor, actor.id == Event.actor)
        .outerjoin(owner, owner.id == WorkItem.owner_id)
        .order_by(WorkItem.id, Event.at, Event.id)
    )
