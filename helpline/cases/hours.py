"""When the helpline is open: weekly hours, holidays, closed for now; and time counted in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from helpline.cases.calendar import DHAKA, WINDOWS, local

LOOKED_AHEAD: Final = 400
"""Days: nobody plans a closure that is longer, and a search has to end somewhere."""
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """Open from `begins` up to but not including `ends` on every `weekday` (Monday 0), Asia/Dhaka.

    An interval whose end is at or before its beginning passes midnight. It belongs to the day on
    which it begins: a holiday takes all of it away, a holiday on the next day nothing.
    """

    weekday: int
    begins: time
    ends: time

    def on(self, day: date) -> Span:
        """This interval as it begins on `day`."""
        last = day + _DAY if self.ends <= self.begins else day
        return Span(moment_of(day, self.begins), moment_of(last, self.ends))


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From one moment up to but not including another, in UTC."""

    begins: datetime
    ends: datetime

    def holds(self, moment: datetime) -> bool:
        """Whether `moment` lies in it."""
        return self.begins <= moment < self.ends


@dataclass(frozen=True, slots=True)
class Closed:
    """Closed although the hours say otherwise, and why: staff_shortage, no_capacity, emergency, other."""

    why: str
    span: Span


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether the helpline is open at a moment; if not, when it opens next (none: nobody knows) and why.

    `why` is holiday, outside_hours or what a `Closed` says.
    """

    open: bool
    next_open_at: datetime | None = None
    why: str = ""


def moment_of(day: date, at: time) -> datetime:
    """A time of day in Dhaka as a moment in UTC."""
    return datetime.combine(day, at, tzinfo=DHAKA).astimezone(UTC)


EVERY_DAY: Final = tuple(
    Interval(weekday, WINDOWS["any"].begins, WINDOWS["any"].ends) for weekday in range(7)
)
"""What counts as long as nobody has entered hours: the whole day in which people may be called."""


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """The calendar of the helpline. All of it is Asia/Dhaka; moments may come in any zone."""

    weekly: tuple[Interval, ...] = EVERY_DAY
    holidays: frozenset[date] = field(default_factory=frozenset)
    closed: tuple[Closed, ...] = ()

    def open_at(self, moment: datetime) -> bool:
        """Whether the helpline is open at `moment`."""
        first = next(self.spans(moment), None)
        return first is not None and first.holds(moment)

    def next_opening(self, moment: datetime) -> datetime | None:
        """`moment` itself while the helpline is open, else when it opens next; none within a year."""
        first = next(self.spans(moment), None)
        return max(first.begins, moment) if first else None

    def says_closed(self, moment: datetime) -> bool:
        """Whether a caller is told that nobody is there: not at night as long as nobody entered hours."""
        opening = self.opening(moment)
        unplanned = self.weekly == EVERY_DAY and opening.why == "outside_hours"
        return not opening.open and not unplanned

    def closes_at(self, moment: datetime) -> datetime | None:
        """When the helpline, open at `moment`, closes; none while it is closed."""
        first = next(self.spans(moment), None)
        return first.ends if first and first.holds(moment) else None

    def opening(self, moment: datetime) -> Opening:
        """What is to be said of `moment`."""
        opens = self.next_opening(moment)
        if opens == moment:
            return Opening(open=True)
        why = next((each.why for each in self.closed if each.span.holds(moment)), "")
        if not why:
            why = "holiday" if local(moment).date() in self.holidays else "outside_hours"
        return Opening(open=False, next_open_at=opens, why=why)

    def add(self, moment: datetime, seconds: float) -> datetime:
        """The first moment when so many seconds of working time have passed since `moment`.

        Where the hours end for good before that, the rest counts by the clock on the wall: a
        promise never waits for ever.
        """
        left, last = timedelta(seconds=seconds), moment
        if not left:
            return moment
        for span in self.spans(moment):
            begins = max(span.begins, moment)
            if span.ends - begins >= left:
                return begins + left
            left, last = left - (span.ends - begins), span.ends
        return last + left

    def between(self, begins: datetime, ends: datetime) -> int:
        """Whole seconds of working time from one moment to another; 0 when `ends` is earlier."""
        total = timedelta()
        for span in self.spans(begins):
            if span.begins >= ends:
                break
            total += min(span.ends, ends) - max(span.begins, begins)
        return max(0, total // timedelta(seconds=1))

    def spans(self, moment: datetime) -> Iterator[Span]:
        """The open spans that end after `moment`, in order; the first may have begun before it."""
        kept: Span | None = None
        for span in self._pieces(local(moment).date() - _DAY):
            if span.ends <= moment:
                continue
            if kept is None:
                kept = span
            elif span.begins <= kept.ends:
                kept = Span(kept.begins, max(kept.ends, span.ends))
            else:
                yield kept
                kept = span
        if kept:
            yield kept

    def _pieces(self, first: date) -> Iterator[Span]:
        """The intervals of each day from `first` on by when they begin, without what is closed."""
        weekly = sorted(self.weekly)
        if not weekly:
            return
        for day in (first + n * _DAY for n in range(LOOKED_AHEAD)):
            if day not in self.holidays:
                for each in weekly:
                    if each.weekday == day.weekday():
                        yield from _without(each.on(day), self.closed)


def _without(span: Span, closed: Sequence[Closed]) -> Iterator[Span]:
    """What is left of a span when the closed times are taken out, in order."""
    begins = span.begins
    met = [each.span for each in closed if each.span.begins < span.ends]
    for away in sorted(each for each in met if each.ends > begins):
        if away.begins > begins:
            yield Span(begins, away.begins)
        begins = max(begins, away.ends)
    if begins < span.ends:
        yield Span(begins, span.ends)
