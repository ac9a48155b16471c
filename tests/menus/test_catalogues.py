"""The catalogues hold every text of the menus and nothing else, and the texts of SMS stay neutral."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from unicodedata import is_normalized

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from helpline.cases.texts import (
    BUSY,
    BUSY_WITHOUT_NUMBER,
    NEWS,
    NEWS_DETAILED,
    SCREEN,
    TEXTS,
)
from helpline.data.load import load_directory_seed, load_retired
from helpline.flow.answers import fold_digits
from helpline.flow.layout import PLACEHOLDER, USSD, fill_in
from helpline.flow.lettering import carries, compose, segments, units
from helpline.flow.words import LANGUAGES, Text
from helpline.i18n import folder, translator
from tests.menus.longest import LANDLINE, fills, imported

ROOT = Path(__file__).parents[2]
SOURCES = ("menus", "helpline/flow", "helpline/cases")
TRANSLATED = ("bn", "bn_Latn")


@cache
def extracted() -> frozenset[str]:
    """Every text marked with `_` in the code."""
    found = (
        message
        for source in SOURCES
        for _file, _line, message, _comments, _context in extract_from_dir(
            ROOT / source, method_map=[("**.py", "python")], keywords={"_": None}
        )
    )
    return frozenset(text for text in found if isinstance(text, str))


@cache
def catalogue(name: str) -> Catalog:
    with (folder() / name).open("rb") as file:
        return read_po(file, locale="bn")


def translations(language: str) -> dict[str, str]:
    read = catalogue(f"{language}/LC_MESSAGES/messages.po")
    return {str(each.id): str(each.string) for each in read if each.id}


def test_the_template_holds_every_text_and_no_other() -> None:
    template = {str(each.id) for each in catalogue("messages.pot") if each.id}
    assert template ^ extracted() == set()


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated_and_no_other(language: str) -> None:
    known = translations(language)
    assert known.keys() ^ extracted() == set()
    assert [text for text, translated in known.items() if not translated.strip()] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_is_a_guess_or_a_leftover(language: str) -> None:
    read = catalogue(f"{language}/LC_MESSAGES/messages.po")
    assert [each.id for each in read if each.id and each.fuzzy] == []
    assert list(read.obsolete) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_translation_has_the_placeholders_of_its_text(language: str) -> None:
    for text, translated in translations(language).items():
        expected = sorted(PLACEHOLDER.findall(text))
        assert sorted(PLACEHOLDER.findall(translated)) == expected, text
        assert translated.count("{") == translated.count("}") == len(expected), text


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_translation_is_written_one_way(language: str) -> None:
    """In NFC, so that two catalogues can be compared, and with the digits of the keypad."""
    for text, translated in translations(language).items():
        assert is_normalized("NFC", translated), text
        assert not re.search("[০-৯]", translated), text
        assert translated == translated.strip(), text
        assert "  " not in translated, text


def test_romanised_bangla_needs_no_letter_that_an_old_phone_lacks() -> None:
    assert [text for text, said in translations("bn_Latn").items() if not said.isascii()] == []


def test_the_same_bangla_stands_in_both_of_its_spellings() -> None:
    """Both end as a question where one does; for one "Agree?" a screen of Bangla has no room left."""
    bangla, latin = translations("bn"), translations("bn_Latn")
    uneven = [
        text
        for text in bangla
        if text != "Your words stay private and are used only to help you. Agree?"
        and bangla[text].endswith("?") != latin[text].endswith("?")
    ]
    assert uneven == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_number_is_written_into_a_text(language: str) -> None:
    """Numbers are dated facts: one that is retired must not live on in a catalogue."""
    retired = {re.sub(r"\D", "", number) for number in load_retired()}
    assert retired
    for text in extracted():
        digits = re.findall(r"\d{3,}", fold_digits(translator(language)(text)))
        assert digits in ([], ["1234567"]), text
        assert not retired & set(digits)


# -- the texts of SMS -----------------------------------------------------------------------


def longest_sms(template: str, language: str) -> str:
    values: dict[str, Text] = {**fills(), "phone": LANDLINE}
    return compose(fill_in(translator(language)(TEXTS[template]), values, language))


OF_STAFF = {SCREEN, NEWS, NEWS_DETAILED}
"""What somebody else wrote: looked at when it is written, and when it is sent."""
NEUTRAL = [name for name in TEXTS if name not in OF_STAFF and not name.startswith("service_point")]
SMS_LANGUAGES = ("bn", "en")


@pytest.mark.parametrize("language", SMS_LANGUAGES)
@pytest.mark.parametrize("template", NEUTRAL)
def test_an_sms_takes_two_parts_at_most_with_the_longest_values(
    template: str, language: str
) -> None:
    text = longest_sms(template, language)
    assert not PLACEHOLDER.search(text)
    assert segments(text).parts <= (2 if language == "bn" else 1), text


@pytest.mark.parametrize("language", SMS_LANGUAGES)
@pytest.mark.parametrize(
    "template", ["service_point", "service_point_confirm", "service_point_unsure"]
)
def test_an_sms_about_any_centre_we_know_takes_two_parts_at_most(
    template: str, language: str
) -> None:
    for centre in load_directory_seed():
        values = {"centre": centre.name, "address": centre.address or "", "phone": centre.phone}
        filled = fill_in(
            translator(language)(TEXTS[template]), {**values, "line": "16135"}, language
        )
        assert segments(compose(filled)).parts <= 2, filled


@pytest.mark.parametrize("language", SMS_LANGUAGES)
def test_the_longest_name_with_as_long_an_address_takes_three_parts_at_most(
    language: str,
) -> None:
    values: dict[str, Text] = {
        **fills(),
        "centre": imported(),
        "address": imported(),
        "phone": LANDLINE,
    }
    filled = fill_in(translator(language)(TEXTS["service_point_confirm"]), values, language)
    assert segments(compose(filled)).parts <= 3


TELLING = {
    "bn": (
        "পরামর্শ", "কাউন্সেল", "নির্যাতন", "মামলা", "ঋণ", "দেনা", "আইন", "স্বাস্থ্য", "চিকিৎসা", "রোগ", "আত্মহত্যা", "পাচার",
        "প্রবাস", "বিদেশ", "ফেরত", "নিবন্ধন", "অভিযোগ", "সাহায্য", "সহায়তা", "হেল্পলাইন", "কেন্দ্র", "পুলিশ", "আদালত", "নারী",
        "ক্ষতিপূরণ", "ব্যাংক", "টিটিসি", "http", "www",
    ),
    "en": (
        "counsel", "abuse", "violen", "case", "court", "debt", "loan", "law", "legal", "health", "hiv", "suicid",
        "traffick", "migra", "abroad", "return", "regist", "complain", "help", "centre", "center", "police",
        "woman", "women", "compensation", "bank", "http", "www",
    ),
}  # fmt: skip
"""Parts of words that would tell somebody else who reads along what the message is about, or from whom."""


@pytest.mark.parametrize("language", SMS_LANGUAGES)
@pytest.mark.parametrize("template", NEUTRAL)
def test_an_sms_that_comes_by_itself_tells_nobody_what_it_is_about(
    template: str, language: str
) -> None:
    text = longest_sms(template, language).casefold()
    assert [word for word in TELLING[language] if word in text] == []


def test_the_words_that_tell_are_found_where_they_are_meant_to_stand() -> None:
    menu = " ".join(translator("bn")(text) for text in ("Counselling", "Register", "Loan or debt"))
    assert [word for word in TELLING["bn"] if word in menu] == ["পরামর্শ", "ঋণ", "দেনা", "নিবন্ধন"]


def test_only_a_service_point_that_was_asked_for_names_one() -> None:
    named = {name for name, text in TEXTS.items() if "{centre}" in text}
    assert named == {"service_point", "service_point_confirm", "service_point_unsure"}


def test_the_texts_that_go_out_have_no_other_values_than_these() -> None:
    used = {name for template in NEUTRAL for name in PLACEHOLDER.findall(TEXTS[template])}
    assert used == {"reference", "window", "code"}


@pytest.mark.parametrize("text", [BUSY, BUSY_WITHOUT_NUMBER])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_caller_sees_when_our_record_is_down_is_one_page(text: str, language: str) -> None:
    budget = USSD[language]
    shown = compose(fill_in(translator(language)(text), {"line": "16135"}, language))
    assert not PLACEHOLDER.search(shown)
    assert units(shown, budget.unit) <= budget.size
    assert carries(shown, budget.unit)
