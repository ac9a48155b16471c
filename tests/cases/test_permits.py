"""The safe-contact gate: the table of rules, and what may never happen whatever is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from helpline.cases.calendar import DHAKA, QUIET, SILENT, WINDOWS, Slot, Span, local
from helpline.cases.permits import (
    PERMIT_LIVES,
    PROMPT,
    Channel,
    Decision,
    Detail,
    Permit,
    Purpose,
    Ruling,
    decide,
    expiry,
)
from helpline.cases.safe_times import EVERY_DAY, SafeTimes, spans_of, written

FOREVER = timedelta(days=400)
FREE = Permit(channels=frozenset({Channel.SMS}), detailed=True)
BY_ITSELF = (Purpose.SLOT, Purpose.PERSON)
ANSWERS = (Purpose.LAST, Purpose.STAFF)
AWAITED = (Purpose.REPLY, Purpose.ASKED)


def at(clock: str, day: int = 1) -> datetime:
    """A time of 1 December 2026 in Dhaka."""
    return datetime.combine(datetime(2026, 12, day, tzinfo=DHAKA), time.fromisoformat(clock), DHAKA)


def ruled(
    permit: Permit, purpose: Purpose, now: datetime, *, quiet: Span = QUIET, **times: timedelta
) -> Decision:
    """The ruling on a message asked for an hour ago that may still be sent for a year."""
    return decide(
        permit,
        purpose,
        now=now,
        since=now - times.get("ago", timedelta(hours=1)),
        expires=now + times.get("lives", FOREVER),
        quiet=quiet,
    )


@pytest.mark.parametrize("purpose", Purpose)
def test_nothing_at_all_goes_to_an_unsafe_phone(purpose: Purpose) -> None:
    permit = replace(FREE, unsafe=True)
    assert ruled(permit, purpose, at("10:00")) == Decision(Ruling.REFUSE, "unsafe")


@pytest.mark.parametrize("purpose", Purpose)
def test_a_stopped_phone_gets_the_last_answer_and_nothing_else(purpose: Purpose) -> None:
    decision = ruled(replace(FREE, stopped=True), purpose, at("10:00"))
    if purpose is Purpose.LAST:
        assert decision == Decision(Ruling.SEND)
    else:
        assert decision == Decision(Ruling.REFUSE, "stopped")


@pytest.mark.parametrize("purpose", Purpose)
def test_nothing_goes_to_a_person_who_withdrew(purpose: Purpose) -> None:
    permit = replace(FREE, ended=True)
    assert ruled(permit, purpose, at("10:00")) == Decision(Ruling.REFUSE, "withdrawn")


@pytest.mark.parametrize("purpose", Purpose)
def test_what_is_over_is_not_spoken_of(purpose: Purpose) -> None:
    permit = replace(FREE, settled=True)
    assert ruled(permit, purpose, at("10:00")) == Decision(Ruling.SKIP, "settled")


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=1), timedelta(days=9)])
def test_what_has_expired_is_skipped_and_not_sent_late(purpose: Purpose, late: timedelta) -> None:
    assert ruled(FREE, purpose, at("10:00"), lives=-late) == Decision(Ruling.SKIP, "stale")


@pytest.mark.parametrize("purpose", [*AWAITED, Purpose.NEWS, Purpose.OFFICE, *BY_ITSELF])
def test_where_nothing_is_known_nothing_is_sent(purpose: Purpose) -> None:
    assert ruled(Permit(), purpose, at("10:00")) == Decision(Ruling.REFUSE, "no_permit")


@pytest.mark.parametrize("purpose", ANSWERS)
@pytest.mark.parametrize("clock", ["03:00", "07:59", "12:00", "23:59"])
def test_an_answer_needs_no_permission_and_keeps_no_hours(purpose: Purpose, clock: str) -> None:
    assert ruled(Permit(times=SafeTimes("evening")), purpose, at(clock)) == Decision(Ruling.SEND)


@pytest.mark.parametrize("purpose", AWAITED)
def test_what_was_asked_for_a_moment_ago_keeps_no_hours_either(purpose: Purpose) -> None:
    assert ruled(FREE, purpose, at("03:00"), ago=PROMPT) == Decision(Ruling.SEND)


@pytest.mark.parametrize("purpose", AWAITED)
def test_what_was_asked_for_longer_ago_waits_for_the_morning(purpose: Purpose) -> None:
    decision = ruled(FREE, purpose, at("03:00"), ago=PROMPT + timedelta(seconds=1))
    assert decision == Decision(Ruling.HOLD, "quiet", at("08:00"))


@pytest.mark.parametrize("purpose", BY_ITSELF)
@pytest.mark.parametrize(
    ("now", "window", "until", "why"),
    [
        (at("08:00"), "any", None, ""),
        (at("20:59:59"), "any", None, ""),
        (at("21:00"), "any", at("08:00", 2), "quiet"),
        (at("00:00"), "any", at("08:00"), "quiet"),
        (at("07:59:59"), "any", at("08:00"), "quiet"),
        (at("08:00"), "morning", at("09:00"), "window"),
        (at("03:00"), "morning", at("09:00"), "quiet"),
        (at("11:59"), "morning", None, ""),
        (at("12:00"), "morning", at("09:00", 2), "window"),
        (at("12:00"), "afternoon", None, ""),
        (at("22:00"), "evening", at("16:00", 2), "quiet"),
        (at("19:59"), "evening", None, ""),
        (at("20:00"), "evening", at("16:00", 2), "window"),
        (at("08:30"), "09:30-11:00", at("09:30"), "window"),
        (at("11:00"), "09:30-11:00 18:30-20:00", at("18:30"), "window"),
        (at("19:59"), "09:30-11:00 18:30-20:00", None, ""),
    ],
)
def test_a_message_waits_for_the_next_safe_time(
    purpose: Purpose, now: datetime, window: str, until: datetime | None, why: str
) -> None:
    decision = ruled(replace(FREE, times=SafeTimes(window)), purpose, now)
    assert decision == Decision(Ruling.HOLD if until else Ruling.SEND, why, until)


def test_no_setting_opens_the_silent_hours() -> None:
    never = Span(time(12), time(12))
    decision = ruled(FREE, Purpose.PERSON, at("05:59"), quiet=never)
    assert decision.until == at("08:00")
    assert ruled(FREE, Purpose.SLOT, at("23:00"), quiet=never).until == at("08:00", 2)


def test_what_cannot_be_sent_safely_before_it_expires_is_skipped_at_once() -> None:
    decision = ruled(FREE, Purpose.SLOT, at("22:00"), lives=timedelta(hours=10))
    assert decision == Decision(Ruling.SKIP, "no_safe_time")
    kept = ruled(FREE, Purpose.SLOT, at("22:00"), lives=timedelta(hours=10, seconds=1))
    assert kept.ruling is Ruling.HOLD


def test_quiet_hours_that_leave_no_safe_time_skip_instead_of_waiting_for_ever() -> None:
    all_but_noon = Span(time(13), time(12))
    decision = ruled(
        replace(FREE, times=SafeTimes("evening")), Purpose.PERSON, at("10:00"), quiet=all_but_noon
    )
    assert decision == Decision(Ruling.SKIP, "no_safe_time")


moments = st.datetimes(datetime(2010, 1, 2), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (the strategy puts the zone on)
ages = st.timedeltas(timedelta(0), timedelta(days=3))
lives = st.timedeltas(-timedelta(hours=1), timedelta(days=4))
flags = st.booleans()
days = st.sets(st.sampled_from(EVERY_DAY), min_size=1).map(lambda some: "".join(sorted(some)))
permits = st.builds(
    Permit,
    stopped=flags,
    unsafe=flags,
    channels=st.frozensets(st.sampled_from(Channel)),
    ended=flags,
    times=st.builds(SafeTimes, st.sampled_from([*WINDOWS, "10:15-10:45", "unknown"]), days),
    expires_at=st.none() | moments,
    detailed=flags,
    settled=flags,
)
free_permits = st.builds(
    Permit,
    channels=st.just(frozenset(Channel)),
    times=st.builds(SafeTimes, st.sampled_from(list(WINDOWS)), days),
)
whole = st.integers(0, 1439).map(lambda minute: time(*divmod(minute, 60)))
spans = st.builds(Span, whole, whole)
purposes = st.sampled_from(Purpose)


@settings(deadline=None)
@given(permits, purposes, moments, ages, lives, spans)
def test_whatever_is_known_the_sacred_rules_hold(
    permit: Permit, purpose: Purpose, now: datetime, age: timedelta, life: timedelta, quiet: Span
) -> None:
    decision = decide(permit, purpose, now=now, since=now - age, expires=now + life, quiet=quiet)
    if decision.ruling is not Ruling.SEND:
        return
    assert not permit.unsafe
    assert not permit.ended
    assert life > timedelta(0)
    assert purpose is Purpose.LAST or not permit.stopped
    if purpose not in ANSWERS:
        assert Channel.SMS in permit.channels
        assert permit.expires_at is None or now < permit.expires_at


@settings(deadline=None)
@given(free_permits, purposes, moments, ages, spans)
@example(FREE, Purpose.PERSON, at("00:00"), timedelta(0), Span(time(12), time(12)))
@example(FREE, Purpose.SLOT, at("05:59:59.999999"), timedelta(0), Span(time(12), time(12)))
def test_nothing_goes_out_by_itself_in_the_silent_hours(
    permit: Permit, purpose: Purpose, now: datetime, age: timedelta, quiet: Span
) -> None:
    decision = decide(permit, purpose, now=now, since=now - age, expires=now + FOREVER, quiet=quiet)
    here = local(now).time()
    prompt = purpose in ANSWERS or (purpose in AWAITED and age <= PROMPT)
    if decision.ruling is Ruling.SEND and not prompt:
        assert not SILENT.holds(here)
        assert not quiet.holds(here)
        assert permit.times.hold(now)
    if prompt:
        assert decision.ruling is Ruling.SEND


@settings(deadline=None)
@given(free_permits, purposes, moments, ages, lives, spans)
def test_a_held_message_waits_until_a_moment_at_which_it_may_go(
    permit: Permit, purpose: Purpose, now: datetime, age: timedelta, life: timedelta, quiet: Span
) -> None:
    since, expires = now - age, now + life
    decision = decide(permit, purpose, now=now, since=since, expires=expires, quiet=quiet)
    if decision.until is None:
        assert decision.ruling is not Ruling.HOLD
        return
    assert now < decision.until < expires
    stored = decision.until.astimezone(UTC)
    again = decide(permit, purpose, now=stored, since=since, expires=expires, quiet=quiet)
    assert again == Decision(Ruling.SEND)


@settings(deadline=None)
@given(free_permits, moments, spans)
def test_a_held_message_waits_no_longer_than_it_must(
    permit: Permit, now: datetime, quiet: Span
) -> None:
    decision = ruled(permit, Purpose.PERSON, now, quiet=quiet)
    if decision.until is None:
        assert decision.ruling is not Ruling.HOLD
        return
    marks = sorted(
        {
            moment
            for day in range(-1, 9)
            for clock in (
                quiet.ends,
                SILENT.ends,
                *(span.begins for span in permit.times.spans()),
            )
            if now
            < (
                moment := datetime.combine(
                    local(now).date() + timedelta(days=day), clock, tzinfo=DHAKA
                )
            )
            < decision.until
        }
    )
    earlier = [ruled(permit, Purpose.PERSON, moment, quiet=quiet) for moment in marks]
    assert not [each for each in earlier if each.ruling is Ruling.SEND]
    assert all(before < after for before, after in pairwise(marks))


def test_a_window_that_nobody_can_read_is_no_safe_time() -> None:
    lost = replace(FREE, times=SafeTimes("a window we no longer know"))
    assert ruled(lost, Purpose.PERSON, at("08:30")) == Decision(Ruling.SKIP, "no_safe_time")


def test_a_day_that_is_not_safe_is_waited_over() -> None:
    fridays = replace(FREE, times=SafeTimes("evening", "5"))
    assert ruled(fridays, Purpose.PERSON, at("17:00")) == Decision(
        Ruling.HOLD, "window", at("16:00", 4)
    )
    assert ruled(fridays, Purpose.PERSON, at("17:00", 4)) == Decision(Ruling.SEND)


def test_what_has_run_out_is_not_allowed_any_more() -> None:
    until = expiry(at("10:00"))
    held = replace(FREE, expires_at=until)
    assert ruled(held, Purpose.PERSON, until - timedelta(seconds=1)) == Decision(Ruling.SEND)
    assert ruled(held, Purpose.PERSON, until) == Decision(Ruling.REFUSE, "expired")
    assert until - at("10:00") == PERMIT_LIVES


@pytest.mark.parametrize("channel", Channel)
def test_each_channel_is_allowed_by_itself(channel: Channel) -> None:
    only = Permit(channels=frozenset({channel}))
    for other in Channel:
        decision = decide(
            only,
            Purpose.PERSON,
            other,
            now=at("10:00"),
            since=at("09:00"),
            expires=at("10:00", 2),
        )
        assert (decision.ruling is Ruling.SEND) is (other is channel)


def test_a_text_that_says_what_it_is_about_needs_more_than_sms() -> None:
    for detailed, ruling in ((False, Ruling.REFUSE), (True, Ruling.SEND)):
        decision = decide(
            replace(FREE, detailed=detailed),
            Purpose.PERSON,
            detail=Detail.DETAILED,
            now=at("10:00"),
            since=at("09:00"),
            expires=at("10:00", 2),
        )
        assert decision.ruling is ruling


def test_a_call_in_the_hour_its_client_chose_needs_no_usual_time_but_keeps_the_quiet_ones() -> None:
    chosen = Slot(at("10:00"), at("23:00"))
    permit = Permit(channels=frozenset({Channel.CALL}), times=SafeTimes("evening"), chosen=chosen)

    def call(now: datetime) -> Decision:
        return decide(
            permit, Purpose.ASKED, Channel.CALL, now=now, since=at("09:59"), expires=at("10:00", 9)
        )

    assert call(at("10:00")) == Decision(Ruling.SEND)
    assert call(at("22:00")).why == "quiet"
    assert call(at("09:59")) == Decision(Ruling.HOLD, "window", at("16:00"))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("morning", "morning"),
        ("9:30-11:00", "09:30-11:00"),
        ("9.30 - 11.00, 18:30–20:00", "09:30-11:00 18:30-20:00"),
        ("morning 18:30-20:00", "morning 18:30-20:00"),
        ("20:00-18:00", None),
        ("10:00-10:00", None),
        ("25:00-26:00", None),
        ("night", None),
        ("", None),
        ("08:00-09:00 10:00-11:00 12:00-13:00 14:00-15:00", None),
        ("<script>", None),
    ],
)
def test_hours_are_kept_as_they_were_meant_or_not_at_all(typed: str, kept: str | None) -> None:
    assert written(typed) == kept


@given(st.text(max_size=60))
def test_whatever_is_typed_as_hours_is_read_again_as_it_was_kept(typed: str) -> None:
    kept = written(typed)
    if kept is not None:
        assert spans_of(kept)
        assert written(kept) == kept
