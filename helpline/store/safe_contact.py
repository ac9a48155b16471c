"""What is known of reaching one person on one phone, and whose permits have run out or gone silent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, or_, select, update

from helpline.store.tables import CareCase, Event, Person, PersonPhone, Phone

if TYPE_CHECKING:
    from sqlalchemy import Connection


def known(connection: Connection, *, case_id: str | None, phone_id: str) -> Any:
    """The marks of a phone, and what the person of a case allows on it.

    The columns of the permit are none where the case has no person, or another phone is theirs.
    """
    return connection.execute(
        select(
            Phone.stopped_at,
            Phone.unsafe_at,
            Person.withdrawn_at,
            PersonPhone.sms,
            PersonPhone.call,
            PersonPhone.signal,
            PersonPhone.message,
            PersonPhone.window,
            PersonPhone.weekdays,
            PersonPhone.confirmed_at,
            PersonPhone.expires_at,
            PersonPhone.ended_at,
        )
        .select_from(Phone)
        .outerjoin(CareCase, CareCase.id == case_id)
        .outerjoin(Person, Person.id == CareCase.person_id)
        .outerjoin(
            PersonPhone,
            and_(PersonPhone.person_id == CareCase.person_id, PersonPhone.phone_id == Phone.id),
        )
        .where(Phone.id == phone_id)
    ).one_or_none()


def link(connection: Connection, *, person_id: str, phone_id: str, lock: bool = False) -> Any:
    """What a person allows on a phone that is still theirs; with `lock` it is ours for now."""
    found = select(PersonPhone.__table__).where(
        PersonPhone.person_id == person_id,
        PersonPhone.phone_id == phone_id,
        PersonPhone.ended_at.is_(None),
    )
    return connection.execute(found.with_for_update() if lock else found).one_or_none()


def change(connection: Connection, *, person_id: str, phone_id: str, **columns: Any) -> bool:
    """Write what a person allows on a phone that is still theirs; False when it is not."""
    done = connection.execute(
        update(PersonPhone)
        .where(
            PersonPhone.person_id == person_id,
            PersonPhone.phone_id == phone_id,
            PersonPhone.ended_at.is_(None),
        )
        .values(**columns)
    )
    return done.rowcount == 1


def let_run_out(connection: Connection, *, phone_id: str, now: datetime) -> None:
    """Whatever anybody allowed on a phone is over; whose phone it is stays."""
    connection.execute(
        update(PersonPhone)
        .where(
            PersonPhone.phone_id == phone_id,
            PersonPhone.ended_at.is_(None),
            PersonPhone.expires_at > now,
        )
        .values(expires_at=now)
    )


def was_unsafe(connection: Connection, phone_id: str, since: datetime) -> bool:
    """Whether somebody said after a moment that a phone is not safe, whatever was said later."""
    return bool(
        connection.scalar(
            select(
                exists().where(
                    Event.subject == "phone",
                    Event.subject_id == phone_id,
                    Event.became == "unsafe",
                    Event.at >= since,
                )
            )
        )
    )


def links_of(connection: Connection, phone_id: str) -> Sequence[Any]:
    """Everybody whose phone it still is."""
    return connection.execute(
        select(PersonPhone.person_id)
        .where(PersonPhone.phone_id == phone_id, PersonPhone.ended_at.is_(None))
        .order_by(PersonPhone.person_id)
    ).all()


def end_links(connection: Connection, *, phone_id: str, now: datetime) -> list[str]:
    """A phone is nobody's any more; gives whose it was. Their secret numbers and codes end."""
    rows = connection.execute(
        update(PersonPhone)
        .where(PersonPhone.phone_id == phone_id, PersonPhone.ended_at.is_(None))
        .values(
            ended_at=now,
            sms=False,
            call=False,
            signal=False,
            message=False,
            pin_key=None,
            code_key=None,
        )
        .returning(PersonPhone.person_id)
    )
    return sorted(row.person_id for row in rows)


def forget_key(connection: Connection, *, person_id: str, nobody: bytes) -> None:
    """The answers that a person gave on a phone are no longer a way to them."""
    connection.execute(update(Person).where(Person.id == person_id).values(registration_key=nobody))


def silent(connection: Connection, *, before: datetime, most: int) -> list[str]:
    """Phones that are somebody's, of which nothing was heard or confirmed since a moment."""
    lately = exists().where(
        PersonPhone.phone_id == Phone.id,
        PersonPhone.ended_at.is_(None),
        PersonPhone.confirmed_at >= before,
    )
    found = connection.execute(
        select(Phone.id)
        .where(
            Phone.heard_at < before,
            exists().where(PersonPhone.phone_id == Phone.id, PersonPhone.ended_at.is_(None)),
            ~lately,
        )
        .order_by(Phone.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return list(found.scalars())


def run_out(connection: Connection, *, now: datetime, most: int) -> Sequence[Any]:
    """Permits that have expired, of which that is not written down yet."""
    noted = exists().where(
        Event.subject == "permit",
        Event.subject_id == PersonPhone.person_id,
        Event.why == PersonPhone.phone_id,
        Event.at >= PersonPhone.confirmed_at,
    )
    return connection.execute(
        select(PersonPhone.person_id, PersonPhone.phone_id)
        .join(Person, Person.id == PersonPhone.person_id)
        .where(
            PersonPhone.ended_at.is_(None),
            Person.withdrawn_at.is_(None),
            or_(PersonPhone.sms, PersonPhone.call, PersonPhone.signal),
            PersonPhone.expires_at <= now,
            ~noted,
        )
        .order_by(PersonPhone.expires_at)
        .limit(most)
        .with_for_update(skip_locked=True, of=PersonPhone)
    ).all()


def open_cases(
    connection: Connection, persons: Sequence[str], *, lock: bool = False
) -> Sequence[Any]:
    """The open cases of these persons; with `lock` they are ours for now."""
    found = (
        select(
            CareCase.id,
            CareCase.person_id,
            CareCase.district,
            CareCase.language,
            CareCase.restricted,
        )
        .where(CareCase.person_id.in_(persons), CareCase.stage != "closed")
        .order_by(CareCase.id)
    )
    return connection.execute(found.with_for_update() if lock else found).all()


def caller_of(connection: Connection, phone_id: str) -> bytes:
    """The fingerprint under which a phone's conversations are kept."""
    return bytes(
        connection.execute(select(Phone.fingerprint).where(Phone.id == phone_id)).scalar_one()
    )


def complaint_allows_call(connection: Connection, complaint_id: str) -> bool:
    """Whether somebody who complained said that they may be called about it."""
    found = connection.execute(
        select(Event.why)
        .where(Event.subject == "complaint", Event.subject_id == complaint_id)
        .order_by(Event.id)
        .limit(1)
    ).scalar()
    return (
        found is not None and str(found).endswith("_call") and not str(found).endswith("_no_call")
    )
