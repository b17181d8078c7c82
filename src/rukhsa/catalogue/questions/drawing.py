"""What lines and areas drawn on the map have in common: their limits, their parcel, their size, and walks over them."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, ClassVar

from pydantic import Field

from rukhsa.catalogue.problems import DefinitionProblem
from rukhsa.catalogue.questions.decimal import scaled
from rukhsa.catalogue.questions.pieces import Size, Words
from rukhsa.catalogue.questions.question import AnswerPart, FactType, Place, Question
from rukhsa.catalogue.questions.typed import BadAnswer
from rukhsa.catalogue.questions.walking import Setting
from rukhsa.catalogue.sentence import Counted, Sentence
from rukhsa.catalogue.shape import Id, Range
from rukhsa.places.geometry import wgs84
from rukhsa.trust import polyline
from rukhsa.values.names import Text

MEASURE_STEP, MEASURE_DECIMALS = Decimal("0.1"), 1  # places.geometry measures in tenths
# Each application of a walk has a strip of ground of its own, so that no two hold the same place.
CORNER, APART = (50.50, 26.05), 0.0015

Corner = tuple[float, float]  # longitude, latitude in degrees


class Drawing(Question):
    """A line or an area: {geometry: GeoJSON, measure: "125.4"}, in metres or square metres."""

    within: Id | None = Field(None, description="the question about the parcel on which it must lie")

    template: ClassVar[str] = "drawing"
    cell_form: ClassVar[Sentence | None] = Sentence(
        "Points, each as latitude, longitude, with a semicolon between them"
    )
    is_drawn: ClassVar[bool] = True
    is_exact: ClassVar[bool] = False
    sealed_as: ClassVar[tuple[FactType, ...]] = ("decimal", "identifier")
    sealed_parts: ClassVar[tuple[AnswerPart, ...]] = ("measure", "ground")
    sealed_whole: ClassVar[bool] = False

    @property
    def allowed(self) -> Range:
        """How large it may be."""
        raise NotImplementedError

    def require_allowed(self, drawing: dict[str, Any]) -> None:
        """Raise BadAnswer for a drawing that is too small or too large."""
        measure, allowed = Decimal(drawing["measure"]), self.allowed
        if allowed.from_ and measure < allowed.from_.amount:
            least = Sentence("Enter {least} or more.", least=str(allowed.from_))
            raise BadAnswer("drawn-too-small", least)
        if allowed.to and measure > allowed.to.amount:
            most = Sentence("Enter {most} or less.", most=str(allowed.to))
            raise BadAnswer("drawn-too-large", most)

    def from_cell(self, cell: str) -> str:
        """Points with semicolons between them, as a person would type them one a line."""
        return cell.replace("؛", ";").replace(";", "\n")

    def in_words(self, answer: dict[str, Any]) -> Words:
        """How many points it has, and its size."""
        geometry = answer.get("geometry", {})
        points = geometry.get("coordinates", [])
        count = len(points[0]) - 1 if geometry.get("type") == "Polygon" else len(points)
        told = Counted("%(count)s point", "%(count)s points", count)
        return told, Sentence(", "), Size(answer["measure"], self.measured_in)

    @property
    def step(self) -> Decimal:
        """A tenth of its unit."""
        return MEASURE_STEP

    @property
    def bounds(self) -> tuple[Decimal | None, Decimal | None]:
        """Those that the question says; nothing is smaller than zero."""
        allowed = self.allowed
        return allowed.from_.amount if allowed.from_ else Decimal(
            0
        ), allowed.to.amount if allowed.to else None

    def answer_at(self, number: Decimal) -> dict[str, str]:
        """A drawing of that size."""
        return {"measure": str(number)}

    def check(self, place: Place) -> Iterator[DefinitionProblem]:
        """The parcel on which it must lie is asked before it."""
        if self.within and place.is_later(self.within):
            yield place.problem(
                at="within",
                code="asked-later",
                en=f'"{self.within}" is asked later than here.',
                ar=f'السؤال "{self.within}" يُطرح بعد هذا الموضع.',
                instead=Text(en="Move one of them.", ar="انقل أحدهما."),
            )

    def sealed(self, answer: Any, type: FactType, part: AnswerPart | None) -> int | str | None:
        """Its size in tenths, or its points as docs/formats/extent.md says: none where too many are needed."""
        if part == "ground":
            geometry = answer["geometry"]
            is_area = geometry["type"] == "Polygon"
            return polyline.write(
                geometry["coordinates"][0] if is_area else geometry["coordinates"], is_area=is_area
            )
        return scaled(answer["measure"], MEASURE_DECIMALS)

    def told(self, part: AnswerPart | None) -> str:
        """The ground: a line or an area."""
        return self.type if part == "ground" else ""

    def longest(self, type: FactType, part: AnswerPart | None, letters: Callable[[int], str]) -> str:
        """As many letters as a usual drawing takes; one with more points has a denser code, as a long name has."""
        return "9" * polyline.USUAL

    @property
    def scale(self) -> int:
        """Tenths."""
        return MEASURE_DECIMALS

    def size_of(self, wanted: Any, usual: float) -> float:
        """The size that a path asks for, or a usual one that is allowed."""
        if wanted is not None:
            return float(wanted)
        least = float(self.allowed.from_.amount) if self.allowed.from_ else 0.0
        most = float(self.allowed.to.amount) if self.allowed.to else 4 * usual
        return min(max(usual, least), most * 0.9)


def corner_of(setting: Setting) -> Corner:
    """The corner from which an application of a walk draws."""
    return CORNER[0], CORNER[1] + setting.number * APART


def square(setting: Setting, side: float) -> tuple[Corner, ...]:
    """The corners of a square of so many metres on the ground of an application of a walk."""
    west, south = corner_of(setting)
    east, _lat, _back = wgs84().fwd(west, south, 90, side)
    _long, north, _back = wgs84().fwd(west, south, 0, side)
    return (west, south), (east, south), (east, north), (west, north)


def as_typed(*points: Corner) -> str:
    """Points as a person may type them: latitude and longitude, one point a line."""
    return "\n".join(f"{latitude:.7f}, {longitude:.7f}" for longitude, latitude in points)
