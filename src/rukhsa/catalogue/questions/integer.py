"""A question that is answered with a whole number."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, ClassVar, Final, Literal

from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.catalogue.questions.number import check_limit, middling
from rukhsa.catalogue.questions.pieces import Code, Words
from rukhsa.catalogue.questions.question import AnswerPart, FactType, Known, Place, Question, Use
from rukhsa.catalogue.questions.typed import BadAnswer, Context, limit, require_between
from rukhsa.catalogue.questions.walking import Setting
from rukhsa.catalogue.sentence import Sentence
from rukhsa.catalogue.shape import Id
from rukhsa.values.writing import latin_digits

# 1,500 and 1 500 000, with one mark throughout; 0,500 would be a half.
_IN_THOUSANDS: Final = re.compile(r"-?[1-9][0-9]{0,2}(?:([,،٬]|\s)[0-9]{3})(?:\1[0-9]{3})*")


class IntegerQuestion(Question):
    """A whole number."""

    type: Literal["integer"]
    missing: ClassVar[Sentence] = Sentence("Enter a whole number, like 12.")
    from_: int | None = None
    to: int | Id | None = None

    template: ClassVar[str] = "number"
    is_correctable: ClassVar[bool] = True
    input_mode: ClassVar[str] = "numeric"
    known_by: ClassVar[frozenset[Known]] = frozenset({"age"})
    fits: ClassVar[frozenset[Use]] = frozenset({"bands", "quota", "pieces"})
    sealed_as: ClassVar[tuple[FactType, ...]] = ("integer",)

    def read(self, typed: Any, context: Context) -> int:
        """A whole number within its bounds, in either set of digits.

        A comma, an Arabic one or a space between groups of three digits can only part thousands here. A point cannot
        be told from the one before fils, and is asked again.
        """
        text = latin_digits(str(typed)).strip()
        text = re.sub(r"[^0-9-]", "", text) if _IN_THOUSANDS.fullmatch(text) else text
        if not text.isascii() or not text.removeprefix("-").isdigit() or len(text) > 12:
            raise BadAnswer("number-unreadable", Sentence("Enter a whole number, like 12."))
        number = int(text)
        require_between(number, self.from_, limit(self.to, context.values))
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
        least, most = self.from_, None if isinstance(self.to, str) else self.to
        return None if least is None else Decimal(least), None if most is None else Decimal(most)

    def answer_at(self, number: Decimal) -> int:
        """The number itself."""
        return int(number)

    def check(self, place: Place) -> Iterator[DefinitionProblem]:
        """A limit names a number that is asked before."""
        yield from check_limit(self.to, place)

    def sealed(self, answer: Any, type: FactType, part: AnswerPart | None) -> int:
        """The number itself."""
        return int(answer)

    def plausible(self, wanted: Any, setting: Setting, typed: Mapping[str, Any]) -> str:
        """A middling number, another for each application."""
        if wanted:
            return str(wanted)
        most = limit(self.to, typed)
        number = middling(self.from_, None if most is None else int(most), 1) + setting.number
        return str(number if most is None else min(number, int(most)))
