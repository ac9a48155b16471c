"""A number that nobody may be given is found however it is written; what only looks like it is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpline.cases.phone_lines import retired_in
from helpline.cases.wording import CANNED, REFUSED, codes, warnings
from helpline.data.load import load_hotlines, load_retired

RETIRED = load_retired()
SHORT = sorted(number for number in RETIRED if len(number) == 5)
LONG = sorted(number for number in RETIRED if len(number) > 5)
BANGLA = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")


def old(found: list[str]) -> list[str]:
    return [each.partition(" ")[0] for each in found]


def bare(number: str) -> str:
    """Without the country's code and the first nought."""
    return number.removeprefix("+880").removeprefix("0")


def test_every_one_that_was_replaced_names_a_line_that_is_there() -> None:
    lines = {line.number for line in load_hotlines()}
    assert {new for new in RETIRED.values() if new} <= lines
    assert sum(bool(new) for new in RETIRED.values()) == 6
    assert not set(RETIRED) & lines


@pytest.mark.parametrize("number", RETIRED)
@pytest.mark.parametrize(
    "around", ["{}", "Call {}.", "নম্বর: {}।", "({})", "tel:{}", "{}-এ ফোন করুন", "x{}y", "{}\n999"]
)
def test_it_is_found_in_any_sentence_and_names_what_is_right(number: str, around: str) -> None:
    for text in (around.format(number), around.format(number.translate(BANGLA))):
        [told] = retired_in(text, RETIRED)
        new = RETIRED[number]
        assert told == (f"{number} → {new}" if new else number)


@pytest.mark.parametrize("number", LONG)
@given(data=st.data())
def test_a_long_one_is_found_whatever_stands_between_its_digits(
    number: str, data: st.DataObject
) -> None:
    begins = data.draw(st.sampled_from(("", "0", "+880", "880", "+88 0", "+880 (0)", "00880 ")))
    digits = bare(number)
    apart = data.draw(
        st.lists(
            st.sampled_from(("", " ", "-", ".", "\u00a0", "\u2011", "\u200b", " - ", "/")),
            min_size=len(digits),
            max_size=len(digits),
        )
    )
    written = begins + "".join(
        f"{digit}{space}" for digit, space in zip(digits, apart, strict=True)
    )
    if data.draw(st.booleans()):
        written = written.translate(BANGLA)
    assert old(retired_in(f"ফোন {written} দিন", RETIRED)) == [number]


@pytest.mark.parametrize("number", SHORT)
@pytest.mark.parametrize("between", ["-", " ", "."])
def test_a_short_one_is_found_when_its_digits_are_spelt_out(number: str, between: str) -> None:
    assert old(retired_in(f"dial {between.join(number)} now", RETIRED)) == [number]


@pytest.mark.parametrize("number", SHORT)
def test_an_amount_a_date_or_a_part_of_another_number_is_none(number: str) -> None:
    for text in (
        f"{number[:2]},{number[2:]} টাকা",
        f"{number}.50",
        f"{number}7",
        f"7{number}",
        f"0{number}9",
        f"{number[:2]}-{number[2]}-{number[3:]}",
        f"{number[:2]}/{number[2]}/{number[3:]}",
    ):
        assert retired_in(text, RETIRED) == [], text


@given(st.text(alphabet="abc অআক .,-/+()", max_size=60))
def test_a_text_without_digits_names_none(text: str) -> None:
    assert retired_in(text, RETIRED) == []


def test_the_lines_that_are_right_and_the_ready_answers_are_let_through() -> None:
    for line in load_hotlines():
        assert retired_in(f"{line.number} {line.about.bn} {line.about.en}", RETIRED) == []
    for answer in CANNED:
        for language in ("bn", "en"):
            assert not warnings(answer.name(language), language, retired=RETIRED)


def test_no_reason_overrides_it() -> None:
    [number, *_others] = SHORT
    found = codes(warnings(f"Please dial {number}.", "en", retired=RETIRED))
    assert found == ["retired"]
    assert set(found) <= REFUSED
