"""Whether a picture can be read, as far as a machine can tell: advice for its sender, never a reason to refuse it.

The limits were tried on 33 public photographs and scans, and on blurred and cut copies of them (docs/formats/files.md).
"""

from collections.abc import Iterator
from typing import Final

import pikepdf
from PIL import Image, ImageFilter, ImageStat

from rukhsa.files.accepted import BLANK, BLURRED, CUT, DARK, SMALL

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
_LAPLACE: Final = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)


def advice_on(picture: Image.Image) -> tuple[str, ...]:
    """What may be wrong with a picture that stands upright: codes of `accepted.ADVICE`, the gravest alone."""
    grey = picture.convert("L")
    if max(grey.size) < _SMALL:
        return (SMALL,)
    grey.thumbnail((_SIDE, _SIDE), Image.Resampling.BOX)
    if _brightness(grey, 0.95) < _DARK:
        return (DARK,)
    if ImageStat.Stat(grey).stddev[0] < _EVEN:
        return (BLANK,)
    if is_blurred(grey):
        return (BLURRED,)
    return (CUT,) if is_cut(grey) else ()


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
