"""Follow-up is agreed to once more: what still lies ahead is planned anew, and nothing comes twice.

Reminders of a counselling slot do not come back: they were agreed to with that slot, by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helpline.cases.consents import ConsentTo
from helpline.cases.dates import DateKind
from helpline.service import check_in_duties, consents, feedback, schedule
from helpline.service.children import MINOR
from helpline.store import reminders, safe_contact
from helpline.store.desk import case_rows, check_ins, referral_sides

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from helpline.service.consents import Hearing

_MOST = 20
"""A person never has so many dates of their own ahead."""


def agree(hearing: Hearing, person_id: str, text_version: str) -> None:
    """Write down that somebody who is registered agreed to follow-up.

    Where it did not stand, or no more reminders were wished, check-ins and reminders that still lie
    ahead are planned in this transaction: counted from the registration, on a phone that is theirs.

    Raises:
        helpline.service.consents.NoSuchText: there is no text of this version.
    """
    cases = safe_contact.open_cases(hearing.connection, [person_id], lock=True)
    silent = not _wanted(hearing.connection, person_id)
    consents.give(hearing, person_id, ConsentTo.FOLLOW_UP, text_version)
    if silent and _wanted(hearing.connection, person_id):
        _plan(hearing, person_id, cases)


def _wanted(connection: Connection, person_id: str) -> bool:
    agreed = consents.stands(connection, person_id, ConsentTo.FOLLOW_UP)
    return agreed and not referral_sides.wants_no_reminders(connection, person_id)


def _plan(hearing: Hearing, person_id: str, cases: Sequence[Any]) -> None:
    """Nothing for whoever took everything back, has no open case, or is under 18."""
    connection, now = hearing.connection, hearing.now
    since = check_ins.registered_at(connection, person_id)
    if since is None or not cases or any(case.restricted == MINOR for case in cases):
        return
    for case in cases:
        check_in_duties.plan_again(
            connection, case_id=case.id, person_id=person_id, now=now, actor=hearing.actor
        )
    links = referral_sides.phone_links(connection, person_id)
    if not links:
        return
    link = next((each for each in links if each.sms), links[0])
    schedule.follow_ups(
        connection,
        person_id=person_id,
        phone_id=link.phone_id,
        window=link.window,
        since=since,
        now=now,
        centres=_monthly(connection, person_id, now),
    )
    for case in cases:
        _appointments(connection, case.id, person_id, link.phone_id, link.window, now)
    if not any(case.restricted for case in cases):
        feedback.invite_again(connection, person_id, now)


def _monthly(connection: Connection, person_id: str, now: datetime) -> bool:
    ahead = reminders.ahead(connection, person_id=person_id, now=now, most=_MOST)
    waits = any(kind == DateKind.CENTRE for _ident, kind, _due_at in ahead)
    return not waits and not reminders.attended_centre(connection, person_id)


def _appointments(
    connection: Connection, case_id: str, person_id: str, phone_id: str, window: str, now: datetime
) -> None:
    for each in case_rows.of_case(connection, "appointment", case_id):
        if each.state == "planned":
            schedule.appointment(
                connection,
                appointment_id=each.id,
                person_id=person_id,
                phone_id=phone_id,
                window=window,
                begins=each.begins_at,
                now=now,
            )
