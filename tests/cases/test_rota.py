"""When somebody is there: what a caller at night may honestly be told."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from helpline.cases.hours import Closed, Span, WorkingHours
from helpline.cases.rota import Openings, Rota, Shift

TWO_AT_NIGHT = datetime(2026, 12, 1, 20, 0, tzinfo=UTC)
"""Two in the night of Wednesday the second of December, in Dhaka."""
EIGHT = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
NINE = datetime(2026, 12, 2, 3, 0, tzinfo=UTC)


def shift(
    weekday: int, begins: int, ends: int, *, on_call: bool = False, until: date | None = None
) -> Shift:
    return Shift(
        "mina", "woman", weekday, time(begins), time(ends), on_call, 0, date(2026, 1, 1), until
    )


def test_without_a_rota_the_hours_count() -> None:
    assert Openings().next_there(TWO_AT_NIGHT) == EIGHT
    assert Openings().there(EIGHT)
    assert not Openings().there(TWO_AT_NIGHT)


def test_with_a_rota_the_next_shift_counts() -> None:
    rota = Rota((shift(2, 9, 17), shift(3, 9, 17)))
    assert Openings(rota=rota).next_there(TWO_AT_NIGHT) == NINE
    assert Openings(rota=rota).there(NINE + timedelta(hours=1))


def test_a_shift_at_night_is_somebody_there() -> None:
    assert Openings(rota=Rota((shift(1, 22, 6),))).there(TWO_AT_NIGHT)


def test_who_is_only_on_call_is_not_there() -> None:
    rota = Rota((shift(1, 0, 0, on_call=True), shift(2, 0, 0, on_call=True), shift(2, 9, 17)))
    assert Openings(rota=rota).next_there(TWO_AT_NIGHT) == NINE


def test_a_rota_that_has_ended_promises_nobody() -> None:
    ended = Rota((shift(2, 9, 17, until=date(2026, 2, 1)),))
    assert Openings(rota=ended).next_there(TWO_AT_NIGHT) is None


def test_a_holiday_or_a_closure_takes_the_shift_away() -> None:
    rota = Rota((shift(2, 9, 17), shift(3, 9, 17)))
    holiday = WorkingHours(holidays=frozenset({date(2026, 12, 2)}))
    assert Openings(holiday, rota).next_there(TWO_AT_NIGHT) == NINE + timedelta(days=1)
    closed = WorkingHours(
        closed=(Closed("staff_shortage", Span(EIGHT, EIGHT + timedelta(hours=4))),)
    )
    assert Openings(closed, rota).next_there(TWO_AT_NIGHT) == NINE + timedelta(hours=3)
