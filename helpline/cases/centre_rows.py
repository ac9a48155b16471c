"""A table of service points, as staff fill it in, checked row by row before anything is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from helpline.cases.directory import Centre
from helpline.cases.phone_lines import dialled, is_mobile, retired_in
from helpline.flow.answers import fold_digits
from helpline.flow.lettering import Unit, clean, units
from helpline.flow.words import Label

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from helpline.cases.places import Places

REQUIRED: Final = ("key", "kind", "name_bn", "name_latn", "name_en", "district", "source")
"""Columns that must be there, and filled in every row."""
OPTIONAL: Final = (
    "upazila", "catchment", "address_bn", "address_en", "phone", "latitude", "longitude",
    "source_date", "verified_at", "verified_by", "expires_at",
)  # fmt: skip
"""Columns that may be left out or empty. A column `note` is allowed and ignored."""
NAME_UNITS: Final = 40
"""How long a name may be, in UTF-16 units: a screen of 80 has to hold it with a district and a number."""

_CATCHMENT: Final = 400
_LENGTHS: Final = {"address_bn": 200, "address_en": 200, "source": 200, "verified_by": 80}
_SHOWN: Final = ("name_bn", "name_latn", "name_en", "address_bn", "address_en", "phone")
"""What callers may read."""
_NONE: Final[Mapping[str, str]] = MappingProxyType({})
_BOX: Final = {"latitude": (20.5, 26.7), "longitude": (88.0, 92.8)}
"""Bangladesh, in degrees."""
_KEY = re.compile(r"[a-z0-9][a-z0-9._-]{1,79}")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: its line in the file, from 1, and its cells."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one cell; `column` is empty when it is the whole row."""

    line: int
    column: str
    what: str

    def __str__(self) -> str:
        column = f", column {self.column}" if self.column else ""
        return f"line {self.line}{column}: {self.what}"


@dataclass(frozen=True, slots=True)
class CheckedRows:
    """The rows that are right, as service points, and everything that is wrong with the others."""

    centres: tuple[Centre, ...]
    problems: tuple[Problem, ...]


def check_rows(
    header: Sequence[str],
    rows: Iterable[Row],
    places: Places,
    kinds: Collection[str],
    *,
    retired: Mapping[str, str] = _NONE,
) -> CheckedRows:
    """Read a table of service points: `header` names the columns, `kinds` are the keys allowed.

    Districts and upazilas may be given by code or by any exact name; several in `catchment` are
    separated by `|`, `;` or `,`. Dates are YYYY-MM-DD. Texts come out in NFC without stray spaces,
    phone numbers as digits. Numbers in `retired` are refused wherever they stand, naming the one that
    is right instead where there is one, and so are mobile numbers.
    """
    columns = [clean(name).strip().lower() for name in header]
    if wrong := tuple(_wrong_columns(columns)):
        return CheckedRows((), wrong)
    centres: list[Centre] = []
    problems: list[Problem] = []
    first: dict[str, int] = {}
    for row in rows:
        if not any(cell.strip() for cell in row.cells):
            continue
        reader = _Reader(row, columns, places)
        centre = reader.centre(kinds, retired)
        if centre.key in first:
            reader.wrong("key", f"{centre.key!r} is already on line {first[centre.key]}")
        first.setdefault(centre.key, row.line)
        problems += reader.problems
        if not reader.problems:
            centres.append(centre)
    return CheckedRows(tuple(centres), tuple(problems))


def _wrong_columns(columns: Sequence[str]) -> Iterable[Problem]:
    for name in REQUIRED:
        if name not in columns:
            yield Problem(1, name, "this column is missing")
    for number, name in enumerate(columns, 1):
        if name not in (*REQUIRED, *OPTIONAL, "note"):
            yield Problem(1, name or f"number {number}", "nobody knows this column")
        elif name in columns[: number - 1]:
            yield Problem(1, name, "this column is there twice")


