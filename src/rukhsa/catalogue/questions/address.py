"""A question that is answered with an address."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.catalogue.questions.pieces import Words
from rukhsa.catalogue.questions.question import AnswerPart, FactType, Known, Part, Place, Question
from rukhsa.catalogue.questions.typed import BadAnswer, Context
from rukhsa.catalogue.questions.walking import Setting
from rukhsa.catalogue.sentence import Sentence
from rukhsa.catalogue.territory import territory
from rukhsa.trust.seal import Fact
from rukhsa.values.names import Text


class AddressQuestion(Question):
    """An address in a block of the territory: {flat?, building, road, block}."""

    type: Literal["address"]
    missing: ClassVar[Sentence] = Sentence("Enter the numbers of the building, the road and the block.")

    template: ClassVar[str] = "parts"
    known_by: ClassVar[frozenset[Known]] = frozenset({"address"})
    is_lasting: ClassVar[bool] = True
    is_place: ClassVar[bool] = True
    parts: ClassVar[tuple[Part, ...]] = (
        Part(name="flat", label=Sentence("Flat"), is_number=True, optional=True),
        Part(name="building", label=Sentence("Building"), is_number=True),
        Part(name="road", label=Sentence("Road"), is_number=True),
        Part(name="block", label=Sentence("Block"), is_number=True),
    )
    takes_line: ClassVar[bool] = True
    is_exact: ClassVar[bool] = False
    sealed_as: ClassVar[tuple[FactType, ...]] = ("address",)
    sealed_parts: ClassVar[tuple[AnswerPart, ...]] = ("flat", "building", "road", "block")

    def read(self, typed: Any, context: Context) -> dict[str, Any]:
        """An address of the territory's form, in a block that exists."""
        # Needs the database, without which a definition is checked.
        from rukhsa.places.address import AddressError, parse_address

        try:
            return parse_address(typed if isinstance(typed, Mapping) else {}, on=context.on)
        except AddressError as error:
            raise BadAnswer(error.code, error.text, part=error.part) from error

    def in_words(self, answer: dict[str, Any]) -> Words:
        """The address with the name of its area, and the zones in which it lies where the service asks for them."""
        from django.utils import timezone

        from rukhsa.places.address import address_in_words
        from rukhsa.places.block import areas_of

        kinds = territory().zones
        zones = [kinds[id].name for id in answer.get("zones", ()) if id in kinds]
        written = address_in_words(answer, areas=areas_of([answer["block"]], on=timezone.localdate()))
        return (written, *(piece for zone in zones for piece in (Sentence(", "), zone)))

    def check(self, place: Place) -> Iterator[DefinitionProblem]:
        """The territory has blocks."""
        if place.territory.address.form != "block":
            yield place.problem(
                at="type",
                code="no-blocks",
                en="a question of type address asks for building, road and block, and this territory has no blocks.",
                ar="السؤال من نوع address يطلب المبنى والطريق والمجمع، ولا مجمعات في هذا النطاق.",
                instead=Text(en="Write: text.", ar="اكتب: text."),
            )

    def sealed(self, answer: Any, type: FactType, part: AnswerPart | None) -> Fact:
        """[building, road, block] and the flat where there is one."""
        return address_fact(answer)

    def plausible(self, wanted: Any, setting: Setting, typed: Mapping[str, Any]) -> dict[str, str]:
        """A building of its own for each question of each application."""
        letter = chr(ord("A") + sum(map(ord, self.id)) % 26)
        address = {
            "building": f"{1000 + setting.number}{letter}",
            "road": "2413",
            "block": str(setting.block),
        }
        return address | ({"flat": "12"} if setting.number % 2 else {})


def address_fact(address: Any) -> Fact:
    """An address as it is sealed: [building, road, block] and the flat where there is one."""
    present = ("building", "road", "block", "flat") if address.get("flat") else ("building", "road", "block")
    return [int(part) if str(part).isdigit() else str(part) for part in map(address.get, present)]
