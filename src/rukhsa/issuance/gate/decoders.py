"""The two decoders, which share no code: what one misreads, the other one does not."""

from collections.abc import Callable, Mapping
from typing import Final

import zxingcpp
from PIL import Image

from rukhsa.issuance.gate import zbar

_QR: Final = zxingcpp.barcode_formats_from_str("QRCode")


def zxing(picture: Image.Image) -> list[str]:
    """The texts of all QR codes that zxing-cpp finds in a picture."""
    return [found.text for found in zxingcpp.read_barcodes(picture, formats=_QR)]


DECODERS: Final[Mapping[str, Callable[[Image.Image], list[str]]]] = {"zxing-cpp": zxing, "zbar": zbar.read}
