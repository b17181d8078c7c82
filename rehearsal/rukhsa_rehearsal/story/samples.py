"""Small sample files to attach: a scanned page and a photograph."""

import io
from functools import cache

import pikepdf
from PIL import Image, ImageDraw

from rukhsa_rehearsal.story.visitor import Files

PLAN = b"""1.5 w 0.04 0.23 0.33 RG 0.95 0.96 0.97 rg
60 420 475 360 re B 0.79 0.72 0.61 rg 150 520 230 180 re B 1 1 1 rg 240 520 60 46 re B
0.6 w 150 500 m 380 500 l S 150 494 m 150 506 l S 380 494 m 380 506 l S
0.85 0.87 0.88 rg 40 330 515 60 re f 2 w [18 12] 0 d 1 1 1 RG 40 360 m 555 360 l S
[] 0 d 4 w 0.61 0.11 0.11 RG 120 375 m 260 378 l 430 372 l S
1 w 0.04 0.23 0.33 RG 40 60 515 220 re S 40 120 m 555 120 l S 40 180 m 555 180 l S 300 60 m 300 280 l S
"""


@cache
def letter() -> bytes:
    """A PDF of one page: a drawing of a plot with its house and its road, without a word."""
    with pikepdf.new() as document, io.BytesIO() as out:
        page = document.add_blank_page(page_size=(595, 842))
        page.Contents = document.make_stream(PLAN)
        document.save(out)
        return out.getvalue()


@cache
def photograph() -> bytes:
    """A JPEG of a house, as a child draws it."""
    picture = Image.new("RGB", (640, 480), "#dfe7ec")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((180, 220, 460, 420), fill="#c9b79c")
    draw.polygon(((150, 220), (320, 110), (490, 220)), fill="#8c5a3c")
    with io.BytesIO() as out:
        picture.save(out, "JPEG", quality=80)
        return out.getvalue()


def upload(accept: str) -> Files:
    """The file for a field, by what the field accepts."""
    if "pdf" in accept:
        return {"file": ("document.pdf", letter(), "application/pdf")}
    return {"file": ("photo.jpg", photograph(), "image/jpeg")}
