"""The server's picture of a place: small, readable aloud, in the page's language, light and dark."""

import re
from xml.etree import ElementTree

import pytest
from shapely.geometry import box, mapping

from rukhsa.places.place_picture import COLOURS, LARGEST, Use, draw, plain, view_of
from rukhsa.places.survey import Found
from rukhsa.project.config import PROJECT

THEME = PROJECT / "src/rukhsa/web/static/web/theme.css"
STEP = 0.0001
PLACE = dict(mapping(box(50.6, 26.25, 50.6002, 26.2501)))
LINE = {"type": "LineString", "coordinates": [[50.6, 26.25], [50.6005, 26.2503], [50.601, 26.2503]]}
POINT = {"type": "Point", "coordinates": [50.6, 26.25]}
SPACE = "{http://www.w3.org/2000/svg}"


def found(kind: str, west: float, south: float, side: float = 0.9, **told: str) -> Found:
    x, y = 50.6 + west * STEP, 26.25 + south * STEP
    ground = dict(mapping(box(x, y, x + side * STEP, y + side * STEP)))
    if kind == "road":
        ground = {"type": "LineString", "coordinates": [[x, y], [x + 10 * STEP, y]]}
    names = {"number": "", "road": "", "name_ar": "", "name_en": "", "sort": ""}
    return Found(kind=kind, block=209, geometry=ground, **names | told)


AROUND = [
    found("parcel", -3, 0, 2, number="02-1"),
    found("building", -3, 2, number="753", road="934"),
    found("building", -3, 3, number="755", road="934"),
    found("road", -5, -1, number="918", name_ar="شارع (النخيل)", name_en="Palm & Sea Avenue"),
]


def svg(language: str = "en", use: Use = "page", place: dict[str, object] = PLACE, **more: str) -> str:
    return draw(place, AROUND, view=view_of(place), language=language, title="The <site>", use=use, **more)


def texts(picture: str) -> list[str]:
    return [each.text or "" for each in ElementTree.fromstring(picture).iter(f"{SPACE}text")]


def test_it_has_a_scale_the_north_the_roads_and_the_numbers_in_the_language_of_the_page() -> None:
    assert texts(svg(attribution="© Survey")) == [
        "Palm & Sea Avenue", "Road 934", "753", "755", "02-1", "20 m", "N", "© Survey"
    ]  # fmt: skip
    assert texts(svg("ar"))[:2] == ["شارع النخيل", "طريق 934"]
    assert texts(svg("ar"))[-2:] == ["20 م", "ش"]


def test_it_is_read_aloud_by_its_title_and_runs_as_its_language() -> None:
    root = ElementTree.fromstring(svg("ar"))
    assert (root.get("role"), root.get("aria-label")) == ("img", "The <site>")
    assert (root.get("lang"), root.get("direction")) == ("ar", "rtl")
    assert ElementTree.fromstring(svg()).get("direction") == "ltr"


def test_a_page_gives_it_colours_a_file_has_its_own_and_print_is_light() -> None:
    assert "var(--map-drawn,#a31621)" in svg()
    assert "<style>" not in svg()  # the policy of pages would refuse it
    assert "prefers-color-scheme:dark" in svg(use="file")
    assert "var(" not in svg(use="print")


def test_its_colours_are_those_of_the_theme() -> None:
    told = dict(re.findall(r"--(map-[a-z-]+): light-dark\((#[0-9a-f]+, #[0-9a-f]+)\);", THEME.read_text()))
    assert {name: ", ".join(both) for name, both in COLOURS.items()} == {name: told[name] for name in COLOURS}


@pytest.mark.parametrize("place", [PLACE, LINE, POINT])
def test_an_area_a_line_and_a_point_are_shown_in_the_middle(place: dict[str, object]) -> None:
    drawn = re.search(r'class="drawn"[^>]* d="M(\d+) (\d+)', svg(place=place))
    assert drawn
    x, y = map(int, drawn.groups())
    assert 150 < x < 810
    assert 100 < y < 540


def test_however_much_lies_around_it_stays_small_and_keeps_the_nearest() -> None:
    crowd = [
        found("building", column - 40, row - 20, number=f"{column}-{row}")
        for column in range(80)
        for row in range(40)
    ]
    picture = draw(LINE, crowd, view=view_of(LINE), language="en", title="Site")
    assert 3_000 < len(picture.encode()) < LARGEST
    nothing = draw(PLACE, [], view=view_of(PLACE), language="en", title="Site")
    assert texts(nothing) == ["20 m", "N"]


def test_no_label_lies_over_another() -> None:
    crowd = [found("building", -3 + shift / 10, 2, number=f"{shift}") for shift in range(10)]
    labels = texts(draw(PLACE, crowd, view=view_of(PLACE), language="en", title="Site"))
    assert labels == ["0", "2", "4", "6", "8", "20 m", "N"]


def test_labels_have_no_brackets_and_no_vowel_signs() -> None:
    assert plain("مجمّع (جنوب) [2]") == "مجمع جنوب 2"
