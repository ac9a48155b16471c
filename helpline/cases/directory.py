"""Which service point is near: jurisdiction first, distance last."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from math import asin, cos, radians, sin, sqrt
from typing import TYPE_CHECKING, Final

from helpline.flow.words import Label

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import date

    from helpline.cases.places import District, Places


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of service point, as `helpline/data/centres/kinds.toml` explains it."""

    key: str
    name: Label
    every_district: bool = False
    every_division: bool = False
    far: bool = False


@dataclass(frozen=True, slots=True)
class Centre:
    """A service point, or (with a key such as `ttc.bd-63`) one that we only know a district to have.

    `upazila` is empty when it serves its whole district. `catchment` holds codes of other districts,
    or keys of upazilas, that it serves too. Coordinates are degrees (WGS 84). An entry may be shown
    until the day before `expires_at`.
    """

    key: str
    kind: str
    name: Label
    district: str
    upazila: str = ""
    catchment: tuple[str, ...] = ()
    address: Label | None = None
    phone: str = ""
    latitude: float | None = None
    longitude: float | None = None
    source: str = ""
    source_date: date | None = None
    verified_at: date | None = None
    verified_by: str = ""
    expires_at: date | None = None

    def expired(self, today: date) -> bool:
        """Whether nobody has confirmed this entry for too long."""
        return self.expires_at is not None and self.expires_at <= today


class Why(StrEnum):
    """What makes a service point the answer."""

    OWN_UPAZILA = "own_upazila"
    OWN_DISTRICT = "own_district"
    CATCHMENT = "catchment"
    TYPE_LEVEL = "type_level"
    """Every district has one of this kind; which one exactly is not on record."""
    OWN_DIVISION = "own_division"
    DISTANCE = "distance"
    CHOSEN = "chosen"
    """It was asked for by its key."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One service point. `confirm`: never verified, or no longer, so say "confirm by 16135"."""

    centre: Centre
    why: Why
    confirm: bool


