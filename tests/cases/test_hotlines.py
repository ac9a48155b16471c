"""Which lines may be shown on a day."""

from __future__ import annotations

from datetime import date

from helpline.cases.hotlines import WORKS, Check, Hotline, at_once, current, stale
from helpline.data.load import load_hotlines
from helpline.flow.words import Label

TODAY = date(2027, 1, 1)


def line(key: str, order: int, expires_at: date, number: str = "") -> Hotline:
    """Make a line with a made-up number."""
    name = Label(key, key, key)
    return Hotline(
        key,
        number or f"00{order}",
        name,
        name,
        "a test",
        None,
        "A",
        None,
        "",
        expires_at,
        order,
        abroad=False,
    )


EARLY = line("early", 2, expires_at=date(2026, 12, 1))
LATE = line("late", 1, expires_at=date(2027, 12, 1))


def check(of: Hotline, outcome: str, until: date) -> Check:
    return Check(of.fact, outcome, date(2026, 12, 20), "someone", until)


def test_current_lines_are_shown_in_their_order() -> None:
    second = line("second", 9, expires_at=date(2028, 1, 1))
    assert current([second, LATE], [], TODAY) == (LATE, second)


def test_an_expired_line_leaves_the_menu_and_is_to_be_called() -> None:
    assert current([EARLY, LATE], [], TODAY) == (LATE,)
    assert stale([EARLY, LATE], [], TODAY) == (EARLY,)


def test_the_day_it_expires_is_no_longer_a_day_to_show_it() -> None:
    ending = line("ending", 1, expires_at=TODAY)
    assert current([ending], [], TODAY) == ()
    assert current([ending], [], date(2026, 12, 31)) == (ending,)


def test_a_call_that_worked_brings_an_expired_line_back() -> None:
    assert current([EARLY], [check(EARLY, WORKS, date(2027, 6, 1))], TODAY) == (EARLY,)


def test_a_call_that_worked_long_ago_does_not() -> None:
    assert current([EARLY], [check(EARLY, WORKS, date(2026, 12, 25))], TODAY) == ()


def test_whoever_may_be_hurt_reads_the_line_for_violence_first_and_only_what_is_current() -> None:
    shown = current(load_hotlines(), (), date(2026, 12, 1))
    assert [each.number for each in at_once(shown)] == ["109", "999"]
    assert [each.number for each in at_once(each for each in shown if each.number != "109")] == [
        "999"
    ]
    assert at_once(()) == ()


def test_a_call_that_failed_takes_the_line_out_at_once() -> None:
    checks = [check(LATE, "wrong", date(2027, 6, 1))]
    assert current([LATE], checks, TODAY) == ()
    assert stale([LATE], checks, TODAY) == (LATE,)


def test_a_check_is_of_a_number_so_a_new_number_starts_afresh() -> None:
    renumbered = line("late", 1, expires_at=date(2027, 12, 1), number="003")
    assert current([renumbered], [check(LATE, "wrong", date(2027, 6, 1))], TODAY) == (renumbered,)
