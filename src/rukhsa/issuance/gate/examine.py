"""The whole examination of a file: its printed code through every wear, by both decoders."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from PIL import Image

from rukhsa.issuance.gate.decoders import DECODERS
from rukhsa.issuance.gate.legible import NotLegible
from rukhsa.issuance.gate.symbol import Symbol, symbols
from rukhsa.issuance.gate.wear import SCAN_DPI, SHEET_DPI
from rukhsa.issuance.gate.wears import WEARS, Wear
from rukhsa.issuance.page_picture import last_page

AROUND_MM: Final = 8  # around the code: what is printed there is worn with it


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What each decoder read after one wear."""

    wear: Wear
    read: Mapping[str, bool]
    picture: Image.Image

    @property
    def passes(self) -> bool:
        """Whether both decoders read the code, or need not."""
        return all(self.read.values()) or not self.wear.must


@dataclass(frozen=True, kw_only=True)
class Examination:
    """The code of a file as measured, and its outcomes in the order of `WEARS`."""

    symbol: Symbol
    outcomes: tuple[Outcome, ...]

    @property
    def faults(self) -> tuple[str, ...]:
        """The codes of what is insufficient, and the wears after which the code does not read."""
        return (*self.symbol.faults, *(each.wear.id for each in self.outcomes if not each.passes))


def examine(pdf: bytes, *, wears: tuple[Wear, ...] | None = None) -> Examination:
    """Wear the code on the last page of a file. Raises NotLegible, and ReleaseRefused if it is no PDF."""
    symbol, sheet = _code(pdf)
    return Examination(
        symbol=symbol, outcomes=tuple(_outcomes(sheet, symbol.text, WEARS if wears is None else wears))
    )


def require(pdf: bytes, *, text: str) -> Examination:
    """Examine a file whose code must say `text` and read after every required wear. Raises NotLegible."""
    found = examine(pdf)
    if found.symbol.text != text:
        raise NotLegible("qr-differs")
    for fault in found.symbol.faults:
        raise NotLegible(fault, str(found.symbol))
    if found.faults:
        raise NotLegible("qr-not-legible", f"it does not read after: {', '.join(found.faults)}")
    return found


def _code(pdf: bytes) -> tuple[Symbol, Image.Image]:
    """The measured code, and the sheet around it."""
    found = symbols(last_page(pdf, dots_per_inch=SCAN_DPI), SCAN_DPI)
    if len(found) != 1:
        raise NotLegible("qr-not-found", f"{len(found)} codes on the last page")
    box = [dot * 25.4 / SCAN_DPI for dot in found[0].box]
    around = (box[0] - AROUND_MM, box[1] - AROUND_MM, box[2] + AROUND_MM, box[3] + AROUND_MM)
    sheet = last_page(pdf, dots_per_inch=SHEET_DPI, within=around)
    finer = symbols(sheet, SHEET_DPI)
    return (finer or found)[0], sheet


def _outcomes(sheet: Image.Image, text: str, wears: tuple[Wear, ...]) -> Iterator[Outcome]:
    for wear in wears:
        worn = wear.apply(sheet)
        read = {name: decoder(worn) == [text] for name, decoder in DECODERS.items()}
        yield Outcome(wear=wear, read=read, picture=worn)
