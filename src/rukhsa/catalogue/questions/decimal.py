"""A question that is answered with a number with decimals, in a unit."""

import re
from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, ClassVar, Literal

from pydantic import Field

from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.catalogue.questions.number import check_limit, middling
from rukhsa.catalogue.questions.pieces import Size, Words
from rukhsa.catalogue.questions.question import AnswerPart, FactType, Place, Question, Use
from rukhsa.catalogue.questions.typed import BadAnswer, Context, limit, require_between
from rukhsa.catalogue.questions.walking import Setting
from rukhsa.catalogue.sentence import Counted, Sentence
from rukhsa.catalogue.shape import Id
from rukhsa.values.writing import latin_digits

_MAY_PART_THOUSANDS = re.compile(r"،[0-9]{3}$")

Unit = Literal["m", "m2", "m3", "kg", "t", "kW", "L", "km", "USD"]


def scaled(number: Any, decimals: int) -> int:
    """A number as a whole one of its smallest parts, as it is sealed."""
    return int(Decimal(str(number)).scaleb(decimals).to_integral_value(ROUND_HALF_UP))


class DecimalQuestion(Question):
    """A number with decimals, in a unit."""

    type: Literal["decimal"]
    missing: ClassVar[Sentence] = Sentence("Enter a number, like 12.5.")
    unit: Unit
    decimals: int = Field(2, ge=1, le=3)
    from_: Decimal | None = None
    to: Decimal | Id | None = None

    template: ClassVar[str] = "number"
    is_correctable: ClassVar[bool] = True
    input_mode: ClassVar[str] = "decimal"
    is_exact: ClassVar[bool] = False  # 12.5 and 12.50
    fits: ClassVar[frozenset[Use]] = frozenset({"metres", "square metres", "bands"})
    sealed_as: ClassVar[tuple[FactType, ...]] = ("decimal",)

    def read(self, typed: Any, context: Context) -> str:
        """A number with at most the question's decimals, as text; the Arabic decimal mark is understood.

        So is an Arabic comma, but before three digits: there it may part thousands, and is refused.
        """
        text = latin_digits(str(typed)).strip().replace("٫", ".")
        text = text if _MAY_PART_THOUSANDS.search(text) else text.replace("،", ".")
        if not text.isascii() or text.lower().strip("-0123456789.") or len(text) > 15:
            raise BadAnswer("number-unreadable", Sentence("Enter a number, like 12.5."))
        try:
            number = Decimal(text)
        except InvalidOperation as error:
            raise BadAnswer("number-unreadable", Sentence("Enter a number, like 12.5.")) from error
        if number != round(number, self.decimals):
            many = Counted(
                "Enter at most %(count)s digit after the point.",
                "Enter at most %(count)s digits after the point.",
                self.decimals,
            )
            raise BadAnswer("number-too-fine", many)
        require_between(number, self.from_, limit(self.to, context.values))
        return str(number)

    def in_words(self, answer: Any) -> Words:
        """The number with its unit."""
        return (Size(answer, self.unit),)

    @property
    def step(self) -> Decimal:
        """The smallest part that its decimals allow."""
        return Decimal(1).scaleb(-self.decimals)

    @property
    def bounds(self) -> tuple[Decimal | None, Decimal | None]:
        """Those that the question says."""
        return self.from_, None if isinstance(self.to, str) else self.to

    def check(self, place: Place) -> Iterator[DefinitionProblem]:
        """A limit names a number that is asked before."""
        yield from check_limit(self.to, place)

    def sealed(self, answer: Any, type: FactType, part: AnswerPart | None) -> int:
        """The number as a whole one of its smallest parts."""
        return scaled(answer, self.decimals)

    @property
    def measured_in(self) -> str:
        """The unit."""
        return self.unit

    @property
    def scale(self) -> int:
        """The decimals."""
        return self.decimals

    def plausible(self, wanted: Any, setting: Setting, typed: Mapping[str, Any]) -> str:
        """A middling number."""
        return str(wanted or middling(self.from_, limit(self.to, typed), self.step).quantize(self.step))
