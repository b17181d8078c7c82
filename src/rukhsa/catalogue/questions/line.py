"""A question that is answered with a line drawn on the map."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from rukhsa.catalogue.questions.drawing import Drawing, as_typed, corner_of
from rukhsa.catalogue.questions.question import Use
from rukhsa.catalogue.questions.typed import BadAnswer, Context
from rukhsa.catalogue.questions.walking import Setting
from rukhsa.catalogue.sentence import Sentence
from rukhsa.catalogue.shape import Range
from rukhsa.places.geometry import GeometryError, parse_line, wgs84


class LineQuestion(Drawing):
    """A line drawn on the map, such as the route of a trench."""

    type: Literal["line"]
    missing: ClassVar[Sentence] = Sentence("Draw the line on the map, or enter at least two points.")
    length: Range = Range()

    fits: ClassVar[frozenset[Use]] = frozenset({"metres", "bands"})

    @property
    def allowed(self) -> Range:
        """The length."""
        return self.length

    @property
    def measured_in(self) -> str:
        """Metres."""
        return "m"

    def read(self, typed: Any, context: Context) -> dict[str, Any]:
        """A line of at least two points: GeoJSON coordinates, or "latitude, longitude" one a line."""
        try:
            line = parse_line(str(typed))
        except GeometryError as error:
            hint = Sentence(
                "Draw the line, or enter one point on each line: latitude, longitude, like 26.2235, 50.5876."
            )
            raise BadAnswer(error.code, hint) from error
        self.require_allowed(line)
        return line

    def plausible(self, wanted: Any, setting: Setting, typed: Mapping[str, Any]) -> str:
        """A line to the east, on the ground of the application."""
        west, south = corner_of(setting)
        east, north, _back = wgs84().fwd(west, south, 90, self.size_of(wanted, 120))
        return as_typed((west, south), (east, north))
