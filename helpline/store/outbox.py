"""The outbox: every SMS from asked-for to delivered. Claims are one statement, on both databases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import ColumnElement, bindparam, case, func, literal_column, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from helpline.cases.consents import ConsentTo
from helpline.cases.permits import Purpose
from helpline.store import consents
from helpline.store.prepared import Prepared
from helpline.store.tables import (
    Campaign,
    CounsellingRequest,
    Message,
    Person,
    PersonPhone,
    Phone,
    Reminder,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

# Written out, not bound: only then do both databases use the partial indexes.
_QUEUED = Message.state == literal_column("'queued'")
_SENDING = Message.state == literal_column("'sending'")

_POST = Prepared(
    upsert(Message)
    .on_conflict_do_nothing(index_elements=[Message.dedupe_key])
    .returning(Message.id)
)
# A name of its own, not a subquery in the update: PostgreSQL may run that once a row and so take
# more rows than the limit. What locks is run once when it stands in a WITH.
# The purposes that may wait behind each other; answers to callers have a queue of their own.
_NOT_NEWS = Message.purpose != literal_column("'news'")
_BULK = Message.purpose.in_([literal_column("'person'"), literal_column("'slot'")])


def _waker(of: ColumnElement[bool]) -> Prepared:
    waiting = (
        select(Message.id)
        .where(
            _QUEUED,
            _NOT_NEWS,
            of,
            Message.due_at <= bindparam("now"),
            or_(Message.woken_at.is_(None), Message.woken_at < bindparam("forgotten")),
        )
        .order_by(Message.due_at)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
        .cte("taken")
    )
    return Prepared(
        update(Message)
        .where(Message.id.in_(select(waiting.c.id)), _QUEUED)
        .values(woken_at=bindparam("now"))
        .returning(Message.id)
    )


_WAKE = {True: _waker(_BULK), False: _waker(~_BULK)}
_RECENT = Prepared(
    select(func.count())
    .select_from(Message)
    .where(
        Message.phone_id == bindparam("phone"),
        Message.purpose == bindparam("purpose"),
        Message.created_at > bindparam("since"),
    )
)
# What is with a gateway, or undecided, cannot be called back. It has no time left: should it come
# back to be sent again, it is too late for it. One statement, so that it meets a message whose
# worker records at this moment that it failed, too.
_STANDING = Message.state.in_(
    [literal_column(f"'{state}'") for state in ("queued", "sending", "ambiguous", "parked")]
)


def _canceller(*of: ColumnElement[bool]) -> Prepared:
    now = bindparam("now", type_=Message.expires_at.type)
    return Prepared(
        update(Message)
        .where(*of, _STANDING)
        .values(
            state=case((_QUEUED, literal_column("'cancelled'")), else_=Message.state),
            trouble=case(
                (_QUEUED, bindparam("why", type_=Message.trouble.type)), else_=Message.trouble
            ),
            expires_at=case(
                (or_(_QUEUED, Message.expires_at < now), Message.expires_at), else_=now
            ),
            updated_at=case((_QUEUED, now), else_=Message.updated_at),
        )
        .returning(Message.id, Message.state)
    )


_OF_PERSON = Message.person_id == bindparam("person")
_CANCEL_PHONE = _canceller(Message.phone_id == bindparam("phone"))
_CANCEL_PERSON = _canceller(_OF_PERSON)
_CANCEL_SUBJECT = _canceller(Message.subject_id == bindparam("subject"))
_CANCEL_TEMPLATE = _canceller(_OF_PERSON, Message.template == bindparam("only"))
_CANCEL_PURPOSE = _canceller(_OF_PERSON, Message.purpose == bindparam("only"))
_RUNNING = select(Campaign.id).where(Campaign.state == literal_column("'running'"))
"""A campaign that was paused a moment ago lets nothing be claimed any more."""
_PHONE_OF = Prepared(select(Message.phone_id).where(Message.id == bindparam("message")))
_ABANDONED = Prepared(
    update(Message)
    .where(_SENDING, Message.claimed_at < bindparam("before"))
    .values(state="ambiguous", trouble="worker_lost", updated_at=bindparam("now"))
    .returning(Message.id)
)
_UNCONFIRMED = Prepared(
    update(Message)
    .where(Message.state == literal_column("'sent'"), Message.sent_at < bindparam("before"))
    .values(state="unconfirmed", updated_at=bindparam("now"))
    .returning(Message.id)
)


_FRESH: dict[str, Any] = {
    "state": "queued",
    "trouble": "",
    "gateway": "",
    "external_id": "",
    "attempts": 0,
    "woken_at": None,
    "claimed_at": None,
    "sent_at": None,
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message about to be sent, with everything its permit depends on."""

    id: str
    phone_id: str
    person_id: str | None
    purpose: str
    template: str
    language: str
    values: bytes
    due_at: datetime
    expires_at: datetime
    created_at: datetime
    attempts: int
    number: bytes
    stopped_at: datetime | None
    unsafe_at: datetime | None
    link_sms: bool | None
    link_detailed: bool | None
    link_window: str | None
    link_weekdays: str | None
    link_confirmed_at: datetime | None
    link_expires_at: datetime | None
    link_ended_at: datetime | None
    withdrawn_at: datetime | None
    follow_up: bool
    """The person agreed to be followed up, and has not taken it back."""
    news: bool
    """The person wants to hear news, and has not taken it back."""
    request_sms: bool | None
    request_at: datetime | None
    request_state: str | None
    phone_times: tuple[tuple[str, str], ...] = ()
    """The windows and weekdays of everybody whose phone it is: for what was asked for by nobody named."""


