"""What is published cannot be reckoned back: an attack that tries every table which fits what is shown."""

from itertools import product
from random import Random

from rukhsa.figures.suppression import RANGE, SMALL, TOTAL, Cell, bounds, left_out, with_totals

ROWS, COLUMNS = ("CAP", "MUH", "NOR"), ("building", "residence", "road-works")
LARGEST = 30  # what is tried for a hidden count


def attack(shown: dict[Cell, int | None]) -> dict[Cell, set[int]]:
    """Every value that each hidden cell inside a 3 by 3 table can have, by what is shown: it knows the totals, and
    that counts are whole and not negative. Found by trying all, without the flows by which cells are chosen."""
    inside = [(row, column) for row in ROWS for column in COLUMNS]
    hidden = [cell for cell in inside if shown[cell] is None]
    possible: dict[Cell, set[int]] = {cell: set() for cell in hidden}

    def lines_hold(table: dict[Cell, int | None], *, whole: bool) -> bool:
        for line in (*(("row", row) for row in ROWS), *(("column", column) for column in COLUMNS)):
            cells = [cell for cell in inside if cell[line[0] == "column"] == line[1]]
            told = shown[(line[1], TOTAL) if line[0] == "row" else (TOTAL, line[1])]
            known = sum(table[cell] or 0 for cell in cells)
            is_full = all(table[cell] is not None for cell in cells)
            if told is not None and (known > told or (is_full and known != told)):
                return False
        of_all = shown[TOTAL, TOTAL]
        return not whole or of_all is None or sum(table[cell] or 0 for cell in inside) == of_all

    def try_all(table: dict[Cell, int | None], left: list[Cell]) -> None:
        if not left:
            if lines_hold(table, whole=True):
                for cell in hidden:
                    possible[cell].add(table[cell] or 0)
            return
        for value in range(LARGEST + 1):
            tried = table | {left[0]: value}
            if lines_hold(tried, whole=False):
                try_all(tried, left[1:])

    try_all({cell: shown[cell] for cell in inside}, hidden)
    return possible


def published(table: dict[Cell, int], hidden: frozenset[Cell] | set[Cell]) -> dict[Cell, int | None]:
    return {cell: None if cell in hidden else count for cell, count in table.items()}


def tables(number: int) -> list[dict[Cell, int]]:
    """Tables with some small counts, always the same ones."""
    random = Random(14)
    return [
        with_totals(
            {cell: random.choice((0, 1, 2, 3, 7, 12, 30, 80, 200)) for cell in product(ROWS, COLUMNS)}
        )
        for _ in range(number)
    ]


SMALL_ONES = with_totals(
    {
        ("CAP", "building"): 3,
        ("CAP", "residence"): 40,
        ("CAP", "road-works"): 20,
        ("MUH", "building"): 9,
        ("MUH", "residence"): 31,
        ("MUH", "road-works"): 8,
        ("NOR", "building"): 25,
        ("NOR", "residence"): 60,
        ("NOR", "road-works"): 11,
    }
)


def test_without_other_cells_a_small_count_is_reckoned_back() -> None:
    only_the_small = {cell for cell, count in SMALL_ONES.items() if 0 < count < SMALL}
    assert attack(published(SMALL_ONES, only_the_small)) == {("CAP", "building"): {3}}


def test_with_the_other_cells_it_is_not() -> None:
    hidden = left_out(SMALL_ONES)
    found = attack(published(SMALL_ONES, hidden))
    assert max(found["CAP", "building"]) - min(found["CAP", "building"]) >= RANGE
    assert ("CAP", "residence") not in hidden or ("CAP", "road-works") not in hidden  # no more than is needed


def test_no_small_count_of_any_table_is_narrowed_down() -> None:
    shown_in_part = 0
    for table in tables(60):
        hidden = left_out(table)
        shown_in_part += len(hidden) < len(table)
        for cell, count in table.items():
            if 0 < count < SMALL:
                assert cell in hidden
                least, most = bounds(table, hidden, cell)
                assert most - least >= RANGE or hidden == frozenset(table)
    assert shown_in_part > 40


def test_the_bounds_are_those_that_the_attack_finds() -> None:
    compared = 0
    for table in tables(60):
        hidden = left_out(table)
        inside = [cell for cell in hidden if TOTAL not in cell]
        reach = {cell: bounds(table, hidden, cell) for cell in inside}
        if not 0 < len(inside) <= 4 or max(most for _, most in reach.values()) > LARGEST:
            continue  # more than is tried
        assert {cell: (min(v), max(v)) for cell, v in attack(published(table, hidden)).items()} == reach
        compared += 1
    assert compared >= 4


def test_a_table_without_small_counts_is_shown_whole() -> None:
    assert left_out(with_totals({("CAP", "building"): 5, ("MUH", "building"): 0})) == frozenset()
