"""A question that is answered with a paragraph of writing."""

from typing import ClassVar, Literal

from rukhsa.catalogue.questions.question import Use
from rukhsa.catalogue.questions.text import Writing
from rukhsa.catalogue.sentence import Sentence


class LongTextQuestion(Writing):
    """A paragraph of writing."""

    type: Literal["long-text"]
    missing: ClassVar[Sentence] = Sentence("Enter your answer in your own words.")

    template: ClassVar[str] = "paragraph"
    has_lines: ClassVar[bool] = True
    fits: ClassVar[frozenset[Use]] = frozenset()
