"""Tiny files of each kind, read once before the first fork so that parsers have imported all that they need."""

import codecs
import io
from base64 import b64decode
from datetime import date
from typing import Any, Final

import pikepdf
import zxingcpp
from PIL import Image

from rukhsa.reader.spreadsheet import openpyxl
from rukhsa.reader.task import TASKS

# A grey square of 16 pixels in HEIC, which none of our libraries can write.
HEIC: Final = b64decode(
    "AAAAHGZ0eXBoZWl4AAAAAG1pZjFoZWl4bWlhZgAAAXZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAA"
    "ACJpbG9jAAAAAERAAAEAAQAAAAABmgABAAAAAAAAABoAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRt"
    "AAAAAAABAAAA9mlwcnAAAADWaXBjbwAAAHFodmNDAQQIAAAAn/gAAAAAHvAA/Pz4+AAADwNgAAEAF0ABDAH//wQIAAADAJ/4AAAD"
    "AAAeugJAYQABACZCAQEECAAAAwCf+AAAAwAAHsCCBBZbqrprmwIAAAMAMgAAAwACEGIAAQAGRAHBc8GJAAAAE2NvbHJuY2x4AAEA"
    "DQAGgAAAABRpc3BlAAAAAAAAAEAAAABAAAAAKGNsYXAAAAAQAAAAAQAAABAAAAAB////0AAAAAL////QAAAAAgAAAA5waXhpAAAA"
    "AAEIAAAAGGlwbWEAAAAAAAAAAQABBYECAwWEAAAAIm1kYXQAAAAWKAGuCCRtuOBr0zWyQStQpn9mwJUBEQ=="
)
# Encodings of files: Python loads each with its first use.
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
    "cp1256",
    "pdfdoc",
)

BANK_ANSWER: Final = (
    b'<?xml version="1.0" encoding="UTF-8"?>'
    b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>'
    b"<GrpHdr><MsgId>1</MsgId></GrpHdr>"
    b"<OrgnlGrpInfAndSts><OrgnlMsgId>2</OrgnlMsgId><GrpSts>ACSC</GrpSts></OrgnlGrpInfAndSts>"
    b"</CstmrPmtStsRpt></Document>"
)

type Example = tuple[str, bytes, dict[str, Any]]  # task, content, parameters


def examples() -> list[Example]:
    """For each file task a file that it reads, and one that it refuses."""
    for name in ENCODINGS:
        codecs.lookup(name)
    pdf = _pdf()
    files = (pdf, _locked(), *(_picture(form) for form in ("PNG", "JPEG", "WEBP", "AVIF", "TIFF")))
    given: dict[str, tuple[tuple[bytes, ...], dict[str, Any]]] = {
        "check-file": (files, {"accept": ["pdf", "image"]}),
        "check-heic": ((HEIC,), {"accept": ["image"]}),
        "code-in-picture": (files[2:5], {}),
        "read-pdf": ((pdf,), {}),
        "read-pages": ((pdf,), {}),
        "measure-pages": ((pdf,), {}),
        "look-at-scans": ((pdf,), {}),
        "draw-page": ((pdf,), {"number": 1}),
        "read-table": ((b"a,b\n1,2\n", b'a,"'), {"delimiter": ","}),
        "read-sheet": ((_sheet(), b"a;b\n1;2\n"), {}),
        "read-bank-answer": ((BANK_ANSWER,), {}),
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


def _sheet() -> bytes:
    book = openpyxl.Workbook()
    for row in (["a", "b"], [date(2026, 12, 1), 1.5], [True, "=1+1"]):
        book.worksheets[0].append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _locked() -> bytes:
    """Encrypted with 256 bits and readable by anyone: only changing it needs a password."""
    document = pikepdf.new()
    document.add_blank_page(page_size=(72, 72))
    file = io.BytesIO()
    document.save(file, encryption=pikepdf.Encryption(owner="owner", user="", R=6))
    return file.getvalue()


def _picture(form: str) -> bytes:
    code = zxingcpp.create_barcode("https://verify.example/#1", zxingcpp.BarcodeFormat.QRCode).to_image(
        scale=4
    )
    height, width = code.shape
    file = io.BytesIO()
    Image.frombytes("L", (width, height), bytes(code)).save(file, form)
    return file.getvalue()
