"""The files that the people of a walk attach: one page, and one picture, with nothing on them."""

import io
from functools import cache

import pikepdf
from django.core.files.base import ContentFile
from PIL import Image

from rukhsa.catalogue.form import Document


def file_for(document: Document) -> "ContentFile[bytes]":
    """A file of a kind that the document accepts."""
    if "pdf" in document.accept:
        return ContentFile(_page(), name="document.pdf")
    return ContentFile(_picture(), name="picture.png")


@cache
def _page() -> bytes:
    with pikepdf.new() as document, io.BytesIO() as out:
        document.add_blank_page(page_size=(595, 842))
        document.save(out)
        return out.getvalue()


@cache
def _picture() -> bytes:
    with io.BytesIO() as out:
        Image.new("RGB", (64, 48), "#dfe7ec").save(out, "PNG")
        return out.getvalue()
