"""A question that is answered with the number of an application that was decided."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final, Literal, Self

from pydantic import model_validator

from rukhsa.catalogue.questions.pieces import Code, Words
from rukhsa.catalogue.questions.question import AnswerPart, FactType, Question
from rukhsa.catalogue.questions.typed import BadAnswer, Context
from rukhsa.catalogue.questions.walking import CannotAnswer, Setting
from rukhsa.catalogue.sentence import Sentence
from rukhsa.catalogue.shape import Id, Misread, Span
from rukhsa.values.identifiers import IdentifierError, parse_number

LONGEST_NUMBER: Final = "CAP-BP-2026-999999-W"


class DecisionQuestion(Question):
    """The number of an application of the applicant's own that was decided, `within` that long ago at most.

    With `services` it is an application of one of these, with `not_of` of any other: each kind of decision is
    contested before its own committee.
    """

    type: Literal["decision"]
    missing: ClassVar[Sentence] = Sentence("Enter the application number, like CAP-2026-000123-K.")
    within: Span | None = None
    services: tuple[Id, ...] = ()
    not_of: tuple[Id, ...] = ()

    template: ClassVar[str] = "code"
    is_for_applicants: ClassVar[bool] = True
    sealed_as: ClassVar[tuple[FactType, ...]] = ("identifier",)

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.services and self.not_of:
            raise Misread(en="services and not-of are not said together.", ar="لا تُذكر services وnot-of معًا.")
        return self

    def takes(self, service: str) -> bool:
        """Whether a decision on an application for that service may be named."""
        return service in self.services if self.services else service not in self.not_of

    def read(self, typed: Any, context: Context) -> str:
        """The number in its one form, with the right check character."""
        try:
            return parse_number(str(typed))
        except IdentifierError as error:
            hint = Sentence("Enter the application number, like CAP-2026-000123-K.")
            raise BadAnswer("number-mistyped", hint) from error

    def in_words(self, answer: str) -> Words:
        """The number."""
        return (Code(answer),)

    def longest(self, type: FactType, part: AnswerPart | None, letters: Callable[[int], str]) -> str:
        """A number of the longest form."""
        return LONGEST_NUMBER

    def plausible(self, wanted: Any, setting: Setting, typed: Mapping[str, Any]) -> str:
        """One that the walk had refused before."""
        if self.id not in setting.parents:
            raise CannotAnswer(f"{self.id}: no instrument was issued that it could name")
        return setting.parents[self.id]
