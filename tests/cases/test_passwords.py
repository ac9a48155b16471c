"""Passwords and waits, as rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpline.cases.passwords import (
    BRAKE_AT,
    COMMON,
    FIRST_WAIT,
    LONGEST,
    LONGEST_WAIT,
    SHORTEST,
    Failures,
    Tries,
    code_waits_until,
    fault,
    normal,
    waits_until,
)

NOW = datetime(2026, 12, 1, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    "password",
    ["seven green boats", "সাতটি সবুজ নৌকা", "aB3$aB3$aB", "correcthorsebattery", "নৌকা নৌকা নদী"],
)
def test_a_long_password_is_good_whatever_it_is_made_of(password: str) -> None:
    assert fault(password, "nasrin") == ""


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "short"),
        ("ninechars", "short"),
        ("x" * (LONGEST + 1), "long"),
        ("1234567890", "common"),
        ("0987654321", "common"),
        ("Password123", "common"),
        ("BANGLADESH2026!", "common"),
        ("qwertyuiop", "common"),
        ("abababababab", "common"),
        ("          x", "common"),
        ("nasrin.begum", "username"),
        ("NASRIN.BEGUM", "username"),
        ("mugeb.nirsan", "username"),
        ("nasrin.begum99", "username"),
    ],
)
def test_what_many_would_guess_is_refused(password: str, why: str) -> None:
    assert fault(password, "nasrin.begum") == why


@given(st.text(min_size=SHORTEST, max_size=40))
def test_the_same_letters_are_the_same_password(password: str) -> None:
    assert normal(normal(password)) == normal(password)


@given(
    st.sampled_from(sorted(word for word in COMMON if word[-1].isalpha())),
    st.text("0123456789!", max_size=6),
)
def test_a_common_password_is_common_with_digits_behind_it(word: str, digits: str) -> None:
    assert fault(word + digits, "nasrin") in {"common", "short"}


numbers = st.integers(0, 500)


@given(numbers, numbers, numbers)
def test_nobody_waits_longer_than_the_longest_and_more_failures_never_wait_less(
    here: int, address: int, everywhere: int
) -> None:
    def until(plus: int = 0) -> datetime:
        failures = Failures(
            Tries(here + plus, NOW), Tries(address + plus, NOW), Tries(everywhere + plus, NOW)
        )
        return waits_until(failures) or NOW

    assert NOW <= until() <= NOW + LONGEST_WAIT
    assert until() <= until(1)


@given(numbers)
def test_who_failed_nowhere_waits_for_nobody(everywhere: int) -> None:
    assert waits_until(Failures(everywhere=Tries(everywhere, NOW))) is None


def test_one_slip_is_free_even_while_somebody_guesses() -> None:
    everywhere = Tries(BRAKE_AT * 10, NOW)
    assert waits_until(Failures(Tries(1, NOW), Tries(1, NOW), everywhere)) is None
    assert waits_until(Failures(Tries(2, NOW), Tries(2, NOW), everywhere)) == NOW + FIRST_WAIT


@pytest.mark.parametrize(
    ("number", "seconds"), [(4, None), (5, 30), (6, 60), (9, 480), (10, 900), (10**6, 900)]
)
def test_codes_wait_as_passwords_do(number: int, seconds: int | None) -> None:
    expected = None if seconds is None else NOW + timedelta(seconds=seconds)
    assert code_waits_until(Tries(number, NOW)) == expected
