"""The ladder of a check-in: each step only with the permission of its day, and never a step back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpline.cases.calendar import CHECK_INS, QUIET, WINDOWS, local, months_after
from helpline.cases.check_ins import WAITS, Allowed, Step, after, moment_of, next_step
from helpline.cases.safe_times import SafeTimes
from helpline.cases.states import FOLLOW_UP, may_move

ORDER = ("", Step.INVITED, Step.AGAIN, Step.CALL)
EVERY = [Allowed(*said) for said in product((False, True), repeat=3)]
DAYS = st.dates(date(2024, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize("allowed", EVERY)
@pytest.mark.parametrize("step", ORDER)
def test_every_step_is_one_that_is_allowed_and_further_on(step: str, allowed: Allowed) -> None:
    following = next_step(step, allowed)
    if following is None:
        assert not allowed.consent or step == Step.CALL or not allowed.call
        return
    assert allowed.consent
    assert ORDER.index(following) > ORDER.index(step)
    assert allowed.call if following is Step.CALL else allowed.sms


def test_with_every_permission_somebody_is_invited_twice_and_then_called() -> None:
    allowed, step, taken = Allowed(consent=True, sms=True, call=True), "", []
    while following := next_step(step, allowed):
        taken.append(following)
        step = following
    assert taken == [Step.INVITED, Step.AGAIN, Step.CALL]


def test_permissions_may_change_between_the_steps() -> None:
    assert next_step(Step.INVITED, Allowed(consent=True, call=True)) is Step.CALL
    assert next_step(Step.INVITED, Allowed(consent=True)) is None
    assert next_step(Step.AGAIN, Allowed(sms=True, call=True)) is None


WEEKDAYS = st.sets(st.sampled_from("1234567"), min_size=1).map("".join)
HOURS = st.sampled_from([*WINDOWS, "morning evening", "18:30-20:00", "12:15-12:45 19:00-19:30"])
TIMES = st.builds(SafeTimes, HOURS, WEEKDAYS)


@given(DAYS, TIMES)
def test_every_step_lies_in_the_safe_time_and_never_in_the_quiet_hours(
    day: date, times: SafeTimes
) -> None:
    for step in Step:
        at = moment_of(step, day, times)
        assert times.hold(at)
        assert not QUIET.holds(local(at).time())
        assert day <= local(at).date() < day + timedelta(days=7)
    first, second = (moment_of(step, day, times) for step in (Step.INVITED, Step.AGAIN))
    assert first < second
    assert local(first).date() == local(second).date()


@pytest.mark.parametrize(
    ("window", "hours"),
    [
        ("any", ("10:00", "17:00")),
        ("morning", ("10:00", "11:00")),
        ("afternoon", ("12:00", "15:00")),
        ("evening", ("16:00", "19:00")),
        ("18:30-20:00", ("18:30", "19:00")),
        ("morning evening", ("10:00", "17:00")),
    ],
)
def test_the_second_invitation_comes_at_another_time_of_day(
    window: str, hours: tuple[str, str]
) -> None:
    steps = (Step.INVITED, Step.AGAIN)
    found = (moment_of(step, date(2027, 3, 1), SafeTimes(window)) for step in steps)
    assert tuple(f"{at:%H:%M}" for at in found) == hours


def test_whoever_is_safe_on_friday_only_is_asked_on_friday() -> None:
    at = moment_of(Step.INVITED, date(2027, 3, 1), SafeTimes("any", "5"))
    assert at.isoweekday() == 5
    assert at.date() == date(2027, 3, 5)


def test_where_no_time_is_safe_the_day_stays_and_the_gate_decides() -> None:
    at = moment_of(Step.INVITED, date(2027, 3, 1), SafeTimes("00:00-00:01"))
    assert at.date() == date(2027, 3, 1)


@given(DAYS, st.integers(0, 23), TIMES)
def test_each_step_waits_as_long_as_it_should_and_until_it_is_safe(
    day: date, hour: int, times: SafeTimes
) -> None:
    now = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    for step, wait in WAITS.items():
        waited = after(step, now, times) - now
        assert wait - timedelta(days=1) <= waited <= wait + timedelta(days=8)


@given(DAYS, st.integers(1, 60))
def test_some_months_later_is_that_many_months_later(day: date, months: int) -> None:
    later = months_after(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later + timedelta(days=1)).day == 1
    assert later.day <= day.day


def test_check_ins_come_after_3_6_and_12_months() -> None:
    assert list(CHECK_INS.values()) == [3, 6, 12]


def test_a_check_in_ends_in_one_of_four_ways_and_an_answer_still_counts_when_it_was_missed() -> (
    None
):
    ends = {state for state, ways in FOLLOW_UP.items() if not ways}
    assert ends == {"done", "waived", "cancelled"}
    allowed = {
        "planned": {"due", "waived", "cancelled"},
        "due": {"done", "missed", "waived", "cancelled"},
        "missed": {"done", "waived"},
    }
    for was in FOLLOW_UP:
        for becomes in FOLLOW_UP:
            assert may_move(FOLLOW_UP, was, becomes) == (becomes in allowed.get(was, set()))
