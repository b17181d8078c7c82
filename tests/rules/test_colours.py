"""Every colour of the pages stands in the theme, once."""

import re
from pathlib import Path

import pytest

from rukhsa.web.templatetags.theme import THEME, colour
from tests.rules.source import PACKAGES

COLOUR = re.compile(
    r"""(?<=[\s"':(,])\#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})(?=[\s"';,)])|\b(?:rgb|hsl)a?\(""",
    re.IGNORECASE | re.VERBOSE,
)
KINDS = (".css", ".html", ".svg", ".js", ".py")
# What is not a page of ours, or is shown where no style sheet is.
EXCEPTIONS = {
    "web/theme.css": "the theme itself",
    "web/mark.svg": "an image that stands alone: the test below compares it with the theme",
    "catalogue/new_territory.py": "the colour of an authority, which a territory brings with it",
    "catalogue/picture.py": "draws an image that stands alone: the picture of a definition",
    "places/place_picture.py": "draws images and documents: its own test compares it with the theme",
    "story/samples.py": "paints the photos that the story attaches",
    "walks/supplies.py": "paints the photos that a walk attaches",
    "specimens/paper.py": "prints an old paper document as a PDF",
    "specimens/training.py": "prints a slide as a PDF",
    "specimens/index.html": "the page of the specimens, which is published alone",
    "templates/frame.html": "the pages of outside parties in the sandbox, which look like none of ours",
}
# White under a code, and the panel in the authority's colour.
BY_NIGHT_TOO = (".qr", '.standing[data-turn="applicant"]')
FILES = sorted(path for package in PACKAGES for path in package.rglob("*") if path.suffix in KINDS)


def place(path: Path) -> str:
    """A file with the folder in which it stands."""
    return f"{path.parent.name}/{path.name}"


def test_no_colour_stands_outside_the_theme() -> None:
    files = [path for path in FILES if place(path) not in EXCEPTIONS]
    assert {str(path): found for path in files if (found := colours(path))} == {}


def test_every_exception_has_a_colour_still() -> None:
    assert {place(path) for path in FILES if colours(path)} >= set(EXCEPTIONS)


def test_the_mark_has_the_colours_of_the_theme() -> None:
    assert set(colours(THEME.with_name("mark.svg"))) == {colour("authority"), colour("paper")}


def test_a_colour_is_found_wherever_it_stands(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.css"
    sheet.write_text(
        "a { color: #0b3a53; }\n#add:hover { border: 1px solid #fff; background: rgb(0 0 0 / 1%); }\n"
    )
    assert colours(sheet) == ["#0b3a53", "#fff", "rgb("]


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.suffix == ".css" and "static/public" not in str(path)], ids=place
)
def test_what_is_white_or_dark_blue_by_night_too_is_named(path: Path) -> None:
    """`--page` and `--accent-ink` change in the dark; `--paper` and `--authority` do not."""
    assert [line for line in unchanging(path) if not line.startswith(BY_NIGHT_TOO)] == []


def unchanging(sheet: Path) -> list[str]:
    """The rules of a style sheet that name a colour of both day and night."""
    if sheet == THEME:
        return []
    return [
        line for line in sheet.read_text("utf-8").splitlines() if re.search(r"--(paper|authority)\)", line)
    ]


def colours(path: Path) -> list[str]:
    """The colours that a file names by their numbers."""
    return COLOUR.findall(path.read_text("utf-8"))
