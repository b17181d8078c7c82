"""A question that is answered with one of a list."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final, Literal

from rukhsa.catalogue.conditions import Comparison
from rukhsa.catalogue.questions.pieces import Words
from rukhsa.catalogue.questions.question import AnswerPart, FactType, Known, Question, Use
from rukhsa.catalogue.questions.typed import BadAnswer, Context
from rukhsa.catalogue.questions.walking import Setting
from rukhsa.catalogue.sentence import Sentence
from rukhsa.catalogue.shape import Named
from rukhsa.values.names import Text

FEW: Final = 7  # options shown as buttons; more are a list to open


class ChoiceQuestion(Question):
    """One of a list."""

    type: Literal["choice"]
    missing: ClassVar[Sentence] = Sentence("Choose one option from the list.")
    options: Named

    template: ClassVar[str] = "choice"
    is_correctable: ClassVar[bool] = True
    known_by: ClassVar[frozenset[Known]] = frozenset({"nationality"})
    fits: ClassVar[frozenset[Use]] = frozenset({"quota"})
    sealed_as: ClassVar[tuple[FactType, ...]] = ("code",)

    @property
    def has_buttons(self) -> bool:
        """Where there are few options."""
        return len(self.options) <= FEW

    def read(self, typed: Any, context: Context) -> str:
        """The id of one of the options."""
        if str(typed) not in self.options:
            raise BadAnswer("choice-unknown", Sentence("Choose one option from the list."))
        return str(typed)

    @property
    def cells(self) -> Mapping[str, Text]:
        """The options."""
        return self.options

    def in_words(self, answer: Any) -> Words:
        """The name of the option."""
        return (self.options.get(answer, Text(en=str(answer))),)

    def option(self, value: str) -> Text:
        """The name of the option, in each language the other one where it lacks its own."""
        if value not in self.options:
            return super().option(value)
        name = self.options[value]
        return Text(ar=name.ar or name.en, en=name.en or name.ar)

    def every_answer(self, compared: Iterable[Comparison]) -> tuple[str, ...]:
        """The ids of the options."""
        return tuple(self.options)

    def sealed(self, answer: Any, type: FactType, part: AnswerPart | None) -> int:
        """The place of the option, counted from 1."""
        return list(self.options).index(answer) + 1

    @property
    def codes(self) -> Mapping[int, Text]:
        """The names of the options by their places."""
        return dict(enumerate(self.options.values(), 1))

    def plausible(self, wanted: Any, setting: Setting, typed: Mapping[str, Any]) -> str:
        """One option after the other."""
        options = list(self.options)
        return str(wanted or options[setting.number % len(options)])
