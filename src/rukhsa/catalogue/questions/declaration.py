"""A declaration: a sentence in the applicant's name that is ticked, and is not a question with an answer no."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final, Literal

from rukhsa.catalogue.conditions import Comparison
from rukhsa.catalogue.questions.pieces import Words
from rukhsa.catalogue.questions.question import AnswerPart, FactType, Question
from rukhsa.catalogue.questions.typed import BadAnswer, Context
from rukhsa.catalogue.questions.walking import Setting
from rukhsa.catalogue.sentence import Sentence
from rukhsa.values.names import Text

TICKED: Final = "yes"
_CODES = {1: Text(ar="أُقر بذلك", en="Declared")}


class DeclarationQuestion(Question):
    """A sentence that must be ticked, such as "I declare that the drawings are true"."""

    type: Literal["declaration"]

    template: ClassVar[str] = "declaration"
    missing: ClassVar[Sentence] = Sentence("Tick the declaration to continue.")
    sealed_as: ClassVar[tuple[FactType, ...]] = ("yes-no",)

    def read(self, typed: Any, context: Context) -> str:
        """ "yes", the only answer."""
        if str(typed) != TICKED:
            raise BadAnswer("choice-unknown", self.missing)
        return TICKED

    @property
    def cells(self) -> Mapping[str, Text]:
        """Its word for ticked."""
        return {TICKED: Text(ar="نعم", en="yes")}

    def in_words(self, answer: str) -> Words:
        """That it was declared."""
        return (_CODES[1],)

    def option(self, value: str) -> Text:
        """That it was declared."""
        return _CODES[1] if value == TICKED else super().option(value)

    def every_answer(self, compared: Iterable[Comparison]) -> tuple[str, ...]:
        """Only one."""
        return (TICKED,)

    def sealed(self, answer: Any, type: FactType, part: AnswerPart | None) -> int:
        """1."""
        return 1

    @property
    def codes(self) -> Mapping[int, Text]:
        """The one word."""
        return _CODES

    def plausible(self, wanted: Any, setting: Setting, typed: Mapping[str, Any]) -> str:
        """Ticked."""
        return TICKED
