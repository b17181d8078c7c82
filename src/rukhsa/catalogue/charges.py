"""Charges: what the applicant pays, as a table of rows; the first row whose condition holds counts."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Literal, Self

from pydantic import Field, model_validator

from rukhsa.catalogue.conditions import Condition
from rukhsa.catalogue.provenance import Bases, ValueSource
from rukhsa.catalogue.shape import Amount, AuthorityCode, Day, Id, Misread, Shape, require_one
from rukhsa.values.names import Text

Due = Literal["at submission", "after decision", "after inspection"]
MEASURES = ("metre_of", "square_metre_of", "day_of", "month_of", "year_of", "each_of", "month_since")


class Per(Shape):
    """The answer that multiplies an amount: metres, square metres, days, months, years, pieces, or months of delay."""

    metre_of: Id | None = None
    square_metre_of: Id | None = None
    day_of: Id | None = None
    month_of: Id | None = None
    year_of: Id | None = None
    each_of: Id | None = None
    month_since: Id | None = Field(None, description="started months from a day to that of the charge")

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        require_one(self, *MEASURES)
        return self

    @property
    def measure(self) -> str:
        """Which of the measures it is, such as `metre_of`."""
        return next(word for word in MEASURES if getattr(self, word))

    @property
    def question(self) -> str:
        """The question whose answer multiplies the amount."""
        return str(getattr(self, self.measure))


class Band(Shape):
    """The amount up to and including a value; the last band has no end."""

    to: Decimal | None = Field(None, gt=0)
    amount: Amount
    per: Per | None = None


class Bands(Shape):
    """An amount by the band in which an answer lies.

    `whole`: the amount of that band counts, once or `per` unit. `marginal`: each band's amount counts for each
    started unit of the answer that lies in it.
    """

    of: Id
    counted: Literal["whole", "marginal"]
    steps: tuple[Band, ...] = Field(min_length=2, max_length=200)

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        ends = [step.to for step in self.steps[:-1]]
        if self.steps[-1].to is not None or None in ends:
            raise Misread(
                en="every band but the last says to, and the last one does not.",
                ar="كل شريحة تذكر to إلا الأخيرة فلا تذكرها.",
            )
        known = [end for end in ends if end is not None]
        if any(later <= end for end, later in pairwise(known)):
            raise Misread(en="the bands do not ascend.", ar="الشرائح غير مرتبة تصاعديًا.")
        if self.counted == "marginal" and any(step.per for step in self.steps):
            raise Misread(
                en="marginal bands count each unit themselves: leave per out.",
                ar="الشرائح المتدرجة (marginal) تحسب كل وحدة بنفسها: احذف per.",
            )
        return self


class Chosen(Shape):
    """An amount for each option that an answer of type `choices` has; what comes to nothing has 0."""

    of: Id
    amounts: dict[Id, Amount] = Field(min_length=1, max_length=200)


class Percent(Shape):
    """A share of the sum of other charges: a tax, or a penalty for each started month with `at-most`, in per cent."""

    rate: Decimal = Field(gt=0, le=100)
    of: tuple[Id, ...] = Field(min_length=1, max_length=20)
    at_most: Decimal | None = Field(None, gt=0, le=1000)


class FillUp(Shape):
    """What several charges lack of a least sum."""

    to: Amount
    of: tuple[Id, ...] = Field(min_length=1, max_length=20)


class ChargeRow(Shape):
    """One row of a tariff, for answers that meet its condition: an amount, or what it is reckoned from.

    The amount is fixed or for each unit; a started metre, square metre, day or month counts whole; at-least and
    at-most bound the product. With `authorities` the row is for these authorities only.
    """

    when: Condition | None = None
    authorities: tuple[AuthorityCode, ...] | None = Field(None, min_length=1)
    amount: Amount | None = None
    amount_of: Id | None = None
    bands: Bands | None = None
    chosen: Chosen | None = None
    percent: Percent | None = None
    fill_up: FillUp | None = None
    per: Per | None = None
    at_least: Amount | None = None
    at_most: Amount | None = None
    reason: Text | None = None
    phrase: Text | None = Field(None, description="whom the row is for, where it has a condition")
    source: ValueSource | None = None

    @model_validator(mode="after")
    def _one_amount(self) -> Self:
        require_one(self, "amount", "amount_of", "bands", "chosen", "percent", "fill_up")
        if self.per and self.amount is None and self.percent is None:
            raise Misread(en="per multiplies an amount.", ar="الكلمة per تضرب المبلغ amount.")
        return self

    def is_of(self, authority: str | None) -> bool:
        """Whether the row is for that authority; a row that names none is for all."""
        return self.authorities is None or authority in self.authorities

    @property
    def summed(self) -> tuple[str, ...]:
        """The other charges on whose sum the amount depends."""
        return self.percent.of if self.percent else self.fill_up.of if self.fill_up else ()

    @property
    def measured(self) -> Iterator[str]:
        """The questions whose answers the amount depends on."""
        if self.amount_of:
            yield self.amount_of
        if self.chosen:
            yield self.chosen.of
        if self.bands:
            yield self.bands.of
            yield from (step.per.question for step in self.bands.steps if step.per)
        if self.per:
            yield self.per.question

    @property
    def amounts(self) -> Iterator[str]:
        """Every amount that is written in the row."""
        written = (self.amount, self.at_least, self.at_most, self.fill_up.to if self.fill_up else None)
        yield from (amount for amount in written if amount)
        yield from (step.amount for step in (self.bands.steps if self.bands else ()))
        yield from self.chosen.amounts.values() if self.chosen else ()


class Waiver(Shape):
    """The condition under which all of a charge, or so many per cent, is not claimed, and the reason that is shown."""

    when: Condition
    percent: Decimal = Field(Decimal(100), gt=0, le=100)
    reason: Text
    source: ValueSource


class Release(Shape):
    """What releases a deposit: an inspection after issue that passes, or an instrument of a later service."""

    inspection: Id | None = None
    service: Id | None = None

    @model_validator(mode="after")
    def _one_event(self) -> Self:
        require_one(self, "inspection", "service")
        return self


class ChargeRule(Shape):
    """A fee, a fine, or a deposit that is held and returned."""

    id: Id
    kind: Literal["fee", "fine", "deposit"]
    name: Text
    due: Due
    rows: tuple[ChargeRow, ...] = Field(min_length=1, max_length=200)
    from_: Day
    until: Day | None = None
    source: ValueSource
    law: Bases = ()
    returned: Text | None = Field(None, description="of a deposit: when it is returned, in one sentence")
    released_by: Release | None = None
    waived: tuple[Waiver, ...] = ()

    @model_validator(mode="after")
    def _only_a_deposit_is_released(self) -> Self:
        if (self.kind == "deposit") != (self.released_by is not None):
            raise Misread(
                en="a deposit says released-by, and a fee or a fine does not.",
                ar="التأمين يذكر released-by، والرسم والغرامة لا يذكرانها.",
            )
        if self.returned and self.kind != "deposit":
            raise Misread(
                en="only a deposit is returned: leave returned out.",
                ar="لا يُرد إلا التأمين: احذف returned.",
            )
        if self.until and self.until < self.from_:
            raise Misread(en="until is before from.", ar="تاريخ until قبل تاريخ from.")
        return self
