"""The cells of a question: sets of answers between which no comparison of the definition can tell a difference."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from rukhsa.catalogue.conditions import Comparison, holds
from rukhsa.catalogue.questions import Question

ANY = "…"
"""Stands for any answer that is compared with nothing."""


@dataclass(frozen=True, kw_only=True)
class Cells:
    """One answer out of each cell, in order; after them one bit more stands for no answer at all."""

    question: str
    answers: tuple[Any, ...]
    numbers: tuple[Decimal, ...] = ()  # their places, of a question whose answers have an order
    number: Callable[[str], Decimal] = Decimal  # the place of what an answer is compared with

    @property
    def answered(self) -> int:
        """The bits of all cells that hold answers."""
        return (1 << len(self.answers)) - 1

    @property
    def unanswered(self) -> int:
        """The bit of no answer."""
        return 1 << len(self.answers)

    @property
    def all(self) -> int:
        """The bits of everything."""
        return self.answered | self.unanswered

    def where(self, comparison: Comparison) -> int:
        """The bits of the cells for which the comparison holds."""
        if self.numbers and comparison.at_least is not None:
            return self.answered & ~((1 << bisect_left(self.numbers, self.number(comparison.at_least))) - 1)
        if self.numbers and comparison.at_most is not None:
            return (1 << bisect_right(self.numbers, self.number(comparison.at_most))) - 1
        given = enumerate((*self.answers, None))
        return sum(1 << bit for bit, answer in given if holds(comparison, {self.question: answer}))

    def below(self, number: Decimal) -> int:
        """The bits of the cells with numbers less than this one."""
        return (1 << bisect_left(self.numbers, number)) - 1

    def choose(self, bits: int) -> Any:
        """The plainest answer out of these cells; None if they hold only the missing answer."""
        given = [place for place in range(len(self.answers)) if bits >> place & 1]
        plain = [place for place in given if not self.numbers or self.numbers[place] > 0]
        return self.answers[(plain or given)[0]] if given else None


def cells_of(question: Question, compared: Iterable[Comparison]) -> Cells:
    """The cells of a question, given everything that it is compared with."""
    compared = list(compared)
    listed = question.every_answer(compared)
    if listed is not None:
        return Cells(question=question.id, answers=listed)
    values = list(compared_values(compared))
    if question.step is not None and (values or question.has_zero):
        numbers = tuple(_line(question, question.step, {question.number(value) for value in values}))
        answers = tuple(map(question.answer_at, numbers))
        return Cells(question=question.id, answers=answers, numbers=numbers, number=question.number)
    return Cells(question=question.id, answers=(*dict.fromkeys(values), ANY))


def compared_values(compared: Iterable[Comparison]) -> Iterator[str]:
    """Every value with which an answer is compared."""
    for each in compared:
        yield from (
            value for value in (each.is_, each.is_not, each.at_least, each.at_most) if value is not None
        )
        yield from each.in_ or ()


def _line(question: Question, step: Decimal, marks: set[Decimal]) -> Iterator[Decimal]:
    """One number for each mark and one for each gap between marks, of those that can be answered."""
    least, most = question.bounds
    zero = Decimal(0) if question.has_zero else None
    points = sorted(marks | {each for each in (least, most, zero) if each is not None})
    candidates = set(points)
    for point in points:
        candidates |= {_before(point, step), -_before(-point, step)}
    for number in sorted(candidates):
        fits = (least is None or number >= least) and (most is None or number <= most)
        if fits and number % step == 0:
            yield number


def _before(number: Decimal, step: Decimal) -> Decimal:
    """The last multiple of the step below a number."""
    return ((number / step).to_integral_value(ROUND_CEILING) - 1) * step
