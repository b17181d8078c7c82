"""Lines and areas: read, measured on the ellipsoid, refused when they are none."""

import json
from decimal import Decimal
from math import floor

import pytest
from shapely.geometry import Polygon, box

from rukhsa.places.geometry import IN_A_DEGREE, GeometryError, bounds, parse_area, parse_line, squares


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
        # More than a floating point number holds, which Python tells by an error of its own.
        (f"[[{'9' * 400}, 1], [2, 3]]", "drawing-unreadable"),
        (f"[[{'9' * 10_000}, 1], [2, 3]]", "drawing-unreadable"),
        ("[[1e999, 1], [2, 3]]", "point-not-on-earth"),
        ("[[true, false], [2, 3]]", "drawing-unreadable"),
        ("[[[1, 2], [3, 4]], [[1, 2], [3, 4]]]", "drawing-unreadable"),
        ('{"type": "LineString", "coordinates": {"a": 1}}', "drawing-unreadable"),
        ('{"type": "LineString", "coordinates": "abcdef"}', "drawing-unreadable"),
        (
            '{"type": "LineString", "coordinates": [[1, 2], [3, 4]], "coordinates": []}',
            "too-few-or-too-many-points",
        ),
        ("[" + "[1,2]," * 9_000 + "[1,2]]", "too-few-or-too-many-points"),
        ("[" + "[1,2]," * 60_000 + "[1,2]]", "drawing-unreadable"),
        ("26.0, 50.5\n" * 5_000, "too-few-or-too-many-points"),
        ("26.0, 50.5" + "0" * 60_000 + "\n26, 50", "point-unreadable"),
        # A pattern that tried each way to divide the spaces took 16 s for thirty thousand.
        ("26.0" + " " * 60_000 + "x", "point-unreadable"),
    ],
    ids=lambda value: value[:40],
)
def test_what_is_no_line_is_refused(typed: str, code: str) -> None:
    with pytest.raises(GeometryError) as refused:
        parse_line(typed)
    assert refused.value.code == code


def test_an_area_that_crosses_itself_is_refused() -> None:
    with pytest.raises(GeometryError) as refused:
        parse_area("26.0, 50.5\n26.001, 50.501\n26.001, 50.5\n26.0, 50.501")
    assert refused.value.code == "area-crosses-itself"


def test_the_squares_of_a_drawing_are_bounded_before_anything_is_cut() -> None:
    """Going to and fro over the same ground, 40 points took 5 s, and 500 a minute; these would take hours."""
    to_and_fro = [[50 + place % 2 * 1.9, 26.0] for place in range(100_000)]
    around = [[50.02 + place % 2 * 0.02, 26.02 + place * 1e-7] for place in range(100_000)]
    for kind, drawn in (("LineString", to_and_fro), ("Polygon", [[*around, around[0]]])):
        with pytest.raises(GeometryError) as refused:
            squares({"type": kind, "coordinates": drawn})
        assert refused.value.code == "drawing-too-large"


def test_an_area_has_the_squares_that_it_touches_and_no_other() -> None:
    corners = [(50.5001, 26.0001), (50.5031, 26.0007), (50.5012, 26.0038), (50.5001, 26.0001)]
    ground = Polygon(corners)
    west, south, east, north = (floor(edge * IN_A_DEGREE) for edge in ground.bounds)
    touched = {
        (row + 90 * IN_A_DEGREE) * 10_000_000 + column + 180 * IN_A_DEGREE
        for column in range(west, east + 1)
        for row in range(south, north + 1)
        if ground.intersects(box(*(edge / IN_A_DEGREE for edge in (column, row, column + 1, row + 1))))
    }
    assert 300 < len(touched) < 30 * 38
    assert squares({"type": "Polygon", "coordinates": [corners]}) == touched
