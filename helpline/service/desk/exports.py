"""Tables taken away as files: why is written down, and nothing in a file is ever run or followed.

A file is made when it is asked for and goes to whoever asked: none is kept here. What restricted
cases are about leaves the desk only when a second person has agreed, for a day.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter

from helpline.cases.roles import Right
from helpline.cases.work import Kind
from helpline.service.desk import audit
from helpline.service.desk.acting import NotAllowed
from helpline.service.desk.questions import answer, ask_approval
from helpline.store.desk import exports as rows

if TYPE_CHECKING:
    from sqlalchemy import Row

    from helpline.service.desk.acting import Acting

HIDDEN: Final = "–"
"""Stands for a figure that is not shown."""
PURPOSES: Final = ("meeting", "ministry", "donor", "planning", "research", "other")
"""Why somebody takes figures away."""
WHAT: Final = "export"
"""How these approvals are told from those of cases."""
GOOD_FOR: Final = timedelta(hours=24)
"""How long a second person's word counts."""

Cell = str | int | float | None
"""A text, a count, a share from 0 to 1, or none for a figure that is not shown."""

_BEGINS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_NOT_IN_A_NAME: Final = re.compile(r"[\[\]:*?/\\']")
_LONGEST_NAME: Final = 31
_PIECE: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as it is shown, in the words of the page."""

    key: str
    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


def csv_of(grid: Grid) -> Iterator[bytes]:
    """A table as CSV, in pieces; with the mark by which Excel knows UTF-8."""
    line = io.StringIO(newline="")
    writer = csv.writer(line)
    yield "\ufeff".encode()
    for row in (grid.head, *grid.rows):
        writer.writerow([_plain(cell) for cell in row])
        yield line.getvalue().encode()
        line.seek(0)
        line.truncate()


def xlsx_of(grids: Sequence[Grid]) -> Iterator[bytes]:
    """Tables as a workbook with a sheet for each, in pieces."""
    with tempfile.TemporaryFile() as file, tempfile.TemporaryDirectory() as folder:
        book = xlsxwriter.Workbook(
            file,
            {
                "constant_memory": True,
                "tmpdir": folder,
                "strings_to_formulas": False,
                "strings_to_numbers": False,
                "strings_to_urls": False,
            },
        )
        strong = book.add_format({"bold": True, "text_wrap": True})
        percent = book.add_format({"num_format": "0 %"})
        taken: set[str] = set()
        for grid in grids:
            sheet = book.add_worksheet(_sheet_name(grid.title, taken))
            sheet.set_column(0, 0, 36)
            sheet.set_column(1, max(1, len(grid.head) - 1), 16)
            sheet.freeze_panes(1, 1)
            lines: list[tuple[Cell, ...]] = [grid.head, *grid.rows]
            if grid.note:
                lines += [(), (grid.note,)]
            for number, cells in enumerate(lines):
                for column, cell in enumerate(cells):
                    if isinstance(cell, str) or cell is None:
                        text = HIDDEN if cell is None else cell
                        sheet.write_string(number, column, text, strong if number == 0 else None)
                    else:
                        form = percent if isinstance(cell, float) else None
                        sheet.write_number(number, column, cell, form)
        book.close()
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece


def taken(deed: Acting, what: str, purpose: str, detail: str) -> None:
    """Write down that this member took a file away; `what` and `detail` are codes.

    Raises:
        NotAllowed: the purpose is none of `PURPOSES`.
    """
    if purpose not in PURPOSES or not deed.who.may(Right.EXPORT):
        raise NotAllowed(what)
    audit.note(deed, "export", "report", what, detail=f"{detail} purpose={purpose}")


def ask(deed: Acting, quarter: str, purpose: str, words: str) -> str:
    """Ask a second person to agree to a file about restricted cases; the id of the question.

    Raises:
        NotAllowed: the purpose is none of `PURPOSES`.
    """
    if purpose not in PURPOSES or not deed.who.may(Right.EXPORT):
        raise NotAllowed(quarter)
    ident = ask_approval(deed, what=WHAT, words=words, detail=f"{quarter} {purpose}")
    audit.note(deed, "ask_export", "approval", ident, detail=f"{quarter} purpose={purpose}")
    return ident


def decide(deed: Acting, approval_id: str, *, agreed: bool) -> None:
    """Agree to a file about restricted cases, or not, as somebody else than who asked.

    Raises:
        NotAllowed: there is no such question, or it is their own.
        Stale: somebody was faster.
        IllegalMove: it was answered before.
    """
    asked = rows.by_id(deed.connection, approval_id, WHAT)
    if asked is None or asked.asked_by == deed.who.id or not deed.who.may(Right.SUPERVISE):
        raise NotAllowed(approval_id)
    becomes = "approved" if agreed else "rejected"
    answer(
        deed,
        Kind.APPROVAL,
        approval_id,
        was=asked.state,
        becomes=becomes,
        why=WHAT,
        decided_by=deed.who.id,
        decided_at=deed.now,
    )
    audit.note(deed, becomes, "approval", approval_id, detail=asked.detail)


@dataclass(frozen=True, slots=True)
class Question:
    """One question for a second person, as it is listed."""

    id: str
    quarter: str
    purpose: str
    words: str
    asked_by: str
    asked_at: Any
    state: str
    mine: bool
    """They asked it themselves: they may take the file away once somebody else has agreed."""
    usable: bool


def questions(deed: Acting) -> list[Question]:
    """The questions of the last days: those that wait for somebody else's word, and one's own."""
    ring = deed.parts.ring
    found = []
    for row in rows.recent(deed.connection, WHAT, since=deed.now - 7 * GOOD_FOR):
        mine = row.asked_by == deed.who.id
        if mine or (row.state == "pending" and deed.who.may(Right.SUPERVISE)):
            quarter, _, purpose = row.detail.partition(" ")
            found.append(
                Question(
                    row.id,
                    quarter,
                    purpose,
                    ring.unseal_text(row.words, "approval.words", row.id),
                    ring.unseal_text(row.name, "staff.name", row.asked_by),
                    row.asked_at,
                    row.state,
                    mine=mine,
                    usable=mine and _usable(deed, row),
                )
            )
    return found


def agreed(deed: Acting, approval_id: str) -> tuple[str, str]:
    """The quarter and the purpose that somebody else agreed to less than a day ago; it is written down.

    Raises:
        NotAllowed: nobody did, it was long ago, or somebody else had asked.
    """
    row = rows.by_id(deed.connection, approval_id, WHAT)
    if row is None or row.asked_by != deed.who.id or not _usable(deed, row):
        raise NotAllowed(approval_id)
    quarter, _, purpose = row.detail.partition(" ")
    audit.note(
        deed,
        "export",
        "report",
        "restricted",
        detail=f"quarter={quarter} approval={approval_id} purpose={purpose}",
    )
    return quarter, purpose


def _usable(deed: Acting, row: Row[Any]) -> bool:
    return bool(row.state == "approved" and deed.now - row.decided_at <= GOOD_FOR)


def _plain(cell: Cell) -> str:
    """A cell of a CSV file: text that a spreadsheet would take for a formula begins with an apostrophe."""
    if cell is None:
        return HIDDEN
    if isinstance(cell, float):
        return f"{cell:.0%}"
    if isinstance(cell, str) and cell.startswith(_BEGINS_A_FORMULA):
        return f"'{cell}"
    return str(cell)


def _sheet_name(title: str, taken: set[str]) -> str:
    plain = _NOT_IN_A_NAME.sub(" ", title).strip() or "-"
    name, number = plain[:_LONGEST_NAME], 1
    while name.casefold() in taken:
        number += 1
        mark = f" {number}"
        name = plain[: _LONGEST_NAME - len(mark)] + mark
    taken.add(name.casefold())
    return name


def as_rows(cells: Iterable[Iterable[Cell]]) -> tuple[tuple[Cell, ...], ...]:
    """Rows of a grid."""
    return tuple(tuple(row) for row in cells)
