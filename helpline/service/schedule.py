"""Planning reminders: when each is due, and until when it is worth sending."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from helpline.cases.calendar import FOLLOW_UPS, LATEST, MONTH, WINDOWS, local, slot
from helpline.cases.dates import DateKind
from helpline.store import reminders
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Connection


def follow_ups(
    connection: Connection,
    *,
    person_id: str,
    phone_id: str,
    window: str,
    since: datetime,
    now: datetime,
    centres: bool = True,
) -> None:
    """Plan the follow-ups that lie ahead of somebody who registered at `since`.

    With `centres` also the next monthly centre reminder. What was planned or sent before for the
    same day is not planned a second time.
    """
    for days in FOLLOW_UPS:
        due_at = _in_window(since + timedelta(days=days), window)
        if due_at > now:
            _add(
                connection,
                kind=DateKind.FOLLOW_UP,
                person_id=person_id,
                phone_id=phone_id,
                subject_id=person_id,
                due_at=due_at,
                key=f"follow_up:{person_id}:{days}",
                now=now,
            )
    if centres:
        months = max(1, (now - since) // MONTH)
        if (due_at := _in_window(since + months * MONTH, window)) <= now:
            due_at = _in_window(since + (months + 1) * MONTH, window)
        centre(connection, person_id=person_id, phone_id=phone_id, due_at=due_at, now=now)


def centre(
    connection: Connection, *, person_id: str, phone_id: str, due_at: datetime, now: datetime
) -> None:
    """Plan one monthly centre reminder; the one after it is planned when this one falls due."""
    _add(
        connection,
        kind=DateKind.CENTRE,
        person_id=person_id,
        phone_id=phone_id,
        subject_id=person_id,
        due_at=due_at,
        key=f"centre:{person_id}:{local(due_at).date().isoformat()}",
        now=now,
    )


def feedback(
    connection: Connection,
    *,
    feedback_id: str,
    person_id: str,
    phone_id: str,
    window: str,
    now: datetime,
) -> None:
    """Plan the one invitation to say how a service was: the next day, in the safe time."""
    _add(
        connection,
        kind="feedback",
        person_id=person_id,
        phone_id=phone_id,
        subject_id=feedback_id,
        due_at=_in_window(now + timedelta(days=1), window),
        key=f"feedback:{feedback_id}",
        now=now,
    )


def appointment(
    connection: Connection,
    *,
    appointment_id: str,
    person_id: str,
    phone_id: str,
    window: str,
    begins: datetime,
    now: datetime,
) -> None:
    """Plan the one reminder of an appointment: the day before, in the safe time."""
    due_at = _in_window(begins - timedelta(days=1), window)
    if due_at > now:
        _add(
            connection,
            kind="appointment",
            person_id=person_id,
            phone_id=phone_id,
            subject_id=appointment_id,
            due_at=due_at,
            key=f"appointment:{appointment_id}:{begins.timestamp():.0f}",
            now=now,
        )


def of_slot(
    connection: Connection,
    *,
    request_id: str,
    person_id: str | None,
    phone_id: str,
    begins: datetime,
    now: datetime,
) -> None:
    """Plan the two reminders of a counselling slot: the day before, and two hours before."""
    day_before = slot(local(begins).date() - timedelta(days=1), "any").begins + timedelta(hours=2)
    times = {"slot_day_before": day_before, "slot_two_hours": begins - timedelta(hours=2)}
    for kind, due_at in times.items():
        if due_at > now:
            _add(
                connection,
                kind=kind,
                person_id=person_id,
                phone_id=phone_id,
                subject_id=request_id,
                due_at=due_at,
                key=f"{kind}:{request_id}:{begins.timestamp():.0f}",
                now=now,
            )


def stale(kind: str, due_at: datetime) -> datetime:
    """When a reminder of this kind is no longer worth sending."""
    return due_at + LATEST[kind]


def _in_window(moment: datetime, window: str) -> datetime:
    """On the day of `moment`, when the safe time begins (never before ten in the morning)."""
    span = WINDOWS.get(window, WINDOWS["any"])
    day = slot(local(moment).date(), window if window in WINDOWS else "any")
    return day.begins + timedelta(hours=max(0, 10 - span.begins.hour))


def _add(
    connection: Connection,
    *,
    kind: str,
    person_id: str | None,
    phone_id: str,
    subject_id: str,
    due_at: datetime,
    key: str,
    now: datetime,
) -> None:
    reminders.add(
        connection,
        id=new_ident(),
        person_id=person_id,
        phone_id=phone_id,
        kind=kind,
        subject_id=subject_id,
        due_at=due_at,
        stale_at=stale(kind, due_at),
        dedupe_key=key,
        created_at=now,
        updated_at=now,
    )
