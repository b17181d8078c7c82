"""Place, day, hour and works, from the sealed facts alone."""

import json
from pathlib import Path
from typing import Any

import pyproj
import pytest

from rukhsa.trust import extent, polyline
from rukhsa.trust.__main__ import main
from tests.trust.test_command import AT, folder
from tests.trust.vectors import extents
from tests.trust.vectors.extents import ROWS, Row

__all__ = ["folder"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_row_comes_out_as_it_was_worked_out_by_hand(row: Row) -> None:
    findings = extents.compared(row)
    assert tuple(finding.code for finding in findings) == row.codes
    assert extent.outcome(findings) == row.outcome
    if row.metres is not None:
        assert findings[0].values["distance"] == row.metres


def test_the_file_is_what_its_script_makes() -> None:
    assert extents.PATH.read_text("utf-8") == extents.text()


def test_every_sentence_is_met_in_some_row_and_has_both_languages() -> None:
    met = {code for row in ROWS for code in row.codes}
    sentences: dict[str, Any] = json.loads(
        (extents.Path(extent.__file__).with_name("extent.json")).read_text("utf-8")
    )["sentences"]
    assert met == set(sentences)
    assert all(set(each) == {"ar", "en"} for each in sentences.values())


def test_a_drawing_is_the_encoded_polyline_of_four_decimals() -> None:
    assert polyline.write([(-120.2, 38.5), (-120.95, 40.7), (-126.453, 43.252)], is_area=False) == (
        "o}nV~sjhA_~i@vsM_zp@jnjB"
    )
    assert polyline.shown("o}nV~sjhA_~i@vsM_zp@jnjB") == "38.5000, -120.2000 +2"
    assert polyline.shown("not a drawing") == "not a drawing"


def test_a_drawing_of_too_many_turns_is_left_out_and_one_of_many_straight_points_is_kept() -> None:
    zigzag = [(50.5 + number / 1000, 26.2 + number % 2 / 500) for number in range(60)]
    assert polyline.write(zigzag, is_area=False) is None
    straight = [(50.5 + number / 10_000, 26.2) for number in range(60)]
    kept = polyline.read(str(polyline.write(straight, is_area=False)))
    assert kept == [straight[0], straight[-1]]


def test_a_distance_is_that_of_the_ellipsoid() -> None:
    away = polyline.distance([(50.58, 26.22), (50.58, 26.23)], (50.6, 26.225), is_area=False)
    _east, _back, wanted = pyproj.Geod(ellps="WGS84").inv(50.58, 26.225, 50.6, 26.225)
    assert away == pytest.approx(wanted, rel=1e-3)


def test_place_hour_and_works_are_compared_on_request(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seal = str(folder / "documents/seal.cwt")
    options = ["--public", str(folder), "--root", str(folder / "root.jwk"), "--at", AT, "--no-memory"]
    assert main(["verify", seal, *options, "--here", "26.22,50.58,5", "--seen", "7=2"]) == 0
    told = capsys.readouterr().out
    assert "Outside the document\n  The document tells no ground" in told
    assert "Works: the document is for “Trench”, not for “Crossing”." in told
    assert main(["verify", seal, *options, "--seen", "7=1", "--json"]) == 0
    extent = json.loads(capsys.readouterr().out)["extent"]
    assert extent["outcome"] == "cannot-tell"
    assert {"about": "works", "outcome": "within", "code": "these-works"} in extent["findings"]
    assert main(["verify", seal, *options, "--json"]) == 0
    assert "extent" not in json.loads(capsys.readouterr().out)
