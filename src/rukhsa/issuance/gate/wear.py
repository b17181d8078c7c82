"""The wears: what happens to a printed page, each as a function of a picture that gives the same result every time.

A picture of a sheet is grey, of 600 dots an inch; a worn one is what the device of a reader holds, at its own
resolution. Lengths are those on paper. None of this was held against a real printer, copier or telephone.
"""

from collections.abc import Callable
from functools import lru_cache
from io import BytesIO
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

type Shades = NDArray[np.float32]  # 0 is black, 1 is white

SHEET_DPI: Final = 600
SCAN_DPI: Final = 200
_SEED: Final = 20_201_115
CRACK: Final = 0.8  # mm, of the tired copy: two modules, twice as wide as that of a fold


def _mm(length: float, dpi: float = SHEET_DPI) -> float:
    return length * dpi / 25.4


def _mm_of_a_dot() -> float:
    return 25.4 / SHEET_DPI


def shades(picture: Image.Image) -> Shades:
    """The picture as numbers."""
    return np.asarray(picture.convert("L"), dtype=np.float32) / np.float32(255)


def picture(values: Shades) -> Image.Image:
    """Numbers as a picture."""
    return Image.fromarray((np.clip(values, 0, 1) * 255 + 0.5).astype(np.uint8), "L")


def sampled(
    sheet: Image.Image, across: float, down: float | None = None, dpi: float = SHEET_DPI
) -> Image.Image:
    """The sheet as a device sees it that has so many dots an inch: each is the mean of what lies below it."""
    size = round(sheet.width * across / dpi), round(sheet.height * (down or across) / dpi)
    return sheet.resize(size, Image.Resampling.BOX)


def toned(seen: Image.Image, tone: Callable[[Shades], Shades]) -> Image.Image:
    """Map every shade to another, computed once for each of the 256."""
    every = np.arange(256, dtype=np.float32).reshape(1, 256) / np.float32(255)
    return seen.convert("L").point(picture(tone(every)).tobytes())


def inked(sheet: Image.Image, *, ink: float, paper: float) -> Image.Image:
    """Black and white brought to the shades of ink and paper."""
    return toned(sheet, lambda values: ink + values * (paper - ink))


def grainy(seen: Image.Image, share: float, *, seed: int = _SEED) -> Image.Image:
    """Noise of the sensor: normal, with a standard deviation of `share` of the range from black to white."""
    values = shades(seen)
    grain = np.random.default_rng(seed).standard_normal(values.shape, dtype=np.float32)
    return picture(values + grain * np.float32(share))


def turned(sheet: Image.Image, degrees: float) -> Image.Image:
    """Laid askew on the glass."""
    return sheet.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=255)


def jpeg(seen: Image.Image, quality: int) -> Image.Image:
    """As a telephone or a chat keeps it."""
    kept = BytesIO()
    seen.save(kept, "JPEG", quality=quality)
    return Image.open(kept).convert("L")


def blurred(sheet: Image.Image, millimetres: float) -> Image.Image:
    """Out of focus, by a normal curve of this standard deviation."""
    return sheet.filter(ImageFilter.GaussianBlur(_mm(millimetres)))


def spread(sheet: Image.Image, millimetres: float) -> Image.Image:
    """Toner that creeps outward on every side, by up to one dot of the sheet (0.042 mm)."""
    return Image.blend(sheet, darkest_around(sheet), millimetres / _mm_of_a_dot())


def darkest_around(sheet: Image.Image) -> Image.Image:
    """Each dot as dark as the darkest of its neighbours: Pillow's MinFilter(3), in a thirtieth of its time."""
    dots = np.pad(np.asarray(sheet), 1, mode="edge")
    across = np.minimum(np.minimum(dots[:, :-2], dots[:, 1:-1]), dots[:, 2:])
    return Image.fromarray(np.minimum(np.minimum(across[:-2], across[1:-1]), across[2:]))


