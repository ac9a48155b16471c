"""What the reports show: counts of a quarter as they may be shown, and what is going on at this moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.calendar import local
from helpline.cases.indicators import How, Indicator, Value, value
from helpline.cases.measures import STOCK, Measure, Quarter, quarter_of
from helpline.cases.suppression import Figure, Line, Table, line, share, table
from helpline.service.desk import presence
from helpline.service.desk.acting import NotAllowed
from helpline.store.desk import counts
from helpline.store.desk import reports as rows

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from helpline.cases.instruments import Instrument
    from helpline.cases.places import Places
    from helpline.cases.roles import Member
    from helpline.service.parts import Parts

UNKNOWN_PLACE: Final = ""
"""Where we do not know the district."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which report somebody looks at: a quarter, their districts, and one of them or all."""

    quarter: Quarter
    districts: tuple[str, ...]
    """The rows of every table by district."""
    district: str | None = None
    """One of them; none for all together."""


def asked(who: Member, places: Places, quarter: Quarter, district: str | None = None) -> Asked:
    """What this member may see of a quarter.

    Raises:
        NotAllowed: the district is not theirs.
    """
    everywhere = (*(each.iso for each in places.districts), UNKNOWN_PLACE)
    theirs = tuple(each for each in everywhere if not who.districts or each in who.districts)
    if district is not None and district not in theirs:
        raise NotAllowed(district)
    return Asked(quarter, theirs, district)


def quarters(connection: Connection, now: datetime) -> list[Quarter]:
    """The quarters in which cases or people were counted, the latest first; this one always."""
    days = [counts.first_day(connection, each) for each in (Measure.REGISTERED, Measure.STAGE)]
    this = quarter_of(local(now).date())
    first = min((quarter_of(day) for day in days if day), default=this)
    found = [this]
    while found[-1] > first:
        found.append(found[-1].before())
    return found


class Report:
    """What somebody asked for, with the counts that were read for it so far."""

    def __init__(self, connection: Connection, asked: Asked) -> None:
        self.connection = connection
        self.asked = asked
        self._read: dict[Measure, Counts] = {}

    def counts(self, measure: Measure) -> Counts:
        """The counts of one measure, read once."""
        if measure not in self._read:
            rows = _read(self.connection, measure, self.asked)
            self._read[measure] = Counts(rows, self.asked)
        return self._read[measure]


class Counts:
    """The counts of one measure in what somebody asked for."""

    def __init__(self, counted: list[tuple[str, str, int]], asked: Asked) -> None:
        self._asked = asked
        self._rows = counted
        self._lines: dict[str, Line] = {}
        self._dimensions: dict[str, list[tuple[str, str, int]]] = {}
        """Of what was counted as `one:other`, by `one`: district, other, count."""
        for district, by, count in counted:
            one, mark, other = by.partition(":")
            if mark:
                self._dimensions.setdefault(one, []).append((district, other, count))

    def line(self, dimension: str) -> Line:
        """The values of one dimension in the district asked for, or in all of them together.

        Of what was counted as `one:two:other` the dimension `one:two` has the values `two:other`.
        """
        if dimension not in self._lines:
            one, mark, two = dimension.partition(":")
            cells = {
                (district, value): count
                for district, value, count in self._dimensions.get(one, ())
                if not mark or value.startswith(f"{two}:")
            }
            self._lines[dimension] = chosen(cells, self._asked)
        return self._lines[dimension]

    def flat(self) -> Line:
        """Everything that was counted as `one:other`, in the district asked for or in all of them."""
        return chosen(self._cells(), self._asked)

    def first_parts(self) -> Line:
        """Of what was counted as `one:other`, the counts of `one`."""
        cells: dict[tuple[str, str], int] = {}
        for (district, by), count in self._cells().items():
            cell = district, by.partition(":")[0]
            cells[cell] = cells.get(cell, 0) + count
        return chosen(cells, self._asked)

    def by_value(self) -> Table:
        """Districts by everything that was counted, as it was counted."""
        cells = self._cells()
        return table(cells, self._asked.districts, _values(cells))

    def by_district(self) -> Line:
        """How many in each district, all together."""
        cells = dict.fromkeys(self._asked.districts, 0)
        for district, by, count in self._rows:
            if not by:
                cells[district] += count
        return line(cells)

    def places(self) -> Mapping[tuple[str, str], int]:
        """What was counted as `service@upazila`, as it is: by service and upazila, or district."""
        found: dict[tuple[str, str], int] = {}
        for district, by, count in self._rows:
            service, mark, upazila = by.partition("@")
            if mark:
                cell = service, upazila or district
                found[cell] = found.get(cell, 0) + count
        return found

    def total(self) -> Figure:
        """How many in the district asked for, or in all of them together."""
        counted = self.by_district()
        return counted.total if self._asked.district is None else counted[self._asked.district]

    def pairs(self) -> Mapping[str, Mapping[str, int]]:
        """What was counted as `one:other`, as it is, in the district asked for or in all of them."""
        asked = self._asked
        wanted = set(asked.districts if asked.district is None else (asked.district,))
        found: dict[str, dict[str, int]] = {}
        for one, counted in self._dimensions.items():
            others = found.setdefault(one, {})
            for district, other, count in counted:
                if district in wanted:
                    others[other] = others.get(other, 0) + count
        return found

    def _cells(self) -> dict[tuple[str, str], int]:
        return {(district, by): count for district, by, count in self._rows if by}


