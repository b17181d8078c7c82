"""Each service as a picture: every box is there, in every language, and nothing in it runs or is fetched."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from pydantic import TypeAdapter

from rukhsa.catalogue import spoken
from rukhsa.catalogue.conditions import Condition
from rukhsa.catalogue.course import course
from rukhsa.catalogue.definition import read_definition
from rukhsa.catalogue.picture import draw
from rukhsa.catalogue.shape import Span
from rukhsa.catalogue.territory import read_territory, service_files
from rukhsa.project.config import PROJECT

FOLDERS = sorted(path.parent for path in (PROJECT / "territories").glob("*/territory.yaml"))
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_service_is_drawn_with_every_step_in_every_language(folder: Path) -> None:
    place = read_territory(folder)
    for file in service_files(folder):
        definition = read_definition(file).value
        boxes = [box for row in course(definition, place) for box in row.boxes]
        assert len(boxes) >= len(definition.steps) + len(definition.sections) + len(definition.after_issue)
        for language in place.languages:
            picture = ElementTree.fromstring(draw(definition, place, language))
            assert {element.tag.removeprefix(SVG) for element in picture.iter()} <= {
                "svg", "title", "defs", "marker", "path", "rect", "text",
            }  # fmt: skip
            assert len(picture.findall(f"{SVG}rect")) == len(boxes) + 1
            written = " ".join(text.text or "" for text in picture.iter(f"{SVG}text"))
            assert all(box.title.in_language(language).split()[0] in written for box in boxes)


def test_boxes_lie_in_the_picture_and_not_on_each_other() -> None:
    folder = PROJECT / "territories/bahrain"
    definition = read_definition(folder / "services/road-works-licence.yaml").value
    for language in ("ar", "en"):
        picture = ElementTree.fromstring(draw(definition, read_territory(folder), language))
        width, height = (float(number) for number in picture.attrib["viewBox"].split()[2:])
        found = [_box(rect) for rect in picture.findall(f"{SVG}rect")[1:]]
        assert all(x >= 0 and x + w <= width and y >= 0 and y + h <= height for x, y, w, h in found)
        pairs = [(a, b) for number, a in enumerate(found) for b in found[number + 1 :]]
        assert not [pair for pair in pairs if _overlap(*pair)]


def test_conditions_and_spans_are_said_in_both_languages() -> None:
    definition = read_definition(PROJECT / "territories/bahrain/services/road-works-licence.yaml").value
    closes, lanes = {"question": "closes-lane", "is": "yes"}, {"question": "lanes", "at-least": "2"}
    both = TypeAdapter[Condition](Condition).validate_python({"all": [closes, {"not": lanes}]})
    said = spoken.condition(definition, both)
    assert (
        said.en
        == "“Will one or more lanes be closed?” is “yes” and not (“How many lanes will be closed?” is 2 or more)"
    )
    assert "«هل ستُغلق حارة أو أكثر؟» «نعم» وخلاف" in said.ar
    spans = [spoken.span(Span(count=count, unit="day")).ar for count in (1, 2, 3, 11, 103)]
    assert spans == ["يوم واحد", "يومين", "3 أيام", "11 يومًا", "103 أيام"]


def _box(rect: ElementTree.Element) -> tuple[float, ...]:
    return tuple(float(rect.attrib[name]) for name in ("x", "y", "width", "height"))


def _overlap(first: tuple[float, ...], second: tuple[float, ...]) -> bool:
    across = first[0] < second[0] + second[2] and second[0] < first[0] + first[2]
    return across and first[1] < second[1] + second[3] and second[1] < first[1] + first[3]
