"""Time in Asia/Dhaka: windows, slots and spans, also on the two days of 2009 when clocks moved."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from helpline.cases.calendar import (
    DHAKA,
    FOLLOW_UPS,
    LATEST,
    MONTH,
    QUIET,
    SILENT,
    WINDOWS,
    Span,
    local,
    next_in,
    next_slot,
    open_days,
    open_windows,
    slot,
    spoken_day,
    spoken_window,
    window_name,
)

FORWARD = datetime(2009, 6, 19, 17, 0, tzinfo=UTC)
"""23:00 became 00:00 of the 20th: an hour that never was."""
BACK = datetime(2009, 12, 31, 17, 0, tzinfo=UTC)
"""24:00 became 23:00: the last hour of 2009 came twice."""

moments = st.datetimes(datetime(2008, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (the strategy puts the zone on)
windows = st.sampled_from(list(WINDOWS))


def dhaka(clock: str, day: int = 1) -> datetime:
    """A time of December 2026."""
    return datetime.combine(date(2026, 12, day), time.fromisoformat(clock), tzinfo=DHAKA)


def test_dhaka_is_six_hours_ahead_today() -> None:
    assert local(datetime(2026, 12, 1, 4, tzinfo=UTC)) == dhaka("10:00")
    assert local(datetime(2026, 12, 1, 18, tzinfo=UTC)).date() == date(2026, 12, 2)


@pytest.mark.parametrize(
    ("moment", "here"),
    [
        (FORWARD - timedelta(seconds=1), "2009-06-19T22:59:59+06:00"),
        (FORWARD, "2009-06-20T00:00:00+07:00"),
        (BACK - timedelta(hours=1), "2009-12-31T23:00:00+07:00"),
        (BACK - timedelta(seconds=1), "2009-12-31T23:59:59+07:00"),
        (BACK, "2009-12-31T23:00:00+06:00"),
        (BACK + timedelta(hours=1), "2010-01-01T00:00:00+06:00"),
    ],
)
def test_the_two_days_on_which_clocks_moved_are_told_as_people_lived_them(
    moment: datetime, here: str
) -> None:
    assert local(moment).isoformat() == here


def test_in_the_summer_of_2009_windows_began_an_hour_earlier_for_the_rest_of_the_world() -> None:
    summer = slot(date(2009, 7, 1), "morning")
    winter = slot(date(2010, 7, 1), "morning")
    assert summer.begins.astimezone(UTC).hour == 2
    assert winter.begins.astimezone(UTC).hour == 3


def test_the_night_that_lost_an_hour_waits_for_the_same_morning() -> None:
    waits = next_in(Span(QUIET.ends, QUIET.begins), FORWARD - timedelta(minutes=30))
    assert waits.isoformat() == "2009-06-20T08:00:00+07:00"
    assert waits.astimezone(UTC) - FORWARD == timedelta(hours=8)


def test_the_night_with_an_hour_twice_waits_for_the_same_morning() -> None:
    for moment in (BACK - timedelta(minutes=30), BACK + timedelta(minutes=30)):
        waits = next_in(Span(QUIET.ends, QUIET.begins), moment)
        assert waits.isoformat() == "2010-01-01T08:00:00+06:00"


@pytest.mark.parametrize(
    ("span", "inside", "outside"),
    [
        (QUIET, ["21:00", "23:59:59", "00:00", "07:59:59"], ["08:00", "12:00", "20:59:59"]),
        (SILENT, ["00:00", "05:59:59"], ["06:00", "23:59:59"]),
        (WINDOWS["morning"], ["09:00", "11:59"], ["08:59", "12:00"]),
        (Span(time(12), time(12)), [], ["00:00", "12:00", "23:59"]),
    ],
)
def test_a_span_holds_its_beginning_but_not_its_end(
    span: Span, inside: list[str], outside: list[str]
) -> None:
    assert all(span.holds(time.fromisoformat(each)) for each in inside)
    assert not any(span.holds(time.fromisoformat(each)) for each in outside)


def test_every_window_lies_outside_the_quiet_hours() -> None:
    for window in WINDOWS.values():
        for minute in range(1440):
            at = time(*divmod(minute, 60))
            assert not (window.holds(at) and (QUIET.holds(at) or SILENT.holds(at)))


@settings(deadline=None)
@given(moments, windows)
@example(FORWARD, "any")
@example(BACK, "any")
def test_the_next_moment_in_a_window_lies_in_it_and_within_a_day(
    now: datetime, window: str
) -> None:
    found = next_in(WINDOWS[window], now)
    assert WINDOWS[window].holds(local(found).time())
    assert timedelta(0) <= found.astimezone(UTC) - now <= timedelta(hours=25)
    if WINDOWS[window].holds(local(now).time()):
        assert found == now


@settings(deadline=None)
@given(moments, windows)
@example(BACK, "morning")
@example(FORWARD, "evening")
def test_the_next_slot_still_has_an_hour_to_run(now: datetime, window: str) -> None:
    found = next_slot(now, window)
    assert found.ends - now > timedelta(hours=1)
    assert found.begins < found.ends
    assert found.begins - now < timedelta(hours=25)
    assert local(found.begins).time() == WINDOWS[window].begins


@settings(deadline=None)
@given(moments, st.integers(1, 14))
def test_the_days_on_offer_are_in_order_and_each_has_a_window_open(
    now: datetime, wanted: int
) -> None:
    days = open_days(now, wanted)
    assert len(days) == wanted
    assert list(days) == sorted(set(days))
    assert days[0] - local(now).date() in (timedelta(0), timedelta(days=1))
    assert all(open_windows(day, now) for day in days)


def test_a_window_is_offered_while_it_has_more_than_an_hour_to_run() -> None:
    today = date(2026, 12, 1)
    assert open_windows(today, dhaka("10:59")) == ("morning", "afternoon", "evening")
    assert open_windows(today, dhaka("11:00")) == ("afternoon", "evening")
    assert open_windows(today, dhaka("19:00")) == ()
    assert open_days(dhaka("19:00"), 2) == (date(2026, 12, 2), date(2026, 12, 3))
    assert open_windows(date(2026, 11, 30), dhaka("09:00")) == ()


@pytest.mark.parametrize(
    ("clock", "name"),
    [
        ("09:00", "morning"),
        ("12:00", "afternoon"),
        ("16:00", "evening"),
        ("20:00", "any"),
        ("05:00", "any"),
    ],
)
def test_a_part_of_the_day_is_named_as_people_in_dhaka_name_it(clock: str, name: str) -> None:
    assert spoken_window(dhaka(clock).astimezone(UTC)) == window_name(name)


def test_a_day_is_spoken_as_the_people_there_live_it() -> None:
    before_midnight_in_london = datetime(2026, 12, 3, 18, 30, tzinfo=UTC)
    spoken = spoken_day(before_midnight_in_london)
    assert (spoken.bn, spoken.bn_Latn, spoken.en) == (
        "শুক্র 4 ডিসেম্বর",
        "Shukro 4 December",
        "Fri 4 December",
    )
    assert spoken_day(date(2026, 12, 4)) == spoken


def test_follow_ups_come_in_order_and_none_lives_into_the_next_month() -> None:
    assert list(FOLLOW_UPS) == sorted(set(FOLLOW_UPS))
    assert all(life < MONTH for life in LATEST.values())


def test_tomorrow_is_never_said_on_the_day_itself() -> None:
    """The text of the day before is due at ten and must be gone before a silent hour ends."""
    due = slot(date(2026, 12, 1), "any").begins + timedelta(hours=2)
    last = local(due + LATEST["slot_day_before"])
    assert last <= datetime.combine(date(2026, 12, 2), SILENT.ends, tzinfo=DHAKA)
