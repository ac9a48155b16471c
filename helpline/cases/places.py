"""Divisions, districts, upazilas and countries, and which of them a typed name may mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpline.cases.names import NOTHING, Found, Names, best, named, offered
from helpline.cases.spelling import SADAR, forms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from helpline.flow.words import Label


@dataclass(frozen=True, slots=True)
class Division:
    """One of the eight divisions; `iso` is its ISO 3166-2 code, `BD-A` to `BD-H`."""

    iso: str
    name: Label
    old_names: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class District:
    """One of the 64 districts: ISO 3166-2 code (`BD-13`) and where its head office is, in degrees (WGS 84)."""

    iso: str
    division: str
    name: Label
    latitude: float
    longitude: float
    old_names: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Upazila:
    """One of the 495 upazilas; `key` is ours (`bd-13.savar`) and outlives a change of name."""

    key: str
    district: str
    name: Label
    old_names: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    @property
    def sadar(self) -> bool:
        """Whether it is the one around the district's head office."""
        return self.key.endswith(".sadar")


@dataclass(frozen=True, slots=True)
class Country:
    """A country that callers come back from: ISO 3166-1 code, or `other`."""

    iso: str
    name: Label


class Places:
    """All places, in the order in which they are offered, and the search for a typed name.

    A district is found by its code, an upazila by its key: the two never look alike (`BD-13`,
    `bd-13.savar`). A name is exact when `spelling.forms` of it is a name, an old name or an alias
    and means one place only; anything else is at most offered, best first, at most `OFFERED`.
    """

    def __init__(
        self,
        divisions: Iterable[Division],
        districts: Iterable[District],
        upazilas: Iterable[Upazila],
        countries: Iterable[Country],
    ) -> None:
        self.divisions = tuple(divisions)
        self.districts = tuple(districts)
        self.upazilas = tuple(upazilas)
        self.countries = tuple(countries)
        self._division = {division.iso: division for division in self.divisions}
        self._district = {district.iso: district for district in self.districts}
        self._upazila = {upazila.key: upazila for upazila in self.upazilas}
        self._country = {country.iso: country for country in self.countries}
        self._upazilas_of: dict[str, tuple[Upazila, ...]] = {}
        for upazila in self.upazilas:
            own = self._upazilas_of.get(upazila.district, ())
            self._upazilas_of[upazila.district] = (*own, upazila)
        self._district_names = Names((one.iso, _spellings(one)) for one in self.districts)
        self._upazila_names = Names((one.key, _spellings(one)) for one in self.upazilas)
        self._names_in = {
            iso: Names((one.key, _spellings_at_home(one)) for one in upazilas)
            for iso, upazilas in self._upazilas_of.items()
        }

    def division(self, iso: str) -> Division | None:
        """The division with this code, or None."""
        return self._division.get(iso)

    def district(self, iso: str) -> District | None:
        """The district with this code, or None."""
        return self._district.get(iso)

    def upazila(self, key: str) -> Upazila | None:
        """The upazila with this key, or None."""
        return self._upazila.get(key)

    def country(self, iso: str) -> Country | None:
        """The country with this code, or None."""
        return self._country.get(iso)

    def districts_of(self, division: str) -> tuple[District, ...]:
        """The districts of a division, by its code; none when there is no such division."""
        return tuple(one for one in self.districts if one.division == division)

    def upazilas_of(self, district: str) -> tuple[Upazila, ...]:
        """The upazilas of a district, by its code, Sadar first; none when there is no such district."""
        return self._upazilas_of.get(district, ())

    def find_district(self, typed: str) -> Found:
        """Which district was typed. A name that only an upazila bears offers the upazila's district."""
        for form in forms(typed):
            if values := self._district_names.exactly(form):
                return named(values)
        inside = [
            self._upazila[key].district
            for form in forms(typed)
            for key in self._upazila_names.exactly(form)
        ]
        return offered([*inside, *best(self._district_names.scores(typed))])

    def find_upazila(self, typed: str, district: str) -> Found:
        """Which upazila of one district was typed; "sadar", or the district's own name, is its Sadar."""
        names = self._names_in.get(district)
        return names.find(typed) if names else NOTHING

    def find_place(self, typed: str) -> Found:
        """Which district or upazila anywhere was typed. A name that several bear offers all of them."""
        for form in forms(typed):
            values = (*self._district_names.exactly(form), *self._upazila_names.exactly(form))
            if values:
                return named(values)
            if form in SADAR:
                return NOTHING
        scored = self._district_names.scores(typed)
        for key, score in self._upazila_names.scores(typed).items():
            if not (self._upazila[key].sadar and self._upazila[key].district in scored):
                scored[key] = score
        return offered(best(scored))


def _spellings(place: District | Upazila) -> frozenset[str]:
    name = place.name
    return frozenset((name.bn, name.bn_Latn, name.en, *place.old_names, *place.aliases))


def _spellings_at_home(upazila: Upazila) -> frozenset[str]:
    """Inside its own district a Sadar is also "sadar", and the name without that word."""
    spellings = _spellings(upazila)
    if not upazila.sadar:
        return spellings
    without = {forms(name)[-1] for name in spellings}
    return spellings | SADAR | without
