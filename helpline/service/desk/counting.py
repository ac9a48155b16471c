"""Counting what happened, day by day, so that reports need not read every row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.calendar import DHAKA, local
from helpline.cases.instruments import score
from helpline.cases.measures import RECOUNTED, STOCK, Measure, quarter_of
from helpline.data.load import load_instruments
from helpline.service.desk.check_ins import answers_of
from helpline.service.desk.counted import COUNTS, STOCKS, Counted
from helpline.service.desk.wages import taka_of
from helpline.store import opinions
from helpline.store.desk import counts, tallies
from helpline.store.shredding import know

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from helpline.service.parts import Parts
    from helpline.store.sealing import KeyRing

_CHUNK: Final = timedelta(days=31)
"""How much is counted in one transaction when a long time has to be made up for."""
_DUE: Final = frozenset({Measure.PROMISE, Measure.FOLLOW_UP})
"""Counted on the day for which something was planned, once that moment has passed."""
_LOT: Final = 500
"""Rows whose secrets are read with one statement."""
_LONGEST: Final = 40
"""Letters of a code; a longer one is cut off, and must not stop the counting of all others."""


def sweep(parts: Parts) -> int:
    """Count yesterday and today anew, and whatever else can have changed or was never counted.

    Gives how many counts had changed. May run anywhere, at any time, twice; each measure is a
    transaction of its own.
    """
    today = local(parts.clock()).date()
    return sum(
        _count_stock(parts, measure, today) if measure in STOCK else _count(parts, measure, today)
        for measure in Measure
    )


def _count(parts: Parts, measure: Measure, today: date) -> int:
    first = _from(parts, measure, today)
    changed, quarter = 0, quarter_of(first)
    while first <= today:
        after = min(first + _CHUNK, today + timedelta(days=1))
        with parts.database.transaction() as connection:
            found = _counted(parts, connection, measure, first, after)
            changed += counts.replace(connection, measure, first=first, after=after, counts=found)
        first = after
    with parts.database.transaction() as connection:
        while quarter.first <= today:
            counts.add_up(connection, measure, first=quarter.first, after=quarter.after)
            quarter = quarter.next()
        counts.mark(connection, measure, today)
    return changed


def _from(parts: Parts, measure: Measure, today: date) -> date:
    """The first day that has to be counted: from the very beginning, when nobody ever did."""
    with parts.database.reading() as connection:
        if last := counts.swept(connection, measure):
            return min(today - timedelta(days=RECOUNTED.get(measure, 1)), last)
        began = counts.began_at(connection)
    return min(quarter_of(local(began).date()).first, today) if began else today


def _counted(
    parts: Parts, connection: Connection, measure: Measure, first: date, after: date
) -> Counter[tuple[date, str, str]]:
    begins, ends = _midnight(first), _midnight(after)
    if measure in _DUE:
        ends = min(ends, parts.clock())
    found: Counter[tuple[date, str, str]] = Counter()
    for (at, district, by), many in _rows(parts.ring, connection, measure, begins, ends):
        found[_day(at), district or "", by[:_LONGEST]] += many
    return found


def _rows(
    ring: KeyRing, connection: Connection, measure: Measure, begins: datetime, ends: datetime
) -> Iterator[tuple[Counted, int]]:
    """What is counted of a measure, each with how much it adds."""
    match measure:
        case Measure.WAGES:
            yield from _wages(ring, connection, begins, ends)
        case Measure.VOICE:
            yield from _voice(connection, begins, ends)
        case Measure.CHECKED_IN:
            yield from ((row, 1) for row in _checked_in(ring, connection, begins, ends))
        case _:
            yield from ((row, 1) for row in COUNTS[measure](connection, begins, ends))


def _count_stock(parts: Parts, measure: Measure, today: date) -> int:
    rows = STOCKS[measure]
    with parts.database.transaction() as connection:
        found = {(today, row[0] or "", str(row[1])): int(row[2]) for row in rows(connection)}
        tomorrow = today + timedelta(days=1)
        changed = counts.replace(connection, measure, first=today, after=tomorrow, counts=found)
        counts.mark(connection, measure, today)
    return changed


def _checked_in(
    ring: KeyRing, connection: Connection, begins: datetime, ends: datetime
) -> Iterator[Counted]:
    """Each dimension of each check-in, under the version it was asked with: low, ok, or none."""
    known = {each.key: each for each in load_instruments()}
    for row in _in_lots(tallies.checked_in(connection, begins, ends), "answers"):
        instrument = known.get(row.instrument)
        answers = answers_of(ring, row) if instrument else None
        if instrument is None or not answers:
            continue
        result = score(instrument, answers)
        for dimension, value in result.scores.items():
            came = "none" if value is None else "low" if dimension in result.low else "ok"
            yield row.at, row.district, f"{instrument.key}:{dimension}:{came}"


def _wages(
    ring: KeyRing, connection: Connection, begins: datetime, ends: datetime
) -> Iterator[tuple[Counted, int]]:
    """Each claim, and its amount in thousands of taka, rounded up: nobody's exact sum is counted.

    Of who was erased the claim is still counted, for it is a code; the amount is gone.
    """
    for row in _in_lots(tallies.wages(connection, begins, ends), "amount"):
        yield (row.at, row.district, f"country:{row.country}"), 1
        taka = taka_of(ring, row)
        if taka is not None:
            yield (row.at, row.district, f"taka:{row.country}"), -(-taka // 1000)


def _in_lots(rows: Iterable[Any], sealed: str) -> Iterator[Any]:
    """The same rows; the secrets with which a column of theirs is opened are read for many at once."""
    left = iter(rows)
    while lot := list(islice(left, _LOT)):
        know(getattr(row, sealed) for row in lot)
        yield from lot


def _voice(
    connection: Connection, begins: datetime, ends: datetime
) -> Iterator[tuple[Counted, int]]:
    for row in opinions.said(connection, local(begins).date(), local(ends).date()):
        by = f"{row.instrument}:{row.question}:{row.said}"
        yield (row.quarter, row.district, by), row.many


def _day(at: datetime | date) -> date:
    return local(at).date() if isinstance(at, datetime) else at


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=DHAKA)