def post(connection: Connection, **columns: Any) -> bool:
    """Put a message into the outbox; False when the same one is there already."""
    return _POST.row(connection, **_FRESH, **columns) is not None


def post_many(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put many messages into the outbox, except those that are there already."""
    if rows:
        connection.execute(
            upsert(Message).on_conflict_do_nothing(index_elements=[Message.dedupe_key]),
            [_FRESH | dict(row) for row in rows],
        )


def enrol(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
    """Put many messages into the outbox, except those that are there already; how many were new."""
    if not rows:
        return 0
    added = connection.execute(
        upsert(Message)
        .on_conflict_do_nothing(index_elements=[Message.dedupe_key])
        .returning(Message.id),
        [_FRESH | dict(row) for row in rows],
    )
    return len(added.all())


def wake(
    connection: Connection, *, bulk: bool, now: datetime, forgotten: datetime, most: int
) -> list[str]:
    """Take up to `most` due messages that nobody works on, to wake a worker.

    With `bulk` reminders and the like, without it the answers to callers. `forgotten` is the moment
    before which a wake-up counts as lost.
    """
    return _ids(_WAKE[bulk].rows(connection, now=now, forgotten=forgotten, most=most))


def recent(connection: Connection, *, phone_id: str, purpose: str, since: datetime) -> int:
    """How many messages of one purpose were posted to a phone since a moment."""
    row = _RECENT.row(connection, phone=phone_id, purpose=purpose, since=since)
    return int(row[0]) if row else 0


def cancel_phone(connection: Connection, *, phone_id: str, why: str, now: datetime) -> list[str]:
    """Cancel every waiting message to a phone; gives their ids."""
    return _cancelled(_CANCEL_PHONE.rows(connection, phone=phone_id, why=why, now=now))


def cancel_person(connection: Connection, *, person_id: str, why: str, now: datetime) -> list[str]:
    """Cancel every waiting message to a person; gives their ids."""
    return _cancelled(_CANCEL_PERSON.rows(connection, person=person_id, why=why, now=now))


def cancel_subject(
    connection: Connection, *, subject_id: str, why: str, now: datetime
) -> list[str]:
    """Cancel every waiting message about one thing; gives their ids."""
    return _cancelled(_CANCEL_SUBJECT.rows(connection, subject=subject_id, why=why, now=now))


def cancel_template(
    connection: Connection, *, person_id: str, template: str, why: str, now: datetime
) -> list[str]:
    """Cancel every waiting message of one kind to a person; gives their ids."""
    rows = _CANCEL_TEMPLATE.rows(connection, person=person_id, only=template, why=why, now=now)
    return _cancelled(rows)


def cancel_purpose(
    connection: Connection, *, person_id: str, purpose: str, why: str, now: datetime
) -> list[str]:
    """Cancel every waiting message of one purpose to a person; gives their ids."""
    rows = _CANCEL_PURPOSE.rows(connection, person=person_id, only=purpose, why=why, now=now)
    return _cancelled(rows)


def phone_of(connection: Connection, message_id: str) -> str:
    """The id of the phone a message goes to; empty when there is no such message."""
    row = _PHONE_OF.row(connection, message=message_id)
    return str(row[0]) if row else ""


def waiting(connection: Connection, ids: Sequence[str]) -> list[Waiting]:
    """Those of `ids` that still wait, with what their permits depend on."""
    rows = connection.execute(
        select(
            Message.id,
            Message.phone_id,
            Message.person_id,
            Message.purpose,
            Message.template,
            Message.language,
            Message.values,
            Message.due_at,
            Message.expires_at,
            Message.created_at,
            Message.attempts,
            Phone.number,
            Phone.stopped_at,
            Phone.unsafe_at,
            PersonPhone.sms,
            PersonPhone.detailed,
            PersonPhone.window,
            PersonPhone.weekdays,
            PersonPhone.confirmed_at,
            PersonPhone.expires_at,
            PersonPhone.ended_at,
            Person.withdrawn_at,
            consents.stands(Message.person_id, ConsentTo.FOLLOW_UP),
            consents.stands(Message.person_id, ConsentTo.NEWS),
            CounsellingRequest.sms,
            CounsellingRequest.created_at,
            CounsellingRequest.state,
        )
        .join(Phone, Phone.id == Message.phone_id)
        .outerjoin(
            PersonPhone,
            (PersonPhone.person_id == Message.person_id)
            & (PersonPhone.phone_id == Message.phone_id),
        )
        .outerjoin(Person, Person.id == Message.person_id)
        .outerjoin(CounsellingRequest, CounsellingRequest.id == Message.subject_id)
        .where(Message.id.in_(ids), _QUEUED)
    )
    found = [Waiting(*cast("tuple[Any, ...]", row)) for row in rows]
    asked = {each.phone_id for each in found if each.purpose == Purpose.ASKED}
    if not asked:
        return found
    times = _times_of(connection, asked)
    return [
        replace(each, phone_times=tuple(times[each.phone_id])) if each.phone_id in times else each
        for each in found
    ]


def _times_of(connection: Connection, phone_ids: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for row in connection.execute(
        select(PersonPhone.phone_id, PersonPhone.window, PersonPhone.weekdays).where(
            PersonPhone.phone_id.in_(list(phone_ids)), PersonPhone.ended_at.is_(None)
        )
    ):
        found.setdefault(row.phone_id, []).append((row.window, row.weekdays))
    return found


def claim(connection: Connection, ids: Sequence[str], now: datetime) -> set[str]:
    """Take waiting messages for sending; whoever gets an id here is the only one."""
    rows = connection.execute(
        update(Message)
        .where(Message.id.in_(ids), _QUEUED, or_(_NOT_NEWS, Message.subject_id.in_(_RUNNING)))
        .values(state="sending", claimed_at=now, updated_at=now, attempts=Message.attempts + 1)
        .returning(Message.id)
    )
    return {row[0] for row in rows}


def hold(connection: Connection, until: Iterable[tuple[str, datetime, str]], now: datetime) -> None:
    """Let messages wait longer: (id, until, why)."""
    _many(
        connection,
        [{"message": ident, "due_at": at, "trouble": why, "now": now} for ident, at, why in until],
        update(Message)
        .where(Message.id == bindparam("message"), _QUEUED)
        .values(
            due_at=bindparam("due_at"),
            trouble=bindparam("trouble"),
            woken_at=None,
            updated_at=bindparam("now"),
        ),
    )


def settle(
    connection: Connection, was: str, outcomes: Iterable[Mapping[str, Any]], now: datetime
) -> None:
    """Record what became of messages in state `was`.

    An outcome has `id`, `state`, `trouble`, and where they changed `gateway`, `external_id`,
    `due_at` and `sent_at`.
    """
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for outcome in outcomes:
        columns = tuple(sorted(outcome.keys() - {"id"}))
        values = {f"new_{name}": outcome[name] for name in columns}
        groups.setdefault(columns, []).append({"message": outcome["id"], "now": now, **values})
    for columns, rows in groups.items():
        _many(
            connection,
            rows,
            update(Message)
            .where(Message.id == bindparam("message"), Message.state == was)
            .values(
                {name: bindparam(f"new_{name}") for name in columns}
                | {"updated_at": bindparam("now")}
            ),
        )


def still(connection: Connection, ids: Sequence[str], state: str) -> set[str]:
    """Those of `ids` that are in `state`, locked until the end of the transaction."""
    rows = connection.execute(
        select(Message.id).where(Message.id.in_(ids), Message.state == state).with_for_update()
    )
    return {row[0] for row in rows}


def abandoned(connection: Connection, *, before: datetime, now: datetime) -> list[str]:
    """Messages a worker claimed and never settled: whether they were sent, nobody can tell."""
    return _ids(_ABANDONED.rows(connection, before=before, now=now))


def unconfirmed(connection: Connection, *, before: datetime, now: datetime) -> list[str]:
    """Messages sent so long ago that no receipt will come."""
    return _ids(_UNCONFIRMED.rows(connection, before=before, now=now))


def settle_reminders(
    connection: Connection, outcomes: Iterable[tuple[str, str]], now: datetime
) -> None:
    """Let reminders follow their messages, which have their ids: (id, new reminder state)."""
    groups: dict[str, list[str]] = {}
    for ident, becomes in outcomes:
        groups.setdefault(becomes, []).append(ident)
    for becomes, idents in groups.items():
        connection.execute(
            update(Reminder)
            .where(
                Reminder.id.in_(idents),
                or_(Reminder.state == "queued", Reminder.state == "failed"),
            )
            .values(state=becomes, updated_at=now)
        )


def _cancelled(rows: list[tuple[Any, ...]]) -> list[str]:
    """Of what was to end those that waited; the others could not be called back."""
    return [ident for ident, state in rows if state == "cancelled"]


def _ids(rows: list[tuple[Any, ...]]) -> list[str]:
    return [row[0] for row in rows]


def _many(connection: Connection, rows: list[dict[str, Any]], statement: Any) -> None:
    if rows:
        connection.execute(statement, rows)
