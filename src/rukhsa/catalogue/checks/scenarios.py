"""The answers that make a difference: one scenario for each way in which conditions can turn out."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from rukhsa.catalogue.checks.subject import Subject
from rukhsa.catalogue.conditions import Comparison, Condition, comparisons, holds
from rukhsa.catalogue.questions import (
    ChoiceQuestion,
    DecimalQuestion,
    InstrumentQuestion,
    IntegerQuestion,
    Question,
    YesNoQuestion,
)

MOST = 20_000
Scenario = dict[str, Any]


class TooManyScenarios(Exception):
    """More combinations of answers than can be walked."""


def scenarios(subject: Subject, conditions: Iterable[Condition | None], *more: str) -> list[Scenario]:
    """The scenarios of all questions that the conditions (and `more`) depend on. Raises TooManyScenarios.

    A number or a date is answered just below, at and just above each value that it is compared with, which is enough
    since nothing but comparisons is ever made.
    """
    relevant = _closure(subject, [*_questions(conditions), *more])
    order = [question for question in subject.questions.values() if question.id in relevant]
    found: list[Scenario] = [{}]
    for question in order:
        values = _values(question, subject.comparisons[question.id])
        whens = subject.answered_when(question)
        found = [answered for scenario in found for answered in _branches(question, whens, values, scenario)]
        if len(found) > MOST:
            raise TooManyScenarios
    return found


def _branches(
    question: Question, whens: Iterable[Condition | None], values: list[Any], scenario: Scenario
) -> Iterator[Scenario]:
    if not all(holds(when, scenario) for when in whens):
        yield scenario
        return
    if question.optional:
        yield scenario
    for value in values:
        yield scenario | {question.id: value}


def _closure(subject: Subject, ids: Iterable[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(ids)
    while waiting:
        id = waiting.pop()
        if id not in found:
            found.add(id)
            waiting.extend(_questions(subject.answered_when(subject.questions[id])))
    return found


def _questions(conditions: Iterable[Condition | None]) -> Iterator[str]:
    for condition in conditions:
        yield from (each.question for each in comparisons(condition))


def _values(question: Question, compared: list[Comparison]) -> list[Any]:
    if isinstance(question, ChoiceQuestion):
        return list(question.options)
    if isinstance(question, YesNoQuestion):
        return ["yes", "no"]
    if isinstance(question, InstrumentQuestion) and any(each.of for each in compared):
        return list(question.services)
    marks = [
        mark for each in compared for mark in (each.at_least, each.at_most, each.is_, each.is_not) if mark
    ]
    if not marks:
        return [_anything(question)]
    if question.type == "date":
        days = {date.fromisoformat(mark) + timedelta(days=near) for mark in marks for near in (-1, 0, 1)}
        return [day.isoformat() for day in sorted(days)]
    step = Decimal(1) if isinstance(question, IntegerQuestion) else Decimal("0.001")
    numbers = sorted({Decimal(mark) + near for mark in marks for near in (-step, Decimal(0), step)})
    allowed = [number for number in numbers if _allowed(question, number)]
    if question.type in ("line", "area"):
        return [{"measure": str(number)} for number in allowed]
    return [str(number) for number in allowed] or [_anything(question)]


def _allowed(question: Question, number: Decimal) -> bool:
    if isinstance(question, IntegerQuestion | DecimalQuestion):
        least, most = question.from_, question.to
        return (least is None or number >= least) and (most is None or number <= most)
    return number >= 0


def _anything(question: Question) -> Any:
    if isinstance(question, IntegerQuestion | DecimalQuestion):
        return str(question.from_ if question.from_ is not None else question.to or 0)
    return {"measure": "1.0"} if question.type in ("line", "area") else "answered"
