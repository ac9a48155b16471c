"""Two people share a phone: whatever each says and asks, neither ever sees a trace of the other.

What belongs to one of them is marked: her reference number, her dates, her district, what she
allows. The other may press and write anything she likes, with her own secret number or wrong ones.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpline.cases.effects import ChangeContact
from helpline.service import effects
from helpline.store.database import connect
from tests.house import RAHIMA, SHIRIN, House
from tests.service.steps import COUNSELLING, REGISTER, perform, person, visiting

if TYPE_CHECKING:
    from pathlib import Path

FULL = os.environ.get("HELPLINE_LOAD") == "full"
HERS, OTHERS = "2580", "1357"
"""Secret numbers: the one whose traces are looked for, and the one who looks."""
KEYS = st.lists(
    st.sampled_from([*"123456789", "0", "00", "98", "99", "jessore", OTHERS, "9517", "4826"]),
    min_size=1,
    max_size=8,
)
DOORS = st.sampled_from(
    [[], ["6"], ["9", "5"], ["9", "4"], ["8", "2"], ["9", "5", OTHERS], ["6", OTHERS]]
)
WORDS = (
    *("help", "dates", "rules", "matters", "data", "family", "refer", "register", "counselling"),
    *("info", "centre jessore", "আমার নম্বর কত?", "1", "2", "9", "99", OTHERS),
)
SMS = st.lists(st.sampled_from(WORDS), max_size=4)


def alone(path: Path, template: Path, *, with_her: bool) -> tuple[House, set[str]]:
    """A house in which the other registered, after her or as the only one; and what is hers."""
    shutil.copy(template, path)
    house = House(connect(f"sqlite:///{path}"))
    hers: set[str] = set()
    if with_her:
        wish = replace(REGISTER, pin=HERS, sole_phone=False, district="BD-13", upazila="")
        reference = perform(house, wish, language="bn")["reference"]
        her = person(house)["id"]
        perform(house, COUNSELLING, language="bn")
        with visiting(house, language="bn") as visit:
            effects.perform(visit, ChangeContact(her, "days", "weekend"))
        hers = {reference, reference.replace(" ", "")}
    perform(
        house,
        replace(REGISTER, pin=OTHERS, sole_phone=False, district="BD-22", sex="man"),
        language="bn",
    )
    house.work()
    house.gateway.sent.clear()
    house.bell.woken.clear()
    return house, hers


@settings(
    max_examples=150 if FULL else 6,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(
    talks=st.lists(st.tuples(DOORS, KEYS), min_size=1, max_size=2),
    written=SMS,
)
def test_with_or_without_somebody_else_on_the_phone_every_screen_and_sms_is_the_same(
    tmp_path: Path,
    _sqlite_template: Path,  # noqa: PT019  (its path is used)
    talks: list[tuple[list[str], list[str]]],
    written: list[str],
) -> None:
    seen = []
    for with_her in (True, False):
        house, hers = alone(tmp_path / f"{with_her}.db", _sqlite_template, with_her=with_her)
        try:
            phone, shown = house.phone(SHIRIN), []
            for door, keys in talks:
                shown.append(phone.dial())
                for key in (*door, *keys):
                    shown.append(phone.press(key))
                    if phone.over:
                        break
            for words in written:
                phone.text(words)
            shown += house.texts(SHIRIN)
            everything = "\n".join(shown)
            assert not [mark for mark in hers if mark in everything]
            assert house.texts(RAHIMA) == []
            seen.append([NUMBER.sub("#", each) for each in shown])
        finally:
            house.database.engine.dispose()
    assert seen[0] == seen[1]


NUMBER = re.compile(r"\d{3} ?\d{3} ?\d{3}")
"""A reference number is made anew each time; which one it is, is looked at above."""
