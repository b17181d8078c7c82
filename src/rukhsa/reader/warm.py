"""Tiny files of each kind, read once before the first fork: what a parser imports late is then there."""

import io
from base64 import b64decode
from typing import Any, Final

import pikepdf
import zxingcpp
from PIL import Image

from rukhsa.reader.task import TASKS

# A grey square of 16 pixels as telephones write pictures: none of our libraries can write one.
HEIC: Final = b64decode(
    "AAAAHGZ0eXBoZWl4AAAAAG1pZjFoZWl4bWlhZgAAAXZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAA"
    "ACJpbG9jAAAAAERAAAEAAQAAAAABmgABAAAAAAAAABoAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRt"
    "AAAAAAABAAAA9mlwcnAAAADWaXBjbwAAAHFodmNDAQQIAAAAn/gAAAAAHvAA/Pz4+AAADwNgAAEAF0ABDAH//wQIAAADAJ/4AAAD"
    "AAAeugJAYQABACZCAQEECAAAAwCf+AAAAwAAHsCCBBZbqrprmwIAAAMAMgAAAwACEGIAAQAGRAHBc8GJAAAAE2NvbHJuY2x4AAEA"
    "DQAGgAAAABRpc3BlAAAAAAAAAEAAAABAAAAAKGNsYXAAAAAQAAAAAQAAABAAAAAB////0AAAAAL////QAAAAAgAAAA5waXhpAAAA"
    "AAEIAAAAGGlwbWEAAAAAAAAAAQABBYECAwWEAAAAIm1kYXQAAAAWKAGuCCRtuOBr0zWyQStQpn9mwJUBEQ=="
)

type Example = tuple[str, bytes, dict[str, Any]]  # task, content, parameters


def examples() -> list[Example]:
    """For each task a file that it reads, and one that it refuses."""
    pdf = _pdf()
    files = (pdf, *(_picture(form) for form in ("PNG", "JPEG", "WEBP", "AVIF", "TIFF")), HEIC)
    given: dict[str, tuple[tuple[bytes, ...], dict[str, Any]]] = {
        "check-file": (files, {"accept": ["pdf", "image"]}),
        "code-in-picture": (files[1:4], {}),
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
    document.add_blank_page(page_size=(72, 72))
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
