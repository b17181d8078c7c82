"""A question that is answered with a telephone number."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from rukhsa.catalogue.questions.pieces import Code, Words
from rukhsa.catalogue.questions.question import AnswerPart, FactType, Known, Question, Use
from rukhsa.catalogue.questions.typed import BadAnswer, Context
from rukhsa.catalogue.questions.walking import Setting
from rukhsa.catalogue.sentence import Sentence
from rukhsa.catalogue.territory import territory
from rukhsa.values.identifiers import IdentifierError, parse_phone

if TYPE_CHECKING:
    from rukhsa.authorities.actor import Actor


class PhoneQuestion(Question):
    """A telephone number, with the prefix of its country."""

    type: Literal["phone"]
    missing: ClassVar[Sentence] = Sentence("Enter a phone number, like 3600 1234.")

    template: ClassVar[str] = "code"
    input_type: ClassVar[str] = "tel"
    known_by: ClassVar[frozenset[Known]] = frozenset({"phone"})
    is_private: ClassVar[bool] = True
    fits: ClassVar[frozenset[Use]] = frozenset({"quota"})
    sealed_as: ClassVar[tuple[FactType, ...]] = ("text", "identifier")

    def known(self, actor: "Actor", language: str) -> str:
        """The applicant's telephone."""
        return actor.person.phone

    def read(self, typed: Any, context: Context) -> str:
        """The number in its international form."""
        try:
            return parse_phone(str(typed))
        except IdentifierError as error:
            hint = Sentence("Enter a phone number, like 3600 1234.")
            raise BadAnswer("phone-unreadable", hint) from error

    def in_words(self, answer: str) -> Words:
        """The number."""
        return (Code(answer),)

    def longest(self, type: FactType, part: AnswerPart | None, letters: Callable[[int], str]) -> str:
        """ITU-T E.164: at most 15 digits."""
        return "+999999999999999"

    def plausible(self, wanted: Any, setting: Setting, typed: Mapping[str, Any]) -> str:
        """A number of its own for each application, in the form of the territory."""
        form = territory().phone
        return f"+{form.country}" + str(36000000 + setting.number).ljust(form.digits, "0")[: form.digits]
