"""Anything may be typed into a real house: every answer is a page that fits, and a second delivery gets the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import menus
from helpline.flow.layout import SMS, USSD
from helpline.flow.lettering import carries, units
from helpline.store.database import connect
from tests.conversations.screens import REGISTER_IN_JASHORE
from tests.house import House

if TYPE_CHECKING:
    from pathlib import Path

_numbers = count(1)
WORDS = [word for keyword in menus.BOOK.keywords for word in keyword.words]
keys = st.one_of(
    st.sampled_from("123456789"),
    st.sampled_from(["1", "2", "6", "2580", "98", "99", "0", "00"]),
    st.sampled_from(
        ["jessore", "chittgong", "savar", "1234567890", "AB1234567", "", "*", "{0}", "🙂"]
    ),
    st.sampled_from(WORDS),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, _sqlite_template: Path) -> Iterator[House]:
    """Give one house on SQLite for all examples: each example has a phone of its own."""
    path = tmp_path_factory.mktemp("typed") / "helpline.db"
    path.write_bytes(_sqlite_template.read_bytes())
    with closing(connect(f"sqlite:///{path}")) as database:
        yield House(database)


many = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@given(
    registered=st.booleans(),
    calls=st.lists(st.lists(keys, max_size=14), min_size=1, max_size=3),
    hours=st.integers(0, 30),
)
@many
def test_every_key_is_answered_with_a_page_that_fits(
    house: House, registered: bool, calls: list[list[str]], hours: int
) -> None:
    phone = house.phone(f"+8801{next(_numbers):09}")
    house.clock.skip(hours=hours)
    if registered:
        phone.dial()
        phone.press(*REGISTER_IN_JASHORE)
    for call in calls:
        phone.dial()
        for key in call:
            shown = phone.press(key)
            assert shown
            assert "{" not in shown
            assert any(
                units(shown, budget.unit) <= budget.size and carries(shown, budget.unit)
                for budget in USSD.values()
            )
            assert phone.again() == shown
            house.clock.skip(minutes=1)
    house.tick()
    assert all("{" not in text for text in house.texts(phone.number))


@given(said=st.lists(keys, min_size=1, max_size=14))
@many
def test_every_sms_is_answered_by_one_that_fits_or_by_none(house: House, said: list[str]) -> None:
    phone = house.phone(f"+8801{next(_numbers):09}")
    for words in said:
        before = len(house.texts(phone.number))
        phone.text(words)
        answers = house.texts(phone.number)[before:]
        assert len(answers) <= 2
        for answer in answers:
            assert any(
                units(answer, budget.unit) <= budget.size and carries(answer, budget.unit)
                for budget in SMS.values()
            )
        house.clock.skip(minutes=3)
