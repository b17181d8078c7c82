"""The look of all pages: a style sheet for portal and desk, one for the verifier, and fonts with the letters in use.

Designsystemet has 40 components in 147 kB and Plex Arabic 1,300 glyphs in 43 kB for each weight; a page needs a
third of the one and a quarter of the other. Both are made once for each state of the sources (`rukhsa static-files`).
"""

import hashlib
import io
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

from rukhsa.trust.tiles import write_durably
from rukhsa.web import unused_rules
from rukhsa.web.unused_rules import without_unused_rules

STYLES: Final = "look/pages.css"
VERIFIER: Final = "look/verifier.css"
# The components whose classes stand in our templates; tests/rules/test_look.py compares.
COMPONENTS: Final = (
    *(
        "alert",
        "button",
        "details",
        "error-summary",
        "field",
        "fieldset",
        "heading",
        "input",
        "label",
        "list",
    ),
    *("paragraph", "skip-link", "table", "tag", "validation-message"),
)
OWN: Final = ("theme.css", "forms.css")
FAMILY: Final = "IBM Plex Sans Arabic"


@dataclass(frozen=True)
class Sheet:
    """What one style sheet holds; `weights` maps the weight of a font to those for which it stands."""

    components: tuple[str, ...]
    weights: Mapping[int, str]
    readers: tuple[str, ...]  # folders and files of what makes its pages and may read its variables


# The first sheet's face of 600 serves 500 as well: a third weight would cost 20 kB for a difference that few see.
# The verifier is opened once, in the street: one weight serves all of its text.
SHEETS: Final = {
    STYLES: Sheet(COMPONENTS, {400: "400", 600: "500 700"}, (".",)),
    VERIFIER: Sheet(
        ("alert", "button", "field", "heading", "input", "label", "paragraph", "skip-link"),
        {500: "400 700"},
        ("public", "templates/public", "templates/web/service_lines.html", "templates/web/successor.html"),
    ),
}
# The letters of Arabic with those that Gulf names and Persian words add, vowel signs, digits and punctuation.
ARABIC: Final = (
    *("060C", "061B", "061F", "0621-063A", "0640-0652", "0660-066C", "0670", "0671", "067E", "0686", "06A4"),
    *("06A9", "06AF", "06CC", "06D4", "FDFC", "FEFB"),
)
LATIN: Final = (
    *(
        "0020-007E",
        "00A0",
        "00A9",
        "00AB",
        "00B2",
        "00B7",
        "00BB",
        "00D7",
        "2010-2014",
        "2018-201A",
        "201C-201E",
    ),
    *("2022", "2026", "20AC", "2190-2193", "2212"),
)
USED: Final = {"arabic": ARABIC, "latin": LATIN}
FEATURES: Final = ("tnum", "lnum")
_LAST_CONTROL: Final = 0x1F
_ADDRESS: Final = re.compile(r'url\("([^":]+)"\)')
_COMMENT: Final = re.compile(r"/[*].*?[*]/", re.DOTALL)
_BRANDS: Final = re.compile(r"\[data-color-scheme\]\[data-color=brand\d\],\[data-color=brand\d\]\{[^{}]*\}")
_VARIABLE: Final = re.compile(r"(--[\w-]+)\s*:[^;{}]*(?:;|(?=}))")
_READ: Final = re.compile(r"var\(\s*(--[\w-]+)")
RARE: Final = ("-more-", "-ext-")
_WHOLE: Final = "ibm-plex-sans-arabic-{script}-{weight}-normal.woff2"


class LookFinder(BaseFinder):
    """Finds what this module makes, for `collectstatic` and for the tests' server."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.storage = FileSystemStorage(location=folder())

    def check(self, **options: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **options: Any) -> Any:
        """The path of one of `names()`, or nothing; in a list where all are asked for."""
        found = [str(made(path))] if path in names() else []
        return found if find_all else "".join(found)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        for name in names():
            made(name)
            yield name, self.storage


def names() -> tuple[str, ...]:
    """What is made, by the names under which it is served."""
    return (*SHEETS, *(f"look/{name}.woff2" for sheet in SHEETS for name in fonts(sheet)))


@cache
def made(name: str) -> Path:
    """The file with one of `names()`, made if it is not there yet for the sources as they are."""
    path = folder() / name
    if not path.exists():
        body = _styles(name).encode() if name in SHEETS else _font(Path(name).stem)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_durably(path, body)
    return path


@cache
def folder() -> Path:
    """Where the files lie that were made from the sources as they are."""
    digest = hashlib.sha256()
    fonts_of_all = (_whole(name) for sheet in SHEETS for name in fonts(sheet))
    made_of = (*_style_sources(STYLES), *_readers(STYLES), *_makers(STYLES), *fonts_of_all)
    for path in (Path(__file__), Path(unused_rules.__file__), *made_of):
        digest.update(path.read_bytes())
    return Path(settings.RUKHSA_LOOK, digest.hexdigest()[:16])


def addressed(body: str, name: str, address: Callable[[str], str]) -> str:
    """The text of the sheet `name` for a page that carries it; `address` gives the address of a file by its name."""
    if "</style" in body:
        raise ValueError(f"{name} would end the element that holds it")
    folder = PurePosixPath(name).parent
    return _ADDRESS.sub(lambda part: f'url("{address(str(folder / part[1]))}")', body)


def remove_former() -> None:
    """Remove what was made from the sources as they were before."""
    for place in settings.RUKHSA_LOOK.glob("*"):
        if place != folder():
            shutil.rmtree(place)


def _styles(sheet: str) -> str:
    sources = _style_sources(sheet)
    theme, base, *components = (path.read_text("utf-8") for path in sources[: -len(OWN)])
    own = (path.read_text("utf-8") for path in sources[-len(OWN) :])
    layers = "@layer ds.theme, ds.base, ds.components;"
    within = f"@layer ds.base{{{base}}}@layer ds.components{{{''.join(components)}}}"
    faces = (_face(name, SHEETS[sheet].weights) for name in fonts(sheet))
    readers = "".join(path.read_text("utf-8") for path in _readers(sheet))
    pages = "".join(path.read_text("utf-8") for path in _makers(sheet))
    styles = without_unused_rules("\n".join([layers, *faces, theme, within, *own]), pages)
    return _without_unused(styles, readers)


def _without_unused(styles: str, readers: str) -> str:
    """The styles without comments, without the theme's colours for other brands, and variables that nothing reads."""
    styles = _BRANDS.sub("", _COMMENT.sub("", styles))
    read = set(_READ.findall(styles + readers))
    kept = _VARIABLE.sub(lambda part: part[0] if part[1] in read else "", styles)
    return kept if kept == styles else _without_unused(kept, readers)


