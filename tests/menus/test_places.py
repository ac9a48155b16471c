"""The questions that find a place, whichever way they are answered."""

from __future__ import annotations

import pytest

import menus
from helpline.flow.engine import Dialled, Session, Typed, opening, step, unfinished
from helpline.flow.words import Label, Scene
from menus.places import district_of, upazila_of
from tests.menus.facts import PLACES, facts_at

FACTS = facts_at()
REGISTERING = ("1", "1", "1", "1")


def after(*keys: str) -> Session:
    session = step(menus.BOOK, opening(menus.BOOK, "en"), Dialled(), FACTS).session
    for key in keys:
        session = step(menus.BOOK, session, Typed(key), FACTS).session
    return session


def scene(session: Session) -> Scene:
    flow = session.at.partition(".")[0]
    said = {
        name.removeprefix(f"{flow}."): value
        for name, value in session.answers.items()
        if name.startswith(f"{flow}.")
    }
    return Scene(said, FACTS)


def names(session: Session) -> list[str]:
    """What the list shows, in English."""
    shown = step(menus.BOOK, session, Typed("x"), FACTS).screen
    assert shown is not None
    return [label.en if isinstance(label, Label) else label for _key, label in shown.lines]


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param(("3", "1"), id="by two numbers"),
        pytest.param(("dhaka",), id="by name at once"),
        pytest.param(("3", "dhaka"), id="by name after a division"),
        pytest.param(("1", "ঢাকা"), id="by name after a division it is not in"),
        pytest.param(("dhakka", "1"), id="by a name that had to be asked about"),
        pytest.param(("1", "dhakka", "1"), id="the same after another division"),
        pytest.param(("1", "1", "99", "99", "3", "1"), id="after a change of mind"),
        pytest.param(("jessore", "99", "dhaka"), id="after another name"),
    ],
)
def test_a_district_is_found_whichever_way_it_is_said(keys: tuple[str, ...]) -> None:
    here = after(*REGISTERING, *keys)
    assert here.at == "registration.upazila"
    district = district_of(scene(here))
    found = PLACES.district(district)
    assert found is not None
    assert found.name.en == ("Dhaka" if keys != ("3", "1") else names_of_division("3")[0])
    assert names(here)[-1] == "I do not know"
    assert len(names(here)) == len(PLACES.upazilas_of(district)) + 1


def names_of_division(key: str) -> list[str]:
    return names(after(*REGISTERING, key))


def test_coming_back_to_the_districts_shows_those_of_the_same_division() -> None:
    assert names(after(*REGISTERING, "3", "1", "99")) == names_of_division("3")


def test_an_upazila_of_another_district_is_forgotten_with_it() -> None:
    first = after("3", "dhaka", "savar")
    assert (first.at, upazila_of(scene(first))) == ("centres.near", "bd-13.savar")
    changed = after("3", "dhaka", "savar", "99", "99", "jessore")
    assert (district_of(scene(changed)), upazila_of(scene(changed))) == ("BD-22", "")


def test_the_upazila_may_stay_unknown() -> None:
    here = after("3", "jessore", str(len(PLACES.upazilas_of("BD-22")) + 1))
    assert (here.at, upazila_of(scene(here))) == ("centres.near", "")


@pytest.mark.parametrize(
    ("keys", "goes_on_at"),
    [
        ((), "registration.place"),
        (("3",), "registration.district"),
        (("3", "dhaka"), "registration.upazila"),
        (("jessore",), "registration.upazila"),
        (("chittgong",), "registration.place"),
        (("jessore", "1"), "registration.country"),
    ],
)
def test_a_conversation_that_broke_off_goes_on_at_the_question_about_the_place_that_is_open(
    keys: tuple[str, ...], goes_on_at: str
) -> None:
    draft = unfinished(menus.BOOK, after(*REGISTERING, *keys))
    redialled = step(menus.BOOK, opening(menus.BOOK, "en"), Dialled(draft), FACTS).session
    assert step(menus.BOOK, redialled, Typed("1"), FACTS).session.at == goes_on_at


def test_going_back_through_two_questions_what_was_meant_keeps_both_lists() -> None:
    meant = after("3", "chittgong")
    assert meant.at == "centres.place_meant"
    offered = names(meant)
    again = after("3", "rangpurr", "1", "pirgach")
    assert again.at == "centres.upazila_meant"
    back = step(menus.BOOK, again, Typed("99"), FACTS).session
    back = step(menus.BOOK, back, Typed("99"), FACTS).session
    assert back.at == "centres.place_meant"
    assert names(back)
    assert offered
    assert set(names(back)) <= {district.name.en for district in PLACES.districts}
