from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from helpline.cases.measures import (
    LONGER,
    STEPS,
    Quarter,
    quantile,
    quarter_of,
    read_quarter,
    step,
)


@given(day=some.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_day_lies_in_the_quarter_it_belongs_to(day: date) -> None:
    quarter = quarter_of(day)
    assert quarter.first <= day < quarter.after
    assert day.replace(day=1) in quarter.months
    assert read_quarter(str(quarter)) == quarter
    assert quarter.next().before() == quarter


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-Q5", "2026-Q0", "2026-q1", "1999-Q1", "2026-Q1 "]
)
def test_what_is_no_quarter_is_not_read_as_one(text: str) -> None:
    assert read_quarter(text) is None


def test_the_year_turns_after_the_fourth_quarter() -> None:
    assert Quarter(2026, 4).next() == Quarter(2027, 1)
    assert Quarter(2026, 4).after == date(2027, 1, 1)


@given(seconds=some.integers(-1000, 40_000_000))
def test_a_time_is_counted_in_the_first_step_that_holds_it(seconds: int) -> None:
    found = step(timedelta(seconds=seconds))
    if found == LONGER:
        assert seconds > STEPS[-1]
    else:
        assert seconds <= int(found)
        assert not [limit for limit in STEPS if seconds <= limit < int(found)]


@given(
    times=some.lists(some.integers(0, 40_000_000), min_size=5), part=some.sampled_from((0.5, 0.9))
)
def test_a_quantile_is_the_step_of_the_real_one(times: list[int], part: float) -> None:
    counts: dict[str, int] = {}
    for seconds in times:
        found = step(timedelta(seconds=seconds))
        counts[found] = counts.get(found, 0) + 1
    real = sorted(times)[max(0, -int(-part * len(times) // 1) - 1)]
    assert quantile(counts, part) == step(timedelta(seconds=real))


def test_of_four_or_fewer_nothing_is_said() -> None:
    assert quantile({"60": 4}, 0.5) == ""
