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
_RUN: Final = re.compile(rb"\x00+\xff*")  # dark modules, and the light ones after them in the row


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


class _Bars(dict[bytes, str]):
    """For each run of modules its bar, and the way to the next one: a few dozen differ, and none is written twice."""

    def __missing__(self, run: bytes) -> str:
        dark = run.count(0)
        bar = self[run] = f"h{dark}v1h-{dark}zm{len(run)} 0"
        return bar


_BARS: Final = _Bars()


def _svg(pixels: bytes, modules: int) -> str:
    """One path, a rectangle for each run of dark modules in a row."""
    runs = []
    for row in range(modules):
        whole = pixels[row * modules : (row + 1) * modules]
        first = whole.find(0)
        if first >= 0:
            runs.append(f"M{first + QUIET_ZONE} {row + QUIET_ZONE}")
            runs.extend(map(_BARS.__getitem__, _RUN.findall(whole, first)))
    side = modules + 2 * QUIET_ZONE
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"><path d="{"".join(runs)}"/></svg>'
