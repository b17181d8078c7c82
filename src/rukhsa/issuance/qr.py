"""The QR of a seal as a drawing: its modules, its size on paper, one path of SVG."""

import re
from dataclasses import dataclass
from typing import Final

import zxingcpp

QUIET_ZONE: Final = 4
LEAST_MODULE_MM: Final = 0.40
LEAST_SIDE_MM: Final = 28.0

# One mask for all: to weigh all eight takes six times as long as the rest, and digits that look random leave little to
# weigh (docs/decisions/0019). The gate reads every code before it is released.
_MASK: Final = 3
_DARK: Final = re.compile(rb"\x00+")


@dataclass(frozen=True, kw_only=True)
class Symbol:
    """A QR symbol: `svg` covers dark modules and quiet zone, `modules` a side, `side_mm` of the dark square."""

    svg: str
    modules: int
    side_mm: float

    @property
    def module_mm(self) -> float:
        """The side of one module in millimetres, at least 0.40."""
        return self.side_mm / self.modules


def draw(text: str) -> Symbol:
    """Draw the QR of a seal: its address in bytes, its digits as digits, error correction M.

    Copies of copies still decode at 0.40 mm a module and not below, so a long seal makes a larger symbol and
    not a finer one.
    """
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M", data_mask=_MASK)
    image = barcode.to_image(scale=1, add_quiet_zones=False)
    modules = image.shape[0]
    return Symbol(
        svg=_svg(memoryview(image).tobytes(), modules),
        modules=modules,
        side_mm=max(LEAST_SIDE_MM, modules * LEAST_MODULE_MM),
    )


_BARS: Final = [f"h{width}v1h-{width}z" for width in range(178)]  # ISO/IEC 18004: at most 177 modules a side


def _svg(pixels: bytes, modules: int) -> str:
    """One path, a rectangle for each run of dark modules in a row."""
    runs = []
    for row in range(modules):
        y, left = row + QUIET_ZONE, row * modules - QUIET_ZONE
        for run in _DARK.finditer(pixels, row * modules, (row + 1) * modules):
            start, end = run.span()
            runs.append(f"M{start - left} {y}{_BARS[end - start]}")
    side = modules + 2 * QUIET_ZONE
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"><path d="{"".join(runs)}"/></svg>'
