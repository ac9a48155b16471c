"""Calling again: at another time of day, only where it is safe, and not for ever."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from helpline.cases.attempts import MOST, next_attempt, part_of_day, safe_at
from helpline.cases.calendar import QUIET, SILENT, Span, local
from helpline.cases.hours import EVERY_DAY, Interval, WorkingHours
from helpline.cases.safe_times import ANY_TIME, SafeTimes, next_safe

TUESDAY = datetime(2026, 12, 1, 4, 0, tzinfo=UTC)
"""Ten in the morning in Dhaka."""
OFFICE = WorkingHours(
    tuple(Interval(day, time(9), time(13)) for day in range(7))
    + tuple(Interval(day, time(14), time(19)) for day in range(7))
)

moments = st.integers(0, 7 * 24 * 60).map(lambda n: TUESDAY + timedelta(minutes=n))
windows = st.builds(
    SafeTimes,
    st.sampled_from(["morning", "afternoon", "evening", "any", "09:30-11:00 18:30-20:00"]),
    st.sampled_from(["1234567", "56", "3"]),
)
calendars = st.sampled_from([WorkingHours(EVERY_DAY), OFFICE, WorkingHours(())])
quiets = st.sampled_from([QUIET, Span(time(22), time(7)), Span(time(18), time(10))])


@settings(max_examples=300)
@given(
    now=moments,
    before=st.lists(st.integers(1, 4 * 24 * 60), max_size=4),
    safe=windows,
    hours=calendars,
    quiet=quiets,
)
def test_the_next_attempt_is_safe_open_later_and_at_another_time_of_day(
    now: datetime, before: list[int], safe: SafeTimes, hours: WorkingHours, quiet: Span
) -> None:
    tried = [now - timedelta(minutes=each) for each in before]
    until = now + timedelta(days=7)
    slot = next_attempt(tried, now=now, until=until, safe=safe, hours=hours, quiet=quiet)
    if len(tried) >= MOST:
        assert slot is None
    if slot is None:
        return
    assert slot.begins >= now + timedelta(hours=2)
    moment = slot.begins
    while moment < slot.ends:
        assert safe.hold(moment)
        assert not quiet.holds(local(moment).time())
        assert not SILENT.holds(local(moment).time())
        assert hours.open_at(moment)
        assert part_of_day(moment) == part_of_day(slot.begins)
        moment += timedelta(minutes=15)
    used = {part_of_day(each) for each in tried}
    if part_of_day(slot.begins) in used:
        # no other part of the day is free before the promise ends
        step = now + timedelta(hours=2)
        runs: dict[str, int] = {}
        while step < until:
            good = safe_at(step, safe, quiet) and hours.open_at(step)
            if good and part_of_day(step) not in used:
                runs[part_of_day(step)] = runs.get(part_of_day(step), 0) + 1
            step += timedelta(minutes=15)
        assert sum(runs.values()) <= 2, "a time of day that was not tried was free"
        assert local(slot.begins).date() not in {
            local(each).date() for each in tried if part_of_day(each) == part_of_day(slot.begins)
        }


def test_three_attempts_in_vain_are_at_three_times_of_day() -> None:
    now, tried = TUESDAY, []
    until = now + timedelta(days=7)
    for _ in range(MOST):
        tried.append(now)
        slot = next_attempt(tried, now=now, until=until, safe=ANY_TIME, hours=OFFICE)
        if slot:
            now = slot.begins
    assert [part_of_day(each) for each in tried] == ["morning", "afternoon", "evening"]
    assert slot is None


def test_who_is_only_safe_in_the_evening_is_called_again_on_another_evening() -> None:
    seven = TUESDAY + timedelta(hours=9)
    slot = next_attempt(
        [seven], now=seven, until=seven + timedelta(days=7), safe=SafeTimes("evening"), hours=OFFICE
    )
    assert slot is not None
    assert (local(slot.begins).day, local(slot.begins).hour) == (2, 16)


def test_a_helpline_that_never_opens_plans_nothing() -> None:
    later = TUESDAY + timedelta(days=7)
    closed = WorkingHours(())
    assert next_attempt([], now=TUESDAY, until=later, safe=ANY_TIME, hours=closed) is None


@given(now=moments, safe=windows, quiet=quiets)
def test_the_next_safe_moment_is_safe_and_the_first(
    now: datetime, safe: SafeTimes, quiet: Span
) -> None:
    at = next_safe(now, safe, quiet)
    ahead = (now + timedelta(minutes=15 * n) for n in range(8 * 96))
    first = next((each for each in ahead if safe_at(each, safe, quiet)), None)
    if at is None:
        assert first is None
        return
    assert safe_at(at, safe, quiet)
    assert now <= at
    assert first is None or at <= first
