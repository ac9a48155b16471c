"""Every sign of danger of a time: how soon somebody was there, and how often it was a false alarm."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.calendar import DHAKA, local
from helpline.service.desk.clock_answers import REACHED
from helpline.store.desk import risk_flags

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

LEVELS: Final = ("none", "low", "high", "imminent", "unknown", "waiting")
"""What came of a sign: a level, no level because no form could be gone through, or nothing yet."""
FALSE: Final = "none"


@dataclass(frozen=True, slots=True)
class Flag:
    """One sign, with what is known of it. Whose it is, only `case_id` says."""

    case_id: str
    item_id: str
    reference: str
    district: str
    day: date
    """In Dhaka."""
    raised_at: datetime
    sign: str
    topics: tuple[str, ...]
    about_another: bool
    level: str
    """One of `LEVELS`."""
    outcome: str
    acknowledged_after: timedelta | None
    """Until somebody answered or took it; none: nobody yet."""
    human_after: timedelta | None
    """Until somebody of ours spoke with, or wrote to, the person."""


def flags(
    connection: Connection, begins: date, after: date, districts: Collection[str]
) -> list[Flag]:
    """Every sign raised from the day `begins` until before the day `after`, in these districts."""
    rows = [
        row
        for row in risk_flags.between(connection, _midnight(begins), _midnight(after))
        if row.district in districts
    ]
    moves = _by_key(
        (item, (became, at))
        for item, became, at in risk_flags.taken_up(connection, {row.item_id for row in rows})
    )
    talks = _by_key(risk_flags.spoken(connection, {row.case_id for row in rows}, REACHED))
    return [_flag(row, moves.get(row.item_id, []), talks.get(row.case_id, [])) for row in rows]


def by_sign(found: Iterable[Flag]) -> Mapping[tuple[str, str], int]:
    """How many of each sign came to each level."""
    return _counted((flag.sign, flag.level) for flag in found)


def by_topic(found: Iterable[Flag]) -> Mapping[tuple[str, str], int]:
    """How many texts that may speak of each topic came to each level; one may speak of several."""
    return _counted((topic, flag.level) for flag in found for topic in flag.topics)


def false_alarms(counts: Mapping[tuple[str, str], int], row: str) -> tuple[int, int]:
    """Of what a person looked into: how many were no danger, and how many there were."""
    looked = {level: counts.get((row, level), 0) for level in ("none", "low", "high", "imminent")}
    return looked[FALSE], sum(looked.values())


def middle(times: Iterable[timedelta | None]) -> timedelta | None:
    """The time within which half of those were reached who were reached; none when nobody was."""
    known = sorted(each for each in times if each is not None)
    return known[(len(known) - 1) // 2] if known else None


def _flag(row: Row[Any], moves: list[tuple[str, datetime]], talks: list[datetime]) -> Flag:
    return Flag(
        row.case_id,
        row.item_id,
        row.reference,
        row.district,
        local(row.raised_at).date(),
        row.raised_at,
        row.sign,
        tuple(row.topics.split()),
        row.about_another,
        row.level or ("unknown" if row.settled_at else "waiting"),
        row.outcome,
        _acknowledged(row.raised_at, moves),
        min((at - row.raised_at for at in talks if at >= row.raised_at), default=None),
    )


def _acknowledged(raised_at: datetime, moves: list[tuple[str, datetime]]) -> timedelta | None:
    """Nothing when somebody had the item already; else until the first who took it or answered."""
    before = [became for became, at in moves if at <= raised_at and became != "acknowledged"]
    if before and before[-1] == "claimed":
        return timedelta()
    taken = (at for became, at in moves if became in ("acknowledged", "claimed"))
    return min((at - raised_at for at in taken if at >= raised_at), default=None)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=DHAKA)


def _by_key(pairs: Iterable[tuple[str, Any]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


def _counted(cells: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for cell in cells:
        found[cell] = found.get(cell, 0) + 1
    return found
