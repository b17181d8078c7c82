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
    """The search needs more trials than are allowed; whether there are such answers is not known."""


def solve(
    formulas: Iterable[tuple[Formula, Iterable[str]]], cells: Mapping[str, int]
) -> dict[str, int] | None:
    """Cells for each question, each making all formulas hold; None if no answers do.

    Each formula comes with its questions; `cells` has all cells of each question.
    Raises TooHard.
    """
    undecided: dict[int, Formula] = {}
    watching: dict[str, list[int]] = {question: [] for question in cells}
    for number, (formula, questions) in enumerate(formulas):
        undecided[number] = formula
        for question in questions:
            watching[question].append(number)
    waiting = [(undecided, dict(cells), list(undecided))]
    for _ in range(MOST_TRIALS):
        if not waiting:
            return None
        undecided, left, changed = waiting.pop()
        if not _narrow(undecided, left, changed, watching):
            continue
        if not undecided:
            return left
        trial = _first(next(iter(undecided.values())))
        for bits in (left[trial.question] & ~trial.cells, left[trial.question] & trial.cells):
            waiting.append((dict(undecided), left | {trial.question: bits}, watching[trial.question]))
    raise TooHard


def _narrow(
    undecided: dict[int, Formula], left: dict[str, int], changed: list[int], watching: Mapping[str, list[int]]
) -> bool:
    """Remove from `left` and `undecided` all that the formulas rule out; False if nothing remains.

    It starts with the formulas in `changed`, and goes on with those of each question that lost cells.
    """
    waiting = dict.fromkeys(changed)
    while waiting:
        number = next(iter(waiting))
        del waiting[number]
        if number not in undecided:
            continue
        said = _reduced(undecided.pop(number), left)
        parts = said.parts if isinstance(said, Every) else (said,)
        for part in parts:
            if isinstance(part, Within):
                left[part.question] &= part.cells
                if not left[part.question]:
                    return False
                waiting |= dict.fromkeys(watching[part.question])
        if said == NEVER:
            return False
        if rest := tuple(part for part in parts if isinstance(part, Some)):
            undecided[number] = rest[0] if len(rest) == 1 else Every(rest)
    return True


def _reduced(formula: Formula, left: Mapping[str, int]) -> Formula:
    """The part of the formula that the remaining cells do not decide."""
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
