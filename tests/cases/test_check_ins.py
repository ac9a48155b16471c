"""The ladder of a check-in: each step only with the permission of its day, and never a step back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpline.cases.calendar import CHECK_INS, QUIET, WINDOWS, local, months_after
from helpline.cases.check_ins import WAITS, Allowed, Step, after, moment_of, next_step
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


@given(DAYS, st.sampled_from([*WINDOWS, "another"]))
def test_every_step_lies_in_the_safe_time_and_never_in_the_quiet_hours(
    day: date, window: str
) -> None:
    for step in Step:
        at = local(moment_of(step, day, window))
        assert at.date() == day
        assert WINDOWS.get(window, WINDOWS["any"]).holds(at.time())
        assert not QUIET.holds(at.time())
    first, second = (moment_of(step, day, window) for step in (Step.INVITED, Step.AGAIN))
    assert second - first >= timedelta(hours=1)


@given(DAYS, st.integers(0, 23), st.sampled_from(list(WINDOWS)))
def test_each_step_waits_about_as_long_as_it_should(day: date, hour: int, window: str) -> None:
    now = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    for step, wait in WAITS.items():
        waited = after(step, now, window) - now
        assert abs(waited - wait) <= timedelta(days=1)


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
