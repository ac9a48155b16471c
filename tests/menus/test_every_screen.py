"""Every screen in every rendering on every channel, with the longest values that can stand on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest

import menus
from helpline.flow.engine import NOT_UNDERSTOOD, STARTING_AGAIN, Screen
from helpline.flow.layout import PLACEHOLDER, SMS, USSD, Budget, pages
from helpline.flow.lettering import Unit, carries, units
from helpline.flow.words import End, Pass, Pick, Text
from helpline.i18n import translator
from tests.menus.longest import filled, lists

BOOK = menus.BOOK


class Channel(NamedTuple):
    """One rendering as one kind of gateway carries it."""

    language: str
    budget: Budget


CHANNELS = {
    "bn on ussd": Channel("bn", USSD["bn"]),
    "bn_Latn on ussd": Channel("bn_Latn", USSD["bn_Latn"]),
    "en on ussd": Channel("en", USSD["en"]),
    "en on ussd of ASCII": Channel("en", USSD["bn_Latn"]),
    "bn by sms": Channel("bn", SMS["bn"]),
    "en by sms": Channel("en", SMS["en"]),
}
SHOWN = [
    address
    for address, page in BOOK.pages.items()
    if not isinstance(page.screen, Pass) and page.screen.text
]
LATIN = re.compile("[A-Za-z]+")
BANGLA = re.compile("[\u0980-\u09ff]")
LATIN_NAMES = {"registration.passport": {"AB"}, "language.start": {"Bangla", "English"}}
"""Where a page in Bangla letters has to show others: a sample number, and languages by their own names."""
WAYS = re.compile(r"(?:(?:98|99|0|00) \S+ ?)+")

every_screen = pytest.mark.parametrize("address", SHOWN)
every_channel = pytest.mark.parametrize("channel", CHANNELS.values(), ids=CHANNELS.keys())


def at_their_longest(address: str) -> Iterator[Screen]:
    """The screens that can stand at an address, after a wrong key too."""
    final = isinstance(BOOK.pages[address].screen, End)
    prefaces = ["", NOT_UNDERSTOOD]
    if address in (BOOK.home, BOOK.resume):
        prefaces.append(STARTING_AGAIN)
    for fill in filled(address):
        for lines in lists(address):
            for preface in [""] if final else prefaces:
                yield screen(address, fill, lines, preface, final=final)


def screen(
    address: str,
    fill: dict[str, Text],
    lines: tuple[tuple[int, Text], ...],
    preface: str = "",
    *,
    final: bool = False,
) -> Screen:
    return Screen(
        address=address,
        text=BOOK.pages[address].screen.text,
        fill=tuple(fill.items()),
        lines=lines,
        preface=preface,
        back=True,
        final=final,
        person=address.partition(".")[0] != BOOK.person.partition(".")[0],
    )


def laid_out(address: str, channel: Channel) -> set[str]:
    """Every page an address can show on a channel."""
    say = translator(channel.language)
    return {
        page
        for each in at_their_longest(address)
        for page in pages(each, channel.language, channel.budget, say)
    }


@every_channel
@every_screen
def test_every_page_fits_can_be_carried_and_has_nothing_left_to_fill(
    address: str, channel: Channel
) -> None:
    made = laid_out(address, channel)
    assert made
    for page in made:
        assert units(page, channel.budget.unit) <= channel.budget.size, page
        assert carries(page, channel.budget.unit), page
        assert not PLACEHOLDER.search(page), page


@every_channel
@every_screen
def test_every_page_is_written_in_its_own_letters(address: str, channel: Channel) -> None:
    for page in laid_out(address, channel):
        if channel.language == "bn":
            assert set(LATIN.findall(page)) <= LATIN_NAMES.get(address, set()), page
        else:
            assert not BANGLA.search(page), page
        if channel.language == "bn_Latn":
            assert page.isascii(), page


@every_channel
@pytest.mark.parametrize(
    "address", [name for name in SHOWN if not isinstance(BOOK.pages[name].screen, End)]
)
def test_every_page_of_a_question_offers_a_way_on_back_or_to_a_person(
    address: str, channel: Channel
) -> None:
    for page in laid_out(address, channel):
        assert WAYS.fullmatch(page.rpartition("\n")[2]), page


@pytest.mark.parametrize("address", SHOWN)
def test_a_last_screen_is_one_page(address: str) -> None:
    page = BOOK.pages[address]
    for channel in CHANNELS.values():
        made = [
            pages(each, channel.language, channel.budget, translator(channel.language))
            for each in at_their_longest(address)
        ]
        if isinstance(page.screen, End):
            assert {len(each) for each in made} == {1}
        else:
            assert all(made)


def test_the_longest_lists_are_really_measured() -> None:
    sizes = {
        address: max(len(lines) for lines in lists(address))
        for address in SHOWN
        if isinstance(BOOK.pages[address].screen, Pick)
    }
    assert sizes["centres.district"] == sizes["registration.district"] == 13
    assert sizes["centres.upazila"] == 18
    assert sizes["centres.near"] >= 6
    assert sizes["registration.country"] >= 10
    assert sizes["numbers.start"] >= 8
    assert sizes["counselling.day"] == 7


@pytest.mark.parametrize("unit", Unit)
def test_a_screen_that_breaks_the_rules_would_be_found(unit: Unit) -> None:
    bad = Screen("x.y", "{lost} ক 🙂 é `", back=True)
    made = pages(bad, "en", Budget(unit, 60), str)
    assert any(PLACEHOLDER.search(page) for page in made)
    assert any(BANGLA.search(page) for page in made)
    assert all(carries(page, unit) for page in made) == (unit is Unit.UCS2)
