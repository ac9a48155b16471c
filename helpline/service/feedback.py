"""How a service was: asked once after it, in one digit, and only of who it was given to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.consents import ConsentTo
from helpline.cases.own import LOWEST, MARKS
from helpline.cases.states import FEEDBACK, move
from helpline.cases.work import Kind
from helpline.service import consents, schedule, work
from helpline.store import events, own
from helpline.store.desk import files, items, referral_sides
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from helpline.cases.effects import RateService
    from helpline.service.visit import Visit

OFFERED: Final = timedelta(days=60)
"""How long the question stays open."""
INVITED_AFTER: Final = timedelta(days=1)
"""The invitation goes out on the next day."""


def after(
    connection: Connection, *, about: str, subject_id: str, case_id: str | None, now: datetime
) -> None:
    """Something was done for a client: they may say how it was, behind their secret number.

    Without a registered person nobody is asked: a phone is not a person. An SMS invites only where
    one is allowed and wanted, and never about a restricted case; it is checked again when it is sent.
    """
    case = files.by_id(connection, case_id) if case_id else None
    if case is None or case.person_id is None:
        return
    ident = new_ident()
    added = own.ask(
        connection,
        id=ident,
        case_id=case.id,
        person_id=case.person_id,
        about=about,
        subject_id=subject_id,
        asked_at=now,
    )
    if not added:
        return
    events.record(
        connection, subject="feedback", subject_id=ident, became="asked", why=about, now=now
    )
    if not case.restricted:
        _invite(connection, ident, case.person_id, now)


def after_talk(
    connection: Connection, *, about: str, kind: Kind, subject_id: str, now: datetime
) -> None:
    """As `after`, for what stands in the queue: a request for counselling, a promised call."""
    item = items.about(connection, kind=kind, subject_id=subject_id)
    if item is not None:
        after(connection, about=about, subject_id=subject_id, case_id=item.case_id, now=now)


def invite_again(connection: Connection, person_id: str, now: datetime) -> None:
    """Somebody may be written to again: what they were to be invited to since yesterday is planned anew."""
    for row in own.asked(connection, person_id, since=now - INVITED_AFTER):
        _invite(connection, row.id, person_id, now)


def answer(visit: Visit, wish: RateService) -> dict[str, str]:
    """Keep what somebody said; the lowest mark is a supervisor's work. A second answer changes nothing."""
    state = "answered" if wish.said in MARKS else "skipped"
    move(FEEDBACK, "asked", state)
    row = own.answer(
        visit.connection,
        wish.feedback_id,
        person_id=wish.person_id,
        state=state,
        said=wish.said if state == "answered" else "",
        now=visit.now,
    )
    if row is None:
        return {}
    events.record(
        visit.connection,
        subject="feedback",
        subject_id=row.id,
        was="asked",
        became=state,
        now=visit.now,
        actor=visit.actor,
    )
    if wish.said == LOWEST:
        _to_supervisor(visit, row)
    return {}


def _invite(connection: Connection, ident: str, person_id: str, now: datetime) -> None:
    """One neutral SMS to the phone that was confirmed last, where one is allowed at all."""
    if not consents.stands(connection, person_id, ConsentTo.FOLLOW_UP):
        return
    if referral_sides.wants_no_reminders(connection, person_id):
        return
    allowed = [link for link in referral_sides.phone_links(connection, person_id) if link.sms]
    if allowed:
        schedule.feedback(
            connection,
            feedback_id=ident,
            person_id=person_id,
            phone_id=allowed[0].phone_id,
            window=allowed[0].window,
            now=now,
        )


def _to_supervisor(visit: Visit, row: Row[Any]) -> None:
    case = files.by_id(visit.connection, row.case_id)
    if case is None:
        return
    work.open_item(
        visit.connection,
        kind=Kind.FEEDBACK,
        subject_id=row.id,
        case_id=case.id,
        phone_id=case.phone_id,
        district=case.district,
        language=case.language,
        counsellor=case.counsellor,
        restricted=case.restricted,
        now=visit.now,
        actor=visit.actor,
    )
