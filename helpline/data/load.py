"""Read the data files of this package: places, hotlines, kinds of service point and the first ones."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from helpline.cases.centre_rows import check_rows
from helpline.cases.crisis import Force, Lexicon, phrase
from helpline.cases.directory import Centre, Kind
from helpline.cases.holidays import FixedHoliday
from helpline.cases.hotlines import Hotline
from helpline.cases.instruments import Instrument, Item, Threshold
from helpline.cases.places import Country, District, Division, Places, Upazila
from helpline.cases.topics import Topic
from helpline.data.crisis_leaning import load_leaning
from helpline.data.files import BadData, entries, names_in, rows_of, table_of, toml

_PLACES: Final = "places/{}.tsv"
_HOTLINES: Final = "facts/hotlines.toml"
_KINDS: Final = "centres/kinds.toml"
_POINTS: Final = "centres/service_points.tsv"
_HOLIDAYS: Final = "holidays.tsv"
_INSTRUMENT: Final = "instruments/{}.toml"
_TOPICS: Final = "facts/topics.toml"
_PHRASES: Final = "crisis/phrases.tsv"


@cache
def load_places() -> Places:
    """All divisions, districts, upazilas and countries.

    Raises:
        BadData: a file is not as its header says.
    """
    divisions, districts, upazilas, countries = (
        table_of(_PLACES.format(name))
        for name in ("divisions", "districts", "upazilas", "countries")
    )
    return Places(
        (
            Division(row["iso"], row.label(), row.several("old_names"), row.several("aliases"))
            for row in divisions
        ),
        (
            District(
                row["iso"],
                row["division"],
                row.label(),
                row.number("lat"),
                row.number("lon"),
                row.several("old_names"),
                row.several("aliases"),
            )
            for row in districts
        ),
        (
            Upazila(
                row["key"],
                row["district"],
                row.label(),
                row.several("old_names"),
                row.several("aliases"),
            )
            for row in upazilas
        ),
        (
            Country(row["iso2"], row.label())
            for row in sorted(countries, key=lambda row: row.number("order"))
        ),
    )


@cache
def load_hotlines() -> tuple[Hotline, ...]:
    """Every hotline of the file, also those that have expired by now; see `hotlines.current`.

    Raises:
        BadData: an entry is incomplete, or a date is not YYYY-MM-DD.
    """
    return tuple(
        Hotline(
            key=entry.text("key"),
            number=entry.text("number"),
            who=entry.label("who"),
            about=entry.label("about"),
            source=entry.text("source"),
            source_date=entry.day("source_date"),
            rating=entry.text("rating"),
            verified_at=entry.day("verified_at"),
            verified_by=entry.text("verified_by"),
            expires_at=entry.must("expires_at"),
            order=entry.whole("order"),
            abroad=entry.flag("abroad"),
        )
        for entry in entries(_HOTLINES, "hotline")
    )


@cache
def load_retired() -> Mapping[str, str]:
    """Numbers that are never shown, as written in the file: to each the one that is right now, or nothing.

    Raises:
        BadData: an entry is incomplete, or names a line that is not there.
    """
    lines = {line.key: line.number for line in load_hotlines()} | {"": ""}
    found = {}
    for entry in entries(_HOTLINES, "retired"):
        if (instead := entry.text("instead")) not in lines:
            raise BadData(f"{_HOTLINES}: no line is called {instead!r}")
        found[entry.text("number")] = lines[instead]
    return found


@cache
def load_kinds() -> tuple[Kind, ...]:
    """The kinds of service point, in the order in which they are offered.

    Raises:
        BadData: an entry is incomplete.
    """
    return tuple(
        Kind(
            key=entry.text("key"),
            name=entry.label("name"),
            every_district=entry.flag("every_district"),
            every_division=entry.flag("every_division"),
            far=entry.flag("far"),
        )
        for entry in entries(_KINDS, "kind")
    )


@cache
def load_directory_seed() -> tuple[Centre, ...]:
    """The service points that come with the program, checked as an imported file is.

    Raises:
        BadData: a row has a problem.
    """
    header, rows = rows_of(_POINTS)
    kinds = [kind.key for kind in load_kinds()]
    checked = check_rows(header, rows, load_places(), kinds, retired=load_retired())
    for problem in checked.problems:
        raise BadData(f"{_POINTS} {problem}")
    return checked.centres


@cache
def load_topics() -> tuple[Topic, ...]:
    """The texts that may be read without registering, also those that are stale by now.

    Raises:
        BadData: an entry is not as the others are written.
    """
    return tuple(
        Topic(
            key=entry.text("key"),
            group=entry.text("group"),
            title=entry.label("title"),
            text=entry.label("text"),
            source=entry.text("source"),
            source_date=entry.day("source_date"),
            expires_at=entry.must("expires_at"),
            order=entry.whole("order"),
        )
        for entry in entries(_TOPICS, "topic")
    )


@cache
def load_crisis_phrases() -> Lexicon:
    """The phrases that may speak of danger.

    Raises:
        BadData: a line is not as the head of the file says.
    """
    phrases = []
    for row in table_of(_PHRASES):
        try:
            phrases.append(phrase(Force(row["force"]), row["topic"], row["words"]))
        except ValueError as fault:
            raise BadData(f"{_PHRASES}, {row['words']}: {fault}") from None
    return Lexicon(phrases, load_leaning())


@cache
def load_instrument(key: str) -> Instrument:
    """A set of questions by its key, `wellbeing-short-1`.

    Raises:
        BadData: there is none of that name, or it cannot be used: one line.
    """
    file = _INSTRUMENT.format(key)
    instrument = read_instrument(file, toml(file))
    if instrument.key != key:
        raise BadData(f"{file}: it calls itself {instrument.key}")
    return instrument


def load_instruments() -> tuple[Instrument, ...]:
    """Every set of questions that comes with the program, by name and version.

    Raises:
        BadData: one of them cannot be used: one line.
    """
    return tuple(load_instrument(key) for key in names_in("instruments", ".toml"))


def read_instrument(file: str, found: Mapping[str, Any]) -> Instrument:
    """A set of questions from what its file says.

    Raises:
        BadData: it cannot be used: the file, and in one line what is wrong.
    """
    try:
        return Instrument(
            name=found["name"],
            version=found["version"],
            items=tuple(_item(item) for item in found["items"]),
            weights=dict(found["weights"]),
            thresholds=tuple(Threshold(**each) for each in found.get("thresholds", ())),
            enough=found["enough"],
            unsaid=str(found.get("unsaid", "")),
        )
    except KeyError as fault:
        raise BadData(f"{file}: {fault.args[0]} is missing") from None
    except (TypeError, ValueError, AttributeError) as fault:
        raise BadData(f"{file}: {' '.join(str(fault).split())}") from None


def _item(found: Mapping[str, Any]) -> Item:
    return Item(
        code=found["code"],
        dimension=found["dimension"],
        scores=dict(found["scores"]),
        weight=found.get("weight", 1.0),
        distress=frozenset(found.get("distress", ())),
    )


@cache
def load_fixed_holidays() -> tuple[FixedHoliday, ...]:
    """The public holidays that have the same date every year.

    Raises:
        BadData: a row is incomplete.
    """
    return tuple(
        FixedHoliday(
            int(row.number("month")), int(row.number("day")), row["bn"], row["en"], row["source"]
        )
        for row in table_of(_HOLIDAYS)
    )
