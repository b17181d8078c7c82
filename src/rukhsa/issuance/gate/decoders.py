"""The two decoders, which share no code, so that they hardly misread the same code."""

from collections.abc import Callable, Mapping
from typing import Final

import zxingcpp
from PIL import Image

from rukhsa.issuance.gate import zbar
from rukhsa.trust.printed import CODE_FORMAT


def zxing(picture: Image.Image) -> list[str]:
    """The texts of all QR codes that zxing-cpp finds in a picture.

    If it finds none, it tries again at one and a half times the size, as `zbar.read` does: it misses some blurred codes
    with three dots a module. A camera also tries many times.
    """
    found = zxingcpp.read_barcodes(picture, formats=CODE_FORMAT)
    if not found:
        found = zxingcpp.read_barcodes(zbar.half_as_large_again(picture), formats=CODE_FORMAT)
    return [each.text for each in found]


DECODERS: Final[Mapping[str, Callable[[Image.Image], list[str]]]] = {"zxing-cpp": zxing, "zbar": zbar.read}