def chosen(cells: Mapping[tuple[str, str], int], asked: Asked) -> Line:
    """Of counts by district and value the row of the district asked for, or all districts together.

    A row is what it is in the table of all districts. Their totals need no table to be worked out:
    what is hidden among them depends on them alone.
    """
    if asked.district is None:
        return line(_along(cells, 1))
    return table(cells, asked.districts, _values(cells)).row(asked.district)


def _values(cells: Mapping[tuple[str, str], int]) -> list[str]:
    return sorted({value for _, value in cells})


def by_month(report: Report) -> Line:
    """How many registered in each month of the quarter; the keys are the first days of the months."""
    asked = report.asked
    months = asked.quarter.months
    ends = (*months[1:], asked.quarter.after)
    cells = {
        (district, month.isoformat()): count
        for month, district, count in counts.monthly(
            report.connection, Measure.REGISTERED, "", months=zip(months, ends, strict=True)
        )
    }
    named = [month.isoformat() for month in months]
    if asked.district is None:
        return line(dict.fromkeys(named, 0) | _along(cells, 1))
    return table(cells, asked.districts, named).row(asked.district)


@dataclass(frozen=True, slots=True)
class Owed:
    """Unpaid pay by country: how many claims, and how much, in thousands of taka, where that is shown."""

    claims: Line
    taka: Mapping[str, Figure]
    """By country; hidden with the number of the claims."""
    total: Figure


def owed(report: Report) -> Owed:
    """What clients are owed. A sum is shown only where enough claims stand behind it to be shown.

    What is hidden stands for five claims or more together, so that no total gives one of them away.
    """
    counted = report.counts(Measure.WAGES)
    claims, sums = counted.line("country"), counted.pairs().get("taka", {})
    shown = {
        country: None if figure is None else sums.get(country, 0)
        for country, figure in claims.cells.items()
    }
    return Owed(claims, shown, None if claims.total is None else sum(sums.values()))


def opinions(report: Report, instrument: Instrument) -> Table | None:
    """What was answered to a set of questions, by question and answer; none for one district alone.

    Everybody answers every question, so a hidden figure could be worked out from the next row: all of
    them are hidden together, as a table.
    """
    if report.asked.district is not None:
        return None
    found: dict[tuple[str, str], int] = {}
    for each, count in report.counts(Measure.VOICE).pairs().get(instrument.key, {}).items():
        question, _colon, said = each.partition(":")
        found[question, said] = count
    answers = [*instrument.items[0].scores, instrument.unsaid]
    return table(found, [item.code for item in instrument.items], answers)


@dataclass(frozen=True, slots=True)
class Gaps:
    """Services that were not there. A place is an upazila's key, or a district's code.

    The places of all districts are worked out together, so that one district shows what all of them
    show.
    """

    by_place: Line
    by_service: Line
    cells: Mapping[tuple[str, str], Figure]
    """By place and service in the district asked for; of all districts together there are none."""


def gaps(report: Report) -> Gaps:
    """What is known of services that were not there."""
    cells: dict[tuple[str, str], int] = {}
    for (service, place), count in report.counts(Measure.GAP).places().items():
        cells[place, service] = count
    places, services = _along(cells, 0), _along(cells, 1)
    if report.asked.district is None:
        return Gaps(line(places), line(services), {})
    made = table(cells, sorted(places), sorted(services))
    home = report.asked.district
    here = {place for place in places if home in (place, place.partition(".")[0].upper())}
    return Gaps(
        Line({place: made.by_row[place] for place in here}, None),
        made.by_column,
        {cell: figure for cell, figure in made.cells.items() if cell[0] in here},
    )


def _along(cells: Mapping[tuple[str, str], int], side: int) -> dict[str, int]:
    totals: dict[str, int] = {}
    for cell, count in cells.items():
        totals[cell[side]] = totals.get(cell[side], 0) + count
    return totals


def coverage(report: Report) -> Mapping[str, frozenset[str]]:
    """By district: the services for which it has an enlisted office."""
    asked = report.asked
    wanted = asked.districts if asked.district is None else (asked.district,)
    found: dict[str, set[str]] = {each: set() for each in wanted if each}
    for office in rows.providers(report.connection):
        if office.status == "enlisted":
            for each in office.districts.split() or found:
                if each in found:
                    found[each].update(office.services.split())
    return {each: frozenset(services) for each, services in found.items()}


def office_names(connection: Connection, language: str) -> Mapping[str, str]:
    """The names of the offices that take or took referrals, by id."""
    return {
        row.id: (row.name_en if language == "en" else row.name_bn) or row.name_en
        for row in rows.providers(connection)
    }


