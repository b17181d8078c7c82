"""A question that is answered with a whole number."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, Literal

from rukhsa.catalogue.questions.number import middling
from rukhsa.catalogue.questions.pieces import Code, Words
from rukhsa.catalogue.questions.question import AnswerPart, FactType, Known, Question, Use
from rukhsa.catalogue.questions.typed import BadAnswer, Context, require_between
from rukhsa.catalogue.questions.walking import Setting
from rukhsa.catalogue.sentence import Sentence
from rukhsa.values.writing import latin_digits


class IntegerQuestion(Question):
    """A whole number."""

    type: Literal["integer"]
    from_: int | None = None
    to: int | None = None

    template: ClassVar[str] = "number"
    input_mode: ClassVar[str] = "numeric"
    known_by: ClassVar[frozenset[Known]] = frozenset({"age"})
    fits: ClassVar[frozenset[Use]] = frozenset({"bands", "quota", "pieces"})
    sealed_as: ClassVar[tuple[FactType, ...]] = ("integer",)

    def read(self, typed: Any, context: Context) -> int:
        """A whole number within its bounds; Arabic digits are understood."""
        text = latin_digits(str(typed)).strip()
        if not text.isascii() or not text.removeprefix("-").isdigit() or len(text) > 12:
            raise BadAnswer("number-unreadable", Sentence("Enter a whole number, like 12."))
        number = int(text)
        require_between(number, self.from_, self.to)
        return number

    def in_words(self, answer: Any) -> Words:
        """The number."""
        return (Code(answer),)

    @property
    def step(self) -> Decimal:
        """One."""
        return Decimal(1)

    @property
    def bounds(self) -> tuple[Decimal | None, Decimal | None]:
        """Those that the question says."""
        least, most = self.from_, self.to
        return None if least is None else Decimal(least), None if most is None else Decimal(most)

    def answer_at(self, number: Decimal) -> int:
        """The number itself."""
        return int(number)

    def sealed(self, answer: Any, type: FactType, part: AnswerPart | None) -> int:
        """The number itself."""
        return int(answer)

    def plausible(self, wanted: Any, setting: Setting, typed: Mapping[str, Any]) -> str:
        """A middling number, another for each application."""
        if wanted:
            return str(wanted)
        number = middling(self.from_, self.to, 1) + setting.number
        return str(number if self.to is None else min(number, self.to))
