"""The weekly rota: who is to be at the desk, or on call, and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from helpline.cases.calendar import local
from helpline.cases.hours import Interval, Span, WorkingHours

AHEAD: Final = 15
"""Days that are looked through for the next shift."""


@dataclass(frozen=True, slots=True)
class Shift:
    """One person's hours on one weekday (Monday 0), from one day until another, both included.

    `sex` is the person's. `on_call`: not at the desk, but paged, the lowest `rank` first.
    """

    staff_id: str
    sex: str
    weekday: int
    begins: time
    ends: time
    on_call: bool
    rank: int
    from_day: date
    until_day: date | None

    def on(self, day: date) -> Span | None:
        """The shift as it begins on `day`; none when it does not."""
        if day.weekday() != self.weekday or day < self.from_day:
            return None
        if self.until_day is not None and day > self.until_day:
            return None
        return Interval(self.weekday, self.begins, self.ends).on(day)

    def at(self, moment: datetime) -> Span | None:
        """The shift that runs at `moment`; one that passes midnight began on the day before."""
        today = local(moment).date()
        for day in (today - timedelta(days=1), today):
            if (span := self.on(day)) and span.holds(moment):
                return span
        return None


@dataclass(frozen=True, slots=True)
class Rota:
    """All shifts of those who work now."""

    shifts: tuple[Shift, ...] = ()

    def at(self, moment: datetime, *, on_call: bool = False) -> Iterator[tuple[Shift, Span]]:
        """The shifts that run at `moment`, at the desk or on call; the latter by rank."""
        for shift in sorted(self.shifts, key=lambda each: each.rank):
            if shift.on_call is on_call and (span := shift.at(moment)):
                yield shift, span

    def next_at(self, moment: datetime) -> datetime | None:
        """When the next shift at the desk begins, `moment` itself while one runs; none within two weeks."""
        if any(self.at(moment)):
            return moment
        today = local(moment).date()
        days = [today + timedelta(days=n) for n in range(AHEAD)]
        return min(
            (
                span.begins
                for shift in self.shifts
                if not shift.on_call
                for day in days
                if (span := shift.on(day)) and span.begins > moment
            ),
            default=None,
        )

    def expects(self, counsellor: str, begins: datetime, ends: datetime) -> bool:
        """Whether somebody whom a client who asked for `counsellor` may be given to is to be there.

        As long as nobody has entered a rota nothing is known against it.
        """
        if not self.shifts or counsellor not in ("woman", "man"):
            return True
        first = local(begins).date() - timedelta(days=1)
        days = [first + timedelta(days=n) for n in range((local(ends).date() - first).days + 1)]
        return any(
            span.begins < ends and begins < span.ends
            for shift in self.shifts
            if shift.sex == counsellor and not shift.on_call
            for day in days
            if (span := shift.on(day))
        )


@dataclass(frozen=True, slots=True)
class Openings:
    """What callers are told the truth from: when the helpline is open, and who is to be there."""

    hours: WorkingHours = field(default_factory=WorkingHours)
    rota: Rota = field(default_factory=Rota)

    def there(self, moment: datetime) -> bool:
        """Whether somebody is to be at the desk: by the rota, or, while nobody entered one, by the hours."""
        return self.next_there(moment) == moment

    def next_there(self, moment: datetime) -> datetime | None:
        """When somebody is next to be at the desk, `moment` itself when they are; none: nobody knows.

        Being on call is not being there: who is on call is paged, and may or may not come.
        """
        if not self.rota.shifts:
            return self.hours.next_opening(moment)
        first = self.rota.next_at(moment)
        if first is None:
            return None
        opening = self.hours.opening(first)
        if opening.open or opening.why == "outside_hours":
            return first  # a shift is a shift, also when callers in general are told "closed"
        return self.rota.next_at(opening.next_open_at) if opening.next_open_at else None
