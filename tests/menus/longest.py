"""The longest thing that may stand anywhere on a screen or in an SMS, measured on the real data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import cache
from itertools import cycle, product

import menus
from helpline.cases.calendar import DHAKA, WINDOWS, spoken_day, spoken_window, window_name
from helpline.cases.centre_rows import NAME_UNITS
from helpline.cases.facts import Facts
from helpline.cases.families import MOST as MOST_DEPENDANTS
from helpline.cases.names import OFFERED
from helpline.cases.own import Kept
from helpline.data.load import load_directory_seed, load_hotlines
from helpline.data.stages import load_stages
from helpline.flow.lettering import Unit, compose, units
from helpline.flow.words import Item, Label, Option, Phrase, Pick, Scene, Text
from helpline.service.own import OFFICES as SHOWN_OFFICES
from helpline.service.pins import SHOWN
from menus.centres import KINDS, MOST
from menus.dates import in_words
from menus.family import AGES, RELATIONS
from menus.family import in_words as of_family
from menus.matters import OFFICES, STATES
from menus.places import UNKNOWN
from menus.registration import NEED, PAPERS, RETURNED
from tests.house import MORNING
from tests.menus.facts import DIRECTORY, PLACES, TOPICS, dates_after, facts_at

LANDLINE = "09611999999"
"""Eleven digits, as long as a number in Bangladesh gets; nobody's."""


def longest(labels: Iterable[Label]) -> Label:
    """Of many names the longest in each rendering."""
    every = list(labels)

    def of(texts: Iterable[str]) -> str:
        return max(texts, key=lambda text: units(compose(text), Unit.UCS2))

    return Label(
        of(label.bn for label in every),
        of(label.bn_Latn for label in every),
        of(label.en for label in every),
    )


def moments() -> Iterator[datetime]:
    """Every time of day on every day of a year."""
    first = MORNING.astimezone(DHAKA).replace(hour=0)
    for day in range(366):
        for hour in (9, 13, 17, 22):
            yield datetime.combine((first + timedelta(days=day)).date(), time(hour), tzinfo=DHAKA)


def imported() -> Label:
    """A name as long as an import takes it."""
    word = "কেন্দ্র "
    bn = (word * NAME_UNITS)[: NAME_UNITS - 1] + "ক"
    latin = ("Kendro " * NAME_UNITS)[: NAME_UNITS - 1] + "X"
    return Label(bn, latin, latin)


@cache
def centre_names() -> tuple[Label, ...]:
    """Every name that a list of centres can hold, and one as long as an import takes."""
    named = [centre.name for centre in load_directory_seed()]
    for district in PLACES.districts:
        answers = DIRECTORY.near(district.iso, None, MORNING.date(), 99)
        named += [answer.centre.name for answer in answers]
    return (*named, imported())


@cache
def fills() -> dict[str, Text]:
    """The longest value of every placeholder that is filled by itself."""
    addresses = [centre.address for centre in load_directory_seed() if centre.address]
    days, windows = map(spoken_day, moments()), map(spoken_window, moments())
    return {
        "day": longest(days),
        "time": "22:30",
        "window": longest([*windows, *map(window_name, WINDOWS)]),
        "date": longest(map(in_words, moments())),
        "district": longest(district.name for district in PLACES.districts),
        "country": longest(country.name for country in PLACES.countries),
        "centre": longest(centre_names()),
        "address": longest([*addresses, imported()]),
        "phone": max([LANDLINE, *(centre.phone for centre in load_directory_seed())], key=len),
        "line": max((line.number for line in load_hotlines()), key=len),
        "reference": "000 000 000",
        "code": "*12345*123#",
        "numbers": "16135, 16699",
        **{name: window_name(name) for name in WINDOWS},
    }


