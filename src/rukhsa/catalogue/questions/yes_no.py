"""A question that is answered with yes or no."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Literal

from rukhsa.catalogue.conditions import Comparison
from rukhsa.catalogue.questions.pieces import Words
from rukhsa.catalogue.questions.question import AnswerPart, FactType, Question
from rukhsa.catalogue.questions.typed import BadAnswer, Context
from rukhsa.catalogue.questions.walking import Setting
from rukhsa.catalogue.sentence import Sentence
from rukhsa.values.names import Text

_CODES = {0: Text(ar="لا", en="No"), 1: Text(ar="نعم", en="Yes")}
_OPTIONS = {"yes": Text(ar="نعم", en="yes"), "no": Text(ar="لا", en="no")}


class YesNoQuestion(Question):
    """Yes or no."""

    type: Literal["yes-no"]
    missing: ClassVar[Sentence] = Sentence("Choose yes or no.")

    template: ClassVar[str] = "yes_no"
    is_correctable: ClassVar[bool] = True
    sealed_as: ClassVar[tuple[FactType, ...]] = ("yes-no",)

    @property
    def has_buttons(self) -> bool:
        """Two of them."""
        return True

    def read(self, typed: Any, context: Context) -> str:
        """ "yes" or "no"."""
        if str(typed) not in _OPTIONS:
            raise BadAnswer("choice-unknown", Sentence("Choose yes or no."))
        return str(typed)

    @property
    def cells(self) -> Mapping[str, Text]:
        """The options."""
        return _OPTIONS

    def in_words(self, answer: str) -> Words:
        """Yes or no."""
        return (Sentence("Yes") if answer == "yes" else Sentence("No"),)

    def option(self, value: str) -> Text:
        """Yes or no."""
        return _OPTIONS.get(value) or super().option(value)

    def every_answer(self, compared: Iterable[Comparison]) -> tuple[str, ...]:
        """Both."""
        return tuple(_OPTIONS)

    def sealed(self, answer: Any, type: FactType, part: AnswerPart | None) -> int:
        """1 for yes."""
        return int(answer == "yes")

    @property
    def codes(self) -> Mapping[int, Text]:
        """The two words."""
        return _CODES

    def plausible(self, wanted: Any, setting: Setting, typed: Mapping[str, Any]) -> str:
        """One, then the other."""
        return str(wanted or tuple(_OPTIONS)[setting.number % 2])
