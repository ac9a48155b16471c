"""Working time: counted in open hours only, whatever the week, the holidays and the closures are."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from helpline.cases.calendar import DHAKA, local
from helpline.cases.hours import Closed, Interval, Span, WorkingHours
from helpline.cases.rota import Rota, Shift

MONDAY = date(2026, 12, 7)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=DHAKA)


def days(number: int) -> date:
    return MONDAY + timedelta(days=number)


def week(*intervals: tuple[int, int]) -> tuple[Interval, ...]:
    """The same hours on every day."""
    return tuple(
        Interval(weekday, time(begins), time(ends))
        for weekday in range(7)
        for begins, ends in intervals
    )


OFFICE = WorkingHours(week((9, 13), (14, 18)))
NIGHT = WorkingHours(week((20, 2)))

unhurried = settings(deadline=None)
minutes = st.integers(0, 24 * 60 - 1).map(lambda n: time(n // 60, n % 60))
intervals = st.builds(Interval, st.integers(0, 6), minutes, minutes)
moments = st.datetimes(datetime(2026, 11, 1), datetime(2027, 2, 1), timezones=st.just(UTC))  # noqa: DTZ001
closures = st.builds(
    lambda begins, hours: Closed("other", Span(begins, begins + timedelta(hours=hours))),
    moments,
    st.integers(0, 60),
)
calendars = st.builds(
    WorkingHours,
    st.lists(intervals, min_size=1, max_size=6).map(tuple),
    st.frozensets(st.dates(date(2026, 11, 1), date(2027, 2, 1)), max_size=5),
    st.lists(closures, max_size=3).map(tuple),
)


def open_by_definition(hours: WorkingHours, moment: datetime) -> bool:
    """The rules said in another way: look at every interval of today and of yesterday."""
    here = local(moment)
    if any(each.span.begins <= moment < each.span.ends for each in hours.closed):
        return False
    today, yesterday = here.date(), here.date() - timedelta(days=1)
    for each in hours.weekly:
        late = each.ends <= each.begins
        if today not in hours.holidays and each.weekday == today.weekday():
            if late and here.time() >= each.begins:
                return True
            if not late and each.begins <= here.time() < each.ends:
                return True
        if yesterday not in hours.holidays and each.weekday == yesterday.weekday():  # noqa: SIM102
            if late and here.time() < each.ends:
                return True
    return False


@unhurried
@given(calendars, moments)
def test_it_is_open_exactly_when_the_rules_say_so(hours: WorkingHours, moment: datetime) -> None:
    assert hours.open_at(moment) == open_by_definition(hours, moment)


@unhurried
@given(calendars, moments, st.integers(1, 90 * 3600))
def test_adding_working_time_and_counting_it_are_inverse(
    hours: WorkingHours, moment: datetime, seconds: int
) -> None:
    assume(hours.between(moment, moment + timedelta(days=360)) >= seconds)
    ends = hours.add(moment, seconds)
    assert hours.between(moment, ends) == seconds
    assert open_by_definition(hours, ends - timedelta(microseconds=1))


@unhurried
@given(calendars, moments, moments)
def test_counted_time_is_never_more_than_the_time_that_passed(
    hours: WorkingHours, one: datetime, other: datetime
) -> None:
    counted = hours.between(one, other)
    assert 0 <= counted <= max(0.0, (other - one).total_seconds())
    assert hours.add(one, counted) <= max(one, other)


@unhurried
@given(calendars, moments, st.lists(st.integers(0, 14 * 24 * 60), min_size=2, max_size=2))
def test_parts_of_working_time_add_up(
    hours: WorkingHours, begins: datetime, later: list[int]
) -> None:
    begins = begins.replace(microsecond=0)
    middle, ends = (begins + timedelta(minutes=n) for n in sorted(later))
    parts = hours.between(begins, middle) + hours.between(middle, ends)
    # whole seconds are counted, and a closure may begin in the middle of one
    assert 0 <= hours.between(begins, ends) - parts <= 1


@unhurried
@given(calendars, moments)
def test_nothing_is_open_before_the_next_opening(hours: WorkingHours, moment: datetime) -> None:
    opens = hours.next_opening(moment)
    if opens is None:
        assert not hours.open_at(moment)
        return
    assert opens >= moment
    assert open_by_definition(hours, opens)
    assert hours.between(moment, opens) == 0


def test_lunch_does_not_count() -> None:
    assert OFFICE.between(at(MONDAY, 12), at(MONDAY, 15)) == 2 * 3600
    assert OFFICE.add(at(MONDAY, 12), 2 * 3600) == at(MONDAY, 15)


def test_what_is_asked_for_in_the_evening_is_due_in_the_morning() -> None:
    assert OFFICE.add(at(MONDAY, 17), 3 * 3600) == at(days(1), 11)


def test_a_shift_past_midnight_is_open_on_both_sides_of_it() -> None:
    assert [NIGHT.open_at(at(days(1), hour)) for hour in (1, 2, 19, 20, 23)] == [
        True,
        False,
        False,
        True,
        True,
    ]
    assert NIGHT.closes_at(at(days(1), 23)) == at(days(2), 2)


def test_a_holiday_takes_its_own_night_and_leaves_the_one_before() -> None:
    hours = WorkingHours(NIGHT.weekly, frozenset({days(1)}))
    assert hours.open_at(at(days(1), 1))
    assert not hours.open_at(at(days(1), 22))
    assert not hours.open_at(at(days(2), 1))
    assert hours.opening(at(days(1), 22)).why == "holiday"


def test_closed_now_says_why_and_until_when() -> None:
    closed = Closed("staff_shortage", Span(at(MONDAY, 10), at(MONDAY, 11, 30)))
    hours = WorkingHours(OFFICE.weekly, closed=(closed,))
    opening = hours.opening(at(MONDAY, 10, 15))
    assert (opening.open, opening.why) == (False, "staff_shortage")
    assert opening.next_open_at == at(MONDAY, 11, 30)
    assert hours.between(at(MONDAY, 9), at(MONDAY, 13)) == int(2.5 * 3600)


def test_closed_until_after_closing_time_means_the_next_morning() -> None:
    closed = Closed("emergency", Span(at(MONDAY, 16), at(MONDAY, 23)))
    hours = WorkingHours(OFFICE.weekly, closed=(closed,))
    assert hours.opening(at(MONDAY, 17)).next_open_at == at(days(1), 9)


def test_outside_its_hours_it_says_so() -> None:
    opening = OFFICE.opening(at(MONDAY, 20))
    assert (opening.open, opening.why, opening.next_open_at) == (
        False,
        "outside_hours",
        at(days(1), 9),
    )


def test_without_any_hours_nothing_opens_and_no_promise_waits_for_ever() -> None:
    never = WorkingHours(())
    assert never.next_opening(at(MONDAY, 9)) is None
    assert never.add(at(MONDAY, 9), 60) == at(MONDAY, 9, 1)


def shift(sex: str, weekday: int, begins: int, ends: int, **more: object) -> Shift:
    values = {"on_call": False, "rank": 0, "from_day": days(-30), "until_day": None} | more
    return Shift("somebody", sex, weekday, time(begins), time(ends), **values)  # type: ignore[arg-type]


def test_a_woman_is_expected_only_while_she_has_a_shift() -> None:
    rota = Rota((shift("woman", 0, 9, 13), shift("man", 1, 9, 17)))
    assert rota.expects("woman", at(MONDAY, 12), at(MONDAY, 16))
    assert not rota.expects("woman", at(MONDAY, 13), at(MONDAY, 16))
    assert not rota.expects("woman", at(days(1), 9), at(days(1), 12))
    assert rota.expects("any", at(days(1), 9), at(days(1), 12))


def test_somebody_on_call_is_not_at_the_desk() -> None:
    assert not Rota((shift("woman", 0, 9, 13, on_call=True),)).expects(
        "woman", at(MONDAY, 9), at(MONDAY, 12)
    )


def test_without_a_rota_nothing_is_known_against_a_woman_being_there() -> None:
    assert Rota().expects("woman", at(MONDAY, 9), at(MONDAY, 12))


def test_a_shift_runs_from_its_first_to_its_last_day() -> None:
    short = shift("woman", 0, 20, 2, from_day=MONDAY, until_day=MONDAY)
    assert short.at(at(days(1), 1)) == Span(at(MONDAY, 20), at(days(1), 2))
    assert short.at(at(days(7), 21)) is None
    assert short.at(at(days(-7), 21)) is None


def test_those_on_call_stand_in_the_order_of_their_rank() -> None:
    rota = Rota(
        (
            shift("man", 0, 9, 17, on_call=True, rank=2),
            shift("woman", 0, 9, 17, on_call=True, rank=1),
        )
    )
    assert [each.rank for each, _span in rota.at(at(MONDAY, 10), on_call=True)] == [1, 2]
