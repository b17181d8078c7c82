"""A question that is answered with an area drawn on the map."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from rukhsa.catalogue.questions.drawing import Drawing, as_typed, square
from rukhsa.catalogue.questions.question import Use
from rukhsa.catalogue.questions.typed import BadAnswer, Context
from rukhsa.catalogue.questions.walking import Setting
from rukhsa.catalogue.sentence import Sentence
from rukhsa.catalogue.shape import Range
from rukhsa.places.geometry import GeometryError, parse_area


class AreaQuestion(Drawing):
    """An area drawn on the map."""

    type: Literal["area"]
    missing: ClassVar[Sentence] = Sentence("Draw the area on the map, or enter at least three points.")
    size: Range = Range()

    fits: ClassVar[frozenset[Use]] = frozenset({"square metres", "bands"})

    @property
    def allowed(self) -> Range:
        """The size."""
        return self.size

    @property
    def measured_in(self) -> str:
        """Square metres."""
        return "m2"

    def read(self, typed: Any, context: Context) -> dict[str, Any]:
        """A closed area of at least three corners."""
        try:
            area = parse_area(str(typed))
        except GeometryError as error:
            hint = Sentence(
                "Draw the area, or enter one corner on each line: latitude, longitude, like 26.2235, 50.5876."
            )
            raise BadAnswer(error.code, hint) from error
        self.require_allowed(area)
        return area

    def plausible(self, wanted: Any, setting: Setting, typed: Mapping[str, Any]) -> str:
        """A square on the ground of the application."""
        return as_typed(*square(setting, self.size_of(wanted, 64) ** 0.5))
