"""What every template has in common: lines and files that fit in sight."""

import re
from pathlib import Path

from tests.rules.source import PACKAGES

LONGEST_LINE = 160
LINES_OF_A_TEMPLATE = 120
TEMPLATES = sorted(path for package in PACKAGES for path in package.rglob("*.html"))


def test_every_line_of_a_template_fits_in_sight() -> None:
    assert {str(path): found for path in TEMPLATES if (found := long_lines(path))} == {}


def test_every_template_shows_one_thing() -> None:
    sizes = {str(path): len(path.read_text().splitlines()) for path in TEMPLATES}
    assert {path: lines for path, lines in sizes.items() if lines > LINES_OF_A_TEMPLATE} == {}


def test_each_field_for_photos_says_how_much_one_request_carries() -> None:
    """Otherwise what is typed beside them is sent in vain, after minutes on a telephone."""
    fields = [
        field
        for path in TEMPLATES
        for field in re.findall(r'<input[^>]*name="photos"[^>]*>', path.read_text())
    ]
    assert fields
    assert [field for field in fields if "data-most=" not in field or "data-too-large=" not in field] == []


def test_a_line_that_is_too_long_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<p>\n" + "x" * LONGEST_LINE + "\n" + "x" * (LONGEST_LINE + 1) + "\n</p>\n")
    assert long_lines(page) == [3]


def long_lines(path: Path) -> list[int]:
    """The numbers of the lines that are longer than a template's may be."""
    lines = enumerate(path.read_text().splitlines(), start=1)
    return [number for number, line in lines if len(line) > LONGEST_LINE]
