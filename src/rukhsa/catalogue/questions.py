"""Questions: what an applicant is asked, with the type of each answer.

An answer is JSON. Strings: text, long-text, identifier (capital Latin letters, digits and - . / within), choice, date
("2020-11-01"), decimal ("12.50"), iban, phone, email, instrument, decision, personal-number, money ("25.000", in the
territory's currency), slot (the id of a place in the territory's list) and yes-no ("yes" or "no"). integer is a
number. address is {flat?, building, road, block}. company is {number, name}. line and area are
{geometry: GeoJSON, measure: "125.4"}, in metres or square metres. parcel is {number, measure, block}, in square
metres; only {number} where the territory has no parcels, since nobody checked it.
"""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from rukhsa.catalogue.conditions import Condition
from rukhsa.catalogue.shape import Amount, Id, Moment, Named, Range, Shape, Span, YesNo
from rukhsa.values.names import Text

Unit = Literal["m", "m2", "m3", "kg", "t", "kW", "L", "km", "USD"]
AnswerPart = Literal["name", "number", "flat", "building", "road", "block", "measure", "service", "masked"]


class Asked(Shape):
    """What every question has."""

    id: Id
    ask: Text
    help: Text | None = None
    when: Condition | None = None
    optional: YesNo = False
    source: str | None = None


class WritingQuestion(Asked):
    """A line or a paragraph of writing."""

    type: Literal["text", "long-text"]
    at_most: int = Field(200, ge=1, le=4000, description="characters")


class IdentifierQuestion(Asked):
    """A number or a code as others gave it: a parcel, a number plate, a reference."""

    type: Literal["identifier"]
    at_most: int = Field(20, ge=1, le=40, description="characters")


class ChoiceQuestion(Asked):
    """One of a list."""

    type: Literal["choice"]
    options: Named


class YesNoQuestion(Asked):
    """Yes or no."""

    type: Literal["yes-no"]


class IntegerQuestion(Asked):
    """A whole number."""

    type: Literal["integer"]
    from_: int | None = None
    to: int | None = None


class DecimalQuestion(Asked):
    """A number with decimals, in a unit."""

    type: Literal["decimal"]
    unit: Unit
    decimals: int = Field(2, ge=1, le=3)
    from_: Decimal | None = None
    to: Decimal | None = None


class DateQuestion(Asked):
    """A day."""

    type: Literal["date"]
    earliest: Moment | None = None
    latest: Moment | None = None


class LineQuestion(Asked):
    """A line drawn on the map, such as the route of a trench."""

    type: Literal["line"]
    length: Range = Range()
    within: Id | None = Field(None, description="the question about the parcel on which it must lie")


class AreaQuestion(Asked):
    """An area drawn on the map."""

    type: Literal["area"]
    size: Range = Range()
    within: Id | None = Field(None, description="the question about the parcel on which it must lie")


class ParcelQuestion(Asked):
    """The number of a parcel of land; where the territory has parcels, it must be one of them."""

    type: Literal["parcel"]
    at_most: int = Field(14, ge=1, le=20, description="characters")


class InstrumentQuestion(Asked):
    """The number of an instrument issued earlier, of one of these services."""

    type: Literal["instrument"]
    services: tuple[Id, ...] = Field(min_length=1)
    expired: Literal["yes"] | None = None  # one whose days are over may be named as well


class MoneyQuestion(Asked):
    """An amount in the territory's currency."""

    type: Literal["money"]
    from_: Amount | None = None
    to: Amount | None = None


class SlotQuestion(Asked):
    """A place from one of the territory's lists of places; taken for the period of the instrument."""

    type: Literal["slot"]
    of: Id


class DecisionQuestion(Asked):
    """The number of an application of the applicant's own that was decided, `within` that long ago at most."""

    type: Literal["decision"]
    within: Span | None = None


class PlainQuestion(Asked):
    """An answer whose form is known: an address, a registration, an account, a telephone."""

    type: Literal["address", "company", "iban", "phone", "email", "personal-number"]


Question = Annotated[
    WritingQuestion
    | IdentifierQuestion
    | ChoiceQuestion
    | YesNoQuestion
    | IntegerQuestion
    | DecimalQuestion
    | DateQuestion
    | LineQuestion
    | AreaQuestion
    | ParcelQuestion
    | InstrumentQuestion
    | DecisionQuestion
    | MoneyQuestion
    | SlotQuestion
    | PlainQuestion,
    Field(discriminator="type"),
]


def parcel_around(question: Question) -> str | None:
    """The question about the parcel on which a drawing must lie; None where nothing is asked of it."""
    return question.within if isinstance(question, LineQuestion | AreaQuestion) else None


class Section(Shape):
    """Questions that are asked together, under a title."""

    id: Id
    title: Text
    questions: tuple[Question, ...] = Field(min_length=1)


class Document(Shape):
    """A file that the applicant attaches."""

    id: Id
    name: Text
    help: Text | None = None
    when: Condition | None = None
    optional: YesNo = False
    accept: tuple[Literal["pdf", "image"], ...] = ("pdf", "image")
    at_most: int = Field(1, ge=1, le=20, description="files")
    source: str | None = None