def printed(sheet: Image.Image) -> Image.Image:
    """Out of a laser printer: toner spreads by 0.02 mm, black is 8 % and paper 92 % bright."""
    return inked(spread(sheet, 0.02), ink=0.08, paper=0.92)


def copied(sheet: Image.Image, degrees: float, toner: float = 0.01) -> Image.Image:
    """Once through a copier: laid on askew, scanned at 300 dpi, contrast raised by 60 %, printed at 600 dpi."""
    seen = grainy(sampled(turned(sheet, degrees), 300), 0.03)
    hardened = toned(seen, lambda values: 0.5 + (values - 0.5) * 1.6)
    larger = hardened.resize((hardened.width * 2, hardened.height * 2), Image.Resampling.BICUBIC)
    return inked(spread(larger, toner), ink=0.08, paper=0.92)


def scanned(sheet: Image.Image) -> Image.Image:
    """Printed and scanned."""
    return grainy(sampled(printed(sheet), SCAN_DPI), 0.03)


def copy_of_copy(sheet: Image.Image) -> Image.Image:
    """Printed, copied twice, scanned."""
    return grainy(sampled(copied(copied(printed(sheet), 0.8), -1.4), SCAN_DPI), 0.03)


def bad_copies(sheet: Image.Image) -> Image.Image:
    """Printed, copied four times by a machine whose toner spreads by 0.02 mm, scanned."""
    worn = printed(sheet)
    for degrees in (0.8, -1.4, 0.6, -0.9):
        worn = copied(worn, degrees, toner=0.02)
    return grainy(sampled(worn, SCAN_DPI), 0.03)


def fax(sheet: Image.Image, down: float) -> Image.Image:
    """Printed and sent by fax (ITU-T T.30): one bit a dot, 204 dots an inch across."""
    return sampled(printed(sheet), 204, down).point(lambda shade: 255 * (shade > 127)).convert("L")


def fine_fax(sheet: Image.Image) -> Image.Image:
    """The finer of the two; shown with square dots, as readers show it."""
    return fax(sheet, 196)


def standard_fax(sheet: Image.Image) -> Image.Image:
    """The coarser one, each line twice."""
    coarse = fax(sheet, 98)
    return coarse.resize((coarse.width, coarse.height * 2), Image.Resampling.NEAREST)


def out_of_focus(sheet: Image.Image) -> Image.Image:
    """A telephone held too near."""
    return grainy(sampled(blurred(printed(sheet), 0.10), SCAN_DPI), 0.01)


def noisy(sheet: Image.Image) -> Image.Image:
    """A telephone in the dark."""
    return grainy(sampled(printed(sheet), SCAN_DPI), 0.06)


def askew(sheet: Image.Image) -> Image.Image:
    """Turned and sheared."""
    wide = round(sheet.width + sheet.height * np.tan(np.radians(5)))
    across = np.tan(np.radians(5))
    matrix = (1, across, -across * sheet.height, 0, 1, 0)
    flat = sheet.transform(
        (wide, sheet.height), Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC, fillcolor=255
    )
    return grainy(sampled(turned(printed(flat), 12), SCAN_DPI), 0.02)


def folded(sheet: Image.Image, share: float) -> Image.Image:
    """Folded across the code at a share of its height: a white crack, the lower half darker and moved aside."""
    values = shades(printed(sheet)).copy()
    at, crack, aside = round(values.shape[0] * share), round(_mm(0.4)), round(_mm(0.1))
    values[at:] = np.roll(values[at:], aside, axis=1) * np.float32(0.8)
    values[at - crack // 2 : at + crack - crack // 2] = 0.97
    return grainy(sampled(turned(picture(values), 2), SCAN_DPI), 0.02)


def fold(sheet: Image.Image) -> Image.Image:
    """A little above the middle."""
    return folded(sheet, 0.42)


def middle_fold(sheet: Image.Image) -> Image.Image:
    """Through the row of small squares in the middle, by which decoders lay their grid."""
    return folded(sheet, 0.5)


def stained(sheet: Image.Image) -> Image.Image:
    """The ring of a cup over the code, and a drop that covers some of it."""
    wet = Image.new("L", sheet.size, 255)
    draw, (x, y) = ImageDraw.Draw(wet), (sheet.width * 0.62, sheet.height * 0.58)
    for radius, shade, width in ((_mm(16), 150, _mm(3)), (_mm(2.0), 60, _mm(2.0))):
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=shade, width=round(width))
    wet = blurred(wet, 0.2)
    return grainy(sampled(picture(shades(printed(sheet)) * shades(wet)), SCAN_DPI), 0.02)


