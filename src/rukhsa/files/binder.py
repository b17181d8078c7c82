"""Binds pictures of pages into a PDF that we composed: each group of pictures after the page that heads it.

A picture is copied as it is and never decoded here, since it shows a stranger's file.
"""

import io
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name

from rukhsa.errors import RukhsaError

MOST_PAGES: Final = 500
MOST_BYTES: Final = 120 << 20
_A4: Final = (595, 842)  # points
_MARGIN: Final = 20
_SPACES: Final = {1: Name.DeviceGray, 3: Name.DeviceRGB}
_SIZED: Final = frozenset({0xC0, 0xC1, 0xC2})  # baseline, extended and progressive: what our copies are


class Full(RukhsaError):
    """The file has as many pages or bytes as it may."""

    code = "binder-full"


class NoPicture(RukhsaError):
    """These bytes are no JPEG with a size."""

    code = "no-picture"


class Binder:
    """A PDF whose last `heads` pages each head a group of pictures, in their order."""

    def __init__(self, composed: bytes, *, heads: int) -> None:
        self._pdf = pikepdf.open(io.BytesIO(composed))
        self._at = len(self._pdf.pages) - heads
        self._bytes = len(composed)

    @property
    def pages(self) -> int:
        """How many pages it has so far."""
        return len(self._pdf.pages)

    def next_head(self) -> None:
        """The pictures that are added from now on stand after the next head."""
        self._at += 1

    def add(self, picture: bytes) -> None:
        """Add a JPEG as a page of A4, upright or across as the picture is. Raises Full, NoPicture."""
        if self.pages >= MOST_PAGES or self._bytes + len(picture) > MOST_BYTES:
            raise Full
        self._pdf.pages.insert(self._at, pikepdf.Page(self._page(picture)))
        self._at += 1
        self._bytes += len(picture)

    def written(self) -> bytes:
        """The whole file. It no longer claims to be PDF/UA, since a picture of a page has no text."""
        with self._pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as told:
            told.pop("pdfuaid:part", None)
        out = io.BytesIO()
        self._pdf.save(out, deterministic_id=True)
        return out.getvalue()

    def _page(self, picture: bytes) -> pikepdf.Object:
        width, height, colours = shape_of(picture)
        sheet = _A4 if height >= width else _A4[::-1]
        scale = min((sheet[0] - 2 * _MARGIN) / width, (sheet[1] - 2 * _MARGIN) / height)
        wide, high = width * scale, height * scale
        image = pikepdf.Stream(self._pdf, picture)
        for name, value in {
            "/Type": Name.XObject, "/Subtype": Name.Image, "/Width": width, "/Height": height,
            "/ColorSpace": _SPACES[colours], "/BitsPerComponent": 8, "/Filter": Name.DCTDecode,
        }.items():  # fmt: skip
            image[name] = value
        place = (
            f"q {wide:.2f} 0 0 {high:.2f} {(sheet[0] - wide) / 2:.2f} {(sheet[1] - high) / 2:.2f} cm /P Do Q"
        )
        return self._pdf.make_indirect(
            Dictionary(
                Type=Name.Page,
                MediaBox=Array([0, 0, *sheet]),
                Resources=Dictionary(XObject=Dictionary(P=self._pdf.make_indirect(image))),
                Contents=self._pdf.make_indirect(pikepdf.Stream(self._pdf, place.encode())),
            )
        )


def shape_of(picture: bytes) -> tuple[int, int, int]:
    """Width, height and colours (1 or 3) of a JPEG, from its frame header (ITU-T T.81 §B.2.2). Raises NoPicture."""
    at = 2
    while picture[:2] == b"\xff\xd8" and picture[at : at + 1] == b"\xff" and at + 10 <= len(picture):
        length = int.from_bytes(picture[at + 2 : at + 4])
        if picture[at + 1] in _SIZED:
            height, width = (int.from_bytes(picture[at + n : at + n + 2]) for n in (5, 7))
            if width and height and picture[at + 9] in _SPACES:
                return width, height, picture[at + 9]
            break
        at += 2 + max(length, 2)
    raise NoPicture
