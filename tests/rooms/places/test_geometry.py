"""Lines and areas: read, measured on the ellipsoid, refused when they are none."""

import json
from decimal import Decimal

import pytest

from rukhsa.places.geometry import GeometryError, bounds, parse_area, parse_line


def test_a_line_is_measured_in_metres() -> None:
    # One minute of latitude at Bahrain is 1,846.5 m on WGS 84.
    line = parse_line("26.0, 50.5\n26.0166667, 50.5")
    assert abs(Decimal(line["measure"]) - Decimal("1846.5")) < 1


def test_typed_points_and_the_map_s_points_are_the_same() -> None:
    drawn = json.dumps({"type": "LineString", "coordinates": [[50.5, 26.0], [50.6, 26.1]]})
    assert parse_line(drawn) == parse_line("٢٦٫0, 50.5".replace("٫", ".") + "\n26.1، 50.6")


def test_an_area_is_measured_whatever_its_direction() -> None:
    corners = ["26.0, 50.5", "26.0, 50.501", "26.001, 50.501", "26.001, 50.5"]
    there, back = parse_area("\n".join(corners)), parse_area("\n".join(reversed(corners)))
    assert there["measure"] == back["measure"]
    assert abs(Decimal(there["measure"]) - 11_090) < 50


def test_the_box_of_a_line_is_its_bounds() -> None:
    assert bounds(parse_line("26.0, 50.6\n26.1, 50.5")["geometry"]) == (50.5, 26.0, 50.6, 26.1)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "too-few-or-too-many-points"),
        ("26.0, 50.5", "too-few-or-too-many-points"),
        ("26.0, 50.5\n26.0, 50.5", "line-too-short"),
        ("260, 50.5\n26.0, 50.5", "point-not-on-earth"),
        ("here\nthere", "point-unreadable"),
        ("[[NaN, 1], [2, 3]]", "point-not-on-earth"),
        ("[" * 100_000, "drawing-unreadable"),
        ('{"type": "Point"}', "drawing-unreadable"),
    ],
)
def test_what_is_no_line_is_refused(typed: str, code: str) -> None:
    with pytest.raises(GeometryError) as refused:
        parse_line(typed)
    assert refused.value.code == code


def test_an_area_that_crosses_itself_is_refused() -> None:
    with pytest.raises(GeometryError) as refused:
        parse_area("26.0, 50.5\n26.001, 50.501\n26.001, 50.5\n26.0, 50.501")
    assert refused.value.code == "area-crosses-itself"
