"""A question that is answered with the number of an earlier instrument."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Final, Literal

from pydantic import Field

from rukhsa.catalogue.conditions import Comparison
from rukhsa.catalogue.numbers import service_name
from rukhsa.catalogue.questions.pieces import Code, Words
from rukhsa.catalogue.questions.question import AnswerPart, FactType, Question, Use
from rukhsa.catalogue.questions.typed import BadAnswer, Context
from rukhsa.catalogue.questions.walking import CannotAnswer, Setting
from rukhsa.catalogue.sentence import Sentence
from rukhsa.catalogue.shape import Id
from rukhsa.catalogue.territory import territory
from rukhsa.values.identifiers import IdentifierError, parse_number

LONGEST_NUMBER: Final = "CAP-BP-2026-999999-W"
LONGEST_NAME: Final = 80  # letters of the name of a service, which is what an instrument is called


class InstrumentQuestion(Question):
    """The number of an instrument issued earlier, of one of these services."""

    type: Literal["instrument"]
    missing: ClassVar[Sentence] = Sentence("Enter the document number as printed, like CAP-RW-2026-004217-7.")
    services: tuple[Id, ...] = Field(min_length=1)
    expired: Literal["yes"] | None = None  # one whose days are over may be named as well

    template: ClassVar[str] = "code"
    is_for_applicants: ClassVar[bool] = True
    fits: ClassVar[frozenset[Use]] = frozenset({"quota"})
    sealed_as: ClassVar[tuple[FactType, ...]] = ("text", "identifier")
    sealed_parts: ClassVar[tuple[AnswerPart, ...]] = ("service",)

    def read(self, typed: Any, context: Context) -> str:
        """The number in its one form, with the right check character."""
        try:
            return parse_number(str(typed))
        except IdentifierError as error:
            hint = Sentence("Enter the document number as printed, like CAP-RW-2026-004217-7.")
            raise BadAnswer("number-mistyped", hint) from error

    def in_words(self, answer: str) -> Words:
        """The number."""
        return (Code(answer),)

    def every_answer(self, compared: Iterable[Comparison]) -> tuple[str, ...] | None:
        """The services, where a condition asks for its service: a service's name stands for a number of it."""
        return self.services if any(each.of for each in compared) else None

    @property
    def named_services(self) -> tuple[str, ...]:
        """Those that the question says."""
        return self.services

    def sealed(self, answer: Any, type: FactType, part: AnswerPart | None) -> str:
        """The number, or the name of its service."""
        if part == "service":
            return service_name(answer).in_language(territory().languages[0])
        return str(answer)

    def longest(self, type: FactType, part: AnswerPart | None, letters: Callable[[int], str]) -> str:
        """The longest name of a service, or a number of the longest form."""
        return letters(LONGEST_NAME) if part == "service" else LONGEST_NUMBER

    def plausible(self, wanted: Any, setting: Setting, typed: Mapping[str, Any]) -> str:
        """One that the walk issued before."""
        if self.id not in setting.parents:
            raise CannotAnswer(f"{self.id}: no instrument was issued that it could name")
        return setting.parents[self.id]
