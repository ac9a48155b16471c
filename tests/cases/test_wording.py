"""The check that a text is neutral: what it finds, whatever the ending, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpline.cases.permits import Detail
from helpline.cases.texts import BUSY, BUSY_WITHOUT_NUMBER, DETAILED, TEXTS, detail_of
from helpline.cases.wording import CANNED, REFUSED, codes, warnings
from helpline.flow.layout import fill_in
from helpline.i18n import translator

CORPUS = Path(__file__).parent.parent / "data" / "wording_corpus.tsv"


@pytest.mark.parametrize(
    ("text", "language", "code"),
    [
        ("আপনার পরামর্শের সময় কাল", "bn", "service"),
        ("কাউন্সেলিংয়ের জন্য আসবেন", "bn", "service"),
        ("মামলাটির তারিখ কাল", "bn", "service"),
        ("আদালতে আসবেন", "bn", "service"),
        ("নির্যাতনের কথা বলবেন না", "bn", "service"),
        ("আশ্রয়কেন্দ্রে জায়গা আছে", "bn", "service"),
        ("ঋণের কাগজ আনবেন", "bn", "service"),
        ("আত্মহত্যা", "bn", "service"),
        ("এইচআইভির ফল এসেছে", "bn", "service"),
        ("পাচারকারী", "bn", "service"),
        ("Your counselling is tomorrow", "en", "service"),
        ("Your COUNSELLOR'S number", "en", "service"),
        ("The courts are closed", "en", "service"),
        ("Your case is open", "en", "service"),
        ("H.I.V. result", "en", "service"),
        ("mamlar tarikh", "en", "service"),
        ("nirjaton", "en", "service"),
        ("Come to the safe home", "en", "service"),
        ("BRAC will call you", "en", "organisation"),
        ("প্রবাস বন্ধুর অফিসে আসুন", "bn", "organisation"),
        ("See www.example.org", "en", "link"),
        ("See example.com/a", "en", "link"),
        ("Your number is 123 456 789", "en", "reference"),
        ("আপনার নম্বর ১২৩৪৫৬৭৮৯", "bn", "reference"),
        ("Apnar kotha ache, phone korun", "bn", "romanised"),
        ("Apni kal phone korun", "en", "romanised"),
        ("আপনি কাল আসবেন", "en", "wrong_script"),
    ],
)
def test_a_text_that_tells_too_much_is_found(text: str, language: str, code: str) -> None:
    assert code in codes(warnings(text, language))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("কাল সকালে ফোন করব।", "bn"),
        ("In any case, please call us.", "en"),
        ("Please call 16135, it is free.", "en"),
        ("Please come at 10.30 on 12-05-2027.", "en"),
        ("কেসরের দোকানে আসবেন", "bn"),
        ("রিনা আজ আসবেন", "bn"),
        ("The showcase and the courtyard are nice", "en"),
    ],
)
def test_an_everyday_text_is_left_alone(text: str, language: str) -> None:
    assert warnings(text, language) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("শিরিনকে বলবেন", "শিরিন আক্তার"),
        ("Tell Shirin to come", "শিরিন আক্তার"),
        ("আক্তারের জন্য", "Shirin Akter"),
        ("SHIRIN, please call", "Shirin"),
    ],
)
def test_the_name_of_the_person_is_found_in_either_script(text: str, name: str) -> None:
    language = "en" if text.isascii() else "bn"
    assert "name" in codes(warnings(text, language, names=[name]))


def test_a_name_that_is_not_there_is_not_found() -> None:
    assert warnings("কাল আসবেন", "bn", names=["শিরিন", "", "a"]) == []


@pytest.mark.parametrize("language", ["bn", "en"])
def test_what_the_helpline_sends_by_itself_is_neutral(language: str) -> None:
    say = translator(language)
    values = {"text": "", "reference": "", "code": "*0000#", "window": "", "line": "16135"}
    for name, text in {**TEXTS, "busy": BUSY, "busy_without": BUSY_WITHOUT_NUMBER}.items():
        if detail_of(name) is Detail.NEUTRAL:
            assert warnings(fill_in(say(text), values, language), language) == [], name


def test_every_detailed_text_is_a_text() -> None:
    assert TEXTS.keys() >= DETAILED


@pytest.mark.parametrize("language", ["bn", "en"])
def test_canned_answers_are_neutral(language: str) -> None:
    for canned in CANNED:
        assert warnings(canned.name(language), language) == []


@given(st.text(max_size=300), st.sampled_from(["bn", "en"]), st.lists(st.text(max_size=20)))
def test_any_text_gets_an_answer_in_codes(text: str, language: str, names: list[str]) -> None:
    known = REFUSED | {"service", "organisation", "name", "link", "reference"}
    assert known.issuperset(codes(warnings(text, language, names=names)))


@given(
    st.sampled_from(["পরামর্শ", "মামলা", "আদালত", "ঋণ", "পাচার"]),
    st.sampled_from(["", "টি", "গুলো", "টা"]),
    st.sampled_from(["", "কে", "ের", "র", "তে"]),
    st.sampled_from(["", "ই", "ও"]),
)
def test_a_bangla_word_is_found_with_its_endings(
    stem: str, counter: str, ending: str, emphasis: str
) -> None:
    assert "service" in codes(warnings(stem + counter + ending + emphasis, "bn"))


# how often it is right: lines written by somebody who had not read the words


LINES = [line.split("\t") for line in CORPUS.read_text("utf-8").splitlines()[1:]]


def flagged(expected: str, part: str) -> tuple[int, int]:
    """How many lines are warned about, of how many; the script in which they are written aside."""
    lines = [
        (script, text) for is_it, script, text, where in LINES if (is_it, where) == (expected, part)
    ]
    warned = [
        text
        for script, text in lines
        if set(codes(warnings(text, "en" if script == "en" else "bn"))) - REFUSED
    ]
    return len(warned), len(lines)


def test_telling_lines_are_found_and_neutral_ones_left_alone() -> None:
    found, told = flagged("tells", "open")
    assert (found, told) == (52, 54)
    assert flagged("neutral", "open") == (0, 46)


def test_telling_lines_are_found_that_nobody_read_who_changed_the_words() -> None:
    """Before any change 38 of these 56 were found."""
    found, told = flagged("tells", "held")
    assert found / told >= 0.85
    wrong, neutral = flagged("neutral", "held")
    assert wrong / neutral <= 0.05
