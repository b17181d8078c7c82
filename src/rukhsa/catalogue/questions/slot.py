"""A question that is answered with a place from one of the territory's lists of places."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.catalogue.questions.pieces import Words
from rukhsa.catalogue.questions.question import AnswerPart, FactType, Place, Question, Use
from rukhsa.catalogue.questions.typed import BadAnswer, Context
from rukhsa.catalogue.questions.walking import Setting
from rukhsa.catalogue.sentence import Sentence
from rukhsa.catalogue.shape import Id
from rukhsa.catalogue.slots import LONGEST_ID, LONGEST_SLOT, Slot, slot_list
from rukhsa.catalogue.territory import territory
from rukhsa.values.suggestions import nearest


@dataclass(frozen=True, kw_only=True)
class Offered:
    """One place of a list, and how many it can still take."""

    place: Slot
    left: int


class SlotQuestion(Question):
    """A place from one of the territory's lists of places; taken for the period of the instrument."""

    type: Literal["slot"]
    missing: ClassVar[Sentence] = Sentence("Choose one option from the list.")
    of: Id

    template: ClassVar[str] = "slot"
    is_for_applicants: ClassVar[bool] = True
    fits: ClassVar[frozenset[Use]] = frozenset({"quota"})
    sealed_as: ClassVar[tuple[FactType, ...]] = ("text", "identifier")

    def beside(self, typed: Any, left: Mapping[str, int]) -> Mapping[str, Any]:
        """The places of the list."""
        places = slot_list(self.of).places
        return {"places": [Offered(place=each, left=left.get(each.id, each.capacity)) for each in places]}

    def read(self, typed: Any, context: Context) -> str:
        """The id of one of the places of the list."""
        if slot_list(self.of).place(str(typed)) is None:
            raise BadAnswer("choice-unknown", Sentence("Choose one option from the list."))
        return str(typed)

    def in_words(self, answer: str) -> Words:
        """The name of the place."""
        place = slot_list(self.of).place(answer)
        return (place.name if place else answer,)

    def check(self, place: Place) -> Iterator[DefinitionProblem]:
        """The list exists, a place is taken for a time, and an application takes one place."""
        known = place.territory.slots
        if self.of not in known:
            yield place.problem(
                at="of",
                code="unknown-list",
                en=f'the territory has no list of places "{self.of}".',
                ar=f'لا توجد في النطاق قائمة أماكن باسم "{self.of}".',
                instead=nearest(self.of, list(known)),
            )
        if place.is_of_permanent:
            yield place.problem(
                code="place-for-ever",
                en="a place is taken for the period of the instrument, and a permanent one has no end.",
                ar="يُحجز المكان لمدة الوثيقة، والوثيقة الدائمة لا نهاية لها.",
            )
        if any(isinstance(each, SlotQuestion) for each in place.earlier):
            yield place.problem(
                code="several-places",
                en="an application takes one place only.",
                ar="يحجز الطلب مكانًا واحدًا فقط.",
            )

    def sealed(self, answer: Any, type: FactType, part: AnswerPart | None) -> str:
        """The name of the place, or its id."""
        place = slot_list(self.of).place(answer) if type == "text" else None
        return place.name.in_language(territory().languages[0]) if place else str(answer)

    def longest(self, type: FactType, part: AnswerPart | None, letters: Callable[[int], str]) -> str:
        """The longest name, or the longest id."""
        return "9" * LONGEST_ID if type == "identifier" else letters(LONGEST_SLOT)

    def plausible(self, wanted: Any, setting: Setting, typed: Mapping[str, Any]) -> str:
        """One place after the other."""
        places = slot_list(self.of).places
        return places[setting.number % len(places)].id
