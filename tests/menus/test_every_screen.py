"""Every screen in every rendering on every channel, with the longest values that can stand on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
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


CHANNELS = (
    *(Channel(language, budget) for language, budget in USSD.items()),
    Channel("en", USSD["bn_Latn"]),  # a gateway that only promises ASCII
    *(Channel(language, budget) for language, budget in SMS.items()),
)
SHOWN = [
    address
    for address, page in BOOK.pages.items()
    if not isinstance(page.screen, Pass) and page.screen.text
]
LATIN = re.compile("[A-Za-z]+")
BANGLA = re.compile("[\u0980-\u09ff]")
LATIN_NAMES = {
    "registration.passport": {"AB"},
    "kept.passport": {"AB"},
    "language.start": {"Bangla", "English"},
}
"""Where a page in Bangla letters has to show others: a sample number, and languages by their own names."""
WAYS = re.compile(r"(?:(?:98|99|0|00) \S+ ?)+")

every_screen = pytest.mark.parametrize("address", SHOWN)


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


@cache
def laid_out(address: str, channel: Channel) -> tuple[frozenset[str], int]:
    """Every page an address can show on a channel, and the number of pages it takes at most."""
    say = translator(channel.language)
    made = [
        pages(each, channel.language, channel.budget, say) for each in at_their_longest(address)
    ]
    return frozenset(page for each in made for page in each), max(len(each) for each in made)


def every_page(address: str) -> Iterator[tuple[Channel, str]]:
    for channel in CHANNELS:
        made, _most = laid_out(address, channel)
        assert made
        yield from ((channel, page) for page in made)


@every_screen
def test_every_page_fits_can_be_carried_and_has_nothing_left_to_fill(address: str) -> None:
    for channel, page in every_page(address):
        assert units(page, channel.budget.unit) <= channel.budget.size, page
        assert carries(page, channel.budget.unit), page
        assert not PLACEHOLDER.search(page), page


@every_screen
def test_every_page_is_written_in_its_own_letters(address: str) -> None:
    for channel, page in every_page(address):
        if channel.language == "bn":
            assert set(LATIN.findall(page)) <= LATIN_NAMES.get(address, set()), page
        else:
            assert not BANGLA.search(page), page
        if channel.language == "bn_Latn":
            assert page.isascii(), page


@every_screen
def test_every_page_of_a_question_offers_a_way_on_and_a_last_screen_is_one_page(
    address: str,
) -> None:
    if isinstance(BOOK.pages[address].screen, End):
        assert [laid_out(address, channel)[1] for channel in CHANNELS] == [1] * len(CHANNELS)
    else:
        for _channel, page in every_page(address):
            assert WAYS.fullmatch(page.rpartition("\n")[2]), page


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
