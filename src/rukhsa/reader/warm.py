"""Tiny files of each kind, read once before the first fork: what a parser imports late is then there."""

import codecs
import io
from typing import Any

import pikepdf
import zxingcpp
from PIL import Image

from rukhsa.reader.task import TASKS

# What files are written in: Python loads each with its first use.
ENCODINGS = (
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "ascii",
    "latin-1",
    "cp1252",
    "pdfdoc",
)

type Example = tuple[str, bytes, dict[str, Any]]  # task, content, parameters


LARGEST_UNPACKED = 64 << 20  # bytes of one stream


def limit() -> None:
    """What qpdf may unpack, in every task: it ends with a refusal long before memory or time does."""
    pikepdf.settings.set_qpdf_limits(
        parser_max_container_size=100_000,
        max_stream_filters=4,
        flate_max_memory=LARGEST_UNPACKED,
        run_length_max_memory=LARGEST_UNPACKED,
        png_max_memory=LARGEST_UNPACKED,
        tiff_max_memory=LARGEST_UNPACKED,
    )


def examples() -> list[Example]:
    """For each task a file that it reads, and one that it refuses."""
    for name in ENCODINGS:
        codecs.lookup(name)
    pdf = _pdf()
    files = (pdf, *(_picture(form) for form in ("PNG", "JPEG", "WEBP")))
    given: dict[str, tuple[tuple[bytes, ...], dict[str, Any]]] = {
        "check-file": (files, {"accept": ["pdf", "image"]}),
        "code-in-picture": (files[1:], {}),
        "read-pdf": ((pdf,), {}),
        "read-pages": ((pdf,), {}),
        "read-table": ((b"a,b\n1,2\n", b'a,"'), {"delimiter": ","}),
        "read-yaml": ((b"a:\n  - b\n", b"a: [&b"), {}),
    }
    missing = TASKS.keys() - given.keys()
    assert not missing, f"no example of {missing}"
    return [
        (task, content, parameters)
        for task, (contents, parameters) in given.items()
        for whole in contents
        for content in (whole, whole[: len(whole) // 2])
    ]


def _pdf() -> bytes:
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(72, 72))
    letters = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=letters))
    page.Contents = document.make_stream(b"BT /F 9 Tf 5 5 Td (Licence) Tj ET")
    file = io.BytesIO()
    document.save(file, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return file.getvalue()


def _picture(form: str) -> bytes:
    code = zxingcpp.create_barcode("https://verify.example/#1", zxingcpp.BarcodeFormat.QRCode).to_image(
        scale=4
    )
    height, width = code.shape
    file = io.BytesIO()
    Image.frombytes("L", (width, height), bytes(code)).save(file, form)
    return file.getvalue()
