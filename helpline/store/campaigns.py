"""Campaigns as rows: whom a segment holds, their messages, and how far each campaign is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, case, exists, func, insert, literal_column, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import aliased

from helpline.cases.consents import ConsentTo
from helpline.store import consents
from helpline.store.tables import Campaign, Event, Message, Pace, Person, PersonPhone, Phone

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Row, Select

    from helpline.cases.campaigns import Segment

LANGUAGE: Final = case((Phone.language == "en", "en"), else_="bn")
"""In which of the two texts a phone is written to."""
# Written out, not bound: only then do both databases use the partial index.
_WAITS: Final = and_(
    Message.state == literal_column("'queued'"), Message.purpose == literal_column("'news'")
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a campaign's message depends on beside the permit, at this moment."""

    state: str
    """Of the campaign."""
    alone: bool
    """The phone is theirs alone, by their own word and by what we know."""


def add(connection: Connection, **columns: Any) -> None:
    """Write a campaign."""
    connection.execute(insert(Campaign).values(**columns))


def by_id(connection: Connection, campaign_id: str) -> Row[Any] | None:
    """One campaign."""
    return connection.execute(
        select(Campaign.__table__).where(Campaign.id == campaign_id)
    ).one_or_none()


def listed(connection: Connection, most: int) -> Sequence[Row[Any]]:
    """The campaigns, the newest first."""
    return connection.execute(
        select(Campaign.__table__).order_by(Campaign.id.desc()).limit(most)
    ).all()


def change(
    connection: Connection, campaign_id: str, *, was: str, seen: int, **columns: Any
) -> bool:
    """Write columns of a campaign if it is still in state `was` and version `seen`; False when not."""
    done = connection.execute(
        update(Campaign)
        .where(Campaign.id == campaign_id, Campaign.state == was, Campaign.version == seen)
        .values(version=seen + 1, **columns)
    )
    return done.rowcount == 1


def has_written(connection: Connection, campaign_id: str, staff_id: str) -> bool:
    """Whether a member of staff wrote any of the words a campaign ever had, or handed it in."""
    wrote = exists().where(
        Event.subject == "campaign",
        Event.subject_id == campaign_id,
        Event.actor == staff_id,
        or_(Event.became == "draft", Event.became == "submitted"),
    )
    return bool(connection.scalar(select(wrote)))


def counted(
    connection: Connection, segment: Segment, *, neutral: bool, now: datetime
) -> tuple[dict[str, int], dict[str, int]]:
    """How many phones a segment holds now, by district and by language."""
    reach = _reach(segment, neutral=neutral, now=now).subquery()
    counts = (
        select(Person.district, reach.c.language, func.count())
        .select_from(reach)
        .join(Person, Person.id == reach.c.person_id)
        .group_by(Person.district, reach.c.language)
    )
    by_district: Counter[str] = Counter()
    by_language: Counter[str] = Counter()
    with _without(connection, _FOR_ALL):
        for district, language, count in connection.execute(counts):
            by_district[district] += count
            by_language[language] += count
    return by_district, by_language


_FOR_A_PAGE: Final = ("hashjoin", "mergejoin", "seqscan")
_FOR_ALL: Final = ("nestloop",)


@contextmanager
def _without(connection: Connection, ways: Sequence[str]) -> Iterator[None]:
    """Keep PostgreSQL from ways of reading that are slow here, whatever it believes of the tables' sizes."""
    postgresql = connection.dialect.name == "postgresql"
    for way in ways if postgresql else ():
        connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
    yield
    for way in ways if postgresql else ():
        connection.exec_driver_sql(f"SET LOCAL enable_{way} = on")


def to_enrol(connection: Connection, *, now: datetime, after: str) -> Row[Any] | None:
    """The next campaign behind `after` not all of whose people are enrolled; its row is held."""
    return _taken(
        connection,
        after,
        Campaign.state == "running",
        Campaign.enrolled_at.is_(None),
        Campaign.valid_until > now,
    )


