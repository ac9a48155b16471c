from __future__ import annotations

import string
from typing import TYPE_CHECKING, cast
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpline.flow.answers import (
    bmet_card,
    digit,
    fold_digits,
    free_text,
    identity,
    nid,
    passport,
    pin,
    tidy,
    whole_number,
    words,
)
from helpline.flow.lettering import clean, clusters

if TYPE_CHECKING:
    from helpline.flow.words import Parse, Scene

NO_SCENE = cast("Scene", None)
"""These parsers look at what was typed and at nothing else."""

SCRIPTS = ["0123456789", "০১২৩৪৫৬৭৮৯", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "０１２３４５６７８９"]
NOT_DIGITS = ["²", "①", "½", "Ⅷ", "१", "一", "४"]
HOSTILE = [
    "{",
    "{0}",
    "%s",
    "%(x)s",
    "<",
    "<b>1</b>",
    "'; --",
    "\\1",
    "9" * 400,
    "ক" * 400,
    "a" * 400,
]
EMPTY = ["", " ", "\n\t", "\xa0", "\u200b\ufeff", "\0\x1b", "\u200d", "\ud83d"]
every_script = pytest.mark.parametrize("digits", SCRIPTS)


def read(parse: Parse, typed: str) -> object:
    return parse(typed, NO_SCENE)


@every_script
def test_every_script_of_digits_is_read(digits: str) -> None:
    assert fold_digits(digits) == "0123456789"
    assert [digit(each) for each in digits] == list("0123456789")
    assert digit(digits[9] + digits[8]) == "98"
    assert read(whole_number(0, 2_000_000_000), digits[1:]) == "123456789"
    assert read(nid, digits) == "0123456789"
    assert read(passport, "ab" + digits[1:8]) == "AB1234567"
    assert read(pin(), digits[1] + digits[7] + digits[3] + digits[9]) == "1739"
    assert words(f"reg{digits}") == ("reg0123456789",)


@pytest.mark.parametrize("typed", NOT_DIGITS)
def test_what_only_looks_like_a_digit_is_not_one(typed: str) -> None:
    assert fold_digits(typed) == typed
    assert digit(typed) is None
    assert read(whole_number(0, 99), typed) is None
    assert read(nid, typed * 10) is None
    assert read(pin(), "173" + typed) is None


@pytest.mark.parametrize("typed", ["1", " 1 ", "1.", "1#", "#1", "১", "১।", "1)", "(1)", "1\0", "\x1b1",
                                   "1\xa0", "\u200b1", "\ufeff1", "1\n", "1\r\n", ".1", "1 . #", "\u202a1\u202c"])  # fmt: skip
def test_one_is_pressed_in_many_ways(typed: str) -> None:
    assert digit(typed) == "1"


@pytest.mark.parametrize("typed", ["0", "00", "000", "01", "98", "99", "100"])
def test_special_keys_stay_apart(typed: str) -> None:
    assert digit(typed) == typed


@pytest.mark.parametrize(
    "typed",
    [
        *EMPTY,
        *HOSTILE,
        "1234",
        "0000",
        "-1",
        "+1",
        "1 2",
        "1*2",
        "1,",
        "0x1",
        "1e1",
        "one",
        "এক",
        "#",
    ],
)
def test_anything_else_is_not_a_key(typed: str) -> None:
    assert digit(typed) is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" ..ঢাকা।\n", "ঢাকা"),
        ("#Cox's Bazar#", "Cox's Bazar"),
        ("B. Baria", "B. Baria"),
        ("\0Dhaka\x07 (North).", "Dhaka (North)"),
        ("\u09df", "\u09af\u09bc"),
        ("১২", "১২"),
        (" .#। ", ""),
    ],
)
def test_tidy_takes_off_the_ends_and_leaves_the_middle(typed: str, kept: str) -> None:
    assert tidy(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0", "0"),
        ("007", "7"),
        (" ১২. ", "12"),
        ("1,50,000", "150000"),
        ("150,000", "150000"),
        ("150 000", "150000"),
        ("১,৫০,০০০", "150000"),
        ("200000", "200000"),
        ("200001", None),
        ("-5", None),
        ("1-2", None),
        ("1 2", None),
        ("1,2", None),
        ("12 34", None),
        ("2.5", None),
        ("1,000" * 2, None),
        ("1" + ",000" * 2000, None),
        ("5 years", None),
        ("²", None),
    ],
)
def test_a_whole_number_is_read_within_its_bounds_or_not_at_all(
    typed: str, kept: str | None
) -> None:
    assert read(whole_number(0, 200_000), typed) == kept


