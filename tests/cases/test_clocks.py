"""The clocks of promises: every state with every event, and what holds whatever the hours are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpline.cases import clocks
from helpline.cases.clocks import LIMITS, OVER, RUNNING, WALL, Clock, Limit, Promised
from helpline.cases.hours import Interval, WorkingHours, moment_of
from helpline.cases.states import SLA, IllegalMove
from helpline.cases.work import Priority

NINE_TO_FIVE = WorkingHours(
    tuple(
        Interval(weekday, begins, ends)
        for weekday in (6, 0, 1, 2, 3)
        for begins, ends in ((time(9), time(13)), (time(14), time(17)))
    )
)
"""Sunday to Thursday with an hour for lunch."""
THURSDAY = datetime(2026, 12, 3, tzinfo=UTC).date()
HOUR = 3600


def at(clock: str, days: int = 0) -> datetime:
    """A time of a Thursday in Dhaka, or of a day after it."""
    return moment_of(THURSDAY + timedelta(days=days), time.fromisoformat(clock))


def in_state(state: str, *, paused: bool = False) -> Clock:
    """A clock that has come to a state."""
    clock = clocks.begin(Limit(4 * HOUR), at("09:00"), NINE_TO_FIVE)
    if state == "warned":
        clock = clocks.warn(clock)
    if state in ("missed", "active_with_misses"):
        clock = clocks.miss(clock, Limit(4 * HOUR), at("14:00"), NINE_TO_FIVE)
    if state in OVER:
        clock = clocks.stop(clock, at("15:00"), NINE_TO_FIVE)
    if paused:
        clock = clocks.pause(clock, at("10:00"), NINE_TO_FIVE)
    assert clock.state == state
    return clock


def happens(clock: Clock, event: str) -> Clock:
    """The clock after an event."""
    now, limit = at("15:30"), Limit(HOUR)
    match event:
        case "warn":
            return clocks.warn(clock)
        case "miss":
            return clocks.miss(clock, limit, now, NINE_TO_FIVE)
        case "stop":
            return clocks.stop(clock, now, NINE_TO_FIVE)
        case "pause":
            return clocks.pause(clock, now, NINE_TO_FIVE)
        case "resume":
            return clocks.resume(clock, now, NINE_TO_FIVE)
        case _:
            return clocks.restart(clock, limit, now, NINE_TO_FIVE)


MISSES = "active_with_misses"
BECOMES = {
    ("active", "warn"): "warned",
    ("active", "miss"): MISSES,
    ("active", "stop"): "hit",
    ("active", "pause"): "active",
    ("active", "restart"): "active",
    ("active, paused", "stop"): "hit",
    ("active, paused", "resume"): "active",
    ("active, paused", "restart"): "active",
    ("warned", "miss"): MISSES,
    ("warned", "stop"): "hit",
    ("warned", "pause"): "warned",
    ("warned", "restart"): "active",
    ("warned, paused", "stop"): "hit",
    ("warned, paused", "resume"): "warned",
    ("warned, paused", "restart"): "active",
    (MISSES, "miss"): MISSES,
    (MISSES, "stop"): "missed",
    (MISSES, "pause"): MISSES,
    (MISSES, "restart"): MISSES,
    (f"{MISSES}, paused", "stop"): "missed",
    (f"{MISSES}, paused", "resume"): MISSES,
    (f"{MISSES}, paused", "restart"): MISSES,
    ("hit", "restart"): "active",
    ("missed", "restart"): MISSES,
}
"""Everything else is refused."""

SITUATIONS = [*sorted(SLA), *(f"{state}, paused" for state in sorted(RUNNING))]
EVENTS = ("warn", "miss", "stop", "pause", "resume", "restart")


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_every_event_in_every_state_leads_where_the_table_says_or_is_refused(
    situation: str, event: str
) -> None:
    state, _, paused = situation.partition(", ")
    clock = in_state(state, paused=bool(paused))
    expected = BECOMES.get((situation, event))
    assert clocks.may(clock, event) is (expected is not None)
    if expected is None:
        with pytest.raises(IllegalMove):
            happens(clock, event)
    else:
        assert happens(clock, event).state == expected


def test_the_table_of_this_test_names_only_what_there_is() -> None:
    assert {situation for situation, _ in BECOMES} <= set(SITUATIONS)
    assert {event for _, event in BECOMES} == set(EVENTS)


def test_danger_counts_on_the_wall_and_may_take_two_minutes_to_be_claimed() -> None:
    assert all(LIMITS[kind][Priority.IMMINENT].wall for kind in Promised)
    assert clocks.limit(Promised.CLAIM, 0) == Limit(120, wall=True)


def test_the_more_urgent_something_is_the_less_time_there_is() -> None:
    for by_priority in LIMITS.values():
        seconds = [by_priority[priority].seconds for priority in Priority]
        assert seconds == sorted(seconds)


def test_lunch_the_night_and_the_weekend_do_not_count() -> None:
    clock = clocks.begin(Limit(4 * HOUR), at("12:00"), NINE_TO_FIVE)
    assert (clock.warn_at, clock.due_at) == (at("16:00"), at("17:00"))
    late = clocks.begin(Limit(4 * HOUR), at("16:00"), NINE_TO_FIVE)
    assert late.due_at == at("12:00", days=3)


def test_a_clock_that_stood_still_goes_on_with_what_it_had_left() -> None:
    clock = clocks.begin(Limit(4 * HOUR), at("09:00"), NINE_TO_FIVE)
    still = clocks.pause(clock, at("10:00"), NINE_TO_FIVE)
    assert (still.left, still.next_at) == (3 * HOUR, None)
    again = clocks.resume(still, at("14:00"), NINE_TO_FIVE)
    assert (again.warn_at, again.due_at) == (at("16:00"), at("17:00"))


def test_a_miss_is_remembered_and_the_clock_tells_again() -> None:
    clock = clocks.begin(Limit(HOUR), at("09:00"), NINE_TO_FIVE)
    once = clocks.miss(clock, Limit(HOUR), at("10:00"), NINE_TO_FIVE)
    assert (once.misses, once.warn_at, once.due_at) == (1, None, at("11:00"))
    twice = clocks.miss(once, Limit(HOUR), at("11:00"), NINE_TO_FIVE)
    over = clocks.stop(twice, at("11:10"), NINE_TO_FIVE)
    assert (over.state, over.misses, over.next_at) == ("missed", 2, None)


def test_what_is_over_has_nothing_more_to_happen() -> None:
    for state in OVER:
        assert in_state(state).next_at is None


# -- whatever the hours are ------------------------------------------------------------------

minutes = st.integers(0, 24 * 60 - 1).map(lambda minute: time(*divmod(minute, 60)))
weeks = st.lists(st.builds(Interval, st.integers(0, 6), minutes, minutes), min_size=1, max_size=6)
calendars = st.builds(
    WorkingHours,
    weeks.map(tuple),
    st.frozensets(st.integers(0, 20).map(lambda n: THURSDAY + timedelta(days=n)), max_size=4),
)
moments = st.integers(0, 14 * 24 * 60).map(lambda minute: at("00:00") + timedelta(minutes=minute))
limits = st.builds(Limit, st.integers(60, 40 * HOUR), st.booleans())


@given(calendars, moments, limits)
def test_a_clock_is_due_when_its_time_has_passed_and_never_in_closed_time(
    hours: WorkingHours, begins: datetime, limit: Limit
) -> None:
    clock = clocks.begin(limit, begins, hours)
    assert clock.warn_at is not None
    assert clock.due_at is not None
    assert begins <= clock.warn_at <= clock.due_at
    counted = (WALL if limit.wall else hours).between(begins, clock.due_at)
    assert counted == limit.seconds
    if not limit.wall:
        assert hours.open_at(clock.due_at - timedelta(microseconds=1))


@given(calendars, moments, limits, st.lists(st.integers(1, 5000), min_size=2, max_size=6))
def test_however_often_it_stands_still_no_time_is_lost_or_won(
    hours: WorkingHours, begins: datetime, limit: Limit, minutes: list[int]
) -> None:
    """Alternately it runs and stands still; in all it runs as long as it may."""
    clock, now, ran = clocks.begin(limit, begins, hours), begins, 0
    counts = WALL if limit.wall else hours
    for number, passed in enumerate(minutes):
        later = now + timedelta(minutes=passed)
        if number % 2 == 0:
            ran += counts.between(now, later)
            clock = clocks.pause(clock, later, hours)
        else:
            clock = clocks.resume(clock, later, hours)
        now = later
    if clock.paused_at:
        clock = clocks.resume(clock, now, hours)
    assert clock.left == max(0, limit.seconds - ran)
    assert clock.due_at == counts.add(now, clock.left)


@given(calendars, moments, limits, st.integers(0, 5000))
def test_who_begins_later_is_due_no_sooner(
    hours: WorkingHours, begins: datetime, limit: Limit, later: int
) -> None:
    first = clocks.begin(limit, begins, hours)
    second = clocks.begin(limit, begins + timedelta(minutes=later), hours)
    assert first.due_at is not None
    assert second.due_at is not None
    assert first.due_at <= second.due_at


@given(calendars, moments, limits, limits)
def test_who_has_more_time_is_due_no_sooner(
    hours: WorkingHours, begins: datetime, one: Limit, other: Limit
) -> None:
    short, long = sorted((one, replace(other, wall=one.wall)), key=lambda limit: limit.seconds)
    first, second = (clocks.begin(limit, begins, hours).due_at for limit in (short, long))
    assert first is not None
    assert second is not None
    assert first <= second
