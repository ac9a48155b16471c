"""Days as people type them where a browser has no field for days."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.desk.days import day_of, hour_of, moment_of
from helpline.store.tables import PlanStep
from tests.desk.casebook import register_by_phone, row
from tests.desk.office import Office


@pytest.mark.parametrize(
    "typed", ["2026-11-24", "24-11-2026", "24/11/2026", " 24.11.2026 ", "24 11 2026", "২৪-১১-২০২৬"]
)
def test_a_day_is_understood_as_it_is_written_here(typed: str) -> None:
    assert day_of(typed) == date(2026, 11, 24)


@pytest.mark.parametrize(
    "typed", ["", "24-11-26", "11/24/2026", "31-02-2026", "tomorrow", "1-1-0000"]
)
def test_what_is_no_day_is_none(typed: str) -> None:
    with pytest.raises(ValueError):
        day_of(typed)


@pytest.mark.parametrize(
    "typed", ["2026-11-24T09:30", "2026-11-24 09:30", "24-11-2026 9:30", "24/11/2026 09.30"]
)
def test_a_moment_is_a_day_and_an_hour(typed: str) -> None:
    assert moment_of(typed) == datetime(2026, 11, 24, 9, 30)  # noqa: DTZ001


@pytest.mark.parametrize("typed", ["24-11-2026", "24-11-2026 25:00", "9:30", "", " "])
def test_half_a_moment_is_none(typed: str) -> None:
    with pytest.raises(ValueError):
        moment_of(typed)


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2999, 1, 1)))  # noqa: DTZ001
def test_what_is_written_by_hand_is_what_was_meant(when: datetime) -> None:
    when = when.replace(second=0, microsecond=0)
    assert moment_of(f"{when:%d-%m-%Y %H:%M}") == when == moment_of(f"{when:%Y-%m-%dT%H:%M}")
    assert (day_of(f"{when:%d/%m/%Y}"), hour_of(f"{when:%H.%M}")) == (when.date(), when.time())


def test_an_hour_may_have_a_dot() -> None:
    assert (hour_of("9.05"), hour_of("23:59")) == (time(9, 5), time(23, 59))


def test_a_step_of_a_plan_takes_a_day_typed_by_hand(office: Office) -> None:
    here = register_by_phone(office)
    browser = office.browser(office.hire())
    browser.open(f"/desk/case/{here.case_id}")
    assert "day-month-year" in browser.text
    browser.submit(
        f"/desk/case/{here.case_id}/plan", service="training", goal="Sewing", due_on="31/1/2027"
    )
    assert browser.status == 200
    assert row(office, PlanStep, case_id=here.case_id).due_on == date(2027, 1, 31)
