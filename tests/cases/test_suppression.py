"""No hidden figure can be told from what is shown: tried by working out every table that fits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from helpline.cases.suppression import FEWEST, Figure, Line, Table, coarse, line, share, table

COUNT = some.one_of(some.integers(0, 6), some.integers(0, 40))
ROWS, COLUMNS = "abc", "xyz"


def tables() -> some.SearchStrategy[dict[tuple[str, str], int]]:
    """Small ones, so that every table that fits can be worked out."""
    return some.tuples(some.integers(1, 3), some.integers(1, 3)).flatmap(
        lambda size: some.fixed_dictionaries(
            {
                (row, column): some.integers(0, 6)
                for row in ROWS[: size[0]]
                for column in COLUMNS[: size[1]]
            }
        )
    )


def shown(counts: Mapping[tuple[str, str], int]) -> Table:
    return table(counts, sorted({row for row, _ in counts}), sorted({c for _, c in counts}))


def fitting(made: Table, most: int) -> Iterator[dict[tuple[str, str], int]]:
    """Every table of whole numbers from 0 to `most` that shows the same figures."""
    cells = sorted(made.cells)
    rows, columns = list(made.by_row.cells), list(made.by_column.cells)

    def fill(done: dict[tuple[str, str], int]) -> Iterator[dict[tuple[str, str], int]]:
        if len(done) == len(cells):
            total = sum(done.values())
            if made.by_row.total in (None, total):
                yield dict(done)
            return
        cell = cells[len(done)]
        known = made.cells[cell]
        for value in range(most + 1) if known is None else (known,):
            done[cell] = value
            if fits(done, cell):
                yield from fill(done)
            del done[cell]

    def fits(done: dict[tuple[str, str], int], cell: tuple[str, str]) -> bool:
        checks = (
            ([(cell[0], column) for column in columns], made.by_row[cell[0]]),
            ([(row, cell[1]) for row in rows], made.by_column[cell[1]]),
        )
        for line_cells, wanted in checks:
            if wanted is None:
                continue
            found = sum(done.get(each, 0) for each in line_cells)
            whole = all(each in done for each in line_cells)
            if found > wanted or (whole and found != wanted):
                return False
        return True

    return fill({})


@given(counts=some.dictionaries(some.sampled_from("abcdefgh"), COUNT, max_size=8))
def test_a_line_shows_no_count_below_five(counts: dict[str, int]) -> None:
    made = line(counts)
    for key, count in counts.items():
        assert made[key] in ((None,) if 0 < count < FEWEST else (None, count))


@given(counts=some.dictionaries(some.sampled_from("abcdefgh"), COUNT, max_size=8))
def test_what_a_line_hides_is_more_than_one_figure_and_not_too_few_people(
    counts: dict[str, int],
) -> None:
    made = line(counts)
    hidden = [counts[key] for key, figure in made.cells.items() if figure is None]
    if made.total is None:
        assert 0 < sum(counts.values()) < FEWEST
    elif hidden:
        assert len(hidden) > 1
        assert sum(hidden) >= FEWEST


def test_a_line_hides_the_smallest_other_figure_with_the_only_small_one() -> None:
    assert line({"a": 2, "b": 30, "c": 7, "d": 0}).cells == {"a": None, "b": 30, "c": None, "d": 0}


def test_a_line_of_figures_that_are_all_large_enough_hides_nothing() -> None:
    assert line({"a": 5, "b": 0, "c": 40}) == Line({"a": 5, "b": 0, "c": 40}, 45)


@settings(max_examples=150, deadline=None)
@given(counts=tables())
def test_every_hidden_figure_of_a_table_could_be_another_one(
    counts: dict[tuple[str, str], int],
) -> None:
    made = shown(counts)
    hidden = {cell for cell, figure in made.cells.items() if figure is None}
    if len(hidden) > 7:  # as many tables fit as there are stars
        return
    possible: dict[object, set[int]] = {}
    for fit in fitting(made, max(counts.values()) + 1):
        for cell in hidden:
            possible.setdefault(cell, set()).add(fit[cell])
        for row, figure in made.by_row.cells.items():
            if figure is None:
                found = sum(value for (name, _), value in fit.items() if name == row)
                possible.setdefault(row, set()).add(found)
        for column, figure in made.by_column.cells.items():
            if figure is None:
                found = sum(value for (_, name), value in fit.items() if name == column)
                possible.setdefault(column, set()).add(found)
    assert all(len(values) > 1 for values in possible.values()), (made, possible)


@given(counts=tables())
def test_a_table_shows_no_count_below_five_anywhere(counts: dict[tuple[str, str], int]) -> None:
    made = shown(counts)
    figures: list[Figure] = [*made.cells.values(), made.by_row.total, made.by_column.total]
    figures += [*made.by_row.cells.values(), *made.by_column.cells.values()]
    assert not [figure for figure in figures if figure is not None and 0 < figure < FEWEST]


@given(counts=tables())
def test_what_a_table_shows_is_true(counts: dict[tuple[str, str], int]) -> None:
    made = shown(counts)
    for cell, figure in made.cells.items():
        assert figure in (None, counts[cell])
    for row, figure in made.by_row.cells.items():
        assert figure in (None, sum(v for (name, _), v in counts.items() if name == row))


@given(counts=tables())
def test_tables_about_the_same_rows_hide_the_same_totals(
    counts: dict[tuple[str, str], int],
) -> None:
    """Another table whose rows have the same totals, all in one column."""
    again: dict[tuple[str, str], int] = {}
    for (row, _), value in counts.items():
        again[row, "all"] = again.get((row, "all"), 0) + value
    assert table(again, sorted({row for row, _ in again}), ["all"]).by_row == shown(counts).by_row


@given(counts=tables())
def test_the_totals_of_a_table_are_those_of_a_line(counts: dict[tuple[str, str], int]) -> None:
    totals: dict[str, int] = {}
    for (_, column), value in counts.items():
        totals[column] = totals.get(column, 0) + value
    assert shown(counts).by_column == line(totals)


def test_a_whole_country_is_worked_out_quickly_and_hides_not_more_than_needed() -> None:
    rows = [f"BD-{number:02}" for number in range(1, 65)]
    columns = [f"c{number}" for number in range(25)]
    counts = {
        (row, column): (at * 7 + to * 13) % 40
        for at, row in enumerate(rows)
        for to, column in enumerate(columns)
    }
    made = table(counts, rows, columns)
    small = sum(0 < count < FEWEST for count in counts.values())
    assert small <= sum(figure is None for figure in made.cells.values()) < small * 1.2


@pytest.mark.parametrize(
    ("part", "whole", "expected"), [(5, 10, 0.5), (None, 10, None), (0, 4, None), (0, 0, None)]
)
def test_a_share_is_said_only_of_figures_that_are_shown(
    part: Figure, whole: Figure, expected: float | None
) -> None:
    assert share(part, whole) == expected


def test_a_sum_of_some_figures_is_hidden_when_it_or_the_rest_is_too_small() -> None:
    made = line({"a": 20, "b": 6, "c": 0})
    assert made.sum(("a", "b")) == 26
    assert made.sum(("c",)) == 0
    assert line({"a": 20, "b": 3, "c": 9}).sum(("a", "c")) is None


@given(some.dictionaries(some.sampled_from("abcdef"), COUNT))
def test_a_coarse_line_tells_no_exact_figure_and_never_less_than_there_are(
    counts: dict[str, int],
) -> None:
    exact = line(counts)
    said = coarse(exact)
    for key, count in [*exact.cells.items(), ("", exact.total)]:
        stands = said.cells[key] if key else said.total
        assert (stands is None) is (count is None)
        if stands is not None and count is not None:
            assert stands % FEWEST == 0
            assert 0 <= stands - count < FEWEST
