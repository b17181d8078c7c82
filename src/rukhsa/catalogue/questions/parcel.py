"""A question that is answered with the number of a parcel of land."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, ClassVar, Literal

from pydantic import Field

from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.catalogue.questions.decimal import scaled
from rukhsa.catalogue.questions.drawing import MEASURE_DECIMALS, MEASURE_STEP
from rukhsa.catalogue.questions.pieces import Code, Size, Words
from rukhsa.catalogue.questions.question import AnswerPart, FactType, Place, Question, Use
from rukhsa.catalogue.questions.typed import BadAnswer, Context, require_short
from rukhsa.catalogue.questions.walking import Setting
from rukhsa.catalogue.sentence import Sentence
from rukhsa.catalogue.territory import territory
from rukhsa.values.names import Text


class ParcelQuestion(Question):
    """The number of a parcel of land; where the territory has parcels, it must be one of them.

    An answer is {number, measure, block}, in square metres; only {number} where the territory has no parcels, since
    nothing there could check it.
    """

    type: Literal["parcel"]
    missing: ClassVar[Sentence] = Sentence("Enter the parcel number from the title deed, like 03-120045.")
    at_most: int = Field(14, ge=1, le=20, description="characters")

    template: ClassVar[str] = "parcel"
    is_lasting: ClassVar[bool] = True
    is_place: ClassVar[bool] = True
    is_exact: ClassVar[bool] = False
    fits: ClassVar[frozenset[Use]] = frozenset({"square metres", "bands"})
    sealed_as: ClassVar[tuple[FactType, ...]] = ("text", "identifier", "decimal")
    sealed_parts: ClassVar[tuple[AnswerPart, ...]] = ("number", "measure")
    sealed_whole: ClassVar[bool] = False

    def read(self, typed: Any, context: Context) -> dict[str, Any]:
        """The number, with the area and block of the parcel where the territory has parcels."""
        # Needs the database, without which a definition is checked.
        from rukhsa.places.parcel import NoSuchParcel, UnreadableParcel, parcel_number, parcel_on

        try:
            number = parcel_number(str(typed))
            require_short(number, self.at_most)
            if not territory().parcels:
                return {"number": number}
            parcel = parcel_on(number, on=context.on)
            return {"number": number, "measure": str(parcel.measure), "block": parcel.block_id}
        except UnreadableParcel as error:
            hint = Sentence("Enter the parcel number from the title deed, like 03-120045.")
            raise BadAnswer(error.code, hint) from error
        except NoSuchParcel as error:
            hint = Sentence("There is no parcel with this number. Copy it from the title deed.")
            raise BadAnswer(error.code, hint) from error

    def in_words(self, answer: dict[str, Any]) -> Words:
        """The number, with the area and block where they are known."""
        number = Code(answer["number"])
        if "measure" not in answer:
            return (number,)
        size = Size(answer["measure"], self.measured_in)
        return number, Sentence(", "), size, Sentence(", "), Sentence("Block"), " ", Code(answer["block"])

    def is_unchecked(self, answer: Any) -> bool:
        """Where the territory had no parcels."""
        return answer is not None and "measure" not in answer

    @property
    def step(self) -> Decimal:
        """A tenth of a square metre."""
        return MEASURE_STEP

    @property
    def bounds(self) -> tuple[Decimal | None, Decimal | None]:
        """No parcel is smaller than zero."""
        return Decimal(0), None

    def answer_at(self, number: Decimal) -> dict[str, str]:
        """A parcel of that size."""
        return {"measure": str(number)}

    def check(self, place: Place) -> Iterator[DefinitionProblem]:
        """Where the area of the parcel counts, the territory knows it."""
        for path in () if place.territory.parcels else place.measured:
            yield place.problem(
                at=path,
                code="no-parcels",
                en=f'the area of the parcel "{self.id}" is not known: this territory has no parcels.',
                ar=f'مساحة العقار "{self.id}" غير معروفة، فليس في هذا النطاق عقارات مسجلة.',
                instead=Text(
                    en="Ask for the area, or import the parcels and write in territory.yaml: parcels: yes.",
                    ar="اسأل عن المساحة، أو استورد العقارات واكتب في territory.yaml: parcels: yes.",
                ),
            )

    def sealed(self, answer: Any, type: FactType, part: AnswerPart | None) -> int | str:
        """The area in tenths of square metres, or the number."""
        if part == "measure":
            return scaled(answer["measure"], MEASURE_DECIMALS)
        return str(answer["number"])

    @property
    def measured_in(self) -> str:
        """Square metres."""
        return "m2"

    @property
    def scale(self) -> int:
        """Tenths."""
        return MEASURE_DECIMALS

    def longest(self, type: FactType, part: AnswerPart | None, letters: Callable[[int], str]) -> str:
        """As many digits as the question allows."""
        return "9" * self.at_most

    def plausible(self, wanted: Any, setting: Setting, typed: Mapping[str, Any]) -> str:
        """A number of its own for each question of each application."""
        return f"{sum(map(ord, self.id)) % 90 + 10}-{120_000 + setting.number}"