def test_a_whole_number_below_the_least_is_refused() -> None:
    assert read(whole_number(18, 90), "17") is None
    assert read(whole_number(18, 90), "18") == "18"
    assert read(whole_number(18, 90), "91") is None


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("nid", "1029384756", "1029384756"),
        ("nid", " 102-938 4756.", "1029384756"),
        ("nid", "102\u2013938\xa04756", "1029384756"),
        ("nid", "১০২৯৩৮৪৭৫৬১২৩", "1029384756123"),
        ("nid", "19801029384756123", "19801029384756123"),
        ("nid", "20011029384756123", "20011029384756123"),
        ("nid", "31801029384756123", None),
        ("nid", "102938475", None),
        ("nid", "10293847561", None),
        ("nid", "0000000000", None),
        ("nid", "1111111111111", None),
        ("nid", "10293847S6", None),
        ("passport", "BX0123456", "BX0123456"),
        ("passport", "bx 012-3456", "BX0123456"),
        ("passport", "a০১২৩৪৫৬৭", "A01234567"),
        ("passport", "ABC123456", None),
        ("passport", "A0123456", None),
        ("passport", "AB01234567", None),
        ("passport", "ক01234567", None),
        ("passport", "AB0000000", None),
        ("passport", "A11111111", None),
        ("bmet", "bd-১২৩ ৪৫৬", "BD123456"),
        ("bmet", "12345", None),
        ("bmet", "123456", "123456"),
        ("bmet", "A1" * 10, "A1" * 10),
        ("bmet", "A1" * 10 + "B", None),
        ("bmet", "i have none", None),
        ("bmet", "999999", None),
        ("bmet", "ab_12345", None),
    ],
)
def test_an_identity_number_is_kept_in_one_form_or_refused(
    kind: str, typed: str, kept: str | None
) -> None:
    assert read(identity(kind), typed) == kept


def test_an_unknown_kind_of_identity_is_a_mistake_of_the_menu() -> None:
    assert (identity("nid"), identity("passport"), identity("bmet")) == (nid, passport, bmet_card)
    with pytest.raises(KeyError):
        identity("ticket")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("1739", "1739"),
        ("1 7 3 9", "1739"),
        ("17-39#", "1739"),
        ("0071", "0071"),
        ("1212", "1212"),
        ("0000", None),
        ("৭৭৭৭", None),
        ("1234", None),
        ("4321", None),
        ("8901", None),
        ("1098", None),
        ("173", None),
        ("17395", None),
        ("17a9", None),
        ("17²9", None),
        ("-739", None),
    ],
)
def test_a_pin_has_its_length_and_is_not_the_first_to_be_guessed(
    typed: str, kept: str | None
) -> None:
    assert read(pin(), typed) == kept


def test_a_pin_may_have_another_length() -> None:
    assert read(pin(6), "173905") == "173905"
    assert read(pin(6), "123456") is None
    assert read(pin(6), "1739") is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  রহিমা বেগম \n", "রহিমা বেগম"),
        ("Md. Rahim", "Md. Rahim"),
        ("‘আমি’ ১২ {x} %s <b>", "'আমি' ১২ {x} %s <b>"),
        ("হয়েছে", normalize("NFC", "হয়েছে")),
        ("\u09b0\u200d\u09cd\u09af\u09be\u09ac", "\u09b0\u200d\u09cd\u09af\u09be\u09ac"),
        ("এক\r\nদুই", "এক\nদুই"),
        ("ক" * 40, "ক" * 40),
        ("ক্ষ্ম" * 40, "ক্ষ্ম" * 40),
        ("ক" * 41, None),
        ("ক" * 400, None),
        ("a" * 400, None),
        ("ক" + "\u0981" * 320, None),
    ],
)
def test_free_text_is_kept_as_typed_or_refused_whole(typed: str, kept: str | None) -> None:
    assert read(free_text(40), typed) == kept


@pytest.mark.parametrize("typed", EMPTY)
def test_nothing_typed_is_no_answer_to_anything(typed: str) -> None:
    for parse in (whole_number(0, 9), nid, passport, bmet_card, pin(), free_text(40)):
        assert read(parse, typed) is None
    assert words(typed) == ()


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("STOP!", ("stop",)),
        ("  Stop , please.", ("stop", "please")),
        ("বন্ধ।", ("বন্ধ",)),
        ("REG-১২", ("reg", "12")),
        ("reg٣", ("reg3",)),
        ("#help_me", ("help", "me")),
        ("don’t", ("dont",)),
        ("\u09b0\u200d\u09cd\u09af\u09be\u09ac", ("\u09b0\u09cd\u09af\u09be\u09ac",)),
        ("স\u200bাহায্য", ("সাহায্য",)),
        ("নি\u09df\u09ae", ("নি\u09af\u09bc\u09ae",)),
        ("1\U0001f44d2²", ("1", "2")),
        ("{0} %s <b>", ("0", "s", "b")),
        ("ÉCOLE Straße", ("école", "strasse")),
        ("a" * 400, ("a" * 400,)),
    ],
)
def test_keywords_are_compared_without_case_marks_or_hidden_characters(
    text: str, tokens: tuple[str, ...]
) -> None:
    assert words(text) == tokens


@settings(deadline=None)
@given(
    st.text() | st.text(alphabet="".join(SCRIPTS) + string.ascii_letters + " -.#,²\u200d\0{%<ক্য়")
)
def test_whatever_is_typed_is_an_answer_in_its_one_form_or_none(typed: str) -> None:
    assert digit(typed) is None or set(digit(typed) or "-") <= set(string.digits)
    assert words(" ".join(words(typed))) == words(typed)
    for parse in (whole_number(0, 10**9), nid, passport, bmet_card, pin(), free_text(60)):
        kept = read(parse, typed)
        assert kept is None or (isinstance(kept, str) and kept and read(parse, kept) == kept)
    text = read(free_text(60), typed)
    assert text is None or text == clean(typed).strip()
    assert text is None or len(clusters(str(text))) <= 60