def indicators(report: Report, wanted: Iterable[Indicator]) -> Iterator[tuple[Indicator, Value]]:
    """What each indicator says of a quarter, in the district asked for or in all of them together."""
    for each in wanted:
        counted = report.counts(each.measure)
        found = Line({}, counted.total()) if not each.dimension else counted.line(each.dimension)
        steps = _steps(counted, each.dimension) if each.how is How.MIDDLE else {}
        yield each, value(each, found, steps)


def _steps(counted: Counts, dimension: str) -> Mapping[str, int]:
    steps: dict[str, int] = {}
    for one, others in counted.pairs().items():
        for step, count in others.items() if dimension in ("", one) else ():
            steps[step] = steps.get(step, 0) + count
    return steps


def counted_until(connection: Connection, quarter: Quarter) -> date | None:
    """The last day of a quarter that was counted; none when it was not counted at all."""
    last = counts.swept(connection, Measure.REGISTERED)
    if last is None or last < quarter.first:
        return None
    return min(last, quarter.after - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Kept:
    """Promised talks of some days: how many there were, and which part was kept, 0 to 1."""

    days: int
    promised: int
    share: float | None


def kept(connection: Connection, who: Member, now: datetime, days: int) -> Kept:
    """The promises of the last `days` days, today among them, in this member's districts."""
    after = local(now).date() + timedelta(days=1)
    found = {"kept": 0, "tried": 0, "broken": 0}
    for district, by, count in counts.sums(
        connection, Measure.PROMISE, first=after - timedelta(days=days), after=after
    ):
        if who.works_in(district):
            found[by.partition(":")[2]] += count
    promised = sum(found.values())
    return Kept(days, promised, share(found["kept"], promised))


@dataclass(frozen=True, slots=True)
class Load:
    """What one member of staff has."""

    name: str
    here: bool
    items: int
    cases: int


@dataclass(frozen=True, slots=True)
class Now:
    """What is going on. Counts of the queue are of what this member may see, as everywhere."""

    waiting: Mapping[int, int]
    """By priority; what somebody has claimed is not waiting."""
    oldest: Mapping[int, datetime]
    """By priority, since when the oldest of them has been waiting."""
    late: int
    """Items whose promise has passed."""
    missed: int
    """Clocks that were missed and still run."""
    loads: tuple[Load, ...]
    """Those who are here first, then whoever has anything."""
    alarms: int
    """Pages that nobody has answered: of every item, for a page names no case and must not be missed."""
    glass: int
    """Restricted cases opened in an emergency that nobody has reviewed."""
    not_a_woman: int
    """Talks of the last 28 days in which somebody who asked for a woman did not get one."""
    kept: tuple[Kept, ...]


def now(parts: Parts, connection: Connection, who: Member, at: datetime) -> Now:
    """What is going on at this moment, for one who supervises."""
    work = rows.open_work(connection, who, at)
    today = local(at).date()
    waiting: dict[int, int] = {}
    oldest: dict[int, datetime] = {}
    for row in work:
        if row.state == "open" and row.offered:
            waiting[row.priority] = waiting.get(row.priority, 0) + row.offered
            oldest[row.priority] = min(row.oldest, oldest.get(row.priority, row.oldest))
    held: dict[str, int] = {}
    for row in work:
        if row.state == "claimed" and row.owner_id:
            held[row.owner_id] = held.get(row.owner_id, 0) + row.number
    return Now(
        waiting=waiting,
        oldest=oldest,
        late=sum(row.late for row in work),
        missed=rows.missed_clocks(connection, who),
        loads=tuple(_loads(parts, connection, who, at, held)),
        alarms=rows.unanswered_alarms(connection),
        glass=rows.unreviewed_glass(connection),
        not_a_woman=sum(
            count
            for district, by, count in counts.sums(
                connection,
                Measure.WOMAN,
                first=today - timedelta(days=27),
                after=today + timedelta(days=1),
            )
            if by == "given:no" and who.works_in(district)
        ),
        kept=tuple(kept(connection, who, at, days) for days in (7, 28)),
    )


def _loads(
    parts: Parts, connection: Connection, who: Member, at: datetime, items: Mapping[str, int]
) -> list[Load]:
    ring = parts.ring
    here = {member.id: member.name for member in presence.on_duty(connection, ring, at)}
    cases = rows.owned(connection, who)
    names = {
        row.id: ring.unseal_text(row.name, "staff.name", row.id)
        for row in rows.staff(connection, {*items, *cases} - here.keys())
    }
    return [
        Load(name, ident in here, items.get(ident, 0), cases.get(ident, 0))
        for ident, name in (here | dict(sorted(names.items(), key=lambda each: each[1]))).items()
    ]


def _read(connection: Connection, measure: Measure, asked: Asked) -> list[tuple[str, str, int]]:
    quarter = asked.quarter
    if measure in STOCK:
        day = counts.last_stock(connection, measure, first=quarter.first, after=quarter.after)
        found: Any = counts.stock(connection, measure, day) if day else []
    else:
        found = counts.quarter(connection, measure, quarter.first)
    return [row for row in found if row[0] in asked.districts]
