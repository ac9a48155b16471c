"""What is counted of each measure: when it happened, in which district, and what of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.measures import Measure, step
from helpline.cases.needs import INSTRUMENTS
from helpline.service.desk.assessments import CALLER
from helpline.store.desk import tallies

if TYPE_CHECKING:
    from sqlalchemy import Connection

_BY_CLIENTS: Final = frozenset(
    {"counselling", "callback", "missed_call", "text", "risk_review", "complaint"}
)
_WITHOUT_TALK: Final = frozenset({"text", "risk_review", "complaint"})
"""Kinds of work in which the end itself is the answer."""
_NOT_WANTED: Final = frozenset({"withdrawn", "cancelled", "duplicate", "erased", "case_closed"})
"""Ends of an item after which nobody was waiting any more."""
_THERE: Final = frozenset({"attended", "completed"})

Counted = tuple[datetime | date, str, str]
"""When, in which district, and what of the measure."""
Count = Callable[["Connection", datetime, datetime], Iterator[Counted]]


def _registered(connection: Connection, begins: datetime, ends: datetime) -> Iterator[Counted]:
    dimensions = ("sex", "country", "need", "returned", "reason", "channel", "language")
    for person in _each(tallies.registered(connection, begins, ends)):
        if person[0].uncounted:
            yield person[0].at, "", ""
            yield from ((person[0].at, "", f"{dimension}:unknown") for dimension in dimensions)
        else:
            yield from _split(person[:1], *dimensions)
            office = _office(person[0].office, by_staff=person[0].recorded_by not in (None, CALLER))
            yield person[0].at, person[0].district, f"office:{office}"


def _office(office: str, *, by_staff: bool) -> str:
    """Whose office did something: by its name, `helpline` for our own, `phone` for nobody's."""
    return (office or "helpline") if by_staff else "phone"


def _assessed(connection: Connection, begins: datetime, ends: datetime) -> Iterator[Counted]:
    for row in tallies.assessed(connection, begins, ends, sorted(INSTRUMENTS)):
        office = _office(row.office, by_staff=row.staff_id is not None)
        yield row.at, row.district, f"office:{office}"


def _promise(connection: Connection, begins: datetime, ends: datetime) -> Iterator[Counted]:
    for talk in _each(tallies.promised(connection, begins, ends)):
        item = talk[0]
        if item.outcome in _NOT_WANTED and item.done_at < item.promised_at:
            continue
        kept = _first(talk, tallies.REACHED)
        tried = _first(talk, tallies.TRIED)
        if kept and kept.tried_at <= item.promised_at:
            came = "kept"
        elif tried and tried.tried_at <= item.promised_at:
            came = "tried"
        else:
            came = "broken"
        yield item.promised_at, item.district, f"came:{came}"


def _waited(connection: Connection, begins: datetime, ends: datetime) -> Iterator[Counted]:
    for talk in _each(tallies.ended(connection, begins, ends)):
        item, reached = talk[0], _first(talk, tallies.REACHED)
        if item.kind not in _BY_CLIENTS or item.outcome in _NOT_WANTED:
            continue
        if reached or item.kind in _WITHOUT_TALK:
            until = reached.tried_at if reached else item.done_at
            yield item.done_at, item.district, f"{item.priority}:{step(until - item.offered_at)}"


def _woman(connection: Connection, begins: datetime, ends: datetime) -> Iterator[Counted]:
    for talk in _each(tallies.ended(connection, begins, ends)):
        item, reached = talk[0], _first(talk, tallies.REACHED)
        if item.counsellor == "woman" and reached:
            given = "yes" if reached.sex == "woman" else "no"
            yield item.done_at, item.district, f"given:{given}"


def _reviewed(connection: Connection, begins: datetime, ends: datetime) -> Iterator[Counted]:
    for talk in _each(tallies.ended(connection, begins, ends)):
        item = talk[0]
        if item.kind == "risk_review":
            yield item.done_at, item.district, f"outcome:{item.outcome or 'unknown'}"


def _clock(connection: Connection, begins: datetime, ends: datetime) -> Iterator[Counted]:
    for row in tallies.clocks(connection, begins, ends):
        missed = row.misses or row.state in ("missed", "active_with_misses")
        came = "missed" if missed else "hit" if row.state == "hit" else "running"
        yield row.at, row.district, f"{row.kind}:{came}"


def _escalated(connection: Connection, begins: datetime, ends: datetime) -> Iterator[Counted]:
    return _split(tallies.escalated(connection, begins, ends), "to")


def _paged(connection: Connection, begins: datetime, ends: datetime) -> Iterator[Counted]:
    for row in tallies.paged(connection, begins, ends):
        if row.answered_at:
            yield row.at, row.district, f"answered:{step(row.answered_at - row.at)}"
        else:
            yield row.at, row.district, f"unanswered:{row.state}"


def _complaint(connection: Connection, begins: datetime, ends: datetime) -> Iterator[Counted]:
    for row in tallies.complained(connection, begins, ends):
        yield row.at, row.district, f"state:{'answered' if row.state == 'done' else 'waiting'}"


