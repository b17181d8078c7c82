"""A question that is answered with a personal number."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Literal

from rukhsa.catalogue.questions.pieces import Code, Words
from rukhsa.catalogue.questions.question import AnswerPart, FactType, Known, Question, Use
from rukhsa.catalogue.questions.typed import BadAnswer, Context
from rukhsa.catalogue.questions.walking import Setting
from rukhsa.catalogue.sentence import Sentence
from rukhsa.values.identifiers import IdentifierError, masked, parse_personal_number


class PersonalNumberQuestion(Question):
    """The personal number of a person, sealed by its last digits only."""

    type: Literal["personal-number"]
    missing: ClassVar[Sentence] = Sentence("Enter a personal number with 9 digits.")

    template: ClassVar[str] = "code"
    known_by: ClassVar[frozenset[Known]] = frozenset({"personal-number"})
    is_private: ClassVar[bool] = True
    fits: ClassVar[frozenset[Use]] = frozenset({"quota"})
    sealed_as: ClassVar[tuple[FactType, ...]] = ("text", "identifier")
    sealed_parts: ClassVar[tuple[AnswerPart, ...]] = ("masked",)
    sealed_whole: ClassVar[bool] = False

    def read(self, typed: Any, context: Context) -> str:
        """The nine digits."""
        try:
            return parse_personal_number(str(typed))
        except IdentifierError as error:
            hint = Sentence("Enter a personal number with 9 digits.")
            raise BadAnswer("personal-number-unreadable", hint) from error

    def in_words(self, answer: str) -> Words:
        """The number."""
        return (Code(answer),)

    def sealed(self, answer: Any, type: FactType, part: AnswerPart | None) -> str:
        """The last digits: anyone can read a code."""
        return masked(answer)

    def longest(self, type: FactType, part: AnswerPart | None, letters: Callable[[int], str]) -> str:
        """Nine digits, masked."""
        return masked("9" * 9)

    def plausible(self, wanted: Any, setting: Setting, typed: Mapping[str, Any]) -> str:
        """A number of its own for each application."""
        return str(850100000 + setting.number)
