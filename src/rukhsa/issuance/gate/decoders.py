"""The two decoders, which share no code: what one misreads, the other one does not."""

from collections.abc import Callable, Mapping
from typing import Final

import zxingcpp
from PIL import Image

from rukhsa.issuance.gate import zbar
from rukhsa.trust.printed import CODE_FORMAT


def zxing(picture: Image.Image) -> list[str]:
    """The texts of all QR codes that zxing-cpp finds in a picture.

    Where it finds none it looks once more, half as large again, as `zbar.read` does and as a camera looks many times:
    of blurred codes with three dots a module it misses some as they are.
    """
    found = zxingcpp.read_barcodes(picture, formats=CODE_FORMAT)
    if not found:
        found = zxingcpp.read_barcodes(zbar.half_as_large_again(picture), formats=CODE_FORMAT)
    return [each.text for each in found]


DECODERS: Final[Mapping[str, Callable[[Image.Image], list[str]]]] = {"zxing-cpp": zxing, "zbar": zbar.read}
