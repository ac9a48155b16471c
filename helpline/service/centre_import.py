"""Service points from a spreadsheet: all rows are right and kept, or none is."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.centre_rows import Problem, Row, check_rows
from helpline.store.centres import all_centres, upsert_centres

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from sqlalchemy import Connection

    from helpline.cases.directory import Centre
    from helpline.cases.places import Places

_CHUNK: Final = 500
_DELIMITERS: Final = ",;\t"
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")


class BadTable(ValueError):
    """A file cannot be read as a table. One line that says why."""


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did, or with `dry_run` would do. With `problems` nothing was written."""

    added: int
    changed: int
    unchanged: int
    problems: tuple[Problem, ...]
    dry_run: bool


def import_centres(
    connection: Connection,
    path: Path,
    places: Places,
    kinds: Collection[str],
    now: datetime,
    *,
    retired: Mapping[str, str],
    dry_run: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Read, check and keep the service points of a CSV or XLSX file, by key, in the caller's transaction.

    `retired` are numbers that are refused, `progress` is told how many rows of how many are written.
    What has not changed keeps its time of change; what is not in the file stays.

    Raises:
        BadTable: the file is not a table.
    """
    header, rows = read_table(path)
    checked = check_rows(header, rows, places, kinds, retired=retired)
    known = {centre.key: centre for centre in all_centres(connection)}
    fresh = [centre for centre in checked.centres if known.get(centre.key) != centre]
    if not (checked.problems or dry_run):
        done = 0
        for chunk in _chunks(fresh):
            upsert_centres(connection, chunk, now)
            done += len(chunk)
            if progress:
                progress(done, len(fresh))
    added = sum(centre.key not in known for centre in fresh)
    return Report(
        added=added,
        changed=len(fresh) - added,
        unchanged=len(checked.centres) - len(fresh),
        problems=checked.problems,
        dry_run=dry_run,
    )


def read_table(path: Path) -> tuple[tuple[str, ...], list[Row]]:
    """The column names and the rows of a CSV (comma, semicolon or tab; UTF-8 or UTF-16) or XLSX file.

    Of a workbook the first sheet counts. Empty lines, and lines whose first cell begins with `#`, are
    passed over. Line numbers are those of the file; a row over several lines has its last one.

    Raises:
        BadTable: the file is missing, empty, or neither of the two.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadTable(f"{path}: {error.strerror}") from error
    lines = _from_xlsx(path) if path.suffix.lower() == ".xlsx" else _from_csv(path, data)
    rows = [
        Row(number, cells)
        for number, cells in lines
        if any(cell.strip() for cell in cells) and not cells[0].startswith("#")
    ]
    if not rows:
        raise BadTable(f"{path}: the table is empty")
    return rows[0].cells, rows[1:]


def _from_csv(path: Path, data: bytes) -> Iterator[tuple[int, tuple[str, ...]]]:
    try:
        text = data.decode("utf-16" if data.startswith(_UTF16) else "utf-8-sig")
    except UnicodeDecodeError:
        raise BadTable(f'{path}: not in UTF-8, save it as "CSV UTF-8"') from None
    first = next((line for line in text.splitlines() if line and not line.startswith("#")), "")
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            yield reader.line_num, tuple(cells)
    except csv.Error as error:
        raise BadTable(f"{path} line {reader.line_num}: {error}") from error


def _from_xlsx(path: Path) -> Iterator[tuple[int, tuple[str, ...]]]:
    try:
        from python_calamine import CalamineError, load_workbook  # noqa: PLC0415 (an extra)
    except ModuleNotFoundError:
        raise BadTable(f"{path}: reading .xlsx needs the extra `xlsx`, or save it as CSV") from None
    try:
        with load_workbook(path) as workbook:
            rows = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except CalamineError as error:
        raise BadTable(f"{path}: {error}") from error
    for number, cells in enumerate(rows, 1):
        yield number, tuple(map(_text, cells))


def _text(cell: Any) -> str:
    """A cell of a workbook as somebody would have typed it: whole numbers and days without decoration."""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _chunks(centres: Iterable[Centre]) -> Iterator[list[Centre]]:
    left = iter(centres)
    while chunk := list(islice(left, _CHUNK)):
        yield chunk
