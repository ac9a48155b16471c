"""How the data files are read: TOML, and tables separated by tabs; what is wrong is said in one line."""

from __future__ import annotations

import tomllib
from datetime import date
from importlib import resources
from typing import TYPE_CHECKING, Any

from helpline.cases.centre_rows import Row
from helpline.flow.words import Label

if TYPE_CHECKING:
    from collections.abc import Mapping


class BadData(ValueError):
    """A data file cannot be read. One line: the file, the line or entry, the column, what is wrong."""


class Record(dict[str, str]):
    """One line of a table, by column."""

    def __init__(self, where: str, cells: Mapping[str, str]) -> None:
        super().__init__(cells)
        self._where = where

    def __missing__(self, column: str) -> str:
        raise BadData(f"{self._where}, column {column}: missing")

    def label(self) -> Label:
        return Label(self["bn"], self["latin"], self["en"])

    def several(self, column: str) -> tuple[str, ...]:
        return tuple(part for part in self[column].split("|") if part)

    def number(self, column: str) -> float:
        try:
            return float(self[column])
        except ValueError:
            raise BadData(
                f"{self._where}, column {column}: {self[column]!r} is no number"
            ) from None


class Entry:
    """One table of a TOML file."""

    def __init__(self, where: str, values: Mapping[str, Any]) -> None:
        self._where = where
        self._values = values

    def _get(self, name: str, kind: type) -> Any:
        value = self._values.get(name)
        if not isinstance(value, kind):
            raise BadData(f"{self._where}, {name}: missing, or not as the others are written")
        return value

    def text(self, name: str) -> str:
        return str(self._get(name, str))

    def whole(self, name: str) -> int:
        return int(self._get(name, int))

    def flag(self, name: str) -> bool:
        return bool(self._get(name, bool))

    def several(self, name: str) -> tuple[str, ...]:
        return tuple(map(str, self._get(name, list)))

    def label(self, name: str) -> Label:
        inner = Entry(f"{self._where}, {name}", self._get(name, dict))
        return Label(inner.text("bn"), inner.text("latin"), inner.text("en"))

    def day(self, name: str) -> date | None:
        return self.must(name) if self.text(name) else None

    def must(self, name: str) -> date:
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            raise BadData(f"{self._where}, {name}: not a date, write 2026-11-21") from None


def _text(name: str) -> str:
    try:
        return resources.files("helpline.data").joinpath(name).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadData(f"{name}: {error}") from error


def names_in(folder: str, ending: str) -> list[str]:
    """The names of the data files of a folder of this package, without their ending, in order."""
    listed = (entry.name for entry in resources.files("helpline.data").joinpath(folder).iterdir())
    return sorted(name.removesuffix(ending) for name in listed if name.endswith(ending))


def toml(name: str) -> dict[str, Any]:
    """The content of a TOML file of this package.

    Raises:
        BadData: it is not there, or not TOML.
    """
    try:
        return tomllib.loads(_text(name))
    except tomllib.TOMLDecodeError as error:
        raise BadData(f"{name}: {error}") from error


def entries(name: str, table: str) -> list[Entry]:
    """The tables `[[table]]` of a TOML file.

    Raises:
        BadData: the file is not there, or not TOML.
    """
    listed = toml(name).get(table, [])
    return [
        Entry(f"{name}, {table} {entry.get('key', number)}", entry)
        for number, entry in enumerate(listed, 1)
    ]


def rows_of(name: str) -> tuple[tuple[str, ...], list[Row]]:
    """The column names and the rows of a tab-separated file without quoting; lines from `#` are notes.

    Raises:
        BadData: the file is not there, or a row is too short or too long.
    """
    rows = [
        Row(number, tuple(line.split("\t")))
        for number, line in enumerate(_text(name).splitlines(), 1)
        if line and not line.startswith("#")
    ]
    if not rows:
        raise BadData(f"{name}: empty")
    header, *body = rows
    for row in body:
        if len(row.cells) != len(header.cells):
            raise BadData(
                f"{name} line {row.line}: {len(row.cells)} columns, expected {len(header.cells)}"
            )
    return header.cells, body


def table_of(name: str) -> list[Record]:
    """The rows of a tab-separated file, by column.

    Raises:
        BadData: the file is not there, or a row is too short or too long.
    """
    header, rows = rows_of(name)
    return [
        Record(f"{name} line {row.line}", dict(zip(header, row.cells, strict=True))) for row in rows
    ]
