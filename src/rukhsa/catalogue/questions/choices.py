"""A question that is answered with several of a list."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any, ClassVar, Final, Literal

from pydantic import Field

from rukhsa.catalogue.conditions import Comparison
from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.catalogue.questions.pieces import Words
from rukhsa.catalogue.questions.question import AnswerPart, FactType, Place, Question, Use
from rukhsa.catalogue.questions.typed import BadAnswer, Context
from rukhsa.catalogue.questions.walking import Setting
from rukhsa.catalogue.sentence import Sentence
from rukhsa.catalogue.shape import Named
from rukhsa.catalogue.territory import territory
from rukhsa.values.names import Text

MOST_COMPARED: Final = 8
"""Options that conditions may name: the compiler looks at each set of them, 256 at the most."""


class ChoicesQuestion(Question):
    """Several of a list; the answer is their ids in the order of the list, with spaces between them."""

    type: Literal["choices"]
    missing: ClassVar[Sentence] = Sentence("Choose one option or more from the list.")
    options: Named
    from_: int = Field(1, ge=1, description="how many are chosen at the least")
    to: int | None = Field(None, ge=1, description="how many are chosen at the most")

    template: ClassVar[str] = "choices"
    is_correctable: ClassVar[bool] = True
    takes_several: ClassVar[bool] = True
    is_exact: ClassVar[bool] = False
    fits: ClassVar[frozenset[Use]] = frozenset({"pieces"})
    sealed_as: ClassVar[tuple[FactType, ...]] = ("text",)

    @property
    def has_buttons(self) -> bool:
        """One for each option."""
        return True

    @property
    def most(self) -> int:
        """How many may be chosen."""
        return min(self.to or len(self.options), len(self.options))

    def read(self, typed: Any, context: Context) -> str:
        """The ids of the options, in the order of the list. Raises BadAnswer."""
        chosen = str(typed).split()
        if any(id not in self.options for id in chosen):
            raise BadAnswer("choice-unknown", Sentence("Choose from the list."))
        if len(set(chosen)) < self.from_:
            few = Sentence("Choose at least {least}.", least=self.from_)
            raise BadAnswer("choices-too-few", few)
        if len(set(chosen)) > self.most:
            raise BadAnswer("choices-too-many", Sentence("Choose at most {most}.", most=self.most))
        return " ".join(id for id in self.options if id in chosen)

    def from_cell(self, cell: str) -> str:
        """The ids of the options, whose names stand in the cell with commas or semicolons between them."""
        return " ".join(name.strip() for name in re.split("[،,;؛\n]", cell.strip()))

    @property
    def cells(self) -> Mapping[str, Text]:
        """The options."""
        return self.options

    def in_words(self, answer: Any) -> Words:
        """The names of the options."""
        told = [self.option(id) for id in str(answer).split()]
        return tuple(piece for each in told for piece in (each, Sentence(", ")))[:-1]

    def option(self, value: str) -> Text:
        """The names of an option, or of several with spaces between them."""
        names = [self.options.get(id, Text(ar=id, en=id)) for id in value.split()]
        ar, en = (
            sep.join(each.in_language(code) for each in names) for sep, code in (("، ", "ar"), (", ", "en"))
        )
        return Text(ar=ar, en=en)

    def every_answer(self, compared: Iterable[Comparison]) -> tuple[str, ...]:
        """One answer for each set of the compared options that can be chosen."""
        named = {each.includes for each in compared}
        marked = [id for id in self.options if id in named][:MOST_COMPARED]
        others = [id for id in self.options if id not in marked]
        found = []
        for count in range(len(marked) + 1):
            filled = max(self.from_ - count, 0)  # with others, to reach the least
            if count <= self.most and filled <= len(others):
                found += [{*some, *others[:filled]} for some in combinations(marked, count)]
        return tuple(" ".join(id for id in self.options if id in some) for some in found)

    def check(self, place: Place) -> Iterator[DefinitionProblem]:
        """There are so many options to choose, and conditions name no more than can be looked at."""
        if self.from_ > self.most:
            yield place.problem(
                at="from",
                code="unanswerable",
                en=f'"{self.id}" allows no answer: {self.from_} are to be chosen, and {self.most} may be.',
                ar=f'لا جواب ممكن للسؤال "{self.id}": المطلوب {self.from_} والمسموح {self.most}.',
                instead=Text(en="Correct one of the bounds.", ar="صحح أحد الحدين."),
            )
        if len(place.included) > MOST_COMPARED:
            yield place.problem(
                code="too-hard",
                en=f"conditions name {len(place.included)} of its options, "
                f"and at most {MOST_COMPARED} are looked at.",
                ar=f"تذكر الشروط {len(place.included)} من خياراته، والحد الأقصى {MOST_COMPARED}.",
                instead=Text(en="Make two questions of it.", ar="اجعله سؤالين."),
            )

    def sealed(self, answer: Any, type: FactType, part: AnswerPart | None) -> str:
        """The names in the first language of the territory."""
        return self.option(str(answer)).in_language(territory().languages[0])

    def longest(self, type: FactType, part: AnswerPart | None, letters: Callable[[int], str]) -> str:
        """As many as may be chosen, the longest of them."""
        longest = sorted(self.options, key=lambda id: -len(self.sealed(id, type, part)))[: self.most]
        return self.sealed(" ".join(longest), type, part)

    def plausible(self, wanted: Any, setting: Setting, typed: Mapping[str, Any]) -> str:
        """As few as are asked for, others for each application."""
        options = list(self.options)
        start = setting.number % len(options)
        return str(wanted or " ".join((options[start:] + options[:start])[: self.from_]))
