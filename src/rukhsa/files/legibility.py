"""Whether a picture can be read, as far as a machine can tell: advice for its sender, never a reason to refuse it.

The limits were tried on public photographs and scans, and on blurred, cut and turned copies (docs/formats/files.md).
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final, NamedTuple

import pikepdf
from PIL import Image, ImageChops, ImageFilter, ImageStat

from rukhsa.files.accepted import ADVICE, BLANK, BLURRED, CUT, DARK, SMALL, TURNED

_SMALL: Final = 600  # pixels on the longer side: the writing of an A4 page is then 6 pixels high
_SIDE: Final = 1000  # pixels on the longer side of what is measured
_TILE: Final = 100  # pixels
_DARK: Final = 80  # of 255, that 95 of 100 pixels do not reach
_EVEN: Final = 2.0  # standard deviation of a picture without anything on it
_CONTRAST: Final = 100.0  # variance of a tile that has something on it
_FEWEST_TILES: Final = 8
_SHARP: Final = 0.15  # sharp pictures have .49 and more, blurred pages .12 and less
_EDGE: Final = 4  # pixels
_MOST_STROKES: Final = 18  # over an edge that is as light as the page; pages that are whole have 14 at most
_LINES: Final = (
    1400  # pixels on the longer side where lines of writing are measured: x-heights of 6 pixels and more
)
_STRIPS: Final = 12  # beside each other, so that a page that lies a little askew still has lines in each
_INK: Final = (12, 60)  # of 255 darker than around it: no ink, and full ink
_WRITTEN: Final = 6.5  # mean square of the steps from row to row in a strip that has writing
_STEEPER: Final = 0.3  # skewness of those steps
_AGREE: Final = 0.75  # of the strips that have writing
_FEWEST_STRIPS: Final = 6
_LAPLACE: Final = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)


def advice_on(picture: Image.Image) -> tuple[str, ...]:
    """What may be wrong with a picture that stands upright: codes of `accepted.ADVICE`, the gravest alone."""
    full = picture.convert("L")
    if max(full.size) < _SMALL:
        return (SMALL,)
    grey = full.copy()
    grey.thumbnail((_SIDE, _SIDE), Image.Resampling.BOX)
    if _brightness(grey, 0.95) < _DARK:
        return (DARK,)
    if ImageStat.Stat(grey).stddev[0] < _EVEN:
        return (BLANK,)
    if is_blurred(grey):
        return (BLURRED,)
    if is_cut(grey):
        return (CUT,)
    return (TURNED,) if is_turned(full) else ()


def advice_on_pages(pages: Iterable[Image.Image]) -> tuple[str, ...]:
    """What may be wrong with the pages of a scan: the gravest alone."""
    found = {code for page in pages for code in advice_on(page)}
    return tuple(code for code in ADVICE if code in found)[:1]


def is_blurred(grey: Image.Image) -> bool:
    """Whether even the sharpest parts have no sharp edge: the Laplacian's variance as a share of the part's own."""
    edges = grey.filter(_LAPLACE)
    shares = []
    for left, top in _tiles(grey):
        box = (left, top, left + _TILE, top + _TILE)
        contrast = ImageStat.Stat(grey.crop(box)).var[0]
        if contrast >= _CONTRAST:
            shares.append(ImageStat.Stat(edges.crop(box)).var[0] / contrast)
    return len(shares) >= _FEWEST_TILES and sorted(shares)[int((len(shares) - 1) * 0.9)] < _SHARP


def _tiles(grey: Image.Image) -> Iterator[tuple[int, int]]:
    """The upper left corners of the parts that are measured; the picture's own edge, which is sharp, is in none."""
    for top in range(2, grey.height - _TILE - 1, _TILE):
        for left in range(2, grey.width - _TILE - 1, _TILE):
            yield left, top


