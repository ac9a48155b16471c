"""How Bangla is written for callers: one spelling of each word in Latin letters, its own full stop, no traps."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from unicodedata import is_normalized

import pytest
from click.testing import CliRunner

import menus
from helpline.cli_menus import menus as print_menus
from helpline.data.load import load_hotlines, load_kinds, load_topics
from helpline.data.stages import load_stages
from helpline.flow.layout import USSD, pages
from helpline.flow.words import LANGUAGES, Label
from helpline.i18n import translator
from tests.menus.test_catalogues import translations
from tests.menus.test_every_screen import SHOWN, at_their_longest

WORD = re.compile(r"[\w\u0980-\u09ff{}*#-]+")
TWO_SPELLINGS = {"ঠিক": {"thik", "ok"}}
"""What staff write back to an alarm is `OK`."""
A_KEY_AND_A_NUMBER = re.compile(r"\d{1,2} [+\d]")
KEYS_THAT_ALWAYS_WORK = re.compile(r"(?:98|99|0|00) ")


def labels() -> Iterator[Label]:
    """What the data files hold for callers, in each rendering."""
    for line in load_hotlines():
        yield from (line.who, line.about)
    for topic in load_topics():
        yield from (topic.title, topic.text)
    for stage in load_stages():
        yield from (stage.now, stage.then, *stage.lead.agencies)
    yield from (kind.name for kind in load_kinds())


def both_spellings() -> Iterator[tuple[str, str]]:
    bangla, latin = translations("bn"), translations("bn_Latn")
    yield from ((bangla[text], latin[text]) for text in bangla)
    yield from ((label.bn, label.bn_Latn) for label in labels())


def words(text: str) -> list[str]:
    return [word.casefold() for word in WORD.findall(text)]


def test_a_word_has_one_spelling_in_latin_letters() -> None:
    spelt = defaultdict(set)
    for bangla, latin in both_spellings():
        here, there = words(bangla), words(latin)
        if len(here) == len(there):
            for word, spelling in zip(here, there, strict=True):
                spelt[word].add(spelling)
    assert len(spelt) > 400
    assert {word: names for word, names in spelt.items() if len(names) > 1} == TWO_SPELLINGS


def test_bangla_ends_its_sentences_in_its_own_way() -> None:
    for bangla, _latin in both_spellings():
        assert is_normalized("NFC", bangla), bangla
        assert not re.search(r"[\u0980-\u09ff}][.|]|॥|!|\s[।?,:]|[।?](?=[^\s])", bangla), bangla


@pytest.mark.parametrize("address", SHOWN)
def test_no_line_has_two_numbers_beside_each_other_at_its_beginning(address: str) -> None:
    """`1 999` reads as 1999, and `3 18` as 318."""
    for language, budget in USSD.items():
        for screen in at_their_longest(address):
            for page in pages(screen, language, budget, translator(language)):
                for line in page.splitlines():
                    assert KEYS_THAT_ALWAYS_WORK.match(line) or not A_KEY_AND_A_NUMBER.match(line)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_screen_is_printed_with_an_example_of_each_value(language: str) -> None:
    printed = CliRunner().invoke(print_menus, ["--language", language]).stdout
    blank = [f"stop.{name}" for name in ("silent", "wrong")]
    for screen in printed.split("\n\n"):
        address, *lines = screen.splitlines()
        shown = [line.removeprefix("    | ") for line in lines if line.startswith("    | ")]
        assert (shown == [""]) == (address in blank), screen
        if address not in blank:
            assert not [text for text in shown if re.search(r"^[:.]?$|[:,] ?[।.]|\{", text)], screen
    assert len(printed.split("\n\n")) > len(menus.BOOK.pages) - len(blank)