class _Reader:
    """One row on its way to a `Centre`, with what is wrong with it."""

    def __init__(self, row: Row, columns: Sequence[str], places: Places) -> None:
        self.problems: list[Problem] = []
        self._line = row.line
        self._places = places
        cells = [" ".join(clean(cell).split()) for cell in row.cells]
        if any(cells[len(columns) :]):
            self.wrong("", f"{len(cells)} cells, but the table has {len(columns)} columns")
        self._cells = dict(zip(columns, cells, strict=False))

    def wrong(self, column: str, what: str) -> None:
        self.problems.append(Problem(self._line, column, what))

    def centre(self, kinds: Collection[str], retired: Mapping[str, str]) -> Centre:
        for column in REQUIRED:
            if not self._text(column):
                self.wrong(column, "empty")
        for column, most in _LENGTHS.items():
            if len(self._text(column)) > most:
                self.wrong(column, f"longer than {most} letters")
        for column in _SHOWN:
            for told in retired_in(self._text(column), retired):
                self.wrong(column, f"a retired or unconfirmed number that is never shown: {told}")
        district = self._district("district", self._text("district"))
        verified_at, verified_by = self._date("verified_at"), self._text("verified_by")
        if (verified_at is None) != (not verified_by):
            self.wrong("verified_by", "a check needs both verified_at and verified_by")
        latitude, longitude = self._degrees("latitude"), self._degrees("longitude")
        if bool(self._text("latitude")) != bool(self._text("longitude")):
            self.wrong("longitude", "latitude and longitude belong together")
        return Centre(
            key=self._key(),
            kind=self._kind(kinds),
            name=Label(self._name("name_bn"), self._name("name_latn"), self._name("name_en")),
            district=district,
            upazila=self._upazila(district),
            catchment=self._catchment(),
            address=self._address(),
            phone=self._phone(),
            latitude=latitude,
            longitude=longitude,
            source=self._text("source"),
            source_date=self._date("source_date"),
            verified_at=verified_at,
            verified_by=verified_by,
            expires_at=self._date("expires_at"),
        )

    def _text(self, column: str) -> str:
        return self._cells.get(column, "")

    def _key(self) -> str:
        key = self._text("key")
        if key and not _KEY.fullmatch(key):
            self.wrong("key", f"{key!r}: small letters a-z, digits, dot and hyphen only, 2 to 80")
        return key

    def _kind(self, kinds: Collection[str]) -> str:
        kind = self._text("kind")
        if kind and kind not in kinds:
            self.wrong("kind", f"{kind!r} is none of {', '.join(sorted(kinds))}")
        return kind

    def _name(self, column: str) -> str:
        name = self._text(column)
        if (length := units(name, Unit.UCS2)) > NAME_UNITS:
            self.wrong(column, f"{length} letters, at most {NAME_UNITS} fit on a small screen")
        if column != "name_bn" and not name.isascii():
            self.wrong(column, "only plain Latin letters can be shown here")
        return name

    def _address(self) -> Label | None:
        bangla, english = self._text("address_bn"), self._text("address_en")
        if not english.isascii():
            self.wrong("address_en", "only plain Latin letters can be shown here")
        if bool(bangla) != bool(english):
            self.wrong("address_en", "address_bn and address_en belong together")
        return Label(bangla, english, english) if bangla else None

    def _district(self, column: str, typed: str) -> str:
        if not typed or self._places.district(typed.upper()):
            return typed.upper()
        found = self._places.find_district(typed)
        if found.exact:
            return found.values[0]
        self.wrong(column, f"no district is called {typed!r}{self._meant(found.values)}")
        return ""

    def _upazila(self, iso: str) -> str:
        typed = self._text("upazila")
        district = self._places.district(iso)
        if not typed or district is None:
            return ""
        if known := self._places.upazila(typed.lower()):
            if known.district == iso:
                return known.key
            self.wrong("upazila", f"{typed!r} is not in {district.name.en}")
            return ""
        found = self._places.find_upazila(typed, iso)
        if found.exact:
            return found.values[0]
        self.wrong("upazila", f"no upazila of {district.name.en} is called {typed!r}")
        return ""

    def _meant(self, values: Sequence[str]) -> str:
        districts = (self._places.district(iso) for iso in values)
        names = [district.name.en for district in districts if district]
        return f"; did you mean {' or '.join(names)}?" if names else ""

    def _catchment(self) -> tuple[str, ...]:
        served: list[str] = []
        for typed in re.split(r"\s*[|;,]\s*", self._text("catchment")):
            if self._places.upazila(typed.lower()):
                served.append(typed.lower())
            elif typed and (iso := self._district("catchment", typed)):
                served.append(iso)
        if len("|".join(served)) > _CATCHMENT:
            self.wrong("catchment", "too many places, give whole districts instead of upazilas")
        return tuple(dict.fromkeys(served))

    def _phone(self) -> str:
        typed = self._text("phone")
        number = dialled(typed)
        if not typed:
            return ""
        if not number:
            self.wrong("phone", f"{typed!r} is no phone number of Bangladesh")
        elif is_mobile(number):
            self.wrong("phone", f"{typed!r} is a mobile number: personal mobiles are not shown")
        return number.replace("+880", "0") if number.startswith("+") else number

    def _degrees(self, column: str) -> float | None:
        typed = fold_digits(self._text(column))
        low, high = _BOX[column]
        if not typed:
            return None
        try:
            degrees = float(typed)
        except ValueError:
            self.wrong(column, f"{typed!r} is no number of degrees, write 23.7104")
            return None
        if not low <= degrees <= high:
            self.wrong(column, f"{typed} is outside Bangladesh ({low} to {high})")
        return degrees

    def _date(self, column: str) -> date | None:
        typed = fold_digits(self._text(column))
        try:
            return date.fromisoformat(typed) if typed else None
        except ValueError:
            self.wrong(column, f"{typed!r} is no date, write 2026-11-21")
            return None