def is_cut(grey: Image.Image) -> bool:
    """Whether writing runs over an edge, where at least two other edges are as light as the page.

    It tells of a page that fills the picture. A page that was photographed on a table ends where the table begins, and
    nothing can be told of it.
    """
    bright = _brightness(grey, 0.9)
    strokes = [_strokes(line, bright) for line in _edges(grey)]
    clean = [each for each in strokes if 0 <= each < _MOST_STROKES]
    return max(strokes) >= _MOST_STROKES and len(clean) >= 2


def is_turned(grey: Image.Image) -> bool:
    """Whether writing stands upside down or on its side.

    Latin and Arabic letters stand on a line, so that ink ends more steeply below a line of writing than it begins
    above: the steps from row to row are skewed. Caprari, "Algorithm for text page up/down orientation determination",
    Pattern Recognition Letters 21 (2000). Letters that hang from a line (Devanagari, Hebrew) look turned.
    """
    page = grey.copy()
    page.thumbnail((_LINES, _LINES), Image.Resampling.BOX)
    none, full = _INK
    around = page.filter(ImageFilter.BoxBlur(15))
    ink = ImageChops.subtract(around, page).point(
        lambda value: max(0, min(255, (value - none) * 255 // (full - none)))
    )
    rows, columns = _leaning(ink), _leaning(ink.transpose(Image.Transpose.TRANSPOSE))
    upside_down = rows.steps > 0.7 * columns.steps and rows.share >= _AGREE
    on_its_side = columns.steps > 1.5 * rows.steps and abs(columns.share) >= _AGREE
    return upside_down or on_its_side


class _Leaning(NamedTuple):
    steps: float  # how much ink changes from row to row
    share: float  # of the strips with writing where ink begins more steeply, less those where it ends so


def _leaning(ink: Image.Image) -> _Leaning:
    means = ink.convert("F").resize((_STRIPS, ink.height), Image.Resampling.BOX)
    values = [float(mean) for mean in memoryview(means.tobytes()).cast("f")]
    strips = [values[left::_STRIPS] for left in range(_STRIPS)]
    all_steps, signs = 0.0, []
    for strip in strips:
        steps = [after - before for before, after in pairwise(strip)]
        square = sum(step**2 for step in steps) / len(steps)
        all_steps += square
        if square > _WRITTEN:
            skewness = sum(step**3 for step in steps) / len(steps) / square**1.5
            signs.append((skewness > _STEEPER) - (skewness < -_STEEPER))
    return _Leaning(all_steps, sum(signs) / len(signs) if len(signs) >= _FEWEST_STRIPS else 0.0)


def _edges(grey: Image.Image) -> Iterator[bytes]:
    wide, high = grey.size
    for box in ((0, 0, wide, _EDGE), (0, high - _EDGE, wide, high)):
        yield grey.crop(box).resize((wide, 1), Image.Resampling.BOX).tobytes()
    for box in ((0, 0, _EDGE, high), (wide - _EDGE, 0, wide, high)):
        yield grey.crop(box).resize((1, high), Image.Resampling.BOX).tobytes()


def _strokes(line: bytes, bright: int) -> int:
    """How many dark strokes an edge has; -1 where it is not as light as the page."""
    usual = sorted(line)[len(line) // 2]
    if usual < 0.85 * bright or bright <= 120:
        return -1
    dark = [value < 0.7 * usual for value in line]
    return sum(now and not before for before, now in zip([False, *dark], dark, strict=False))


def _brightness(grey: Image.Image, share: float) -> int:
    """The brightness that this share of the pixels does not exceed."""
    below, wanted = 0, share * grey.width * grey.height
    for value, count in enumerate(grey.histogram()):
        below += count
        if below >= wanted:
            return value
    return 255


def is_blank(document: pikepdf.Pdf) -> bool:
    """Whether no page of a PDF has anything on it, not even a field; white pages that were scanned are not seen."""
    return not any(_is_used(page) for page in document.pages)


def _is_used(page: pikepdf.Page) -> bool:
    if page.get("/Annots"):
        return True
    contents = page.get("/Contents")
    if contents is None:
        return False
    streams = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    try:
        return any(each.read_bytes().strip() for each in streams)
    except (pikepdf.PdfError, RuntimeError, AttributeError):
        return True  # it cannot be told