def to_settle(connection: Connection, *, now: datetime, after: str) -> Row[Any] | None:
    """The next campaign behind `after` that may be over, or has texts waiting though it is; held."""
    left = exists().where(Message.subject_id == Campaign.id, _WAITS)
    return _taken(
        connection,
        after,
        or_(
            and_(Campaign.state == "running", Campaign.enrolled_at.is_not(None)),
            and_(Campaign.state.in_(("running", "paused")), Campaign.valid_until <= now),
            and_(Campaign.state == "cancelled", left),
        ),
    )


def _taken(connection: Connection, after: str, *conditions: ColumnElement[bool]) -> Row[Any] | None:
    return connection.execute(
        select(Campaign.__table__)
        .where(Campaign.id > after, *conditions)
        .order_by(Campaign.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()


def page(
    connection: Connection,
    segment: Segment,
    *,
    neutral: bool,
    now: datetime,
    after: str,
    most: int,
) -> tuple[str, list[tuple[str, str, str]]]:
    """The next `most` phones behind `after`: the last of them, and who of them is to get the text.

    Each is (phone, person, language); of several people on a phone it is the first who may be written
    to. The last phone is empty when there are no more.
    """
    ahead = (
        select(Phone.id).where(Phone.id > after).order_by(Phone.id).limit(most).subquery("ahead")
    )
    last = connection.scalar(select(func.max(ahead.c.id)))
    if last is None:
        return "", []
    reach = _reach(segment, neutral=neutral, now=now).where(
        PersonPhone.phone_id > after, PersonPhone.phone_id <= last
    )
    with _without(connection, _FOR_A_PAGE):
        rows = connection.execute(reach.order_by(PersonPhone.phone_id)).all()
    return last, [(row.phone_id, row.person_id, row.language) for row in rows]


def advance(connection: Connection, campaign_id: str, **columns: Any) -> None:
    """Write how far the enrolment of a campaign is; whoever calls this holds its row."""
    connection.execute(update(Campaign).where(Campaign.id == campaign_id).values(**columns))


def running(connection: Connection) -> list[str]:
    """The campaigns whose messages may go now."""
    return list(
        connection.scalars(
            select(Campaign.id).where(Campaign.state == "running").order_by(Campaign.id)
        )
    )


def wake(
    connection: Connection, campaign_id: str, *, now: datetime, forgotten: datetime, most: int
) -> list[str]:
    """Take up to `most` due messages of a campaign that nobody works on, to wake a worker."""
    taken = (
        select(Message.id)
        .where(
            Message.subject_id == campaign_id,
            _WAITS,
            Message.due_at <= now,
            or_(Message.woken_at.is_(None), Message.woken_at < forgotten),
        )
        .order_by(Message.due_at)
        .limit(most)
        .with_for_update(skip_locked=True)
        .cte("taken")
    )
    rows = connection.execute(
        update(Message)
        .where(Message.id.in_(select(taken.c.id)), _WAITS)
        .values(woken_at=now)
        .returning(Message.id)
    )
    return [row[0] for row in rows]


def let_wake(connection: Connection, campaign_id: str) -> None:
    """Let the messages of a campaign that were woken before it stood still be woken again at once."""
    connection.execute(
        update(Message)
        .where(Message.subject_id == campaign_id, _WAITS, Message.woken_at.is_not(None))
        .values(woken_at=None)
    )


def drop(
    connection: Connection, campaign_id: str, *, becomes: str, why: str, now: datetime, most: int
) -> list[str]:
    """Settle up to `most` waiting messages of a campaign as `becomes`; gives their ids."""
    some = select(Message.id).where(Message.subject_id == campaign_id, _WAITS).limit(most)
    rows = connection.execute(
        update(Message)
        .where(Message.id.in_(some.scalar_subquery()), _WAITS)
        .values(state=becomes, trouble=why, updated_at=now)
        .returning(Message.id)
    )
    return [row[0] for row in rows]


def waits(connection: Connection, campaign_id: str) -> bool:
    """Whether any message of a campaign is still on its way out."""
    under_way = exists().where(
        Message.subject_id == campaign_id, Message.state.in_(("queued", "sending"))
    )
    return bool(connection.scalar(select(under_way)))


def outcomes(connection: Connection, campaign_id: str) -> list[tuple[str, str, str, int]]:
    """What became of a campaign's messages: (state, why, language, how many)."""
    rows = connection.execute(
        select(Message.state, Message.trouble, Message.language, func.count())
        .where(Message.subject_id == campaign_id)
        .group_by(Message.state, Message.trouble, Message.language)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def by_district(connection: Connection, campaign_id: str) -> list[tuple[str, str, int]]:
    """A campaign's messages by district and state."""
    rows = connection.execute(
        select(Person.district, Message.state, func.count())
        .join(Person, Person.id == Message.person_id)
        .where(Message.subject_id == campaign_id)
        .group_by(Person.district, Message.state)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def stopped_since(connection: Connection, campaign_id: str) -> int:
    """How many phones wanted no more texts after a campaign's text had gone to them."""
    return int(
        connection.scalar(
            select(func.count())
            .select_from(Message)
            .join(Phone, Phone.id == Message.phone_id)
            .where(Message.subject_id == campaign_id, Phone.stopped_at > Message.sent_at)
        )
        or 0
    )


def standing(connection: Connection, message_ids: Sequence[str]) -> dict[str, Standing]:
    """What the messages of campaigns among these depend on, by message."""
    if not message_ids:
        return {}
    rows = connection.execute(
        select(
            Message.id,
            Campaign.state,
            and_(
                exists().where(
                    PersonPhone.phone_id == Message.phone_id,
                    PersonPhone.person_id == Message.person_id,
                    PersonPhone.sole.is_(True),
                ),
                ~_shared(Message.phone_id, Message.person_id),
            ),
        )
        .join(Campaign, Campaign.id == Message.subject_id)
        .where(Message.id.in_(message_ids))
    )
    return {row[0]: Standing(row[1], bool(row[2])) for row in rows}


def pace(connection: Connection, gateway: str) -> float:
    """Until when a gateway's share is used up, in seconds since 1970; the row is held until the end."""
    connection.execute(upsert(Pace).values(gateway=gateway, free_at=0.0).on_conflict_do_nothing())
    return float(
        connection.scalar(select(Pace.free_at).where(Pace.gateway == gateway).with_for_update())
        or 0.0
    )


def set_pace(connection: Connection, gateway: str, free_at: float) -> None:
    """Write until when a gateway's share is used up."""
    connection.execute(update(Pace).where(Pace.gateway == gateway).values(free_at=free_at))


def _reach(segment: Segment, *, neutral: bool, now: datetime) -> Select[tuple[str, str, str]]:
    """(phone, person, language) of everybody who may be written to now, each phone once.

    What is not neutral goes only to phones that are somebody's alone, and who allowed such words.
    """
    conditions: list[ColumnElement[bool]] = [
        PersonPhone.sms.is_(True),
        PersonPhone.ended_at.is_(None),
        PersonPhone.expires_at > now,
        Person.withdrawn_at.is_(None),
        Phone.stopped_at.is_(None),
        Phone.unsafe_at.is_(None),
        consents.stands(PersonPhone.person_id, ConsentTo.NEWS),
        Person.age.is_distinct_from("minor"),
    ]
    for column, codes in (
        (Person.district, segment.districts),
        (Person.need, segment.needs),
        (Person.sex, segment.sexes),
        (LANGUAGE, segment.languages),
    ):
        if codes:
            conditions.append(column.in_(sorted(codes)))
    if not neutral:
        conditions += [
            PersonPhone.sole.is_(True),
            PersonPhone.detailed.is_(True),
            ~_shared(PersonPhone.phone_id, PersonPhone.person_id),
        ]
    return (
        select(
            PersonPhone.phone_id.label("phone_id"),
            func.min(PersonPhone.person_id).label("person_id"),
            LANGUAGE.label("language"),
        )
        .join(Person, Person.id == PersonPhone.person_id)
        .join(Phone, Phone.id == PersonPhone.phone_id)
        .where(*conditions)
        .group_by(PersonPhone.phone_id, LANGUAGE)
    )


def _shared(phone: Any, person: Any) -> ColumnElement[bool]:
    """That somebody else is known on a phone, too."""
    other = aliased(PersonPhone)
    return exists().where(
        other.phone_id == phone, other.person_id != person, other.ended_at.is_(None)
    )
