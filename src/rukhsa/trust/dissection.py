"""What a seal says, laid out for engineers: every field, or every byte, without verifying it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

from rukhsa.trust import cbor, qr, seal
from rukhsa.trust.document import Document
from rukhsa.trust.errors import BadPdf, need_files
from rukhsa.trust.seal import Seal

_KINDS = ("number", "negative number", "bytes", "text", "array", "map")
_NAMES = {
    "protected": {1: "algorithm", 4: "kid"},
    "unprotected": {seal.LOG_INDEX: "log index"},
    "payload": {4: "exp", 6: "iat", 7: "cti", 65535: "status", -65537: "facts"},
}
_PARTS = ("protected", "unprotected", "payload", "signature")


def describe(document: Document) -> str:
    """The fields of the seal in the document, as indented JSON. Raises BadSeal, BadText, BadPdf."""
    return json.dumps(_fields(seal.read(_seal_bytes(document))), ensure_ascii=False, indent=2)


def dissect(document: Document) -> Iterator[str]:
    """A line for each item of the seal: its place, its bytes, what they are. Raises BadSeal, BadText, BadPdf."""
    data = _seal_bytes(document)
    read = seal.read(data)
    yield _line(0, data[:1], 0, "tag 18: COSE_Sign1")
    yield _line(1, data[1:2], 0, "array of 4")
    at = 2
    for name in _PARTS:
        yield from _part(data, at, name)
        at += _length(data, at)
    yield f"signed    {len(read.signed_bytes)} bytes: the CBOR of ['Signature1', protected, h'', payload]"
    yield f"log entry {seal.leaf_entry(read).hex()}"


def _part(data: bytes, at: int, name: str) -> Iterator[str]:
    """One of the four parts; two of them are CBOR within a byte string."""
    if name == "signature":
        head = _head(data, at)[2]
        yield _line(at, data[at : at + head], 1, "bytes of 64: the signature")
        half = at + head + 32
        yield _line(at + head, data[at + head : half], 2, "r")
        yield _line(half, data[half : half + 32], 2, "s, the smaller of the two possible")
        return
    if name == "unprotected":
        yield from _items(data, at, 1, name, _NAMES[name])
        return
    _, count, head = _head(data, at)
    yield _line(at, data[at : at + head], 1, f"bytes of {count}: {name}")
    yield from _items(data, at + head, 2, "map", _NAMES[name])


def _items(data: bytes, at: int, depth: int, what: str, names: dict[int, str]) -> Iterator[str]:
    """An item and, indented, all that is in it."""
    major, count, head = _head(data, at)
    if major < 4 or major == 7:
        yield _line(at, data[at : at + _length(data, at)], depth, f"{what}: {_shown(data, at)}")
        return
    yield _line(at, data[at : at + head], depth, f"{what}: {_KINDS[major]} of {count}")
    at += head
    for number in range(count):
        inner = str(number)
        if major == 5:
            key = cbor.read(data[at : at + _length(data, at)])
            assert isinstance(key, int | str)
            inner = names.get(key, str(key)) if isinstance(key, int) else key
            yield _line(at, data[at : at + _length(data, at)], depth + 1, f"key {key}")
            at += _length(data, at)
        yield from _items(data, at, depth + 1, inner, {})
        at += _length(data, at)


def _shown(data: bytes, at: int) -> str:
    value = cbor.read(data[at : at + _length(data, at)])
    if isinstance(value, bytes):
        text = value.decode("ascii", "replace")
        return text if text.isprintable() and text.isascii() else value.hex()
    return json.dumps(value, ensure_ascii=False)


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    """The head of the item at a place of a well-formed seal: its major type, its argument, its length."""
    major, information = data[at] >> 5, data[at] & 31
    if information < 24:
        return major, information, 1
    size = 1 << information - 24
    return major, int.from_bytes(data[at + 1 : at + 1 + size]), 1 + size


def _length(data: bytes, at: int) -> int:
    """The bytes of the item at a place, with all that is in it."""
    major, count, head = _head(data, at)
    if major in (2, 3):
        return head + count
    end = at + head
    for _ in range({4: count, 5: 2 * count}.get(major, 0)):
        end += _length(data, end)
    return end - at


def _line(at: int, data: bytes, depth: int, what: str) -> str:
    return f"{at:4d}  {'  ' * depth}{data.hex()}  # {what}"


def _seal_bytes(document: Document) -> bytes:
    if document.text is not None:
        return qr.read_qr_text(document.text).seal_bytes
    return document.seal_bytes if document.file is None else _attached(document.file)


def _attached(data: bytes) -> bytes:
    need_files("a released file")
    import io

    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(data)) as file:
            return bytes(file.attachments["seal.cwt"].get_file().read_bytes())
    except (pikepdf.PdfError, KeyError) as error:
        raise BadPdf("pdf-attachments", "no seal.cwt in it") from error


def _fields(read: Seal) -> dict[str, object]:
    claims = read.claims
    return {
        "algorithm": read.algorithm,
        "kid": read.kid.hex(),
        "log_index": read.log_index,
        "instrument": claims.instrument,
        "version": claims.version,
        "issued_at": _stamp(claims.issued_at),
        "expires_at": None if claims.expires_at is None else _stamp(claims.expires_at),
        "status": {"index": claims.status_index, "uri": claims.status_uri},
        "facts": {str(key): fact for key, fact in claims.facts.items()},
        "entry": seal.leaf_entry(read).hex(),
        "signature": read.signature.hex(),
    }


def _stamp(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
