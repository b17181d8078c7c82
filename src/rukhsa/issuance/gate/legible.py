"""The check of every document before it is signed: both decoders read its code, clean and from a worn copy."""

from typing import Final

from PIL import Image

from rukhsa.errors import RukhsaError
from rukhsa.issuance.gate import zbar
from rukhsa.issuance.gate.decoders import zxing
from rukhsa.issuance.gate.symbol import symbols
from rukhsa.issuance.gate.wear import SCAN_DPI, tired

DOTS_PER_INCH: Final = SCAN_DPI


class NotLegible(RukhsaError):
    """The printed code would not read; `code` says why."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


def require(picture: Image.Image, text: str) -> bool:
    """Take a grey picture of a code with its quiet zone, at 200 dpi, and the text it has to say.

    1. It reads, and says that text: qr-not-found, qr-differs.
    2. Its modules, its quiet zone and its contrast are enough: qr-too-fine, qr-too-close, qr-too-pale.
    3. The other decoder reads the same: qr-not-legible.

    Raises NotLegible. Returns whether both decoders read a tired copy too: a code that they read there survives every
    wear; if one of them misses it, the whole set of wears decides (`examine.require`).
    """
    found = symbols(picture, DOTS_PER_INCH)
    if not found:
        raise NotLegible("qr-not-found", "a clean picture does not read")
    if [each.text for each in found] != [text]:
        raise NotLegible("qr-differs")
    for fault in found[0].faults:
        raise NotLegible(fault, str(found[0]))
    if zbar.read(picture, inverted=False) != [text]:
        raise NotLegible("qr-not-legible", "zbar does not read a clean picture")
    worn = tired(picture)
    return zxing(worn) == [text] and zbar.read(worn, inverted=False) == [text]
