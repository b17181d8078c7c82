"""Where ways part: every condition of a definition, wherever it stands, and the answers that it tells apart."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from rukhsa.catalogue.charges import Bands
from rukhsa.catalogue.conditions import AllOf, AnyOf, Comparison, Condition, Not, comparisons, holds
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.questions import Question
from rukhsa.catalogue.questions.choice import ChoiceQuestion
from rukhsa.catalogue.questions.decimal import DecimalQuestion
from rukhsa.catalogue.questions.instrument import InstrumentQuestion
from rukhsa.catalogue.questions.integer import IntegerQuestion

CONDITIONS = (Comparison, AllOf, AnyOf, Not)


@dataclass(frozen=True, kw_only=True)
class Turning:
    """One condition, and where it stands: "charges/works-fee/rows/1/when"."""

    place: str
    condition: Condition


@dataclass(frozen=True, kw_only=True)
class Branch:
    """Answers to one question that no condition tells apart; of an answer left out the one value is None."""

    values: tuple[Any, ...]

    @property
    def value(self) -> Any:
        """One that stands for all."""
        return self.values[0]


def turnings(definition: Definition) -> tuple[Turning, ...]:
    """Every condition, in the order of the file."""
    return tuple(_turnings(definition, ()))


def branches(question: Question, compared: list[Comparison]) -> tuple[Branch, ...]:
    """The answers to a question, put together where every comparison finds them alike."""
    found: dict[tuple[bool, ...], list[Any]] = {}
    for value in _values(question, compared):
        given = {question.id: value}
        found.setdefault(tuple(holds(each, given) for each in compared), []).append(value)
    return tuple(Branch(values=tuple(values)) for values in found.values())


def compared_with(found: tuple[Turning, ...]) -> dict[str, list[Comparison]]:
    """The comparisons with the answer to each question."""
    by_question: dict[str, list[Comparison]] = {}
    for turning in found:
        for each in comparisons(turning.condition):
            by_question.setdefault(each.question, []).append(each)
    return by_question


def _turnings(part: Any, place: tuple[str, ...]) -> Iterator[Turning]:
    if isinstance(part, CONDITIONS):
        yield Turning(place="/".join(place), condition=part)
    elif isinstance(part, Bands):
        yield from _bands(part, place)
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from _turnings(getattr(part, name), (*place, name.rstrip("_").replace("_", "-")))
    elif isinstance(part, tuple):
        for number, item in enumerate(part, 1):
            yield from _turnings(item, (*place, str(getattr(item, "id", number))))


def _bands(bands: Bands, place: tuple[str, ...]) -> Iterator[Turning]:
    """Each band but the last parts those below its end from those above."""
    for step in bands.steps[:-1]:
        below = Comparison.model_validate({"question": bands.of, "at-most": str(step.to)})
        yield Turning(place="/".join((*place, str(step.to))), condition=below)


def _values(question: Question, compared: list[Comparison]) -> Iterator[Any]:
    if question.optional:
        yield None
    if isinstance(question, ChoiceQuestion):
        yield from question.options
    elif question.type == "yes-no":
        yield from ("yes", "no")
    elif question.type == "date":
        yield from _days(compared)
    elif isinstance(question, InstrumentQuestion):
        yield from question.services
    else:
        yield from _numbers(question, compared)


def _marks(compared: list[Comparison]) -> list[str]:
    bounds = (mark for each in compared for mark in (each.at_least, each.at_most, each.is_, each.is_not))
    listed = (mark for each in compared for mark in each.in_ or ())
    return [mark for mark in (*bounds, *listed) if mark is not None]


def _days(compared: list[Comparison]) -> Iterator[str]:
    days = {
        date.fromisoformat(mark) + timedelta(days=near) for mark in _marks(compared) for near in (-1, 0, 1)
    }
    yield from (day.isoformat() for day in sorted(days))


def _numbers(question: Question, compared: list[Comparison]) -> Iterator[str]:
    """Each number that an answer is compared with, and its neighbours, as far as they may be answered."""
    step = _step(question)
    try:
        marks = {Decimal(mark) for mark in _marks(compared)}
    except ArithmeticError:
        marks = set()  # it is compared with words, or only asked for whether it is answered
    near = sorted({mark + side for mark in marks for side in (-step, Decimal(0), step)})
    yield from (str(number) for number in near if _is_allowed(question, number))
    if not marks:
        yield "answered"


def _step(question: Question) -> Decimal:
    if isinstance(question, IntegerQuestion):
        return Decimal(1)
    return Decimal(1).scaleb(-question.decimals) if isinstance(question, DecimalQuestion) else Decimal("0.1")


def _is_allowed(question: Question, number: Decimal) -> bool:
    bounds = getattr(question, "length", None) or getattr(question, "size", None) or question
    least, most = getattr(bounds, "from_", None), getattr(bounds, "to", None)
    least, most = (getattr(bound, "amount", bound) for bound in (least, most))
    return number >= (0 if least is None else least) and (most is None or number <= most)
