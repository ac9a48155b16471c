"""Reference numbers: a slip of the finger is always found, whatever digits it is typed in."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpline.cases.references import LENGTH, make, spoken, understood

numbers = st.integers(0, 10**8 - 1)
BANGLA = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")
SOME = [0, 1, 99_999_999, 12_345_678, *random.Random(7).sample(range(10**8), 40)]


@settings(deadline=None)
@given(numbers)
def test_a_reference_is_nine_digits_and_is_understood_as_it_is_spoken(number: int) -> None:
    reference = make(number)
    assert len(reference) == LENGTH
    assert reference.isascii()
    assert reference.isdigit()
    assert understood(reference) == understood(spoken(reference)) == reference


@settings(deadline=None)
@given(numbers, numbers)
def test_two_numbers_never_share_a_reference(one: int, other: int) -> None:
    assert (make(one) == make(other)) is (one == other)


def test_a_reference_is_spoken_in_threes() -> None:
    assert spoken("123456789") == "123 456 789"


@pytest.mark.parametrize("number", SOME)
def test_every_single_wrong_digit_is_found(number: int) -> None:
    reference = make(number)
    wrong = [
        reference[:place] + digit + reference[place + 1 :]
        for place in range(LENGTH)
        for digit in "0123456789"
        if digit != reference[place]
    ]
    assert len(wrong) == LENGTH * 9
    assert not [each for each in wrong if understood(each)]


@pytest.mark.parametrize("number", SOME)
def test_every_swap_of_neighbours_is_found(number: int) -> None:
    reference = make(number)
    swapped = [
        reference[:place] + after + before + reference[place + 2 :]
        for place, (before, after) in enumerate(pairwise(reference))
        if before != after
    ]
    assert not [each for each in swapped if understood(each)]


@settings(deadline=None)
@given(numbers, st.sampled_from(["{} {} {}", "{}-{}-{}", "{}.{}.{}", " {}{} {} "]), st.booleans())
def test_any_digits_and_any_grouping_are_understood(number: int, shape: str, bangla: bool) -> None:
    reference = make(number)
    typed = shape.format(reference[:3], reference[3:6], reference[6:])
    assert understood(typed.translate(BANGLA) if bangla else typed) == reference


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "12345678",
        "1234567890",
        "abc def ghi",
        "12345678x",
        "١٢٣٤٥٦٧٨٩",
        "²²²²²²²²²",
        "+00000000",
    ],
)
def test_what_is_no_reference_is_none(typed: str) -> None:
    assert understood(typed) is None


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_words_whatever_are_a_reference_or_none(typed: str) -> None:
    found = understood(typed)
    assert found is None or make(int(found[:8])) == found
