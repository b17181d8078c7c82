"""A question that is answered with a number or a code as others gave it."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from rukhsa.catalogue.questions.pieces import Code, Words
from rukhsa.catalogue.questions.question import AnswerPart, FactType, Question, Use
from rukhsa.catalogue.questions.typed import BadAnswer, Context, require_short
from rukhsa.catalogue.questions.walking import Setting
from rukhsa.catalogue.sentence import Sentence
from rukhsa.values.identifiers import IdentifierError, parse_identifier


class IdentifierQuestion(Question):
    """A number or a code as others gave it: a number plate, a reference.

    Capital Latin letters, digits, and - . / or a space within.
    """

    type: Literal["identifier"]
    missing: ClassVar[Sentence] = Sentence("Enter the number or code, like 0701-2034.")
    at_most: int = Field(20, ge=1, le=40, description="characters")

    template: ClassVar[str] = "code"
    is_correctable: ClassVar[bool] = True
    fits: ClassVar[frozenset[Use]] = frozenset({"quota"})
    sealed_as: ClassVar[tuple[FactType, ...]] = ("text", "identifier")

    def read(self, typed: Any, context: Context) -> str:
        """The code in its one form, of at most the allowed length."""
        try:
            written = parse_identifier(str(typed))
        except IdentifierError as error:
            hint = Sentence("Use Latin letters and digits, like 0701-2034.")
            raise BadAnswer("identifier-unreadable", hint) from error
        require_short(written, self.at_most)
        return written

    def in_words(self, answer: str) -> Words:
        """The code."""
        return (Code(answer),)

    def longest(self, type: FactType, part: AnswerPart | None, letters: Callable[[int], str]) -> str:
        """As many digits as the question allows."""
        return "9" * self.at_most

    def plausible(self, wanted: Any, setting: Setting, typed: Mapping[str, Any]) -> str:
        """The number of the application, with zeros."""
        return str(wanted or f"{setting.number + 1:04d}")[-self.at_most :]
