"""Phone numbers as people and gateways write them. All numbers here are fictional."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpline.gateways.numbers import e164, masked, textable

MOBILE = "+8801712345678"


@pytest.mark.parametrize(
    "typed",
    [
        "+8801712345678",
        "8801712345678",
        " 8801712345678",
        "008801712345678",
        "01712345678",
        "1712345678",
        "০১৭১২৩৪৫৬৭৮",
        "+৮৮০১৭১২৩৪৫৬৭৮",
        "٠١٧١٢٣٤٥٦٧٨",
        "۰۱۷۱۲۳۴۵۶۷۸",
        "０１７１２３４５６７８",
        "＋8801712345678",
        "+880 1712-345678",
        "+880 (1712) 345.678",
        "+880\u00a01712\u2011345678",
        "\u202a+8801712345678\u202c",
        "০১৭\u200c১২৩৪৫৬৭৮",
        "+8801712345678\n",
        "+88001712345678",
    ],
)
def test_every_way_to_write_a_mobile_is_one_number(typed):
    assert e164(typed) == MOBILE


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("+966501234567", "+966501234567"),
        ("00966501234567", "+966501234567"),
        ("966501234567", "+966501234567"),
        ("٠٠٩٦٦٥٠١٢٣٤٥٦٧", "+966501234567"),
        ("60123456789", "+60123456789"),
        ("+254711000000", "+254711000000"),
        ("+88029555555", "+88029555555"),
        ("09612345678", "+8809612345678"),
    ],
)
def test_roaming_foreign_and_landline_numbers_are_read(typed, number):
    assert e164(typed) == number


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "+",
        "abc",
        "16135",
        "999",
        "01112345678",  # an operator that closed
        "+8801112345678",
        "+8801212345678",
        "6412345678",  # phonenumbers calls it a mobile
        "+880171234567",
        "+88017123456789",
        "0171234567",
        "01712345678 ext 5",
        "0171234567a",
        "01712345678,01712345679",
        "+8801712345678+8801712345679",
        "tel:+8801712345678",
        "--01712345678",
        "+12345",
        "0" * 5000,
        "১" * 5000,
        "\ud800",
        "\0",
    ],
)
def test_what_is_no_number_is_none(typed):
    assert e164(typed) is None


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading_of_numbers(typed):
    number = e164(typed)
    assert number is None or (number.startswith("+") and number[1:].isascii())


@given(st.integers(3, 9), st.integers(0, 99_999_999))
def test_what_was_read_is_read_the_same_again(operator, rest):
    number = f"+8801{operator}{rest:08d}"
    assert e164(number) == e164(number[1:]) == e164("0" + number[4:]) == number
    assert textable(number)


@pytest.mark.parametrize(
    "number",
    [
        "+8801112345678",
        "+88029555555",
        "01712345678",
        "+8801712345678\n",
        "+0123456789",
        "+880",
        "",
    ],
)
def test_only_numbers_that_can_get_a_text_are_textable(number):
    assert not textable(number)


def test_a_foreign_number_is_textable():
    assert textable("+966501234567")


def test_a_masked_number_shows_only_its_beginning_and_end():
    assert masked(MOBILE) == "+8801*******78"
    assert masked("16135") == "*****"
    assert masked("") == ""
