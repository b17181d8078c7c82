"""Derived values: numbers that a definition works out of answers once, and uses in charges, conditions and facts."""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from math import prod
from typing import Any, Self

from pydantic import Field, model_validator

from rukhsa.catalogue.questions import Question
from rukhsa.catalogue.questions.decimal import DecimalQuestion, Unit
from rukhsa.catalogue.shape import Id, Shape, require_one
from rukhsa.values.names import Text


class Derived(Shape):
    """A product or a sum of answers that are numbers, or that have a size: the area of all floors."""

    id: Id
    name: Text
    product_of: tuple[Id, ...] | None = Field(None, min_length=2, max_length=6)
    sum_of: tuple[Id, ...] | None = Field(None, min_length=2, max_length=12)
    unit: Unit
    decimals: int = Field(2, ge=1, le=3)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        require_one(self, "product_of", "sum_of")
        return self

    @property
    def parts(self) -> tuple[Id, ...]:
        """The questions whose answers it is made of."""
        return self.product_of or self.sum_of or ()

    def value(self, answers: Mapping[str, Any]) -> str | None:
        """The number, rounded to its decimals with a half away from zero; None while an answer is missing."""
        numbers: list[Decimal | None] = []
        for id in self.parts:
            answer = answers.get(id)
            try:
                numbers.append(Decimal(str(answer["measure"] if isinstance(answer, Mapping) else answer)))
            except (InvalidOperation, KeyError):
                return None
        whole = self._joined(numbers) or Decimal(0)
        return str(whole.quantize(Decimal(1).scaleb(-self.decimals), ROUND_HALF_UP))

    def as_question(self, questions: Iterable[Question]) -> DecimalQuestion:
        """What it is to the compiler, to facts and to charges: a decimal, with bounds that follow from its parts'."""
        bounds = [each.bounds for each in questions if each.id in self.parts]
        told: dict[str, Any] = {"id": self.id, "type": "decimal", "ask": self.name, "unit": self.unit,
                                "decimals": self.decimals}  # fmt: skip
        if all(least is not None and least >= 0 for least, _ in bounds):
            told |= {"from": self._joined([least for least, _ in bounds])}
            told |= {"to": self._joined([most for _, most in bounds])}
        return DecimalQuestion.model_validate(told)

    def _joined(self, numbers: list[Decimal | None]) -> Decimal | None:
        known = [each for each in numbers if each is not None]
        if len(known) < len(numbers):
            return None
        return Decimal(prod(known) if self.product_of else sum(known))
