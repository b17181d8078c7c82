"""The QR of a seal as a drawing: its modules, its size on paper, one path of SVG."""

import io
import re
from dataclasses import dataclass
from typing import Final

import segno
from segno import consts

QUIET_ZONE: Final = 4
LEAST_MODULE_MM: Final = 0.40
LEAST_SIDE_MM: Final = 28.0


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
    """Draw the QR of a seal: its address in bytes, its digits as digits, error correction M, never less.

    Copies of copies still decode at 0.40 mm a module and not below, so a long seal makes a larger symbol and
    not a finer one.
    """
    symbol = segno.make(_segments(text), error="M", micro=False, boost_error=False)
    modules = len(tuple(symbol.matrix))
    drawing = io.BytesIO()
    symbol.save(drawing, kind="svg", border=QUIET_ZONE, xmldecl=False, svgns=True, omitsize=True)
    return Symbol(
        svg=drawing.getvalue().decode(),
        modules=modules,
        side_mm=max(LEAST_SIDE_MM, modules * LEAST_MODULE_MM),
    )


def _segments(text: str) -> list[tuple[str, int]]:
    sealed = re.fullmatch(r"(https://[^#]+#)([0-9]+)", text)
    if sealed is None:
        return [(text, consts.MODE_BYTE)]
    return [(sealed[1], consts.MODE_BYTE), (sealed[2], consts.MODE_NUMERIC)]