class Directory:
    """Service points, indexed by the places they serve; of two with one key the later counts.

    Answers of one rank come in the order of `kinds`, those of one kind in the order of `centres`.
    A search costs the same however many service points other places have.
    """

    def __init__(self, centres: Iterable[Centre], kinds: Sequence[Kind], places: Places) -> None:
        self.kinds = tuple(kinds)
        self._places = places
        self._rank = {kind.key: rank for rank, kind in enumerate(self.kinds)}
        self._centre = {centre.key: centre for centre in centres}
        self._at: defaultdict[str, list[Centre]] = defaultdict(list)
        self._of_kind: defaultdict[tuple[str, str], list[Centre]] = defaultdict(list)
        self._serving: defaultdict[str, list[Centre]] = defaultdict(list)
        by_kind = sorted(
            self._centre.values(), key=lambda one: self._rank.get(one.kind, len(kinds))
        )
        for centre in by_kind:
            self._at[centre.district].append(centre)
            self._of_kind[centre.kind, centre.district].append(centre)
            for place in centre.catchment:
                self._serving[place].append(centre)
        self._neighbours: dict[str, tuple[str, ...]] = {}

    def answer(self, key: str, today: date) -> Answer | None:
        """What `near` offered under this key, also when it has expired since; None when nobody knows it."""
        if key in self._centre:
            return _answer(self._centre[key], Why.CHOSEN, today)
        name, _, iso = key.partition(".")
        kind = next((kind for kind in self.kinds if kind.key == name), None)
        district = self._places.district(iso.upper())
        if kind and kind.every_district and district:
            return _answer(_type_level(kind, district), Why.CHOSEN, today)
        return None

    def near(
        self,
        district: str,
        upazila: str | None,
        today: date,
        limit: int,
        kinds: Collection[str] = (),
    ) -> tuple[Answer, ...]:
        """The best `limit` answers for somebody from `district` (its code) and, if known, `upazila`.

        Own upazila, own district (first what serves all of it), declared catchment, kinds that every
        district or division has, then the nearest of each kind still missing that is worth a long way.
        With `kinds`, only these. Expired entries are left out. An unknown district has no answers.
        """
        wanted = {kind.key: kind for kind in self.kinds if not kinds or kind.key in kinds}
        home = self._places.district(district)
        if home is None:
            return ()
        answers = self._answers(home, upazila or "", today, wanted)
        return tuple(islice(answers, max(limit, 0)))

    def _answers(
        self, home: District, upazila: str, today: date, wanted: dict[str, Kind]
    ) -> Iterator[Answer]:
        seen: set[str] = set()
        answered: set[str] = set()
        for centre, why in self._by_jurisdiction(home.iso, upazila):
            if centre.kind in wanted and centre.key not in seen and not centre.expired(today):
                seen.add(centre.key)
                answered.add(centre.kind)
                yield _answer(centre, why, today)
        for kind in wanted.values():
            if kind.every_district and not self._has_central(kind, home.iso, today):
                answered.add(kind.key)
                yield _answer(_type_level(kind, home), Why.TYPE_LEVEL, today)
        missing = [kind for kind in wanted.values() if kind.key not in answered]
        division = [one.iso for one in self._places.districts_of(home.division)]
        for kind in missing:
            if kind.every_division and (nearest := self._nearest(kind, home, today, division)):
                answered.add(kind.key)
                yield _answer(nearest, Why.OWN_DIVISION, today)
        for kind in missing:
            if (
                kind.far
                and kind.key not in answered
                and (found := self._nearest(kind, home, today))
            ):
                yield _answer(found, Why.DISTANCE, today)

    def _by_jurisdiction(self, district: str, upazila: str) -> Iterator[tuple[Centre, Why]]:
        at_home = self._at.get(district, [])
        if upazila:
            yield from ((one, Why.OWN_UPAZILA) for one in at_home if one.upazila == upazila)
        yield from ((one, Why.OWN_DISTRICT) for one in at_home if not one.upazila)
        yield from ((one, Why.OWN_DISTRICT) for one in at_home if one.upazila)
        for place in (upazila, district):
            yield from ((one, Why.CATCHMENT) for one in self._serving.get(place, []))

    def _has_central(self, kind: Kind, district: str, today: date) -> bool:
        """Whether the district's own one of this kind is on record, and not only one in some upazila."""
        return any(
            (not one.upazila or one.upazila.endswith(".sadar")) and not one.expired(today)
            for one in self._of_kind.get((kind.key, district), [])
        )

    def _nearest(
        self, kind: Kind, home: District, today: date, inside: Collection[str] | None = None
    ) -> Centre | None:
        for district in self._by_distance(home):
            if inside is None or district in inside:
                for centre in self._of_kind.get((kind.key, district), []):
                    if not centre.expired(today):
                        return centre
        return None

    def _by_distance(self, home: District) -> tuple[str, ...]:
        """All districts, the nearest head office first."""
        if home.iso not in self._neighbours:
            ordered = sorted(self._places.districts, key=lambda one: kilometres(home, one))
            self._neighbours[home.iso] = tuple(one.iso for one in ordered)
        return self._neighbours[home.iso]


_EARTH: Final = 6371.0
"""Its mean radius in kilometres."""


def kilometres(one: District, other: District) -> float:
    """How far apart two districts' head offices are, as the crow flies (haversine formula)."""
    north, east = radians(other.latitude - one.latitude), radians(other.longitude - one.longitude)
    slope = cos(radians(one.latitude)) * cos(radians(other.latitude))
    return 2 * _EARTH * asin(sqrt(sin(north / 2) ** 2 + slope * sin(east / 2) ** 2))


def _answer(centre: Centre, why: Why, today: date) -> Answer:
    return Answer(centre, why, confirm=centre.verified_at is None or centre.expired(today))


def _type_level(kind: Kind, district: District) -> Centre:
    """The one of this kind that the district is known to have."""
    what, where = kind.name, district.name
    name = Label(
        f"{what.bn}, {where.bn}", f"{what.bn_Latn}, {where.bn_Latn}", f"{what.en}, {where.en}"
    )
    return Centre(f"{kind.key}.{district.iso.lower()}", kind.key, name, district.iso)
