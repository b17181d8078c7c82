"""The cells of a question: sets of answers between which no comparison of the definition can tell a difference."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from rukhsa.catalogue.conditions import Comparison, holds
from rukhsa.catalogue.questions import (
    AreaQuestion,
    ChoiceQuestion,
    DateQuestion,
    DecimalQuestion,
    InstrumentQuestion,
    IntegerQuestion,
    LineQuestion,
    MoneyQuestion,
    ParcelQuestion,
    Question,
    YesNoQuestion,
)

ANY = "…"
"""Stands for any answer that is compared with nothing."""

ORDERED = (
    IntegerQuestion,
    DecimalQuestion,
    DateQuestion,
    LineQuestion,
    AreaQuestion,
    ParcelQuestion,
    MoneyQuestion,
)
_MONEY_STEP = Decimal("0.001")  # the finest that is written, of any currency
_MEASURE_STEP = Decimal("0.1")  # places.geometry measures in tenths


@dataclass(frozen=True, kw_only=True)
class Cells:
    """One answer out of each cell, in order; after them one bit more stands for no answer at all."""

    question: str
    answers: tuple[Any, ...]
    numbers: tuple[Decimal, ...] = ()  # the same ones, of a question that has an order

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
            return self.answered & ~((1 << bisect_left(self.numbers, _number(comparison.at_least))) - 1)
        if self.numbers and comparison.at_most is not None:
            return (1 << bisect_right(self.numbers, _number(comparison.at_most))) - 1
        given = enumerate((*self.answers, None))
        return sum(1 << bit for bit, answer in given if holds(comparison, {self.question: answer}))

    def below(self, number: Decimal) -> int:
        """The bits of the cells with numbers less than this one."""
        return (1 << bisect_left(self.numbers, number)) - 1

    def choose(self, bits: int) -> Any:
        """The plainest answer out of these cells, None where only no answer is among them."""
        given = [place for place in range(len(self.answers)) if bits >> place & 1]
        plain = [place for place in given if not self.numbers or self.numbers[place] > 0]
        return self.answers[(plain or given)[0]] if given else None


def cells_of(question: Question, compared: Iterable[Comparison]) -> Cells:
    """The cells of a question, given everything that it is compared with."""
    if isinstance(question, ChoiceQuestion):
        return Cells(question=question.id, answers=tuple(question.options))
    if isinstance(question, YesNoQuestion):
        return Cells(question=question.id, answers=("yes", "no"))
    compared = list(compared)
    if isinstance(question, InstrumentQuestion) and any(each.of for each in compared):
        return Cells(question=question.id, answers=question.services)
    values = list(_values(compared))
    if isinstance(question, ORDERED) and not (isinstance(question, DateQuestion) and not values):
        numbers = tuple(_line(question, {_number(value) for value in values}))
        write = _writer(question)
        return Cells(question=question.id, answers=tuple(map(write, numbers)), numbers=numbers)
    return Cells(question=question.id, answers=(*dict.fromkeys(values), ANY))


def bounds_of(question: Question) -> tuple[Decimal | None, Decimal | None]:
    """The least and the most that may be answered, where the question says so."""
    match question:
        case IntegerQuestion() | DecimalQuestion():
            least, most = question.from_, question.to
        case LineQuestion(length=allowed) | AreaQuestion(size=allowed):
            least = allowed.from_.amount if allowed.from_ else Decimal(0)
            most = allowed.to.amount if allowed.to else None
        case ParcelQuestion():
            least, most = Decimal(0), None
        case MoneyQuestion():
            least = Decimal(question.from_ or 0)
            most = Decimal(question.to) if question.to else None
        case _:
            return None, None
    return (None if least is None else Decimal(least), None if most is None else Decimal(most))


def _values(compared: Iterable[Comparison]) -> Iterator[str]:
    for each in compared:
        yield from (
            value for value in (each.is_, each.is_not, each.at_least, each.at_most) if value is not None
        )
        yield from each.in_ or ()


def _line(question: Question, marks: set[Decimal]) -> Iterator[Decimal]:
    """One number for each mark and one for each gap between marks, of those that can be answered."""
    step = _step(question)
    least, most = bounds_of(question)
    # Zero is a mark of every question, so that one can ask whether a number is negative.
    zero = None if isinstance(question, DateQuestion) else Decimal(0)
    points = sorted(marks | {each for each in (least, most, zero) if each is not None})
    candidates = [_floor(points[0], step, strictly=True)]
    for point in points:
        candidates += [point, _ceiling(point, step, strictly=True)]
    candidates += [_floor(point, step, strictly=True) for point in points]
    for number in sorted(set(candidates)):
        fits = (least is None or number >= least) and (most is None or number <= most)
        if fits and number % step == 0:
            yield number


def _step(question: Question) -> Decimal:
    match question:
        case DecimalQuestion(decimals=decimals):
            return Decimal(1).scaleb(-decimals)
        case MoneyQuestion():
            return _MONEY_STEP
        case LineQuestion() | AreaQuestion() | ParcelQuestion():
            return _MEASURE_STEP
    return Decimal(1)


def _floor(number: Decimal, step: Decimal, *, strictly: bool) -> Decimal:
    found = (number / step).to_integral_value(ROUND_FLOOR) * step
    return found - step if strictly and found == number else found


def _ceiling(number: Decimal, step: Decimal, *, strictly: bool) -> Decimal:
    found = (number / step).to_integral_value(ROUND_CEILING) * step
    return found + step if strictly and found == number else found


def _writer(question: Question) -> Callable[[Decimal], Any]:
    match question:
        case IntegerQuestion():
            return int
        case DateQuestion():
            return lambda number: date.fromordinal(int(number)).isoformat()
        case LineQuestion() | AreaQuestion() | ParcelQuestion():
            return lambda number: {"measure": str(number)}
    return str


def _number(value: str) -> Decimal:
    """A number as it is written; of a day its place in the calendar."""
    return Decimal(date.fromisoformat(value).toordinal()) if value.count("-") == 2 else Decimal(value)
