"""Every task by SMS: it works there, or says neutrally that it does not, and offers the code."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

import menus
from helpline.cases.wording import warnings
from helpline.flow.engine import Dialled, Typed, opening, step
from helpline.store.database import connect
from menus.by_sms import BY_SMS
from tests.conversations.screens import screen
from tests.house import SHIRIN, House
from tests.menus.facts import facts_at

if TYPE_CHECKING:
    from helpline.store.database import Database

BOOK = menus.BOOK
FLOWS = sorted({page.flow.name for page in BOOK.pages.values()})
UNSAFE = sorted(name for name, way in BY_SMS.items() if way.instead)


def where(*written: str) -> str:
    """Where these messages lead."""
    facts = facts_at(channel="sms")
    session = step(BOOK, opening(BOOK, "bn"), Dialled(), facts).session
    for words in written:
        session = step(BOOK, session, Typed(words), facts).session
    return session.at


def test_every_task_of_the_book_is_in_the_table() -> None:
    assert sorted(BY_SMS) == FLOWS


@pytest.mark.parametrize("name", sorted(BY_SMS))
def test_every_task_answers_to_an_sms(sqlite_url: str, name: str) -> None:
    with closing(connect(sqlite_url)) as database:
        house = House(database)
        shirin = house.phone()
        for number, words in enumerate(BY_SMS[name].begin, 1):
            shirin.text(words)
            assert len(house.texts()) == number, words
        assert house.texts()[-1].strip()


@pytest.mark.parametrize("name", sorted(set(BY_SMS) - set(UNSAFE)))
def test_a_safe_task_begins_with_its_words(name: str) -> None:
    assert where(*BY_SMS[name].begin).partition(".")[0] == name


@pytest.mark.parametrize("name", UNSAFE)
def test_what_is_not_safe_by_sms_says_so_in_words_that_name_nothing(
    database: Database, name: str
) -> None:
    way = BY_SMS[name]
    assert where(*way.unsafe) == way.instead
    house = House(database)
    shirin = house.phone()
    for words in way.unsafe:
        shirin.text(words)
    answer = house.texts(SHIRIN)[-1]
    assert "*0000#" in answer
    assert warnings(answer, "bn") == []


def test_a_secret_number_that_was_written_all_the_same_opens_nothing(database: Database) -> None:
    house = House(database)
    shirin = house.phone()
    shirin.text("rules")
    assert house.texts()[-1] == screen("""
        এ কাজের জন্য *0000# ডায়াল করুন।
        1 কারও সাথে কথা বলি
        0 কথা 00 মেনু
    """)
    shirin.text("2580")
    assert "এসএমএস:" not in house.texts()[-1]