def filled(address: str) -> Iterator[dict[str, Text]]:
    """The longest fillings of one screen; those of a hotline belong together."""
    if address == "numbers.line":
        for line in load_hotlines():
            yield {"number": line.number, "who": line.who, "about": line.about}
    elif address in ("matters.stage", "matters.next"):
        for stage in load_stages():
            for lead in stage.lead.agencies:
                yield {"now": stage.now, "then": stage.then, "lead": lead}
    elif address == "matters.office":
        for state in STATES.values():
            yield {"state": Phrase(state, ()), "date": fills()["date"]}
    elif address in ("family.check", "family.one"):
        for relation, age in product(RELATIONS, AGES):
            yield {"who": of_family(relation.value, age.value)}
    elif address.startswith("complaint.") and address not in ("complaint.done", "complaint.safety"):
        for topic in TOPICS:
            if topic.group == "rights":
                yield {**fills(), "text": topic.text, "number": "16699"}
    elif address == "information.text":
        for topic in TOPICS:
            yield {"text": topic.text}
    else:
        yield dict(fills())


def lists(address: str) -> Iterator[tuple[tuple[int, Text], ...]]:
    """The numbered lines of one screen, in every length that matters."""
    screen = menus.BOOK.pages[address].screen
    if isinstance(screen, Pick):
        for items in _items(screen):
            yield tuple((number, item.label) for number, item in enumerate(items, 1))
    else:
        options: tuple[Option, ...] = getattr(screen, "options", ())
        yield tuple((option.key, option.text) for option in options)


def _items(pick: Pick) -> Iterator[tuple[Item, ...]]:
    facts = facts_at(dates=dates_after(MORNING))
    name = pick.name
    if name == "district":
        for division in PLACES.divisions:
            yield pick.items(Scene({"place": division.iso}, facts))
    elif name == "upazila":
        for district in PLACES.districts:
            yield pick.items(Scene({"place": district.iso}, facts))
    elif name == "place_meant":
        yield _same(longest(each.name for each in PLACES.districts), OFFERED)
    elif name == "upazila_meant":
        yield _same(longest(each.name for each in PLACES.upazilas), OFFERED)
    elif name == "near":
        for place in PLACES.upazilas:
            yield pick.items(Scene({"place": place.district, "upazila": place.key}, facts))
        for district in PLACES.districts:
            yield pick.items(Scene({"place": district.iso, "upazila": UNKNOWN}, facts))
        yield _same(imported(), MOST)
        kinds = [kind.name for kind in DIRECTORY.kinds if kind.key in KINDS]
        assert len(kinds) == len(KINDS)
        yield tuple(Item("x", kind) for kind in kinds)
    elif name == "day":
        yield pick.items(Scene({}, facts))
        yield _same(longest(map(spoken_day, moments())), 7)
    elif name == "offices":
        date = longest(map(in_words, moments()))
        for office in OFFICES.values():
            line = Phrase("{office}, {date}", (("office", office), ("date", date)))
            yield (Item("x", line),) * SHOWN_OFFICES
    elif pick in menus.BOOK.flow("family").screens:
        for relation, age in product(RELATIONS, AGES):
            yield (Item("x", of_family(relation.value, age.value)),) * MOST_DEPENDANTS
    elif pick in menus.BOOK.flow("kept").screens and name == "list":
        yield from _kept(pick, facts)
    elif name == "list" and pick in menus.BOOK.flow("dates").screens:
        yield _same(longest(map(in_words, moments())), SHOWN)
    elif name == "date":
        for each in dates_after(MORNING).upcoming:
            yield pick.items(Scene({"date": each.subject_id}, facts))
    else:
        yield pick.items(Scene({"day": "2026-12-03"}, facts))


def _kept(pick: Pick, facts: Facts) -> Iterator[tuple[Item, ...]]:
    """What is kept about somebody, each answer once, and about somebody of whom nothing is known."""
    yield pick.items(Scene({}, replace(facts, loaded={"kept": Kept("x")})))
    coded = zip(cycle(RETURNED), NEED, cycle(PAPERS), cycle(PLACES.countries), strict=False)
    for (when, need, papers, country), place in zip(cycle(coded), PLACES.upazilas, strict=False):
        told = {
            "district": place.district,
            "upazila": place.key,
            "country": country.iso,
            "returned": when.value,
            "need": need.value,
            "papers": papers.value,
        }
        yield pick.items(Scene({}, replace(facts, loaded={"kept": Kept("x", told)})))


def _same(label: Label, times: int) -> tuple[Item, ...]:
    return tuple(Item("x", label) for _ in range(times))
