"""Measures a printed QR: the size of its modules, the quiet zone around it, and the contrast of ink and paper."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import zxingcpp
from PIL import Image

from rukhsa.issuance.compose import LEAST_MODULE_MM, QUIET_ZONE
from rukhsa.trust.printed import CODE_FORMAT

LEAST_CONTRAST: Final = 0.70  # ISO/IEC 15415 calls it symbol contrast; its best grade begins here
# What a picture of 200 dpi cannot tell: half a dot at each end of the code.
_SIZE_TOLERANCE, _QUIET_TOLERANCE = 0.02, 0.5


@dataclass(frozen=True, kw_only=True)
class Symbol:
    """One QR: its text, modules a side, `module_mm` on paper, light modules around it (at most 4), contrast 0 to 1.

    `box` is left, top, right, bottom in dots of the picture in which it was found.
    """

    text: str
    modules: int
    module_mm: float
    quiet_zone: float
    contrast: float
    box: tuple[int, int, int, int]

    @property
    def faults(self) -> Iterator[str]:
        """The codes of what is insufficient, in the order in which to correct it."""
        if self.module_mm < LEAST_MODULE_MM * (1 - _SIZE_TOLERANCE):
            yield "qr-too-fine"
        if self.quiet_zone < QUIET_ZONE - _QUIET_TOLERANCE:
            yield "qr-too-close"
        if self.contrast < LEAST_CONTRAST:
            yield "qr-too-pale"


def symbols(picture: Image.Image, dots_per_inch: float) -> list[Symbol]:
    """The codes of a page that lies straight, in a grey picture."""
    found = zxingcpp.read_barcodes(picture, formats=CODE_FORMAT)
    return [_measured(each, picture, dots_per_inch) for each in found]


def _measured(found: Any, picture: Image.Image, dots_per_inch: float) -> Symbol:
    corners = found.position
    xs = [
        corner.x
        for corner in (corners.top_left, corners.top_right, corners.bottom_left, corners.bottom_right)
    ]
    ys = [
        corner.y
        for corner in (corners.top_left, corners.top_right, corners.bottom_left, corners.bottom_right)
    ]
    left, top, right, bottom = min(xs), min(ys), max(xs), max(ys)
    modules = 17 + 4 * int(found.extra["Version"])
    dots = ((right - left) + (bottom - top)) / 2 / modules
    ink, paper = _ink_and_paper(picture.crop((left, top, right, bottom)))
    dark = np.asarray(picture) < (ink + paper) / 2
    return Symbol(
        text=found.text,
        modules=modules,
        module_mm=dots / dots_per_inch * 25.4,
        quiet_zone=_quiet(dark, (left, top, right, bottom), dots) / dots,
        contrast=(paper - ink) / 255,
        box=(left, top, right, bottom),
    )


def _ink_and_paper(code: Image.Image) -> tuple[int, int]:
    """The shades that 3 % of its dots are darker than, and 3 % lighter."""
    up_to = np.cumsum(code.histogram())
    ink, paper = np.searchsorted(up_to, up_to[-1] * np.array((0.03, 0.97)))
    return int(ink), int(paper)


def _quiet(dark: Any, box: tuple[int, int, int, int], dots: float) -> float:
    """The number of light dots around the box, on the side with the fewest; no more than are required."""
    left, top, right, bottom = box
    most = round(QUIET_ZONE * dots)
    above, aside = slice(max(top - most, 0), bottom + most), slice(max(left - most, 0), right + most)
    sides = (
        dark[above, max(left - most, 0) : max(left - 1, 0)].any(axis=0)[::-1],
        dark[above, right + 1 : right + most].any(axis=0),
        dark[max(top - most, 0) : max(top - 1, 0), aside].any(axis=1)[::-1],
        dark[bottom + 1 : bottom + most, aside].any(axis=1),
    )
    # The dot beside the code is partly ink, and counts as light.
    return min(1 + (int(np.argmax(side)) if side.any() else len(side)) for side in sides)
