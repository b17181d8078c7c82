"""Small files such as people attach: a scanned page and a photograph."""

import io
from functools import cache

import pikepdf
from PIL import Image, ImageDraw

from rukhsa.project.story.visitor import Files


@cache
def letter() -> bytes:
    """A PDF of one empty page."""
    with pikepdf.new() as document, io.BytesIO() as out:
        document.add_blank_page(page_size=(595, 842))
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