def dark_mode(sheet: Image.Image) -> Image.Image:
    """A reader that turns light and dark around, on a screen of 163 dots an inch."""
    return inked(ImageOps.invert(sampled(sheet, 163)), ink=0.07, paper=0.88)


def pale(sheet: Image.Image) -> Image.Image:
    """Little toner on grey paper."""
    return grainy(sampled(inked(sheet, ink=0.50, paper=0.75), SCAN_DPI), 0.02)


def squeezed(sheet: Image.Image) -> Image.Image:
    """A picture sent through a chat."""
    return jpeg(scanned(sheet), 20)


def half_shadow(sheet: Image.Image) -> Image.Image:
    """The shadow of a hand over half of the code, its edge soft."""
    values = shades(printed(sheet))
    across = np.arange(values.shape[1], dtype=np.float32) - values.shape[1] / 2
    light = 0.3 + 0.7 / (1 + np.exp(-across / np.float32(_mm(0.8))))
    return grainy(sampled(picture(values * light.astype(np.float32)), SCAN_DPI), 0.02)


def photographed(sheet: Image.Image) -> Image.Image:
    """By a telephone from the side: perspective, a little of blur, shadow and noise together."""
    width, height = sheet.size
    near = 0.03 * width
    corners = (-near, 0, near * 0.3, height, width - near * 0.3, height, width + near, 0)
    seen = blurred(printed(sheet), 0.06).transform(
        sheet.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor=255
    )
    values = shades(turned(seen, 6))
    light = np.linspace(0.55, 1, values.shape[1], dtype=np.float32)
    return jpeg(grainy(sampled(picture(values * light), 250), 0.04), 60)


def torn(sheet: Image.Image) -> Image.Image:
    """A corner of the code torn off, and one of its three eyes with it."""
    values = shades(printed(sheet)).copy()
    down, across = values.shape
    values[np.add.outer(np.arange(down), np.arange(across)) < _mm(32)] = 1
    return grainy(sampled(picture(values), SCAN_DPI), 0.02)


def tired(seen: Image.Image) -> Image.Image:
    """The worn copy of each release, of a picture at 200 dpi: a drop of 4 mm on it, folded with a crack of CRACK mm and
    the lower part 20 % darker, out of focus by 0.08 mm, half the contrast.

    Harder than each wear that a service's longest document must survive, and cheap: docs/formats/gate.md has the
    numbers.
    """
    worn, (width, height) = ImageChops.multiply(seen, _drop(seen.size)), seen.size
    at, crack = round(height * 0.42), round(_mm(CRACK, SCAN_DPI))
    worn.paste(worn.crop((0, at, width, height)).point(_DARKER), (0, at))
    worn.paste(247, (0, at - crack // 2, width, at + crack - crack // 2))
    return worn.filter(ImageFilter.GaussianBlur(0.6)).point(_PALER)


_DARKER: Final = [shade * 4 // 5 for shade in range(256)]
_PALER: Final = [64 + shade // 2 for shade in range(256)]


@lru_cache(maxsize=64)
def _drop(size: tuple[int, int]) -> Image.Image:
    wet = Image.new("L", size, 255)
    x, y, radius = size[0] * 0.62, size[1] * 0.58, _mm(2.0, SCAN_DPI)
    ImageDraw.Draw(wet).ellipse((x - radius, y - radius, x + radius, y + radius), fill=60)
    return wet
