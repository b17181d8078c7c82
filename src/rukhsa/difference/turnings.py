"""The turnings of a definition: each of its conditions, and the answers between which it makes a difference."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from rukhsa.catalogue.charges import Bands
from rukhsa.catalogue.conditions import AllOf, AnyOf, Comparison, Condition, Not, comparisons, holds
from rukhsa.catalogue.definition import Definition
from rukhsa.catalogue.questions import Question
from rukhsa.catalogue.reasoning.cells import ANY, cells_of, compared_values

CONDITIONS = (Comparison, AllOf, AnyOf, Not)
ANSWERED = "answered"
"""Stands on a path for any answer."""


@dataclass(frozen=True, kw_only=True)
class Turning:
    """One condition with its place in the definition: "charges/works-fee/rows/1/when"."""

    place: str
    condition: Condition


def turnings(definition: Definition) -> tuple[Turning, ...]:
    """Every condition, in the order of the file."""
    return tuple(_turnings(definition, ()))


def branches(question: Question, compared: list[Comparison]) -> tuple[Any, ...]:
    """One answer to a question for each outcome of all comparisons; None stands for no answer, if it is optional.

    Of answers with the same outcome it is one within a step of a compared value: limits are tried from both sides.
    """
    step = question.step or Decimal(0)
    marks = {question.number(value) for value in compared_values(compared)} if step else set()
    found: dict[tuple[bool, ...], tuple[Decimal, Any]] = {}
    if question.optional:
        found[_compared_by(compared, question, None)] = Decimal(0), None
    for number, value in _answers(question, compared):
        alike = _compared_by(compared, question, value)
        distance = max(step, min((abs(number - mark) for mark in marks), default=step))
        if alike not in found or distance < found[alike][0]:
            found[alike] = distance, value
    return tuple(value for _distance, value in found.values())


def _compared_by(compared: list[Comparison], question: Question, answer: Any) -> tuple[bool, ...]:
    return tuple(holds(each, {question.id: answer}) for each in compared)


def _answers(question: Question, compared: list[Comparison]) -> Iterator[tuple[Decimal, Any]]:
    """One answer out of each cell, with its place in the order of answers if they have one."""
    cells = cells_of(question, compared)
    if question.named_services:
        answers: tuple[Any, ...] = question.named_services
    elif cells.numbers and not any(compared_values(compared)):
        answers = (ANSWERED,)
    else:
        answers = tuple(ANSWERED if each == ANY else _plain(each) for each in cells.answers)
    numbers = cells.numbers or (Decimal(0),) * len(answers)
    yield from zip(numbers, answers, strict=False)


def _plain(answer: Any) -> Any:
    """The size of what is compared by it."""
    return answer["measure"] if isinstance(answer, Mapping) else answer


def compared_with(definition: Definition, found: tuple[Turning, ...]) -> dict[str, list[Comparison]]:
    """The comparisons with the answer to each question."""
    by_question: dict[str, list[Comparison]] = {}
    for turning in found:
        for each in comparisons(turning.condition):
            by_question.setdefault(each.question, []).append(each)
    for (
        derived
    ) in definition.derived:  # its parts go to both of their ends, so that it comes to lie on each side
        for id in derived.parts if derived.id in by_question else ():
            for word, bound in zip(("at-most", "at-least"), definition.question(id).bounds, strict=True):
                if bound is not None:
                    by_question.setdefault(id, []).append(
                        Comparison.model_validate({"question": id, word: str(bound)})
                    )
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