def _readers(sheet: str) -> Iterator[Path]:
    """Our files that may read a variable of a sheet."""
    return _of(sheet, ".css", ".js", ".html")


def _makers(sheet: str) -> Iterator[Path]:
    """Our files that make the pages of a sheet, and so name their classes and the values of their attributes."""
    return _of(sheet, ".html", ".js", ".py", ".svg")


def _of(sheet: str, *endings: str) -> Iterator[Path]:
    for name in SHEETS[sheet].readers:
        place = Path(__file__).parent / name
        found = [place] if place.is_file() else sorted(place.rglob("*"))
        yield from (path for path in found if path.suffix in endings)


def _style_sources(sheet: str) -> list[Path]:
    system = settings.NODE_MODULES / "@digdir/designsystemet-css/dist"
    return [
        system / "theme/designsystemet.css",
        *(system / f"src/{name}.css" for name in ("base", *SHEETS[sheet].components)),
        *(Path(__file__).parent / "static/web" / name for name in OWN),
    ]


def fonts(sheet: str) -> tuple[str, ...]:
    """The names of a sheet's fonts: what pages use, and what is fetched only where a rare letter stands."""
    parts = ("arabic", "latin", "arabic-more", "latin-more", "latin-ext")
    return tuple(f"{part}-{weight}" for weight in SHEETS[sheet].weights for part in parts)


def _face(name: str, weights: Mapping[int, str]) -> str:
    """The rule that declares a font; text stands in the reader's own font where this one takes longer than 0.1 s."""
    weight = weights[int(name.rpartition("-")[2])]
    # `optional`: a font that arrives late is for the next page, so that no line moves under a reader's eyes.
    return (
        f'@font-face{{font-family:"{FAMILY}";font-style:normal;font-weight:{weight};font-display:optional;'
        f'src:url("{name}.woff2") format("woff2");unicode-range:{",".join(_ranges(code_points(name)))}}}'
    )


def _font(name: str) -> bytes:
    from fontTools import subset  # slow to import, and only those who write the fonts need it

    options = subset.Options(flavor="woff2", hinting=False, notdef_outline=True)
    options.layout_features = [*options.layout_features, *FEATURES]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=code_points(name))
    body = io.BytesIO()
    with subset.load_font(str(_whole(name)), options) as font:
        subsetter.subset(font)
        subset.save_font(font, body, options)
    return body.getvalue()


@cache
def code_points(name: str) -> frozenset[int]:
    """The code points that a font of ours draws: no two fonts of a weight draw the same."""
    from fontTools import subset  # as in `_font`

    part = name.rpartition("-")[0]
    with subset.load_font(str(_whole(name)), subset.Options()) as font:
        there = frozenset(font.getBestCmap())
    used = {part: frozenset(subset.parse_unicodes(",".join(of))) for part, of in USED.items()}
    if part in used:
        return there & used[part]
    # The files of the package overlap: spaces and hyphens are in each.
    return frozenset(point for point in there if point > _LAST_CONTROL).difference(*used.values())


def _whole(name: str) -> Path:
    script, _, weight = name.replace("-more", "").rpartition("-")
    files: Path = settings.NODE_MODULES / "@fontsource/ibm-plex-sans-arabic/files"
    return files / _WHOLE.format(script=script, weight=weight)


def _ranges(points: Iterable[int]) -> Iterator[str]:
    """`U+0621-063A` for each run of code points (CSS Fonts 4 §11.3.1)."""
    runs: list[list[int]] = []
    for point in sorted(points):
        if runs and point == runs[-1][1] + 1:
            runs[-1][1] = point
        else:
            runs.append([point, point])
    for first, last in runs:
        yield f"U+{first:04X}" if first == last else f"U+{first:04X}-{last:04X}"
