"""A question that is answered with a line of writing."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from rukhsa.catalogue.questions.question import AnswerPart, FactType, Known, Question, Use
from rukhsa.catalogue.questions.typed import Context, clean_text, require_short
from rukhsa.catalogue.questions.walking import Setting
from rukhsa.catalogue.sentence import Sentence
from rukhsa.catalogue.territory import territory

_SAMPLE = {"ar": "عينة", "en": "Sample"}


class Writing(Question):
    """What a line and a paragraph have in common."""

    at_most: int = Field(200, ge=1, le=4000, description="characters")

    has_lines: ClassVar[bool] = False
    is_correctable: ClassVar[bool] = True
    fits: ClassVar[frozenset[Use]] = frozenset({"quota"})
    sealed_as: ClassVar[tuple[FactType, ...]] = ("text",)

    def read(self, typed: Any, context: Context) -> str:
        """Clean text of at most the allowed length."""
        text = clean_text(str(typed), lines=self.has_lines)
        require_short(text, self.at_most)
        return text

    def longest(self, type: FactType, part: AnswerPart | None, letters: Callable[[int], str]) -> str:
        """As long as the question allows."""
        return letters(self.at_most)

    def plausible(self, wanted: Any, setting: Setting, typed: Mapping[str, Any]) -> str:
        """A word with the number of the application."""
        word = _SAMPLE[territory().languages[0]]
        return str(wanted or f"{word} {setting.number + 1}")[: self.at_most]


class TextQuestion(Writing):
    """A line of writing."""

    type: Literal["text"]
    missing: ClassVar[Sentence] = Sentence("Enter your answer in a few words.")

    template: ClassVar[str] = "line_of_text"
    known_by: ClassVar[frozenset[Known]] = frozenset({"name", "nationality"})
