"""Service points from a spreadsheet: everything or nothing, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime
from importlib import resources
from typing import TYPE_CHECKING

import openpyxl
import pytest
from sqlalchemy import select

from helpline.cases.hotlines import WORKS, Check
from helpline.data.load import load_directory_seed, load_kinds, load_places, load_retired
from helpline.service.centre_import import BadTable, Report, import_centres, read_table
from helpline.store.centres import all_centres, upsert_centres
from helpline.store.facts import all_checks, record_check
from helpline.store.tables import Centre

if TYPE_CHECKING:
    from pathlib import Path

    from helpline.store.database import Database

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
KINDS = [kind.key for kind in load_kinds()]
HEADER = "key,kind,name_bn,name_latn,name_en,district,source,phone"
ROW = "{},ngo,একটি অফিস,An office,An office,Dhaka,a test,{}"


def run(database: Database, path: Path, now: datetime = NOW, **more) -> Report:
    with database.transaction() as connection:
        return import_centres(
            connection, path, load_places(), KINDS, now, retired=load_retired(), **more
        )


def stored(database: Database) -> dict[str, str]:
    with database.reading() as connection:
        return {centre.key: centre.phone for centre in all_centres(connection)}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "centres.csv"
    path.write_text("\n".join([HEADER, ROW.format("one", "16135"), ROW.format("two", "")]), "utf-8")
    return path


def test_the_first_service_points_are_imported_and_read_back_unchanged(
    database: Database, tmp_path: Path
) -> None:
    seed = resources.files("helpline.data").joinpath("centres/service_points.tsv")
    path = tmp_path / "points.tsv"
    path.write_bytes(seed.read_bytes())
    assert run(database, path) == Report(50, 0, 0, (), dry_run=False)
    with database.reading() as connection:
        assert set(all_centres(connection)) == set(load_directory_seed())


def test_a_second_import_changes_only_what_changed(database: Database, table: Path) -> None:
    run(database, table)
    with database.reading() as connection:
        before = {
            row.key: (row.id, row.updated_at)
            for row in connection.execute(select(Centre.__table__))
        }
    table.write_text(
        "\n".join(
            [HEADER, ROW.format("one", "999"), ROW.format("two", ""), ROW.format("three", "")]
        )
    )
    assert run(database, table, LATER) == Report(1, 1, 1, (), dry_run=False)
    with database.reading() as connection:
        after = {
            row.key: (row.id, row.updated_at)
            for row in connection.execute(select(Centre.__table__))
        }
    assert after["one"] == (before["one"][0], LATER)
    assert after["two"] == before["two"]
    assert stored(database) == {"one": "999", "two": "", "three": ""}


def test_what_is_not_in_the_file_stays(database: Database, table: Path) -> None:
    run(database, table)
    table.write_text("\n".join([HEADER, ROW.format("three", "")]))
    run(database, table)
    assert set(stored(database)) == {"one", "two", "three"}


def test_one_wrong_row_and_nothing_is_written(database: Database, table: Path) -> None:
    table.write_text(table.read_text() + "\n" + ROW.format("three", "16430"))
    report = run(database, table)
    assert [str(problem) for problem in report.problems] == [
        "line 4, column phone: a retired or unconfirmed number that is never shown: 16430 → 16699"
    ]
    assert stored(database) == {}


def test_a_dry_run_reports_and_writes_nothing(database: Database, table: Path) -> None:
    assert run(database, table, dry_run=True) == Report(2, 0, 0, (), dry_run=True)
    assert stored(database) == {}


def test_a_failure_half_way_leaves_nothing_behind(database: Database, table: Path) -> None:
    table.write_text(
        "\n".join([HEADER, *(ROW.format(f"key-{number}", "") for number in range(1200))])
    )

    def fail(done: int, total: int) -> None:
        if done > 500:
            raise RuntimeError(total)

    with pytest.raises(RuntimeError, match="1200"):
        run(database, table, progress=fail)
    assert stored(database) == {}


def test_progress_is_told_as_it_goes(database: Database, table: Path) -> None:
    table.write_text(
        "\n".join([HEADER, *(ROW.format(f"key-{number}", "") for number in range(1200))])
    )
    told: list[tuple[int, int]] = []
    run(database, table, progress=lambda done, total: told.append((done, total)))
    assert told == [(500, 1200), (1000, 1200), (1200, 1200)]


def test_nothing_to_write_is_no_mistake(database: Database) -> None:
    with database.transaction() as connection:
        upsert_centres(connection, [], NOW)
        assert all_centres(connection) == ()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_is_read_as_spreadsheets_save_it(tmp_path: Path, delimiter: str, encoding: str) -> None:
    path = tmp_path / "table.csv"
    lines = ["key,kind,name_bn", "one,ngo,একটি", "", '"two",ngo,"a', 'b"', "three,ngo,"]
    path.write_bytes("\r\n".join(lines).replace(",", delimiter).encode(encoding))
    header, rows = read_table(path)
    assert header == ("key", "kind", "name_bn")
    assert [(row.line, row.cells[0]) for row in rows] == [(2, "one"), (5, "two"), (6, "three")]
    assert rows[0].cells[2] == "একটি"


def test_notes_at_the_top_are_passed_over_and_lines_still_count(tmp_path: Path) -> None:
    path = tmp_path / "table.tsv"
    path.write_text("# a note, with, commas\nkey\tkind\none\tngo\n", "utf-8")
    header, rows = read_table(path)
    assert header == ("key", "kind")
    assert rows[0].line == 3


def test_a_workbook_is_read_like_a_csv(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "centres.xlsx"
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.append([*HEADER.split(","), "latitude", "longitude", "source_date", "expires_at"])
    sheet.append([])
    office = ["ngo", "একটি অফিস", "An office", "An office", "Dhaka", "a test"]
    sheet.append(["one", *office, 16135, 23.75, 90, date(2026, 1, 31), datetime(2027, 1, 31)])  # noqa: DTZ001
    sheet.append(["two", *office, "wrong"])
    workbook.save(path)
    report = run(database, path)
    assert [str(problem) for problem in report.problems] == [
        "line 4, column phone: 'wrong' is no phone number of Bangladesh"
    ]
    sheet.delete_rows(4)
    workbook.save(path)
    run(database, path)
    with database.reading() as connection:
        [centre] = all_centres(connection)
    assert (centre.phone, centre.latitude, centre.longitude) == ("16135", 23.75, 90.0)
    assert (centre.source_date, centre.expires_at) == (date(2026, 1, 31), date(2027, 1, 31))


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("missing.csv", None, "No such file"),
        ("empty.csv", b"", "the table is empty"),
        ("old.csv", "key,name\na,\u00e9".encode("latin-1"), "not in UTF-8"),
        ("broken.csv", b'key,kind\n"one,ngo', "line 2: unexpected end of data"),
        ("broken.xlsx", b"PK nothing", "broken.xlsx"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_one_line(tmp_path: Path, name, data, why) -> None:
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(BadTable, match=why) as refused:
        read_table(path)
    assert "\n" not in str(refused.value)


def test_the_last_check_of_a_fact_is_kept(database: Database) -> None:
    first = Check("hotline.999", WORKS, date(2026, 11, 21), "someone", date(2027, 2, 21))
    last = Check("hotline.999", "wrong", date(2026, 12, 1), "somebody else", date(2027, 3, 1))
    other = Check("hotline.109", WORKS, date(2026, 12, 1), "someone", date(2027, 3, 1))
    with database.transaction() as connection:
        for check in (first, other, last):
            record_check(connection, check)
    with database.reading() as connection:
        assert all_checks(connection) == (other, last)
