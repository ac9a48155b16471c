"""Figures that give nobody away: counts below five are hidden, and whatever else would tell them.

Who reads a table knows every figure that is shown, that counts are whole and not negative, and how
they add up. A table is safe when each hidden figure could be at least two different numbers for all
that the reader knows. None stands for a hidden figure; a nought is shown, unless something else
could be told from it.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

FEWEST: Final = 5
"""Fewer than these are hidden."""

_SEVERAL: Final = 2

Figure = int | None

_IN: Final = ("in", "")
_OUT: Final = ("out", "")
_Node = tuple[str, str]
_Edge = tuple[_Node, _Node]
_Steps = dict[_Node, list[tuple[_Node, _Edge]]]


def is_small(count: int) -> bool:
    """Whether a count must not be shown."""
    return 0 < count < FEWEST


@dataclass(frozen=True, slots=True)
class Line:
    """Counts that add up to a total, as they may be shown."""

    cells: Mapping[str, Figure]
    total: Figure

    def __getitem__(self, key: str) -> Figure:
        return self.cells.get(key, 0)

    def sum(self, keys: Iterable[str]) -> Figure:
        """Some of them together; hidden when one of them is, or when the sum or the rest is too small."""
        wanted = set(keys)
        parts = [self[key] for key in wanted]
        if self.total is None or None in parts:
            return None
        found = sum(part for part in parts if part is not None)
        return None if is_small(found) or is_small(self.total - found) else found


def line(counts: Mapping[str, int]) -> Line:
    """What may be shown of counts whose total is shown with them."""
    total = sum(counts.values())
    if is_small(total):
        return Line({key: 0 if count == 0 else None for key, count in counts.items()}, None)
    hidden = _enough({key for key, count in counts.items() if is_small(count)}, counts)
    return Line({key: None if key in hidden else count for key, count in counts.items()}, total)


def coarse(exact: Line) -> Line:
    """The same line in steps of five, upwards: for questions that can be asked in any number of ways.

    Two segments that differ in one person would tell by their exact counts whether that person is
    there; so a count that may be freely asked for is said in steps only.
    """
    return Line(
        {key: None if count is None else _upwards(count) for key, count in exact.cells.items()},
        None if exact.total is None else _upwards(exact.total),
    )


def _upwards(count: int) -> int:
    return -(-count // FEWEST) * FEWEST


@dataclass(frozen=True, slots=True)
class Table:
    """Counts in rows and columns, with the totals of both, as they may be shown."""

    cells: Mapping[tuple[str, str], Figure]
    by_row: Line
    by_column: Line

    def row(self, row: str) -> Line:
        """One row by columns."""
        return Line(
            {column: self.cells.get((row, column), 0) for column in self.by_column.cells},
            self.by_row[row],
        )


def table(
    counts: Mapping[tuple[str, str], int], rows: Iterable[str], columns: Iterable[str]
) -> Table:
    """What may be shown of a table whose totals of rows and columns are shown with it.

    What is hidden among the totals of the rows depends on these totals alone, so that several
    tables about the same rows hide the same of them; likewise for the columns.
    """
    names, heads = tuple(rows), tuple(columns)
    filled = {(row, column): counts.get((row, column), 0) for row in names for column in heads}
    by_row = line({row: sum(filled[row, column] for column in heads) for row in names})
    by_column = line({column: sum(filled[row, column] for row in names) for column in heads})
    if by_row.total is None:
        hidden = {cell for cell, count in filled.items() if count}
    else:
        hidden = _Closing(filled, by_row, by_column).hidden
    return Table(
        {cell: None if cell in hidden else count for cell, count in filled.items()},
        by_row,
        by_column,
    )


def share(part: Figure, whole: Figure) -> float | None:
    """A part of a whole, 0 to 1; none when either is hidden or the whole is too small to say."""
    if part is None or whole is None or whole < FEWEST:
        return None
    return part / whole


def _enough(hidden: set[str], counts: Mapping[str, int]) -> set[str]:
    """Hide the smallest of the others, until the hidden ones are two or more, and five or more together."""
    others = sorted(
        (key for key in counts if counts[key] and key not in hidden),
        key=lambda key: (counts[key], key),
    )
    hidden = set(hidden)
    while (
        hidden
        and others
        and (len(hidden) < _SEVERAL or sum(counts[key] for key in hidden) < FEWEST)
    ):
        hidden.add(others.pop(0))
    return hidden


class _Closing:
    """Which cells to hide besides the small ones.

    A table is a network: what flows into a row (its total) flows on through its cells into columns
    and out of them (their totals). A hidden figure can be another number exactly when flow can be
    sent around a circle of hidden figures: more where it goes along an edge, less (if there is any)
    where it goes against one. So every hidden figure gets a circle, the cheapest there is.
    """

    def __init__(
        self, counts: Mapping[tuple[str, str], int], by_row: Line, by_column: Line
    ) -> None:
        self._counts = counts
        self._flow: dict[_Edge, int] = {
            (("row", row), ("column", column)): count for (row, column), count in counts.items()
        }
        self._open: set[_Edge] = set()
        self._totals(by_row, by_column)
        self._steps = self._both_ways()
        self._dearest = sum(counts.values()) + 1
        self.hidden = {cell for cell, count in counts.items() if is_small(count)}
        self._fill_lines(by_row, by_column)
        self._open |= {_edge(cell) for cell in self.hidden}
        self._close()
        self.hidden = {
            (row, column) for (kind, row), (_, column) in self._open if kind == "row" and column
        }

    def _totals(self, by_row: Line, by_column: Line) -> None:
        for (row, column), count in self._counts.items():
            for kept, edge in (
                (by_row[row], (_IN, ("row", row))),
                (by_column[column], (("column", column), _OUT)),
            ):
                if kept is None:
                    self._flow[edge] = self._flow.get(edge, 0) + count
                    self._open.add(edge)

    def _fill_lines(self, by_row: Line, by_column: Line) -> None:
        lines = [
            [(row, column) for column in by_column.cells]
            for row in by_row.cells
            if by_row[row] is not None
        ]
        lines += [
            [(row, column) for row in by_row.cells]
            for column in by_column.cells
            if by_column[column] is not None
        ]
        before = -1
        while before != len(self.hidden):
            before = len(self.hidden)
            for cells in lines:
                counts = {f"{number}": self._counts[cell] for number, cell in enumerate(cells)}
                hidden = {f"{n}" for n, cell in enumerate(cells) if cell in self.hidden}
                self.hidden |= {cells[int(number)] for number in _enough(hidden, counts)}

    def _close(self) -> None:
        """Find a circle for every open edge that has none."""
        closed: set[_Edge] = set()
        while alone := sorted(_bridges(self._solid()) - closed):
            for edge in alone:
                if edge not in closed:
                    circle = self._circle(edge)
                    closed |= circle
                    self._open |= circle

    def _solid(self) -> list[_Edge]:
        return [edge for edge in self._open if self._flow[edge]]

    def _circle(self, edge: _Edge) -> set[_Edge]:
        """The cheapest circle on which more, or less, can flow along an edge."""
        tail, head = edge
        ways = [way for way in (self._way(head, tail, edge), self._way(tail, head, edge)) if way]
        # Less can flow only where something flows; one of the two there always is.
        _cost, passed = min(ways, key=lambda way: way[0])
        return passed | {edge}

    def _both_ways(self) -> _Steps:
        """From each node to the next: along an edge always, against it where something flows."""
        steps: _Steps = {}
        for edge, count in self._flow.items():
            tail, head = edge
            steps.setdefault(tail, []).append((head, edge))
            if count:
                steps.setdefault(head, []).append((tail, edge))
        return steps

    def _price(self, edge: _Edge) -> float:
        """What hiding an edge costs: the figure lost, hardly anything for one that is hidden already."""
        return 1e-6 if edge in self._open else (self._flow[edge] or self._dearest) + 1e-6

    def _way(self, begin: _Node, end: _Node, without: _Edge) -> tuple[float, set[_Edge]] | None:
        """The cheapest way between two nodes, with what it costs; none when there is none."""
        best: dict[_Node, float] = {begin: 0}
        came: dict[_Node, tuple[_Node, _Edge]] = {}
        waiting = [(0.0, begin)]
        while waiting:
            cost, node = heapq.heappop(waiting)
            if node == end:
                break
            for after, edge in self._steps.get(node, ()) if cost == best[node] else ():
                further = cost + self._price(edge)
                if further < best.get(after, float("inf")) and edge != without:
                    best[after], came[after] = further, (node, edge)
                    heapq.heappush(waiting, (further, after))
        if end not in came:
            return None
        passed, node = set(), end
        while node != begin:
            node, edge = came[node]
            passed.add(edge)
        return best[end], passed


def _edge(cell: tuple[str, str]) -> _Edge:
    return ("row", cell[0]), ("column", cell[1])


def _bridges(edges: Iterable[_Edge]) -> set[_Edge]:
    """The edges that lie on no circle: from the far end of such an edge nothing leads back."""
    near: dict[_Node, list[tuple[_Node, _Edge]]] = {}
    for edge in edges:
        for node, other in (edge, edge[::-1]):
            near.setdefault(node, []).append((other, edge))
    order: dict[_Node, int] = {}
    back: dict[_Node, int] = {}
    found: set[_Edge] = set()
    for root in sorted(near):
        if root not in order:
            found |= _walked(root, near, order, back)
    return found


def _walked(
    root: _Node,
    near: Mapping[_Node, list[tuple[_Node, _Edge]]],
    order: dict[_Node, int],
    back: dict[_Node, int],
) -> set[_Edge]:
    """The bridges of what hangs together with `root` (Tarjan's walk, without recursion)."""
    found: set[_Edge] = set()
    order[root] = back[root] = len(order)
    walk: list[tuple[_Node, _Edge | None, Iterator[tuple[_Node, _Edge]]]] = [
        (root, None, iter(near[root]))
    ]
    while walk:
        node, through, rest = walk[-1]
        for other, edge in rest:
            if other not in order:
                order[other] = back[other] = len(order)
                walk.append((other, edge, iter(near[other])))
                break
            if edge != through:
                back[node] = min(back[node], order[other])
        else:
            walk.pop()
            if through is not None:
                parent = walk[-1][0]
                back[parent] = min(back[parent], back[node])
                if back[node] > order[parent]:
                    found.add(through)
    return found
