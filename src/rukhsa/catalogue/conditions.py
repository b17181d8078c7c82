"""Conditions: one comparison of one answer, joined by all, any and not. There is no expression language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, WithJsonSchema, model_validator

from rukhsa.catalogue.numbers import service_of
from rukhsa.catalogue.shape import Id, Shape, require_one

Answers = Mapping[str, Any]

# Every value is text here; editors read 5 and 2020-01-01 as numbers and dates.
Value = Annotated[str, WithJsonSchema({"type": ["string", "number"]})]


class Comparison(Shape):
    """One question and one comparison with its answer; without an answer only `answered: no` holds."""

    question: Id
    is_: Value | None = None
    is_not: Value | None = None
    in_: tuple[Value, ...] | None = Field(None, min_length=1)
    at_least: Value | None = None
    at_most: Value | None = None
    includes: Value | None = None
    zone: Id | None = Field(None, description="one of the territory's, in which the place lies")
    answered: Literal["yes", "no"] | None = None
    of: tuple[Id, ...] | None = Field(None, min_length=1, description="services of the instrument named")

    @model_validator(mode="after")
    def _one_comparison(self) -> Self:
        require_one(self, "is_", "is_not", "in_", "at_least", "at_most", "includes", "zone", "answered", "of")
        return self


class AllOf(Shape):
    """Holds when every one of its conditions holds."""

    all: tuple[Condition, ...] = Field(min_length=1)


class AnyOf(Shape):
    """Holds when at least one of its conditions holds."""

    any: tuple[Condition, ...] = Field(min_length=1)


class Not(Shape):
    """Holds when its condition does not."""

    not_: Condition


def _kind(value: Any) -> str:
    for word in ("all", "any", "not"):
        if (word in value) if isinstance(value, dict) else hasattr(value, "not_" if word == "not" else word):
            return word
    return "comparison"


Condition = Annotated[
    Annotated[Comparison, Tag("comparison")]
    | Annotated[AllOf, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[Not, Tag("not")],
    Discriminator(_kind),
]
# They name Condition before it is defined; until they are rebuilt, `not` is not known as the alias of `not_`.
for _joined in (AllOf, AnyOf, Not):
    _joined.model_rebuild()


def holds(condition: Condition | None, answers: Answers) -> bool:
    """Whether the condition is true of the answers; no condition always holds."""
    match condition:
        case None:
            return True
        case AllOf():
            return all(holds(part, answers) for part in condition.all)
        case AnyOf():
            return any(holds(part, answers) for part in condition.any)
        case Not():
            return not holds(condition.not_, answers)
        case Comparison():
            return _compares(condition, answers.get(condition.question))


def comparisons(condition: Condition | None) -> Iterator[Comparison]:
    """Every comparison inside the condition."""
    match condition:
        case Comparison():
            yield condition
        case AllOf(all=parts) | AnyOf(any=parts):
            for part in parts:
                yield from comparisons(part)
        case Not():
            yield from comparisons(condition.not_)


def _compares(comparison: Comparison, answer: Any) -> bool:
    given = answer is not None and answer != ""
    if comparison.answered is not None:
        return given is (comparison.answered == "yes")
    if not given:
        return False
    if comparison.is_ is not None:
        return _text(answer) == comparison.is_
    if comparison.is_not is not None:
        return _text(answer) != comparison.is_not
    if comparison.in_ is not None:
        return _text(answer) in comparison.in_
    if comparison.zone is not None:
        return isinstance(answer, Mapping) and comparison.zone in answer.get("zones", ())
    if comparison.includes is not None:
        return comparison.includes in str(answer).split()
    if comparison.of is not None:
        return service_of(str(answer)) in comparison.of
    if comparison.at_least is not None:
        return not _below(answer, comparison.at_least)
    return not _below(comparison.at_most, answer)


def _text(answer: Any) -> str:
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    return str(answer)


def _below(first: Any, second: Any) -> bool:
    first, second = _ordered(first), _ordered(second)
    if type(first) is not type(second):
        return True
    return bool(first < second)


def _ordered(value: Any) -> Decimal | str:
    # What has a size is compared by it. What is no number is written so that it sorts as text: 2026-12-01.
    text = str(value["measure"] if isinstance(value, Mapping) and "measure" in value else value)
    try:
        return Decimal(text)
    except InvalidOperation:
        return text
