"""Times that callers are offered lie in the opening hours, whatever those are."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpline.cases import calendar
from helpline.cases.calendar import DHAKA, WINDOWS, slot
from helpline.cases.hours import Closed, Interval, Span, WorkingHours
from helpline.cases.slots import answered_at, next_slot, open_days, open_windows
from tests.cases.test_hours import calendars, moments, unhurried

TUESDAY = date(2026, 12, 1)
MORNINGS = WorkingHours(tuple(Interval(weekday, time(9), time(13)) for weekday in range(5)))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=DHAKA)


@unhurried
@given(moments, st.sampled_from(sorted(WINDOWS)))
def test_without_hours_everything_is_as_the_plain_calendar_has_it(
    now: datetime, window: str
) -> None:
    assert open_days(WorkingHours(), now) == calendar.open_days(now)
    assert next_slot(WorkingHours(), now, window) == calendar.next_slot(now, window)
    for day in open_days(WorkingHours(), now):
        assert open_windows(WorkingHours(), day, now) == calendar.open_windows(day, now)


@unhurried
@given(calendars, moments, st.sampled_from(sorted(WINDOWS)))
def test_what_is_offered_has_working_time_in_it(
    hours: WorkingHours, now: datetime, window: str
) -> None:
    for day in open_days(hours, now):
        for name in open_windows(hours, day, now):
            chosen = slot(day, name)
            assert hours.between(max(chosen.begins, now), chosen.ends) >= 30 * 60
            assert hours.open_at(answered_at(hours, chosen, now))
    found = next_slot(hours, now, window)
    assert found.ends > now


def test_a_holiday_is_not_offered() -> None:
    hours = WorkingHours(holidays=frozenset({TUESDAY, date(2026, 12, 3)}))
    assert open_days(hours, at(TUESDAY, 8), 3) == (
        date(2026, 12, 2),
        date(2026, 12, 4),
        date(2026, 12, 5),
    )


def test_only_the_times_of_a_day_in_which_we_are_open_are_offered() -> None:
    assert open_windows(MORNINGS, TUESDAY, at(TUESDAY, 8)) == ("morning", "afternoon")
    assert open_days(MORNINGS, at(date(2026, 12, 4), 15), 2) == (
        date(2026, 12, 7),
        date(2026, 12, 8),
    )


@pytest.mark.parametrize(("hour", "opens"), [(10, (1, 14, 30)), (17, (2, 8, 0))])
def test_a_call_is_promised_for_when_somebody_is_there_again(
    hour: int, opens: tuple[int, int, int]
) -> None:
    until = at(TUESDAY, 14, 30) if hour < 14 else at(TUESDAY, 23)
    hours = WorkingHours(closed=(Closed("emergency", Span(at(TUESDAY, hour), until)),))
    now = at(TUESDAY, hour, 5)
    chosen = next_slot(hours, now)
    day, begins, minute = opens
    assert answered_at(hours, chosen, now) == at(date(2026, 12, day), begins, minute)


def test_a_helpline_that_never_opens_still_offers_days() -> None:
    never = WorkingHours(())
    assert open_days(never, at(TUESDAY, 8)) == calendar.open_days(at(TUESDAY, 8))
    assert next_slot(never, at(TUESDAY, 8)) == calendar.next_slot(at(TUESDAY, 8))
    assert answered_at(never, slot(TUESDAY, "morning"), at(TUESDAY, 8)) == at(TUESDAY, 9)


def test_closed_is_only_said_when_somebody_decided_it() -> None:
    night = at(TUESDAY, 23)
    assert not WorkingHours().says_closed(night)
    assert MORNINGS.says_closed(night)
    assert WorkingHours(holidays=frozenset({TUESDAY})).says_closed(night)
    shut = Closed("other", Span(night - timedelta(hours=1), night + timedelta(hours=1)))
    assert WorkingHours(closed=(shut,)).says_closed(night)
    assert not WorkingHours().says_closed(at(TUESDAY, 10))
