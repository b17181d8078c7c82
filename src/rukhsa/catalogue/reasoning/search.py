"""The search for answers: narrow every question as far as the formulas force it, then try (DPLL over sets of cells).

Davis, Logemann, Loveland: A machine program for theorem-proving, 1962. Where nothing has to be tried, the cost grows
with the length of the formulas; each trial halves one question's cells. Definitions hardly ever need more than a few.
"""

from collections.abc import Iterable, Mapping

from rukhsa.catalogue.reasoning.formulas import (
    ALWAYS,
    NEVER,
    Every,
    Formula,
    Some,
    Within,
    every,
    some,
)

MOST_TRIALS = 4_000
"""Beyond it a definition is refused as too hard to prove, in about a second."""


class TooHard(Exception):
    """More trials than are made; nothing is said about whether there are such answers."""


def solve(formulas: Iterable[Formula], cells: Mapping[str, int]) -> dict[str, int] | None:
    """For each question cells of which any makes all formulas hold, or None when no answers do.

    `cells` has all that each question may have. Raises TooHard.
    """
    waiting = [(list(formulas), dict(cells))]
    for _ in range(MOST_TRIALS):
        if not waiting:
            return None
        narrowed = _narrow(*waiting.pop())
        if narrowed is None:
            continue
        undecided, left = narrowed
        if not undecided:
            return left
        trial = _first(undecided[0])
        waiting.append((undecided, left | {trial.question: left[trial.question] & ~trial.cells}))
        waiting.append((undecided, left | {trial.question: left[trial.question] & trial.cells}))
    raise TooHard


def _narrow(formulas: list[Formula], left: dict[str, int]) -> tuple[list[Formula], dict[str, int]] | None:
    """What is still undecided, and the cells that remain; None when nothing remains."""
    while True:
        before = dict(left)
        undecided: list[Formula] = []
        for formula in formulas:
            said = _reduced(formula, left)
            if said == NEVER or not _heed(said, left):
                return None
            if isinstance(said, Every):
                undecided += [part for part in said.parts if isinstance(part, Some)]
            elif isinstance(said, Some):
                undecided.append(said)
        if left == before:
            return undecided, left
        formulas = undecided


def _heed(said: Formula, left: dict[str, int]) -> bool:
    """Take over what must hold of single questions."""
    for part in said.parts if isinstance(said, Every) else (said,):
        if isinstance(part, Within):
            left[part.question] &= part.cells
            if not left[part.question]:
                return False
    return True


def _reduced(formula: Formula, left: Mapping[str, int]) -> Formula:
    """The formula as far as the cells that are left do not decide it."""
    match formula:
        case Within(question, cells, _):
            bits = left[question]
            return ALWAYS if not bits & ~cells else formula if bits & cells else NEVER
        case Every(parts):
            return every(_reduced(part, left) for part in parts)
        case Some(parts):
            return some(_reduced(part, left) for part in parts)


def _first(formula: Formula) -> Within:
    while not isinstance(formula, Within):
        formula = formula.parts[0]
    return formula
