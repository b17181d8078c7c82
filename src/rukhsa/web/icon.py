"""The icons of what a telephone installs: the mark of the product, as PNG in the sizes that systems ask for."""

import io
from functools import cache
from typing import TYPE_CHECKING, Final

from rukhsa.web.templatetags.theme import colour

if TYPE_CHECKING:
    from PIL import ImageDraw

# Size in pixels, and which part of it the sign fills: a system may cut all but the middle of a maskable one
# (W3C Web Application Manifest, "purpose": a circle of 40 % of the side is safe).
ICONS: Final = {"192": (192, 1.0), "512": (512, 1.0), "maskable-512": (512, 0.62), "touch-180": (180, 0.8)}
_GROUND: Final = colour("authority")
_FINER: Final = 4  # drawn larger and then reduced, for smooth edges
# The sign of web/static/web/mark.svg, in its 40 units: a sheet with one corner cut, and a tick.
_SHEET: Final = ((11, 9), (24, 9), (30, 15), (30, 32.5), (9.5, 32.5), (9.5, 9), (11, 9))
_TICK: Final = ((14.5, 22), (18.5, 26), (26, 18))


@cache
def draw_icon(kind: str) -> bytes:
    """An icon of a kind of `ICONS`, as PNG."""
    from PIL import Image, ImageDraw  # slow to import, and icons are drawn once

    size, part = ICONS[kind]
    side = size * _FINER
    picture = Image.new("RGBA", (side, side), (0, 0, 0, 0) if part == 1 else _GROUND)
    pencil = ImageDraw.Draw(picture)
    if part == 1:
        pencil.rounded_rectangle((0, 0, side - 1, side - 1), radius=side // 5, fill=_GROUND)
    unit = side * part / 40
    start = (side - 40 * unit) / 2
    for line, width in ((_SHEET, 2.0), (_TICK, 2.6)):
        _stroke(pencil, [(start + x * unit, start + y * unit) for x, y in line], width * unit)
    out = io.BytesIO()
    picture.resize((size, size), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()


def _stroke(pencil: "ImageDraw.ImageDraw", points: list[tuple[float, float]], width: float) -> None:
    """A white line with round corners and ends."""
    pencil.line(points, fill="white", width=round(width), joint="curve")
    for x, y in points:
        pencil.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill="white")