def _feedback(connection: Connection, begins: datetime, ends: datetime) -> Iterator[Counted]:
    for row in tallies.rated(connection, begins, ends):
        yield row.at, row.district, f"about:{row.about}"
        yield row.at, row.district, f"said:{row.said or 'skipped'}"


def _counselling(connection: Connection, begins: datetime, ends: datetime) -> Iterator[Counted]:
    return _split(tallies.counselling(connection, begins, ends), "state", "counsellor", "topic")


def _referred(connection: Connection, begins: datetime, ends: datetime) -> Iterator[Counted]:
    for row in tallies.referred(connection, begins, ends):
        yield from _split([row], "state", "service", "outcome", "why", "score", "funding")
        yield row.at, row.district, f"office:{row.provider_id}"
        yield row.at, row.district, f"confirmed:{_confirmed(row.office_says, row.client_says)}"


def _confirmed(office: str, client: str) -> str:
    if office and client:
        same = (office in _THERE) == (client in _THERE)
        return "conflict" if not same else "both" if office in _THERE else "neither"
    return "office" if office else "client" if client else "nobody"


def _gap(connection: Connection, begins: datetime, ends: datetime) -> Iterator[Counted]:
    for row in tallies.gaps(connection, begins, ends):
        yield row.at, row.district, f"{row.service}@{row.upazila or ''}"
        yield row.at, row.district, f"why:{row.why}"
        yield row.at, row.district, f"funding:{row.funding}"


def _follow_up(connection: Connection, begins: datetime, ends: datetime) -> Iterator[Counted]:
    return _split(tallies.follow_ups(connection, begins, ends), "state")


def _session(connection: Connection, begins: datetime, ends: datetime) -> Iterator[Counted]:
    rows = tallies.sessions(connection, begins, ends)
    for (session, at, _place), same in groupby(rows, key=lambda r: (r.session, r.at, r.place)):
        several = list(same)
        if session == "group":
            yield at, several[0].district, f"session:{session}"
            came = max(row.came or 0 for row in several)
            yield from ((at, several[0].district, f"came:{session}") for _ in range(came))
        else:
            yield from ((at, row.district, f"session:{session}") for row in several)


def _merged(connection: Connection, begins: datetime, ends: datetime) -> Iterator[Counted]:
    return _split(tallies.merged(connection, begins, ends))


def _closed(connection: Connection, begins: datetime, ends: datetime) -> Iterator[Counted]:
    for row in tallies.closed(connection, begins, ends):
        yield row.at, row.district, f"why:{row.closed_why or 'unknown'}"


def _staged(connection: Connection, begins: datetime, ends: datetime) -> Iterator[Counted]:
    rows = tallies.moves(connection, begins, ends)
    for _case, of_case in groupby(rows, key=lambda row: row.subject_id):
        entered: dict[str, datetime] = {}
        for move in of_case:
            if move.was != move.became:
                since = entered.pop(move.was, None)
                if since and begins <= move.at:
                    yield move.at, move.district, f"{move.was}:{step(move.at - since)}"
                entered[move.became] = move.at


def _split(rows: Iterable[Any], *dimensions: str) -> Iterator[Counted]:
    """Each row once as a whole and once for each dimension; what is unknown is counted as that."""
    for row in rows:
        yield row.at, row.district, ""
        for dimension in dimensions:
            yield row.at, row.district, f"{dimension}:{getattr(row, dimension) or 'unknown'}"


def _each(rows: Iterable[Any]) -> Iterator[list[Any]]:
    for _id, of_item in groupby(rows, key=lambda row: row.id):
        yield list(of_item)


def _first(talk: list[Any], states: tuple[str, ...]) -> Any:
    return next((row for row in talk if row.became in states), None)


STOCKS: Final[dict[Measure, Callable[[Connection], Iterable[Any]]]] = {
    Measure.STAGE: tallies.stages,
    Measure.TRADE: tallies.trades,
    Measure.RESTRICTED: tallies.restricted,
}
COUNTS: Final[dict[Measure, Count]] = {
    Measure.REGISTERED: _registered,
    Measure.PROMISE: _promise,
    Measure.WAITED: _waited,
    Measure.WOMAN: _woman,
    Measure.CLOCK: _clock,
    Measure.ESCALATED: _escalated,
    Measure.PAGED: _paged,
    Measure.REVIEWED: _reviewed,
    Measure.STAGED: _staged,
    Measure.CLOSED: _closed,
    Measure.COUNSELLING: _counselling,
    Measure.REFERRED: _referred,
    Measure.GAP: _gap,
    Measure.FOLLOW_UP: _follow_up,
    Measure.ASSESSED: _assessed,
    Measure.COMPLAINT: _complaint,
    Measure.FEEDBACK: _feedback,
    Measure.MERGED: _merged,
    Measure.SESSION: _session,
}
"""How each measure is counted. Not here: those of `STOCK`, as they stand; check-ins and unpaid pay, which
have to be opened; opinions, which the database adds up."""
