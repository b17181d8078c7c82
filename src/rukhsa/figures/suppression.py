"""Suppression: which cells of a published table are left out, so that no small count can be worked out again.

A table is rows by columns with its totals. A count of 1 to 4 is small. It is left out, and so many other cells with it
that what is shown leaves a range of at least 5 for each of them, for a reader who knows that counts are not negative.
The cells, with the totals among them, are a circulation: in each row and column the cells and the total even out. What
a left-out cell can be at the most and at the least is then the largest flow around it through the other left-out cells.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from heapq import heappop, heappush

SMALL = 5  # a count below it, and above 0, is not shown
RANGE = 5  # at least so far apart lie the least and the most that a left-out count can be

type Cell = tuple[str, str]
TOTAL = ""  # the row, or the column, of the totals

_Node = tuple[str, str]
_UNBOUNDED = 10**12


def with_totals(counts: Mapping[Cell, int]) -> dict[Cell, int]:
    """The cells of a table, by row and column, with the totals of its rows, its columns and all of it."""
    rows, columns = sorted({row for row, _ in counts}), sorted({column for _, column in counts})
    table = {(row, column): counts.get((row, column), 0) for row in rows for column in columns}
    for row in rows:
        table[row, TOTAL] = sum(table[row, column] for column in columns)
    for column in (*columns, TOTAL):
        table[TOTAL, column] = sum(table[row, column] for row in rows)
    return table


def left_out(table: Mapping[Cell, int]) -> frozenset[Cell]:
    """The cells of a table with totals that are not shown. Where nothing else helps, none is."""
    hidden = {cell for cell, count in table.items() if 0 < count < SMALL}
    for cell in sorted(hidden):
        while True:
            least, most = bounds(table, hidden, cell)
            if most - least >= RANGE:
                break
            path = _cheapest_around(table, hidden, cell)
            if not path:
                return frozenset(table)
            hidden |= path
    return frozenset(hidden)


def bounds(table: Mapping[Cell, int], hidden: Iterable[Cell], cell: Cell) -> tuple[int, int]:
    """What a hidden cell can be at the least and at the most, by what is shown."""
    count = table[cell]
    others = [each for each in hidden if each != cell]
    start, end = _ends(cell)
    more = _largest_flow(_residual(table, others), end, start, _UNBOUNDED)
    less = _largest_flow(_residual(table, others), start, end, count)
    return count - less, count + more


def _ends(cell: Cell) -> tuple[_Node, _Node]:
    """From where to where the count of a cell flows: a total flows back to the row or the column that it sums up."""
    row, column = ("row", cell[0]), ("column", cell[1])
    return (column, row) if (cell[0] == TOTAL) != (cell[1] == TOTAL) else (row, column)


def _residual(table: Mapping[Cell, int], cells: Iterable[Cell]) -> dict[_Node, dict[_Node, int]]:
    """How much more can flow between two ends: without limit onward, and back until the count is 0."""
    room: defaultdict[_Node, dict[_Node, int]] = defaultdict(dict)
    for cell in cells:
        start, end = _ends(cell)
        room[start][end] = _UNBOUNDED
        room[end][start] = table[cell]
    return room


def _largest_flow(room: dict[_Node, dict[_Node, int]], start: _Node, end: _Node, most: int) -> int:
    """The largest flow from start to end, at most `most` (Edmonds and Karp)."""
    flow = 0
    while flow < most and (path := _way(room, start, end)):
        step = min([most - flow, *(room[one][other] for one, other in path)])
        for one, other in path:
            room[one][other] -= step
            room[other][one] = room[other].get(one, 0) + step
        flow += step
    return flow


def _way(room: dict[_Node, dict[_Node, int]], start: _Node, end: _Node) -> list[tuple[_Node, _Node]]:
    came: dict[_Node, _Node] = {start: start}
    waiting = deque([start])
    while waiting and end not in came:
        here = waiting.popleft()
        for there, left in room.get(here, {}).items():
            if left > 0 and there not in came:
                came[there] = here
                waiting.append(there)
    return _back(came, start, end)


def _cheapest_around(table: Mapping[Cell, int], hidden: set[Cell], cell: Cell) -> set[Cell]:
    """The cells to be hidden besides, with the smallest sum, through which enough can flow around a cell."""
    roads: defaultdict[_Node, list[tuple[_Node, int, Cell]]] = defaultdict(list)
    for each, count in table.items():
        if each != cell and (each in hidden or count >= RANGE):
            price = 0 if each in hidden and count >= RANGE else max(count, 1)
            for one, other in (_ends(each), _ends(each)[::-1]):
                roads[one].append((other, price, each))
    start, end = _ends(cell)
    found = _cheapest_way(roads, end, start)
    return found if found - hidden else _whole_line(table, hidden, cell)


def _cheapest_way(
    roads: Mapping[_Node, list[tuple[_Node, int, Cell]]], start: _Node, end: _Node
) -> set[Cell]:
    best: dict[_Node, int] = {start: 0}
    came: dict[_Node, tuple[_Node, Cell]] = {}
    waiting: list[tuple[int, _Node]] = [(0, start)]
    while waiting:
        price, here = heappop(waiting)
        for there, more, cell in roads.get(here, ()):
            if price + more < best.get(there, _UNBOUNDED):
                best[there] = price + more
                came[there] = (here, cell)
                heappush(waiting, (price + more, there))
    used, node = set(), end
    while node in came and node != start:
        node, cell = came[node]
        used.add(cell)
    return used if node == start else set()


def _whole_line(table: Mapping[Cell, int], hidden: set[Cell], cell: Cell) -> set[Cell]:
    """Everything in the row and the column of a cell, where no single way around it is wide enough."""
    return {each for each in table if each[0] == cell[0] or each[1] == cell[1]} - hidden


def _back(came: Mapping[_Node, _Node], start: _Node, end: _Node) -> list[tuple[_Node, _Node]]:
    if end not in came:
        return []
    path, node = [], end
    while node != start:
        path.append((came[node], node))
        node = came[node]
    return path[::-1]
