"""Charges: what is claimed from the applicant, as a table of rows of which the first that holds counts."""

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from rukhsa.catalogue.conditions import Condition
from rukhsa.catalogue.shape import Amount, Id, Misread, Shape, require_one
from rukhsa.values.names import Text

Due = Literal["at submission", "after decision", "after inspection"]


class Per(Shape):
    """The answer that multiplies an amount: metres of a line, square metres, days, or pieces."""

    metre_of: Id | None = None
    square_metre_of: Id | None = None
    day_of: Id | None = None
    each_of: Id | None = None

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        require_one(self, "metre_of", "square_metre_of", "day_of", "each_of")
        return self

    @property
    def question(self) -> str:
        """The question whose answer multiplies the amount."""
        return self.metre_of or self.square_metre_of or self.day_of or self.each_of or ""


class ChargeRow(Shape):
    """One row of a tariff: an amount, fixed or for each unit, for those of whom its condition holds.

    A started metre, square metre or day counts whole; at-least and at-most bound the product.
    """

    when: Condition | None = None
    amount: Amount
    per: Per | None = None
    at_least: Amount | None = None
    at_most: Amount | None = None
    reason: Text | None = None
    source: str | None = None


class Release(Shape):
    """What frees a deposit: an inspection after issue that passes, or an instrument of a later service."""

    inspection: Id | None = None
    service: Id | None = None

    @model_validator(mode="after")
    def _one_event(self) -> Self:
        require_one(self, "inspection", "service")
        return self


class ChargeRule(Shape):
    """A fee, or a deposit that is held and returned."""

    id: Id
    kind: Literal["fee", "deposit"]
    name: Text
    due: Due
    rows: tuple[ChargeRow, ...] = Field(min_length=1, max_length=200)
    from_: date
    until: date | None = None
    source: str
    released_by: Release | None = None

    @model_validator(mode="after")
    def _only_a_deposit_is_released(self) -> Self:
        if (self.kind == "deposit") != (self.released_by is not None):
            raise Misread(
                en="a deposit says released-by, and a fee does not.",
                ar="التأمين يذكر released-by، والرسم لا يذكرها.",
            )
        if self.until and self.until < self.from_:
            raise Misread(en="until is before from.", ar="تاريخ until قبل تاريخ from.")
        return self
